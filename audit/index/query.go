package index

import (
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/pgscrim/pgscrim/audit"
)

// Query is a question. What it names must all hold; of a list, one of its values. The zero value asks for everything.
type Query struct {
	Since, Until time.Time // when a statement began: from Since on, before Until; zero if it does not matter
	Seq          uint64    // of one of its records
	Session      string
	Fingerprint  string
	Text         string // a part of the statement, in letters of any case

	Events, Users, Roles, Purposes, Databases, Applications, Decisions, SQLStates []string
	// Rules are those by which statements were refused, or alerts raised.
	Rules []string
	// Clients are addresses, or networks such as 10.0.0.0/8.
	Clients []string
	// Tables are relations with or without their schema.
	Tables []string
	// Reads, if set, must hold of one of the relations, or, of a statement that the policy did not look at, of [Unanalysed].
	Reads func(relation string) bool
	// Columns, Classes, Markets and Actions must hold of one column that a statement uses; if Tables are named as well, of one of theirs.
	// Columns are names with or without their relation, Markets regions for which its cells could come out, Actions "show", "mask" or "deny".
	Columns, Classes, Markets, Actions []string
}

// Unanalysed stands for the relations of statements that the policy did not look at: those of roles with direct access.
const Unanalysed = "(not analysed)"

// Matches reports whether a statement with its end, or another record, is what is asked for. Of a statement's two sequence numbers, the record
// has one; ended is the other.
func (q *Query) Matches(r *audit.Record, ended uint64) bool {
	return (q.Since.IsZero() || !r.Time.Before(q.Since)) && (q.Until.IsZero() || r.Time.Before(q.Until)) &&
		(q.Seq == 0 || r.Seq == q.Seq || ended == q.Seq) &&
		(q.Session == "" || r.Session == q.Session) && (q.Fingerprint == "" || r.Fingerprint == q.Fingerprint) &&
		(q.Text == "" || strings.Contains(fold(r.Statement), fold(q.Text))) &&
		isOne(q.Events, r.Event) && isOne(q.Users, r.User) && isOne(q.Purposes, r.Purpose) && isOne(q.Databases, r.Database) &&
		isOne(q.Applications, r.Application) && isOne(q.Decisions, r.Decision) && isOne(q.SQLStates, r.SQLState) && isOne(q.Rules, rule(r)) &&
		(len(q.Roles) == 0 || slices.ContainsFunc(r.Roles, func(role string) bool { return slices.Contains(q.Roles, role) })) &&
		(len(q.Clients) == 0 || isClient(q.Clients, address(r.Client))) &&
		(len(q.Tables) == 0 || slices.ContainsFunc(r.Relations, func(name string) bool { return isNamed(q.Tables, name) })) &&
		(q.Reads == nil || slices.ContainsFunc(r.Relations, q.Reads) || isDirect(r) && q.Reads(Unanalysed)) &&
		(!q.asksForColumn() || slices.ContainsFunc(r.Columns, q.matchesColumn))
}

func (q *Query) asksForColumn() bool {
	return len(q.Columns)+len(q.Classes)+len(q.Markets)+len(q.Actions) > 0
}

func (q *Query) matchesColumn(c audit.Column) bool {
	if len(q.Tables) > 0 && !isNamed(q.Tables, c.Relation) || !isOne(q.Classes, c.Class) ||
		len(q.Columns) > 0 && !isNamed(q.Columns, c.Relation+"."+c.Column) {
		return false
	}
	if len(q.Markets) == 0 {
		return len(q.Actions) == 0 || slices.ContainsFunc(strings.Split(c.Action, "/"), func(action string) bool { return slices.Contains(q.Actions, action) })
	}
	return slices.ContainsFunc(q.Markets, func(market string) bool {
		for _, action := range Actions(c, market) {
			if isOne(q.Actions, action) {
				return true
			}
		}
		return false
	})
}

// Actions lists what could happen to a column's cells of a region, empty for any: show, mask or deny.
func Actions(c audit.Column, market string) []string {
	if len(c.Shown)+len(c.Masked) == 0 || market == "" {
		return strings.Split(c.Action, "/")
	}
	var actions []string
	if slices.Contains(c.Shown, market) {
		actions = append(actions, "show")
	}
	if slices.Contains(c.Masked, market) {
		actions = append(actions, "mask")
	}
	return actions
}

// isOne reports whether a value is one of those asked for, if any are.
func isOne(asked []string, value string) bool {
	return len(asked) == 0 || slices.Contains(asked, value)
}

// isNamed reports whether a qualified name is one of those asked for, which may lack what stands before a dot.
func isNamed(asked []string, name string) bool {
	return slices.ContainsFunc(asked, func(a string) bool { return name == a || strings.HasSuffix(name, "."+a) })
}

// isClient reports whether an address is one of those asked for, or in one of the networks.
func isClient(asked []string, addr string) bool {
	ip, err := netip.ParseAddr(addr)
	return slices.ContainsFunc(asked, func(a string) bool {
		network, notOne := netip.ParsePrefix(a)
		return addr == a || err == nil && notOne == nil && network.Contains(ip.Unmap())
	})
}
