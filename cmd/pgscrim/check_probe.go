package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/pgscrim/pgscrim/rewrite"
	"github.com/pgscrim/pgscrim/rewrite/catalog"
	"github.com/pgscrim/pgscrim/rules"
)

// prober has the database plan what callers would read: the policy's own expressions are SQL, and only the database knows
// whether their types fit. Nothing is executed.
type prober struct {
	conn     *pgx.Conn
	rewriter *rewrite.Rewriter
	policy   *rules.Policy
	planned  map[string]bool // texts that have been planned
	problems rules.Problems
}

// probe plans the reading of each table of the policy, as each role for each of its purposes. The error is a rules.Problems
// if the policy is to blame.
func (c *Config) probe(ctx context.Context, rewriter *rewrite.Rewriter, snap *catalog.Snapshot) error {
	cfg, err := pgx.ParseConfig(c.Upstream)
	if err != nil {
		return fmt.Errorf("upstream: %w", err)
	}
	// A value of its own for the key: to plan a mask, any will do.
	maps.Copy(cfg.RuntimeParams, rewrite.KeySettings(make([]byte, minMaskKeyBytes)))
	cfg.RuntimeParams["default_transaction_read_only"] = "on"
	ctx, cancel := context.WithTimeout(ctx, catalogTimeout)
	defer cancel()
	conn, err := pgx.ConnectConfig(ctx, cfg)
	if err != nil {
		return fmt.Errorf("upstream: %w", err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }() // read-only: nothing is lost

	p := &prober{conn: conn, rewriter: rewriter, policy: rewriter.Policy(), planned: map[string]bool{}}
	for _, name := range slices.Sorted(maps.Keys(p.policy.Roles)) {
		role := p.policy.Roles[name]
		if role.Direct {
			continue
		}
		for _, purpose := range role.Purposes {
			session := rewrite.Session{Roles: []string{name}, Settings: rewrite.NewSettings(rewrite.Values{
				Purpose: purpose, Reason: "check", SearchPath: rewriter.DefaultSearchPath(),
			})}
			for _, t := range p.policy.Tables {
				if err := p.table(ctx, t, session, snap); err != nil {
					return err
				}
			}
		}
	}
	if len(p.problems) == 0 {
		return nil
	}
	slices.SortFunc(p.problems, func(a, b rules.Problem) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	return p.problems
}

// table plans what a session may read of a table.
func (p *prober) table(ctx context.Context, t *rules.Table, s rewrite.Session, snap *catalog.Snapshot) error {
	sql, refusal := p.readable(t, s, snap)
	switch {
	case refusal != nil:
		p.problem(t.Pos, refusal.Hint, "%s.%s cannot be read by role %s: %s", t.Name.Schema, t.Name.Name, s.Roles[0], refusal.Message)
		return nil
	case sql == "" || p.planned[sql]:
		return nil
	}
	p.planned[sql] = true
	fault, err := p.plan(ctx, sql)
	if err != nil || fault == nil {
		return err
	}
	return p.blame(ctx, t, s, fault)
}

// readable returns what becomes of reading a table's columns, but for those that are denied; empty if all are. A refusal
// means that the policy says yes, and it does not work.
func (p *prober) readable(t *rules.Table, s rewrite.Session, snap *catalog.Snapshot) (string, *rewrite.Refusal) {
	rel := snap.Relation(t.Name.Schema, t.Name.Name)
	from := " FROM " + pgx.Identifier{t.Name.Schema, t.Name.Name}.Sanitize()
	var columns []string
	for _, c := range rel.Columns {
		column := pgx.Identifier{c.Name}.Sanitize()
		if _, refusal := p.rewrite("SELECT "+column+from, s); refusal == nil {
			columns = append(columns, column)
		} else if refusal.Code != insufficientPrivilege {
			return "", refusal
		}
	}
	if len(columns) == 0 {
		return "", nil
	}
	return p.rewrite("SELECT "+strings.Join(columns, ", ")+from, s)
}

// insufficientPrivilege is the SQLSTATE of what the policy, or the database to pgscrim's own role, denies.
const insufficientPrivilege = "42501"

func (p *prober) rewrite(sql string, s rewrite.Session) (string, *rewrite.Refusal) {
	a := p.rewriter.Rewrite(sql, s)
	if a.Refusal != nil {
		return "", a.Refusal
	}
	return a.SQL, a.Statements[0].Refusal
}

// plan has the database plan a query. The fault is what it says against it.
func (p *prober) plan(ctx context.Context, sql string) (fault *pgconn.PgError, err error) {
	_, err = p.conn.Exec(ctx, "EXPLAIN "+sql, pgx.QueryExecModeSimpleProtocol)
	if errors.As(err, &fault) {
		return fault, nil
	}
	return nil, err
}

// blame finds the place in the policy that is behind a fault: an expression that fails alone, else the table.
func (p *prober) blame(ctx context.Context, t *rules.Table, s rewrite.Session, fault *pgconn.PgError) error {
	if subject := p.policy.Subjects[t.Subject]; subject != nil && fault.Code != insufficientPrivilege {
		for _, e := range expressions(subject) {
			sql := "SELECT FROM " + pgx.Identifier{e.table.Schema, e.table.Name}.Sanitize() + " WHERE " + e.sql
			alone, err := p.plan(ctx, sql)
			if err != nil {
				return err
			}
			if alone != nil {
				p.problem(e.pos, alone.Hint, "%s of subject %s: %s", e.key, subject.Name, alone.Message)
				return nil
			}
		}
	}
	p.problem(t.Pos, fault.Hint, "%s.%s cannot be read by role %s: %s", t.Name.Schema, t.Name.Name, s.Roles[0], fault.Message)
	return nil
}

// expression is SQL in a policy, over the row of a table.
type expression struct {
	key   string
	sql   string // as a condition
	table rules.Name
	pos   rules.Pos
}

// expressions are a subject's expressions. A region may be of any type that has a text.
func expressions(s *rules.Subject) []expression {
	var all []expression
	if s.Region != "" {
		all = append(all, expression{"region", "(" + s.Region + ")::text IS NULL", s.Table, s.RegionPos})
	}
	if c := s.Consent; c != nil {
		all = append(all, expression{"given", c.Given, c.Table, c.GivenPos})
	}
	return all
}

// problem notes a problem, once for each place.
func (p *prober) problem(pos rules.Pos, hint, format string, args ...any) {
	if !slices.ContainsFunc(p.problems, func(known rules.Problem) bool { return known.Pos == pos }) {
		p.problems = append(p.problems, rules.Problem{Pos: pos, Message: fmt.Sprintf(format, args...), Hint: hint})
	}
}
