package main

import (
	"cmp"
	"context"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/pgscrim/pgscrim/audit"
	"github.com/pgscrim/pgscrim/audit/index"
	"github.com/pgscrim/pgscrim/rewrite"
)

// subjectSearch looks for statements that could have touched a person's data, and is what it has found.
type subjectSearch struct {
	Subject   string      `json:"subject"`
	Key       string      `json:"key"`
	Market    string      `json:"market,omitempty"`
	Since     time.Time   `json:"since,omitzero"`
	Until     time.Time   `json:"until,omitzero"`
	Narrowed  bool        `json:"narrowed"`   // statements that asked for other keys are left out
	Hidden    int64       `json:"hidden"`     // left out: they saw no row of such a person
	OtherKeys int64       `json:"other_keys"` // left out
	Direct    int64       `json:"direct"`     // found, but the policy did not look at them
	Unnamed   int64       `json:"unnamed"`    // found, as they read relations that the policy does not name
	Shown     []Shown     `json:"shown"`      // who saw what
	Found     []foundJSON `json:"found"`

	Statements int64 `json:"statements"` // found

	keys   map[string]string // relations with data of such persons -> the column with the key
	others map[string]bool   // relations of the policy without
	sums   map[showing]*Shown
	list   []index.Found
}

// showing is that somebody's statements showed a class of data. Class is empty for rows without a column of the policy.
type showing struct {
	User    string `json:"user"`
	Roles   string `json:"roles"` // separated by commas
	Purpose string `json:"purpose"`
	Class   string `json:"class"`
	Action  string `json:"action"` // show or mask
}

// Shown counts statements that showed a class of data, and says when the first and the last one began.
type Shown struct {
	showing
	Statements int64     `json:"statements"`
	First      time.Time `json:"first"`
	Last       time.Time `json:"last"`
}

// run searches, the newest statement first, and keeps the first ones; 0 for all.
func (s *subjectSearch) run(ctx context.Context, ix *index.Index, limit int) error {
	q := &index.Query{
		Since: s.Since, Until: s.Until, Events: []string{"statement"}, Decisions: []string{"pass", "rewrite", "aggregate"},
		Reads: func(relation string) bool {
			return relation == index.Unanalysed || s.keys[relation] != "" || s.isUnnamed(relation)
		},
	}
	for f, err := range ix.Search(ctx, q, true) {
		if err != nil {
			return err
		}
		if !s.keep(&f.Record) {
			continue
		}
		s.Statements++
		s.sum(&f)
		if limit == 0 || len(s.list) < limit {
			s.list = append(s.list, f)
		}
	}
	for _, n := range s.sums {
		s.Shown = append(s.Shown, *n)
	}
	slices.SortFunc(s.Shown, func(a, b Shown) int {
		return cmp.Or(
			cmp.Compare(b.Action, a.Action), cmp.Compare(a.Class, b.Class), cmp.Compare(b.Statements, a.Statements),
			cmp.Compare(a.User, b.User), cmp.Compare(a.Roles, b.Roles), cmp.Compare(a.Purpose, b.Purpose),
		)
	})
	for i := range s.list {
		s.Found = append(s.Found, newFoundJSON(&s.list[i]))
	}
	return nil
}

// isUnnamed reports whether a relation may hold data of such persons though the policy does not name it: a view, a partition, a temporary
// table, or one of a role's own.
func (s *subjectSearch) isUnnamed(relation string) bool {
	return relation != index.Unanalysed && s.keys[relation] == "" && !s.others[relation] &&
		!strings.HasPrefix(relation, "pg_catalog.") && !strings.HasPrefix(relation, "information_schema.")
}

// keep reports whether a statement could have touched the person's data, and counts why not.
func (s *subjectSearch) keep(r *audit.Record) bool {
	switch unnamed := slices.ContainsFunc(r.Relations, s.isUnnamed); {
	case len(r.Relations) == 0:
		s.Direct++
		return true
	case unnamed:
		s.Unnamed++
		return true
	case !slices.ContainsFunc(r.Relations, func(relation string) bool { return s.keys[relation] != "" && s.sees(r, relation) }):
		s.Hidden++
		return false
	case s.Narrowed && s.asksForOthers(r):
		s.OtherKeys++
		return false
	}
	return true
}

// sees reports whether a statement could have seen rows of the person in a relation.
func (s *subjectSearch) sees(r *audit.Record, relation string) bool {
	return !slices.ContainsFunc(r.Hidden, func(h audit.HiddenRows) bool {
		return h.Relation == relation && (h.All || s.Market != "" && slices.Contains(h.Regions, s.Market))
	})
}

// asksForOthers reports whether the only relation that a statement reads is asked for other keys only.
func (s *subjectSearch) asksForOthers(r *audit.Record) bool {
	if len(r.Relations) != 1 {
		return false
	}
	column := s.keys[r.Relations[0]]
	if slices.ContainsFunc(r.Columns, func(c audit.Column) bool { return c.Column == column && c.Action != "show" }) {
		return false // it is compared with what the mask makes of it
	}
	values, ok := rewrite.Pinned(r.Statement, column)
	return ok && !slices.ContainsFunc(values, func(value string) bool { return !differ(value, s.Key) })
}

// differ reports whether two constants are certain to differ, whatever the type of the column: both are plain whole numbers, or UUIDs.
func differ(a, b string) bool {
	return (isWhole(a) && isWhole(b) || isUUID(a) && isUUID(b)) && !strings.EqualFold(a, b)
}

func isWhole(s string) bool {
	n, err := strconv.ParseInt(s, 10, 64)
	return err == nil && strconv.FormatInt(n, 10) == s
}

func isUUID(s string) bool {
	if len(s) != 36 || s[8] != '-' || s[13] != '-' || s[18] != '-' || s[23] != '-' {
		return false
	}
	digits, err := hex.DecodeString(strings.ReplaceAll(s, "-", ""))
	return err == nil && len(digits) == 16
}

// sum counts what a statement showed.
func (s *subjectSearch) sum(f *index.Found) {
	k := showing{User: f.User, Roles: strings.Join(f.Roles, ","), Purpose: f.Purpose}
	seen := map[showing]bool{}
	for _, c := range f.Columns {
		if (s.keys[c.Relation] == "" && !s.isUnnamed(c.Relation)) || !s.sees(&f.Record, c.Relation) {
			continue
		}
		for _, action := range index.Actions(c, s.Market) {
			k.Class, k.Action = c.Class, action
			seen[k] = true
		}
	}
	if len(seen) == 0 {
		seen[k] = true
	}
	for k := range seen {
		n := s.sums[k]
		if n == nil {
			n = &Shown{showing: k, First: f.Time, Last: f.Time}
			s.sums[k] = n
		}
		n.Statements++
		if f.Time.Before(n.First) {
			n.First = f.Time
		}
		if f.Time.After(n.Last) {
			n.Last = f.Time
		}
	}
}
