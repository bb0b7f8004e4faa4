package bench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"

	"github.com/jackc/pgx/v5/pgconn"
)

// step is something that a client does, so often in relation to the others.
type step struct {
	name   string
	weight int
	do     func(*visit, context.Context) error
}

// steps are what the clients of a soak do. Each leaves the session outside a transaction.
func steps() []step {
	return []step{
		{"simple query", 30, func(v *visit, ctx context.Context) error {
			return v.one(ctx, fmt.Sprintf("SELECT id, full_name, email FROM crm.customers WHERE id = %d", v.id()))
		}},
		{"extended query", 30, func(v *visit, ctx context.Context) error {
			return v.extended(ctx, "", "SELECT id, email, country FROM crm.customers WHERE id = $1", strconv.Itoa(v.id()))
		}},
		{"prepared statement", 30, (*visit).executePrepared},
		{"several statements", 10, func(v *visit, ctx context.Context) error {
			return v.simple(ctx, "", "SELECT 1", "SELECT id FROM crm.stores LIMIT 3", "SELECT count(*) FROM crm.markets")
		}},
		{"an error among several", 5, func(v *visit, ctx context.Context) error {
			return v.simple(ctx, "22012", "SELECT 2", "SELECT 1/0")
		}},
		{"cursor", 8, func(v *visit, ctx context.Context) error {
			return v.one(ctx, "BEGIN", "DECLARE c CURSOR FOR SELECT id, email FROM crm.customers ORDER BY id", "FETCH 50 FROM c", "FETCH 50 FROM c",
				"CLOSE c", "COMMIT")
		}},
		{"COPY TO STDOUT", 5, func(v *visit, ctx context.Context) error {
			const text = "COPY (SELECT id, email FROM crm.customers WHERE id <= 150) TO STDOUT"
			v.send(text)
			tag, err := v.conn.CopyTo(ctx, io.Discard, text)
			return v.settle(text, tag.RowsAffected(), err, "")
		}},
		{"aggregate", 3, func(v *visit, ctx context.Context) error {
			return v.extended(ctx, "", "SELECT c.country, count(*), sum(o.total) FROM crm.orders o JOIN crm.customers c ON c.id = o.customer_id GROUP BY 1")
		}},
		{"error", 5, func(v *visit, ctx context.Context) error {
			return errors.Join(v.simple(ctx, "42703", "SELECT no_such_column FROM crm.customers"), v.simple(ctx, "42601", "SELEC 1"),
				v.extended(ctx, "22P02", "SELECT $1::integer", "x"))
		}},
		{"failed transaction", 5, func(v *visit, ctx context.Context) error {
			return errors.Join(v.one(ctx, "BEGIN"), v.simple(ctx, "22012", "SELECT 1/0"), v.simple(ctx, "25P02", "SELECT 1"), v.one(ctx, "ROLLBACK"))
		}},
		{"refusal", 8, func(v *visit, ctx context.Context) error {
			return errors.Join(v.simple(ctx, "42501", "SELECT national_id FROM crm.customers"),
				v.extended(ctx, "42501", "SELECT national_id FROM crm.customers WHERE id = $1", "7"))
		}},
		{"purpose", 5, (*visit).changePurpose},
		{"pipeline", 8, (*visit).pipeline},
		{"LISTEN", 3, func(v *visit, ctx context.Context) error { return v.one(ctx, "LISTEN soak", "UNLISTEN *") }},
		{"DISCARD ALL", 1, func(v *visit, ctx context.Context) error {
			v.prepared = false
			return v.one(ctx, "DISCARD ALL")
		}},
		{"cancel", 1, func(v *visit, ctx context.Context) error {
			return v.canceled(ctx, "SELECT count(*) FROM crm.orders a, crm.orders b, crm.orders c")
		}},
	}
}

// executePrepared runs the visit's prepared statement, which it makes if need be. Parse has no record of its own.
func (v *visit) executePrepared(ctx context.Context) error {
	const name, text = "by_id", "SELECT id, full_name, phone FROM crm.customers WHERE id = $1"
	if !v.prepared {
		if _, err := v.conn.Prepare(ctx, name, text, nil); err != nil {
			return unexpected(text, err)
		}
		v.prepared = true
	}
	v.send(text)
	result := v.conn.ExecPrepared(ctx, name, [][]byte{[]byte(strconv.Itoa(v.id()))}, nil, nil).Read()
	return v.settle(text, rowsOf(result), result.Err, "")
}

// changePurpose declares another purpose, looks at it, uses it and goes back; only the analyst has two.
func (v *visit) changePurpose(ctx context.Context) error {
	if v.caller != "analyst" {
		return v.simple(ctx, "42501", "SET pgscrim.purpose = 'churn_model'")
	}
	const comment = "/*purpose='churn_model',reason='CRM-118'*/ "
	const text = "SELECT email FROM crm.customers WHERE id = 7"
	v.send(text)
	results, err := v.conn.Exec(ctx, comment+text).ReadAll()
	var rows int64
	if err == nil {
		rows = rowsOf(results[0])
	}
	return errors.Join(v.settle(text, rows, err, ""),
		v.one(ctx, "SET pgscrim.purpose = 'churn_model'", "SHOW pgscrim.purpose", "SELECT full_name FROM crm.customers WHERE id = 8",
			"BEGIN", "SET LOCAL pgscrim.purpose = 'reporting'", "SELECT full_name FROM crm.customers WHERE id = 8", "ROLLBACK", "RESET pgscrim.purpose"))
}

// pipeline sends five statements at once, of which the fourth fails: the fifth is never answered.
func (v *visit) pipeline(ctx context.Context) error {
	texts := []string{"SELECT id FROM crm.stores WHERE id = $1", "SELECT email FROM crm.customers WHERE id = $1", "SELECT $1::integer", "SELECT 1 / ($1::integer - $1::integer)", "SELECT 5 + $1::integer"}
	var batch pgconn.Batch
	v.send(texts...)
	for _, text := range texts {
		batch.ExecParams(text, values([]string{"3"}), nil, nil, nil)
	}
	results, err := v.conn.ExecBatch(ctx, &batch).ReadAll()
	if len(results) < 3 {
		return unexpected(texts[len(results)], err)
	}
	for i, text := range texts[:3] {
		if err := v.settle(text, rowsOf(results[i]), results[i].Err, ""); err != nil {
			return err
		}
	}
	return v.settle(texts[3], 0, err, "22012")
}
