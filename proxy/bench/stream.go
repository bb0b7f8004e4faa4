package bench

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

// stream is a large result: every row of pgbench_accounts, a hundred bytes each. It returns how many bytes of values came.
type stream struct {
	name string
	read func(ctx context.Context, conn *pgconn.PgConn) (bytes int64, err error)
}

func streams() []stream {
	const query = "SELECT * FROM pgbench_accounts"
	rows := func(r *pgconn.ResultReader) (n int64, err error) {
		for r.NextRow() {
			for _, value := range r.Values() {
				n += int64(len(value))
			}
		}
		_, err = r.Close()
		return n, err
	}
	return []stream{
		{"COPY TO STDOUT", func(ctx context.Context, conn *pgconn.PgConn) (int64, error) {
			var n counter
			_, err := conn.CopyTo(ctx, &n, "COPY ("+query+") TO STDOUT")
			return int64(n), err
		}},
		{"SELECT, text", func(ctx context.Context, conn *pgconn.PgConn) (int64, error) {
			return rows(conn.ExecParams(ctx, query, nil, nil, nil, nil))
		}},
		{"SELECT, binary", func(ctx context.Context, conn *pgconn.PgConn) (int64, error) {
			return rows(conn.ExecParams(ctx, query, nil, nil, nil, []int16{1}))
		}},
	}
}

// counter counts what is written to it.
type counter int64

func (c *counter) Write(b []byte) (int, error) {
	*c += counter(len(b))
	return len(b), nil
}

// stream reads a large result once. Its unit is a megabyte.
func (st *site) stream(ctx context.Context, t *target, s stream) (*measurement, error) {
	conn, err := pgconn.Connect(ctx, t.dsn("analyst"))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", t.name, err)
	}
	defer conn.Close(ctx)
	before, err := st.meter(t)
	if err != nil {
		return nil, err
	}
	begun := time.Now()
	n, err := s.read(ctx, conn)
	if err != nil {
		return nil, fmt.Errorf("%s on %s: %w", s.name, t.name, err)
	}
	elapsed := time.Since(begun)
	after, err := st.meter(t)
	return &measurement{units: float64(n) / 1e6, elapsed: elapsed, meter: after.minus(before)}, err
}
