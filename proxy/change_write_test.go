package proxy

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

// TestWritesRunOnce writes while others change what is written. Each row whose INSERT has succeeded is there once, and no other.
func TestWritesRunOnce(t *testing.T) {
	c := startChanging(t)
	c.policy = loadPolicy(t, strings.Replace(changingPolicy, "schemas:", "  s.spare: {write: [analyst]}\nschemas:", 1))
	must(t, c.refresh(context.Background()))
	ctx := context.Background()
	stop := make(chan struct{})
	var next, written, failed atomic.Int64
	var mu sync.Mutex
	done := map[int64]bool{} // whether the INSERT of an id has succeeded
	next.Store(1000)
	var clients sync.WaitGroup
	write := func(name string, insert func(conn *pgconn.PgConn, first int64) (ids []int64, errs []error)) {
		clients.Go(func() {
			conn, err := pgconn.Connect(ctx, c.dsn("ana", ""))
			if err != nil {
				t.Error(err)
				return
			}
			defer conn.Close(ctx)
			for {
				select {
				case <-stop:
					return
				default:
				}
				ids, errs := insert(conn, next.Add(10)-10)
				mu.Lock()
				for i, id := range ids {
					done[id] = errs[i] == nil
					if errs[i] == nil {
						written.Add(1)
						continue
					}
					failed.Add(1)
					switch sqlstate(errs[i]) {
					case "40001", "0A000", "25P02", "55P03", "26000":
					default:
						t.Errorf("%s: %v", name, errs[i])
					}
				}
				mu.Unlock()
				if conn.IsClosed() {
					t.Errorf("%s: the session has ended", name)
					return
				}
			}
		})
	}
	insert := func(id int64) string {
		return fmt.Sprintf("INSERT INTO s.spare (id, label) SELECT %d, label FROM s.seen WHERE id = 1", id)
	}
	write("simple", func(conn *pgconn.PgConn, id int64) ([]int64, []error) {
		_, err := conn.Exec(ctx, insert(id)).ReadAll()
		return []int64{id}, []error{err}
	})
	write("several", func(conn *pgconn.PgConn, id int64) ([]int64, []error) {
		_, err := conn.Exec(ctx, insert(id)+"; SELECT label FROM s.stuff; "+insert(id+1)).ReadAll()
		return []int64{id, id + 1}, []error{err, err}
	})
	write("extended", func(conn *pgconn.PgConn, id int64) ([]int64, []error) {
		_, err := conn.ExecParams(ctx, insert(id), nil, nil, nil, nil).Close()
		return []int64{id}, []error{err}
	})
	write("block", func(conn *pgconn.PgConn, id int64) ([]int64, []error) {
		_, err := conn.Exec(ctx, "BEGIN").ReadAll()
		if err == nil {
			_, err = conn.ExecParams(ctx, insert(id), nil, nil, nil, nil).Close()
		}
		if err == nil {
			_, err = conn.Exec(ctx, insert(id+1)).ReadAll()
		}
		tag, e := conn.Exec(ctx, "COMMIT").ReadAll()
		if err == nil && (e != nil || tag[0].CommandTag.String() != "COMMIT") {
			err = fmt.Errorf("commit: %w", e)
		}
		return []int64{id, id + 1}, []error{err, err}
	})
	write("copy", func(conn *pgconn.PgConn, id int64) ([]int64, []error) {
		_, err := conn.CopyFrom(ctx, strings.NewReader(fmt.Sprintf("%d\tx\n", id)), "COPY s.spare (id, label) FROM STDIN")
		return []int64{id}, []error{err}
	})
	write("pipeline", func(conn *pgconn.PgConn, id int64) (ids []int64, errs []error) {
		p := conn.StartPipeline(ctx)
		for i := range int64(6) {
			p.SendQueryParams(insert(id+i), nil, nil, nil, nil)
			if i%2 == 1 {
				must(t, p.Sync())
			}
		}
		var segment []int64
		var fault error
		for i := int64(0); i < 6 || len(segment) > 0; {
			results, err := p.GetResults()
			if _, end := results.(*pgconn.PipelineSync); end {
				for _, id := range segment {
					ids, errs = append(ids, id), append(errs, fault)
				}
				for len(segment)%2 == 1 { // what was skipped
					ids, errs, segment = append(ids, id+i), append(errs, fault), append(segment, 0)
					i++
				}
				segment, fault = nil, nil
				continue
			}
			if r, ok := results.(*pgconn.ResultReader); ok {
				_, err = r.Close()
			}
			segment = append(segment, id+i)
			i++
			if err != nil {
				fault = err
			}
		}
		_ = p.Close()
		return ids, errs
	})
	swaps := []string{
		"CREATE OR REPLACE VIEW s.seen AS SELECT id, email AS label FROM s.person",
		"ALTER TABLE s.spare ADD x int",
		"CREATE OR REPLACE VIEW s.seen AS SELECT id, label FROM s.stuff",
		"ALTER TABLE s.spare DROP x",
		"ALTER TABLE s.spare ALTER id TYPE bigint",
		"ALTER TABLE s.spare ALTER id TYPE int",
	}
	for i := range 24 {
		c.change(t, swaps[i%len(swaps)])
		time.Sleep(time.Duration(rand.IntN(100)) * time.Millisecond)
	}
	close(stop)
	clients.Wait()
	rows, err := c.direct.Query(ctx, "SELECT id, count(*) FROM s.spare WHERE id >= 1000 GROUP BY id")
	must(t, err)
	found := map[int64]int64{}
	for rows.Next() {
		var id, n int64
		must(t, rows.Scan(&id, &n))
		found[id] = n
	}
	must(t, rows.Err())
	for id, ok := range done {
		if n := found[id]; ok && n != 1 || !ok && n != 0 {
			t.Errorf("row %d is there %d times; written: %v", id, n, ok)
		}
	}
	for id := range found {
		if _, known := done[id]; !known {
			t.Errorf("row %d is there, but was never written", id)
		}
	}
	t.Logf("%d rows written, %d refused", written.Load(), failed.Load())
}
