package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/pgscrim/pgscrim/audit"
)

// demoCheck is something that the policy promises. Run returns what is wrong, empty if nothing is; the error ends the demo.
type demoCheck struct {
	promise string
	run     func(context.Context) (wrong string, err error)
}

// checks are the promises of the sample's policy, each held against what is really in the database.
func (p *play) checks() []demoCheck {
	ana, milo, mara, dora := p.callers[0], p.callers[1], p.callers[2], p.callers[4]
	byAddress := fmt.Sprintf("SELECT count(*) FROM crm.customers WHERE email = '%s'", p.facts.email)
	const (
		count     = "SELECT count(*) FROM crm.customers"
		addresses = "SELECT count(*), md5(string_agg(email, ',' ORDER BY id)) FROM crm.customers"
		revenue   = "SELECT country, count(*), sum(total) FROM crm.customer_orders GROUP BY country ORDER BY country"
	)
	return []demoCheck{
		{"the analyst sees no e-mail address, only domains", func(ctx context.Context) (string, error) {
			a, err := p.send(ctx, ana, "SELECT DISTINCT email FROM crm.customers ORDER BY email")
			if err != nil {
				return "", err
			}
			return unequal(a, "[***@example.com ***@example.net ***@example.org NULL]", func(a *reply) string { return fmt.Sprint(a.column(0)) })
		}},
		{"nor finds a customer by one", func(ctx context.Context) (string, error) { return p.expect(ctx, ana, byAddress, "0") }},
		{"the data protection officer does", func(ctx context.Context) (string, error) { return p.expect(ctx, dora, byAddress, "1") }},
		{"the marketer sees the addresses of those who consent to marketing, and no one else", func(ctx context.Context) (string, error) {
			return p.same(ctx, mara, addresses, addresses+" WHERE id IN ("+fmt.Sprintf(consenting, "marketing")+")")
		}},
		{"the miner counts those who consent to profiling", func(ctx context.Context) (string, error) {
			return p.same(ctx, milo, count, count+" WHERE id IN ("+fmt.Sprintf(consenting, "profiling")+")")
		}},
		{"and writes the scores of no one else", p.writeScores},
		{"and is refused without a reason", func(ctx context.Context) (string, error) { return p.refusedWithoutReason(ctx, milo, count) }},
		{"sums through a view are exact where nothing in them is masked", func(ctx context.Context) (string, error) {
			return p.same(ctx, ana, revenue, revenue)
		}},
		{"SELECT * leaves out what is denied", func(ctx context.Context) (string, error) {
			a, err := p.send(ctx, ana, "SELECT * FROM crm.customers LIMIT 1")
			if err != nil {
				return "", err
			}
			return unequal(a, "[id country full_name native_name email phone birth_date monthly_income city postal_code segment preferences notes created_at]",
				func(a *reply) string { return fmt.Sprint(a.columns) })
		}},
		{"naming it is refused by the rule", func(ctx context.Context) (string, error) {
			a, err := p.send(ctx, dora, "SELECT national_id FROM crm.customers LIMIT 1")
			if err != nil || a.refusal != nil && a.refusal.Code == "42501" && strings.Contains(a.refusal.Message+a.refusal.Detail, "no-government-ids") {
				return "", err
			}
			return fmt.Sprintf("%d rows, %v", len(a.rows), a.refusal), nil
		}},
		{"a withdrawn consent counts from the next execution of a prepared statement", p.withdraw},
		{"the audit log has a record of every statement", p.everythingIsOnRecord},
	}
}

// check runs the checks, shows their outcomes and returns how many failed.
func (p *play) check(ctx context.Context, s *screen) (failed int, err error) {
	s.title("What the policy promises, checked against what is really in the database")
	for _, c := range p.checks() {
		wrong, err := c.run(ctx)
		if err != nil {
			return failed, fmt.Errorf("check that %s: %w", c.promise, err)
		}
		if wrong != "" {
			failed++
			s.paragraph(s.red("FAILED")+"  ", c.promise+": "+wrong, 8)
			continue
		}
		s.line("%s      %s", s.green("ok"), c.promise)
	}
	return failed, nil
}

// unequal says how an answer differs from what it should be.
func unequal(a *reply, want string, get func(*reply) string) (string, error) {
	if a.refusal != nil {
		return strings.Join(a.refused(), " "), nil
	}
	if got := get(a); got != want {
		return fmt.Sprintf("got %s, want %s", got, want), nil
	}
	return "", nil
}

// expect checks that a statement returns one value.
func (p *play) expect(ctx context.Context, c *caller, sql, want string) (string, error) {
	a, err := p.send(ctx, c, sql)
	if err != nil {
		return "", err
	}
	return unequal(a, want, (*reply).single)
}

// same checks that a statement returns through pgscrim what another one returns around it.
func (p *play) same(ctx context.Context, c *caller, sql, direct string) (string, error) {
	truth, err := query(ctx, p.stage.direct, direct)
	if err != nil {
		return "", err
	}
	if truth.refusal != nil {
		return "", truth.refusal
	}
	a, err := p.send(ctx, c, sql)
	if err != nil {
		return "", err
	}
	return unequal(a, fmt.Sprint(truth.rows), func(a *reply) string { return fmt.Sprint(a.rows) })
}

// writeScores writes scores as the miner, to whom the policy grants it, and checks whose it has reached.
func (p *play) writeScores(ctx context.Context) (wrong string, err error) {
	const some = " WHERE customer_id < 1000"
	truth, err := query(ctx, p.stage.direct, "SELECT count(*) FROM crm.churn_scores"+some+" AND customer_id IN ("+fmt.Sprintf(consenting, "profiling")+")")
	if err != nil {
		return "", err
	}
	a, err := p.send(ctx, p.callers[1], "UPDATE crm.churn_scores SET score = score"+some+" RETURNING customer_id")
	if err != nil {
		return "", err
	}
	return unequal(a, truth.single(), func(a *reply) string { return fmt.Sprint(len(a.rows)) })
}

// refusedWithoutReason checks that a caller who gives no reason is told to.
func (p *play) refusedWithoutReason(ctx context.Context, c *caller, sql string) (string, error) {
	silent := *c
	silent.options = "-c pgscrim.purpose=" + c.purpose
	conn, err := silent.connect(ctx, p.stage.instance.addr())
	if err != nil {
		return "", err
	}
	defer func() { _ = conn.Close(ctx) }()
	silent.conn = conn
	a, err := p.send(ctx, &silent, sql)
	if err != nil || a.refusal != nil && a.refusal.Code == "42501" {
		return "", err
	}
	return fmt.Sprintf("got %v, %v", a.rows, a.refusal), nil
}

// withdraw prepares a statement, withdraws a consent, and executes the statement again.
func (p *play) withdraw(ctx context.Context) (wrong string, err error) {
	const sql = "SELECT email FROM crm.customers WHERE id = $1"
	mara, id := p.callers[2], p.facts.customer
	if _, err := mara.conn.Prepare(ctx, "by_id", sql); err != nil {
		return "", err
	}
	execute := func() (email string, err error) {
		p.asked = append(p.asked, asked{mara.user, sql})
		err = mara.conn.QueryRow(ctx, "by_id", id).Scan(&email)
		if refusal, ok := errors.AsType[*pgconn.PgError](err); ok {
			return refusal.Message, nil
		}
		if errors.Is(err, pgx.ErrNoRows) {
			return noRow, nil
		}
		return email, err
	}
	set := func(value string) error {
		_, err := p.stage.direct.Exec(ctx, "UPDATE crm.consents SET withdrawn_at = "+value+" WHERE customer_id = $1 AND purpose = 'marketing'", id)
		return err
	}
	before, err := execute()
	if err != nil {
		return "", err
	}
	if err := set("now()"); err != nil {
		return "", err
	}
	withdrawn, err := execute()
	if err := errors.Join(err, set("NULL")); err != nil {
		return "", err
	}
	given, err := execute()
	if got, want := []string{before, withdrawn, given}, []string{p.facts.email, noRow, p.facts.email}; err == nil && !slices.Equal(got, want) {
		wrong = fmt.Sprintf("got %q, want %q", got, want)
	}
	return wrong, err
}

// everythingIsOnRecord checks that the audit log has a record for each statement that was sent so far, and another one
// that says how it ended, which may follow within milliseconds.
func (p *play) everythingIsOnRecord(context.Context) (wrong string, err error) {
	for deadline := time.Now().Add(time.Second); ; time.Sleep(5 * time.Millisecond) {
		if wrong, err = p.records(); wrong == "" || err != nil || time.Now().After(deadline) {
			return wrong, err
		}
	}
}

// records holds what was sent against the audit log.
func (p *play) records() (wrong string, err error) {
	entries, err := audit.Tail(p.stage.config.Audit.Dir, math.MaxInt32)
	if err != nil {
		return "", err
	}
	opened, open := map[asked]int{}, map[uint64]asked{}
	for _, e := range entries {
		switch {
		case e.Err != nil:
			return e.Err.Error(), nil
		case e.Closes > 0:
			delete(open, e.Closes)
		case e.Event == "statement" && e.Application == demoApplication:
			key := asked{e.User, e.Statement}
			opened[key]++
			if e.SQLState == "" { // a refusal has ended where it began
				open[e.Seq] = key
			}
		}
	}
	for _, a := range p.asked {
		if opened[a]--; opened[a] < 0 {
			return fmt.Sprintf("no record of %s by %s", a.sql, a.user), nil
		}
	}
	if len(open) > 0 {
		return fmt.Sprintf("%d records say nothing of how the statement ended: %v", len(open), open), nil
	}
	return "", nil
}
