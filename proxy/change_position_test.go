package proxy

import (
	"bytes"
	"context"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgproto3/v2"
	"github.com/jackc/pgx/v5/pgconn"
)

// positions are the places in a session's messages where the change comes. Each returns what the statement answers then. If
// the answer is empty, the change cannot come there: locks keep it out.
var positions = []struct {
	name string
	run  func(t *testing.T, c *changing, conn *pgconn.PgConn, sql string, change func() error) string
	kept bool // locks keep the change out, if it changes a relation of the statement
}{
	{"simple", func(t *testing.T, c *changing, conn *pgconn.PgConn, sql string, change func() error) string {
		must(t, change())
		return simple(conn, sql)
	}, false},
	{"simple, once before", func(t *testing.T, c *changing, conn *pgconn.PgConn, sql string, change func() error) string {
		simple(conn, sql)
		must(t, change())
		return simple(conn, sql)
	}, false},
	{"several statements", func(t *testing.T, c *changing, conn *pgconn.PgConn, sql string, change func() error) string {
		simple(conn, sql)
		must(t, change())
		return simple(conn, "SELECT WHERE false; "+sql)
	}, false},
	{"a transaction in a string", func(t *testing.T, c *changing, conn *pgconn.PgConn, sql string, change func() error) string {
		simple(conn, sql)
		must(t, change())
		return simple(conn, "BEGIN ISOLATION LEVEL SERIALIZABLE; "+sql+"; COMMIT")
	}, false},
	{"before Parse", func(t *testing.T, c *changing, conn *pgconn.PgConn, sql string, change func() error) string {
		extended(conn, sql)
		must(t, change())
		return extended(conn, sql)
	}, false},
	{"between Parse and Bind", func(t *testing.T, c *changing, conn *pgconn.PgConn, sql string, change func() error) string {
		_, prepared := conn.Prepare(context.Background(), "p", sql, nil)
		must(t, change())
		got := execPrepared(conn, "p")
		if prepared != nil && got == "26000" {
			return extended(conn, sql)
		}
		return got
	}, false},
	{"between two Binds", func(t *testing.T, c *changing, conn *pgconn.PgConn, sql string, change func() error) string {
		_, prepared := conn.Prepare(context.Background(), "p", sql, nil)
		execPrepared(conn, "p")
		must(t, change())
		got := execPrepared(conn, "p")
		if prepared != nil && got == "26000" {
			return extended(conn, sql)
		}
		return got
	}, false},
	{"between PREPARE and EXECUTE", func(t *testing.T, c *changing, conn *pgconn.PgConn, sql string, change func() error) string {
		if simple(conn, "PREPARE p AS "+sql) != "" {
			must(t, change())
			return simple(conn, sql)
		}
		must(t, change())
		return simple(conn, "EXECUTE p")
	}, false},
	{"between PREPARE and Bind", func(t *testing.T, c *changing, conn *pgconn.PgConn, sql string, change func() error) string {
		if simple(conn, "PREPARE p AS "+sql) != "" {
			must(t, change())
			return simple(conn, sql)
		}
		must(t, change())
		return execPrepared(conn, "p")
	}, false},
	{"COPY", func(t *testing.T, c *changing, conn *pgconn.PgConn, sql string, change func() error) string {
		copied := func() string {
			var out bytes.Buffer
			if _, err := conn.CopyTo(context.Background(), &out, "COPY ("+sql+") TO STDOUT"); err != nil {
				return sqlstate(err)
			}
			return strings.Join(strings.FieldsFunc(out.String(), func(r rune) bool { return r == '\n' }), ", ")
		}
		copied()
		must(t, change())
		return copied()
	}, false},
	{"DECLARE", func(t *testing.T, c *changing, conn *pgconn.PgConn, sql string, change func() error) string {
		must(t, change())
		return simple(conn, "BEGIN; DECLARE c CURSOR FOR "+sql+"; FETCH ALL FROM c; COMMIT")
	}, false},
	{"in a block", func(t *testing.T, c *changing, conn *pgconn.PgConn, sql string, change func() error) string {
		simple(conn, sql)
		simple(conn, "BEGIN")
		must(t, change())
		got := simple(conn, sql)
		simple(conn, "ROLLBACK")
		if got == "40001" {
			return simple(conn, sql)
		}
		return got
	}, false},
	{"first in a block", func(t *testing.T, c *changing, conn *pgconn.PgConn, sql string, change func() error) string {
		simple(conn, "BEGIN")
		must(t, change())
		got := simple(conn, sql)
		simple(conn, "ROLLBACK")
		if got == "40001" {
			return simple(conn, sql)
		}
		return got
	}, false},
	{"in blocks only", func(t *testing.T, c *changing, conn *pgconn.PgConn, sql string, change func() error) (got string) {
		block := func() string {
			simple(conn, "BEGIN")
			defer simple(conn, "ROLLBACK")
			return extended(conn, sql)
		}
		block()
		must(t, change())
		for end := time.Now().Add(10 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
			if got = block(); got != "40001" && got != "0A000" {
				break
			}
		}
		return got
	}, false},
	{"pipelined", func(t *testing.T, c *changing, conn *pgconn.PgConn, sql string, change func() error) string {
		extended(conn, sql)
		must(t, change())
		p := conn.StartPipeline(context.Background())
		for range 2 {
			p.SendQueryParams(sql, nil, nil, nil, nil)
			must(t, p.Sync())
		}
		var got [2]string
		for i := range got {
			if results, err := p.GetResults(); err != nil {
				got[i] = sqlstate(err)
			} else {
				got[i] = answer(nil, results.(*pgconn.ResultReader).Read())
			}
			if _, err := p.GetResults(); err != nil { // the Sync
				got[i] = sqlstate(err)
			}
		}
		must(t, p.Close())
		if got[0] == "40001" || got[0] == "0A000" { // the second was on its way when the check of the first failed
			return extended(conn, sql)
		}
		if got[0] != got[1] && got[1] != "40001" && got[1] != "0A000" {
			return strings.Join(got[:], " and ")
		}
		return got[0]
	}, false},
	{"prepared, in a block", func(t *testing.T, c *changing, conn *pgconn.PgConn, sql string, change func() error) string {
		_, _ = conn.Prepare(context.Background(), "p", sql, nil)
		simple(conn, "BEGIN")
		must(t, change())
		got := execPrepared(conn, "p")
		simple(conn, "ROLLBACK")
		if got == "40001" || got == "26000" || got == "0A000" {
			return extended(conn, sql)
		}
		return got
	}, false},
	{"between Bind and Execute", func(t *testing.T, c *changing, conn *pgconn.PgConn, sql string, change func() error) string {
		return inPortal(t, c, conn, sql, 0, change)
	}, true},
	{"between two Executes", func(t *testing.T, c *changing, conn *pgconn.PgConn, sql string, change func() error) string {
		return inPortal(t, c, conn, sql, 1, change)
	}, true},
	{"between DECLARE and FETCH", func(t *testing.T, c *changing, conn *pgconn.PgConn, sql string, change func() error) string {
		simple(conn, "BEGIN; DECLARE c CURSOR FOR "+sql)
		if change() == nil {
			return "not kept out"
		}
		return simple(conn, "FETCH ALL FROM c")
	}, true},
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func simple(conn *pgconn.PgConn, sql string) string {
	results, err := conn.Exec(context.Background(), sql).ReadAll()
	return answer(err, results...)
}

func extended(conn *pgconn.PgConn, sql string) string {
	return answer(nil, conn.ExecParams(context.Background(), sql, nil, nil, nil, nil).Read())
}

func execPrepared(conn *pgconn.PgConn, name string) string {
	return answer(nil, conn.ExecPrepared(context.Background(), name, nil, nil, nil).Read())
}

// inPortal binds a portal, fetches some rows, lets the change try, and fetches the rest.
func inPortal(t *testing.T, c *changing, _ *pgconn.PgConn, sql string, first uint32, change func() error) string {
	conn := hijack(t, c.dsn("ana", "&search_path=other,s"))
	defer conn.Close()
	in := pgproto3.NewFrontend(pgproto3.NewChunkReader(conn), io.Discard)
	turn := func(messages ...pgproto3.Message) (out []string) {
		if _, err := conn.Write(encode(t, append(messages, &pgproto3.Sync{})...)); err != nil {
			t.Fatal(err)
		}
		_ = conn.SetReadDeadline(time.Now().Add(20 * time.Second))
		for {
			m, err := in.Receive()
			if err != nil {
				t.Fatal(err)
			}
			switch m := m.(type) {
			case *pgproto3.ErrorResponse:
				out = append(out, m.Code)
			case *pgproto3.DataRow:
				out = append(out, string(m.Values[0]))
			case *pgproto3.ReadyForQuery:
				return out
			}
		}
	}
	turn(&pgproto3.Parse{Query: "BEGIN"}, &pgproto3.Bind{}, &pgproto3.Execute{})
	messages := []pgproto3.Message{&pgproto3.Parse{Query: sql}, &pgproto3.Bind{DestinationPortal: "p"}}
	if first > 0 {
		messages = append(messages, &pgproto3.Execute{Portal: "p", MaxRows: first})
	}
	out := turn(messages...)
	if len(out) == 1 && len(out[0]) == 5 {
		return out[0]
	}
	if change() == nil {
		return "not kept out"
	}
	return strings.Join(append(out, turn(&pgproto3.Execute{Portal: "p"})...), ", ")
}
