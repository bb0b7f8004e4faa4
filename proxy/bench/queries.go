package bench

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

// query is a question that a BI tool asks. SCHEMA stands for the schema of protected tables.
type query struct{ name, sql, caller string }

// queries are asked by the analyst, who sees masked cells, and those that are of columns he has by the marketer, from whom rows are hidden.
func queries() (all []query) {
	for _, q := range questions() {
		q.caller = "analyst"
		all = append(all, q)
	}
	for _, q := range questions() {
		q.name, q.caller = q.name+", rows hidden", "marketer"
		q.sql = strings.NewReplacer(", avg(c.monthly_income)", "", ", monthly_income", "").Replace(q.sql)
		all = append(all, q)
	}
	return append(all,
		query{"look-up with a function, rows hidden", `SELECT id, upper(full_name), email FROM SCHEMA.customers WHERE id = 321 AND lower(segment) <> 'x'`, "marketer"},
		query{"orders of one, rows hidden", `SELECT c.id, c.email, o.id, o.total FROM SCHEMA.customers c JOIN SCHEMA.orders o ON o.customer_id = c.id
			WHERE c.id = 321 ORDER BY o.ordered_at DESC`, "marketer"})
}

func questions() []query {
	return []query{
		{name: "look-up by id", sql: `SELECT id, full_name, email, phone, monthly_income FROM SCHEMA.customers WHERE id = 321`},
		{name: "filter by market", sql: `SELECT id, full_name, email, monthly_income FROM SCHEMA.customers WHERE country = 'BR'`},
		{name: "group by month", sql: `SELECT date_trunc('month', ordered_at) AS month, status, count(*), sum(total) FROM SCHEMA.orders GROUP BY 1, 2 ORDER BY 1, 2`},
		{name: "join", sql: `SELECT c.country, c.segment, count(*), sum(o.total), avg(c.monthly_income)
			FROM SCHEMA.orders o JOIN SCHEMA.customers c ON c.id = o.customer_id
			WHERE o.ordered_at >= '2025-01-01' GROUP BY 1, 2 ORDER BY 4 DESC`},
		{name: "top N", sql: `SELECT id, full_name, email, monthly_income FROM SCHEMA.customers ORDER BY created_at DESC, id LIMIT 20`},
		{name: "distinct", sql: `SELECT DISTINCT email, segment FROM SCHEMA.customers ORDER BY 1, 2 LIMIT 100`},
		{name: "window", sql: `SELECT country, id, full_name, place FROM (
				SELECT country, id, full_name, rank() OVER (PARTITION BY country ORDER BY created_at DESC, id) AS place FROM SCHEMA.customers) ranked
			WHERE place <= 3 ORDER BY country, place`},
		{name: "text search", sql: `SELECT id, full_name, email FROM SCHEMA.customers WHERE email LIKE '%@example.org' ORDER BY id LIMIT 50`},
		{name: "funnel", sql: `SELECT campaign, count(DISTINCT customer_id) FILTER (WHERE event = 'sent') AS sent,
				count(DISTINCT customer_id) FILTER (WHERE event = 'opened') AS opened, count(DISTINCT customer_id) FILTER (WHERE event = 'bought') AS bought
			FROM SCHEMA.marketing_events GROUP BY campaign ORDER BY campaign`},
		{name: "cohort", sql: `WITH first AS (SELECT customer_id, date_trunc('quarter', min(ordered_at)) AS cohort FROM SCHEMA.orders GROUP BY customer_id)
			SELECT f.cohort, date_trunc('quarter', o.ordered_at) AS quarter, count(DISTINCT o.customer_id), sum(o.total)
			FROM first f JOIN SCHEMA.orders o USING (customer_id) JOIN SCHEMA.customers c ON c.id = o.customer_id
			WHERE c.segment <> 'new' GROUP BY 1, 2 ORDER BY 1, 2`},
	}
}

// on is the query as it is for a target.
func (q query) on(t *target) string {
	return strings.ReplaceAll(q.sql, "SCHEMA", t.schema(q.caller))
}

// ask asks a query over and over until the time is up, at least once.
func (st *site) ask(ctx context.Context, t *target, q query, atLeast time.Duration) (*measurement, error) {
	conn, err := pgconn.Connect(ctx, t.dsn(q.caller))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", t.name, err)
	}
	defer conn.Close(ctx)
	before, err := st.meter(t)
	if err != nil {
		return nil, err
	}
	s := &measurement{}
	for begun := time.Now(); s.units == 0 || s.elapsed < atLeast; s.elapsed = time.Since(begun) {
		result := conn.ExecParams(ctx, q.on(t), nil, nil, nil, nil).Read()
		if result.Err != nil {
			return nil, fmt.Errorf("%s on %s: %w", q.name, t.name, result.Err)
		}
		s.units++
	}
	after, err := st.meter(t)
	s.meter = after.minus(before)
	return s, err
}
