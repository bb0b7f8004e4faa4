// Package sample loads the sample CRM of testdata/crm into a database: as much of it as asked for, the same every time.
package sample

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/pgscrim/pgscrim/testdata"
)

// Numbers of customers. There are five orders and one marketing event a customer, a support ticket for every fifth
// and a lead for every tenth of them.
const (
	DefaultCustomers = 200_000
	MinCustomers     = 100 // the fewest that have some who buy a lot
)

// Options say how much is loaded. The zero value loads DefaultCustomers.
type Options struct {
	Customers int
	// Progress, if set, is told how far a step is: first that nothing of it is done, last that all is.
	Progress func(step string, done, total int)
}

// Load creates schema crm and fills it in one transaction, then gathers statistics. The role must own the database
// or be a superuser. Temporary objects of the session are dropped.
func Load(ctx context.Context, conn *pgx.Conn, opts Options) error {
	l := loader{conn: conn, customers: opts.Customers, progress: opts.Progress}
	if l.customers == 0 {
		l.customers = DefaultCustomers
	}
	if l.customers < MinCustomers {
		return fmt.Errorf("sample CRM: %d customers are too few: at least %d", l.customers, MinCustomers)
	}
	if l.progress == nil {
		l.progress = func(string, int, int) {}
	}
	err := pgx.BeginFunc(ctx, conn, func(pgx.Tx) error { return l.load(ctx) })
	if err == nil {
		// Statistics need the rows committed. Without them, plans are bad; VACUUM also lets indexes do without the table.
		err = l.run(ctx, "statistics", []string{"DISCARD TEMP", "VACUUM (ANALYZE)"})
	}
	if err != nil {
		return fmt.Errorf("sample CRM: %w", err)
	}
	return nil
}

// loader is one load.
type loader struct {
	conn      *pgx.Conn
	customers int
	progress  func(step string, done, total int)
}

// load does what is to be done in the transaction.
func (l *loader) load(ctx context.Context) error {
	for _, step := range []struct{ name, file string }{
		{"schema", "schema.sql"},
		{"markets", "data/generator.sql"},
	} {
		sql, err := text(step.file)
		if err != nil {
			return err
		}
		if err := l.run(ctx, step.name, []string{sql}); err != nil {
			return err
		}
	}
	for _, t := range []struct {
		name string
		rows int
	}{
		{"customers", l.customers},
		{"consents", l.customers}, // of so many customers
		{"leads", l.customers / 10},
		{"orders", l.customers * 5},
		{"order_items", l.customers * 5}, // of so many orders
		{"support_tickets", l.customers / 5},
		{"marketing_events", l.customers},
		{"churn_scores", l.customers}, // of so many customers
	} {
		if err := l.fill(ctx, t.name, t.rows); err != nil {
			return err
		}
	}
	for _, step := range []struct{ name, file string }{
		{"keys and indexes", "constraints.sql"},
		{"views", "views.sql"},
	} {
		sql, err := text(step.file)
		if err != nil {
			return err
		}
		if err := l.run(ctx, step.name, strings.SplitAfter(strings.TrimSpace(sql), ";\n")); err != nil {
			return err
		}
	}
	return nil
}

// run executes the texts of a step, each of which may hold several statements.
func (l *loader) run(ctx context.Context, step string, texts []string) error {
	for i, sql := range texts {
		l.progress(step, i, len(texts))
		if _, err := l.conn.PgConn().Exec(ctx, sql).ReadAll(); err != nil {
			return fmt.Errorf("%s: %w", step, err)
		}
	}
	l.progress(step, len(texts), len(texts))
	return nil
}

// chunk is the number of rows that one statement makes: enough to be fast, few enough for a smooth progress bar.
const chunk = 50_000

// fill makes the rows of a table. The parameters of its query are the first and the last of the rows to make, and the
// number of customers.
func (l *loader) fill(ctx context.Context, table string, rows int) error {
	sql, err := text("data/" + table + ".sql")
	if err != nil {
		return err
	}
	for first := 1; first <= rows; first += chunk {
		l.progress(table, first-1, rows)
		args := []any{first, min(first+chunk-1, rows), l.customers}
		if !strings.Contains(sql, "$3") {
			args = args[:2]
		}
		if _, err := l.conn.Exec(ctx, sql, args...); err != nil {
			return fmt.Errorf("%s: %w", table, err)
		}
	}
	l.progress(table, rows, rows)
	return nil
}

// text returns a file of the sample CRM.
func text(file string) (string, error) {
	b, err := testdata.CRM.ReadFile("crm/" + file)
	return string(b), err
}
