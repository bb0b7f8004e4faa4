package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/pgscrim/pgscrim/audit"
)

// demoApplication is the application_name of the demo's own sessions.
const demoApplication = "pgscrim demo"

// caller is one of the users of the sample's server file, connected through pgscrim. The password is the name.
type caller struct {
	user, role string
	// options are what the session declares at its start; the others have a default purpose.
	options string
	purpose string
	conn    *pgx.Conn
}

// newCallers returns the five, not connected yet.
func newCallers() []*caller {
	return []*caller{
		{user: "ana", role: "analyst", purpose: "reporting"},
		{user: "milo", role: "miner", purpose: "churn_model", options: "-c pgscrim.purpose=churn_model -c pgscrim.reason=CRM-118"},
		{user: "mara", role: "marketer", purpose: "campaign"},
		{user: "sol", role: "support", purpose: "customer_service"},
		{user: "dora", role: "dpo", purpose: "reporting"},
	}
}

// connect logs the caller in.
func (c *caller) connect(ctx context.Context, address string) (*pgx.Conn, error) {
	config, err := pgx.ParseConfig(fmt.Sprintf("postgres://%[1]s:%[1]s@%[2]s/%[3]s?sslmode=prefer", c.user, address, demoDatabase))
	if err != nil {
		return nil, err
	}
	config.RuntimeParams["application_name"] = demoApplication
	if c.options != "" {
		config.RuntimeParams["options"] = c.options
	}
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("login as %s: %w", c.user, err)
	}
	return conn, nil
}

// reply is what a caller gets for a statement.
type reply struct {
	columns []string
	rows    [][]cell
	refusal *pgconn.PgError // nil if the statement ran
	record  audit.Record    // what the audit log says of it
}

// cell is a value as text.
type cell struct {
	text string
	null bool
}

func (c cell) String() string {
	if c.null {
		return "NULL"
	}
	return c.text
}

// query runs a statement and returns what came back. An error that is not PostgreSQL's ends the demo.
func query(ctx context.Context, conn *pgx.Conn, sql string) (*reply, error) {
	result := conn.PgConn().ExecParams(ctx, sql, nil, nil, nil, nil).Read()
	var refusal *pgconn.PgError
	if result.Err != nil && !errors.As(result.Err, &refusal) {
		return nil, result.Err
	}
	a := &reply{refusal: refusal}
	for _, f := range result.FieldDescriptions {
		a.columns = append(a.columns, f.Name)
	}
	for _, values := range result.Rows {
		row := make([]cell, len(values))
		for i, v := range values {
			row[i] = cell{text: string(v), null: v == nil}
		}
		a.rows = append(a.rows, row)
	}
	return a, nil
}

// single returns the only value of an answer, empty if there is none.
func (r *reply) single() string {
	if len(r.rows) != 1 || len(r.rows[0]) != 1 {
		return ""
	}
	return r.rows[0][0].text
}

// column returns the values of one column.
func (r *reply) column(i int) []string {
	values := make([]string, len(r.rows))
	for n, row := range r.rows {
		values[n] = row[i].String()
	}
	return values
}

// why says which columns were masked or denied, how, and of which relations rows were hidden, and by which rules: a line
// for each set of rules.
func (r *reply) why() []string {
	var order []string
	what := map[string][]string{}
	add := func(rules []string, text string) {
		key := strings.Join(rules, ", ")
		if what[key] == nil {
			order = append(order, key)
		}
		if !slices.Contains(what[key], text) {
			what[key] = append(what[key], text)
		}
	}
	for _, c := range r.record.Columns {
		switch {
		case c.Action == "show":
		case c.Mask != "":
			add(c.Rules, c.Column+" → "+c.Mask)
		default:
			add(c.Rules, c.Column)
		}
	}
	for _, h := range r.record.Hidden {
		add(h.Rules, "rows of "+h.Relation+" are hidden")
	}
	for i, rules := range order {
		order[i] = strings.Join(what[rules], ", ") + " (" + rules + ")"
	}
	return order
}

// refused puts a refusal into words, as psql would.
func (r *reply) refused() []string {
	lines := []string{"ERROR:  " + r.refusal.Code + ": " + r.refusal.Message}
	if r.refusal.Hint != "" {
		lines = append(lines, "HINT:  "+r.refusal.Hint)
	}
	return lines
}
