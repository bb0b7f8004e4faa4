package clienttest

import (
	"context"
	"database/sql"
	"errors"
	"strconv"
	"testing"
	"time"

	"github.com/lib/pq"
)

// testPQ uses lib/pq, which describes a statement before it binds it, reads text only, and cancels in its own way.
func testPQ(t *testing.T, s *site) {
	for name, dsn := range map[string]string{"text": s.as("dora"), "binary parameters": s.as("dora", "binary_parameters=yes")} {
		db, err := sql.Open("postgres", dsn)
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		db.SetMaxOpenConns(1)

		var n int
		if err := db.QueryRow("SELECT count(*) FROM crm.customers WHERE id = ANY ($1)", pq.Array([]int64{1, 2, 3})).Scan(&n); err != nil || n != 3 {
			t.Errorf("%s: an array: %d, %v", name, n, err)
		}
		prepared, err := db.Prepare("SELECT id, birth_date, created_at FROM crm.customers WHERE id = $1")
		if err != nil {
			t.Fatal(err)
		}
		for i := range 5 {
			var born, created sql.NullTime
			if err := prepared.QueryRow(i+1).Scan(&n, &born, &created); err != nil || n != i+1 || !created.Valid {
				t.Errorf("%s: customer %d: %d, %v", name, i+1, n, err)
			}
		}
		if err := prepared.Close(); err != nil {
			t.Error(err)
		}

		tx, err := db.BeginTx(t.Context(), &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true})
		if err != nil {
			t.Fatal(err)
		}
		if err := tx.QueryRow("SELECT count(*) FROM crm.customers").Scan(&n); err != nil || n != customers {
			t.Errorf("%s: in a transaction: %d, %v", name, n, err)
		}
		if err := tx.Commit(); err != nil {
			t.Error(err)
		}

		_, err = db.Exec("SELECT national_id FROM crm.customers")
		if refused, ok := errors.AsType[*pq.Error](err); !ok || refused.Code != "42501" || refused.Position != strconv.Itoa(len("SELECT ")+1) {
			t.Errorf("%s: a refusal: %v", name, err)
		}

		ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
		defer cancel()
		if _, err := db.ExecContext(ctx, "SELECT pg_sleep(60)"); err == nil {
			t.Errorf("%s: a query outlives its context", name)
		}
		if err := db.QueryRow("SELECT count(*) FROM crm.customers").Scan(&n); err != nil || n != customers {
			t.Errorf("%s: after a cancellation: %d, %v", name, n, err)
		}
	}
}
