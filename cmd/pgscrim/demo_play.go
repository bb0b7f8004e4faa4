package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/pgscrim/pgscrim/audit"
)

// play is the demo's five callers on its stage.
type play struct {
	stage   *stage
	callers []*caller
	facts   facts
	asked   []asked // every statement that was sent through pgscrim
}

// asked is a statement and who sent it, as the audit log has to know it.
type asked struct{ user, sql string }

// facts are what the demo needs to know of the data to ask good questions. They are read around pgscrim.
type facts struct {
	customer int64  // a German with all consents, about whom much is known
	email    string // the customer's address
	ticket   int64  // one that names its author
	abroad   string // a customer each in several countries, and one without: a list of ids
}

// newPlay connects the callers.
func newPlay(ctx context.Context, st *stage) (*play, error) {
	p := &play{stage: st, callers: newCallers()}
	for _, c := range p.callers {
		var err error
		if c.conn, err = c.connect(ctx, st.instance.addr()); err != nil {
			p.close()
			return nil, err
		}
	}
	if err := p.facts.find(ctx, st.direct); err != nil {
		p.close()
		return nil, err
	}
	return p, nil
}

// close logs the callers out.
func (p *play) close() {
	for _, c := range p.callers {
		if c.conn != nil {
			_ = c.conn.Close(context.Background()) // there is nothing left to say
		}
	}
}

// consenting is a query for the customers who have given a consent, as the policy's `given` has it.
const consenting = `SELECT customer_id FROM crm.consents WHERE purpose = '%s' AND granted AND withdrawn_at IS NULL AND (expires_at IS NULL OR expires_at > now())`

func (f *facts) find(ctx context.Context, direct *pgx.Conn) error {
	profiling, marketing := fmt.Sprintf(consenting, "profiling"), fmt.Sprintf(consenting, "marketing")
	err := direct.QueryRow(ctx, `SELECT id, email FROM crm.customers WHERE country = 'DE' AND id IN (`+profiling+`) AND id IN (`+marketing+`)
		ORDER BY num_nulls(phone, birth_date, monthly_income, notes), id LIMIT 1`).Scan(&f.customer, &f.email)
	if err != nil {
		return fmt.Errorf("looking for a customer: %w", err)
	}
	err = direct.QueryRow(ctx, `SELECT id FROM crm.support_tickets WHERE customer_id IN (`+profiling+`) AND customer_id IN (`+marketing+`)
		AND body LIKE '%@%' ORDER BY id LIMIT 1`).Scan(&f.ticket)
	if err != nil {
		return fmt.Errorf("looking for a ticket: %w", err)
	}
	err = direct.QueryRow(ctx, `SELECT string_agg(id::text, ', ' ORDER BY id) FROM (
		SELECT DISTINCT ON (country) id FROM crm.customers WHERE country IN ('US', 'GB', 'CN', 'JP', 'BR', 'IN') OR country IS NULL
		ORDER BY country, id) c`).Scan(&f.abroad)
	if err != nil {
		return fmt.Errorf("looking for customers abroad: %w", err)
	}
	return nil
}

// send runs a statement as a caller and looks up what the audit log says of it.
func (p *play) send(ctx context.Context, c *caller, sql string) (*reply, error) {
	a, err := query(ctx, c.conn, sql)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", c.user, err)
	}
	p.asked = append(p.asked, asked{c.user, sql})
	entries, err := audit.Tail(p.stage.config.Audit.Dir, 8)
	if err != nil {
		return nil, err
	}
	for _, e := range slices.Backward(entries) {
		if e.User == c.user && e.Statement == sql {
			a.record = e.Record
			break
		}
	}
	return a, nil
}

// question is a statement that all callers send, and how its answers are laid side by side.
type question struct {
	title, sql string
	// keyed lays rows side by side that agree in the first column; otherwise there is one row, and its columns are laid out.
	keyed bool
	note  string
}

// questions are what the demo asks.
func (p *play) questions() []question {
	f := p.facts
	return []question{
		{
			title: "One customer, five callers",
			sql:   fmt.Sprintf("SELECT full_name, email, phone, birth_date, monthly_income, notes FROM crm.customers WHERE id = %d", f.customer),
			note:  "Ana's pseudonym is not Milo's: what two purposes learn cannot be put together.",
		},
		{
			title: "The region decides, and so does consent, row by row",
			sql:   fmt.Sprintf("SELECT coalesce(country, '(none)') AS country, email FROM crm.customers WHERE id IN (%s) ORDER BY id", f.abroad),
			keyed: true,
		},
		{
			title: "Masked means masked: nobody can fish for an address that he does not see",
			sql:   fmt.Sprintf("SELECT count(*) AS found FROM crm.customers WHERE email = '%s'", f.email),
		},
		{
			title: "Joins, groups and sums are right for what each caller may see",
			sql: "SELECT c.country, count(DISTINCT c.id) AS customers, sum(o.total) AS revenue FROM crm.customers c JOIN crm.orders o ON o.customer_id = c.id " +
				"WHERE o.ordered_at >= '2026-06-01' AND c.country IN ('US', 'DE', 'JP', 'ZA') GROUP BY c.country ORDER BY c.country",
			keyed: true,
		},
		{
			title: "People write anything into free text",
			sql:   fmt.Sprintf("SELECT subject, body FROM crm.support_tickets WHERE id = %d", f.ticket),
		},
		{
			title: "What is denied is refused, with the rule's name and what to do instead",
			sql:   fmt.Sprintf("SELECT full_name, national_id FROM crm.customers WHERE id = %d", f.customer),
		},
	}
}

// ask puts a question to all callers and shows the answers side by side.
func (p *play) ask(ctx context.Context, s *screen, number int, q question) error {
	answers := make([]*reply, len(p.callers))
	for i, c := range p.callers {
		var err error
		if answers[i], err = p.send(ctx, c, q.sql); err != nil {
			return err
		}
	}
	truth, err := query(ctx, p.stage.direct, q.sql)
	if err != nil {
		return err
	}
	if truth.refusal != nil {
		return truth.refusal
	}
	s.title(fmt.Sprintf("%d. %s", number, q.title))
	s.paragraph("", q.sql, 2)
	s.line("")
	p.table(s, q, answers, truth)
	s.line("")
	p.reasons(s, answers)
	if q.note != "" {
		s.paragraph("", q.note, labelWidth)
	}
	return nil
}

// reasons says below a table what was masked for whom and why, and what was refused. Callers who share it share the lines.
func (p *play) reasons(s *screen, answers []*reply) {
	var order []string
	who := map[string][]string{}
	for i, a := range answers {
		lines := a.why()
		if a.refusal != nil {
			lines = a.refused()
		}
		if len(lines) == 0 {
			continue
		}
		text := strings.Join(lines, "\n")
		if who[text] == nil {
			order = append(order, text)
		}
		who[text] = append(who[text], p.callers[i].user)
	}
	for _, text := range order {
		users := strings.Join(who[text], " ")
		if len(who[text]) == len(p.callers) {
			users = "all"
		}
		for line := range strings.SplitSeq(text, "\n") {
			s.paragraph(users, line, labelWidth)
			users = ""
		}
	}
}
