package proxy

import (
	"bytes"
	"slices"
	"testing"

	"github.com/jackc/pgproto3/v2"

	"github.com/pgscrim/pgscrim/audit"
	"github.com/pgscrim/pgscrim/rewrite"
)

// BenchmarkSession runs one statement at a time; the client allocates nothing, so that what is counted is the proxy's.
func BenchmarkSession(b *testing.B) {
	log, err := audit.Open(b.TempDir(), audit.Options{Durability: audit.Relaxed})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := log.Close(); err != nil {
			b.Error(err)
		}
	})
	r := start(b, func(c *Config) { c.Audit = log })
	b.Run("simple", func(b *testing.B) {
		benchmark(b, r, nil, &pgproto3.Query{String: "SELECT 1"})
	})
	b.Run("prepared", func(b *testing.B) {
		benchmark(b, r, []pgproto3.Message{&pgproto3.Parse{Name: "s", Query: "SELECT 1"}, &pgproto3.Sync{}},
			&pgproto3.Bind{PreparedStatement: "s"}, &pgproto3.Describe{ObjectType: 'P'}, &pgproto3.Execute{}, &pgproto3.Sync{})
	})
}

// benchmark sends messages and waits for the answer, again and again.
func benchmark(b *testing.B, r *rig, first []pgproto3.Message, messages ...pgproto3.Message) {
	conn := hijack(b, r.dsn("ana", ""))
	buf := make([]byte, 4096)
	turn := func(out []byte) {
		if _, err := conn.Write(out); err != nil {
			b.Fatal(err)
		}
		for n := 0; !bytes.HasSuffix(buf[:n], []byte("Z\x00\x00\x00\x05I")); {
			m, err := conn.Read(buf[n:])
			if err != nil {
				b.Fatal(err)
			}
			n += m
		}
	}
	if len(first) > 0 {
		turn(encode(b, first...))
	}
	out := encode(b, messages...)
	b.ReportAllocs()
	for b.Loop() {
		turn(out)
	}
}

// BenchmarkCheck runs a statement that reads two relations, with and without the checks of what the catalog says of them.
func BenchmarkCheck(b *testing.B) {
	log, err := audit.Open(b.TempDir(), audit.Options{Durability: audit.Relaxed})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := log.Close(); err != nil {
			b.Error(err)
		}
	})
	c := startChanging(b, func(cfg *Config) { cfg.Audit = log })
	const sql = "SELECT p.email, p.note FROM s.person p WHERE p.id = 2"
	checked := *c.rewriter.Load()
	for _, test := range []struct {
		name     string
		rewriter Rewriter
	}{{"checked", checked}, {"unchecked", unchecked{checked}}} {
		c.SetRewriter(test.rewriter)
		b.Run("simple/"+test.name, func(b *testing.B) { benchmark(b, c.rig, nil, &pgproto3.Query{String: sql}) })
		b.Run("prepared/"+test.name, func(b *testing.B) {
			benchmark(b, c.rig, []pgproto3.Message{&pgproto3.Parse{Name: "s", Query: sql}, &pgproto3.Sync{}},
				&pgproto3.Bind{PreparedStatement: "s"}, &pgproto3.Execute{}, &pgproto3.Sync{})
		})
	}
}

// unchecked leaves the checks out.
type unchecked struct{ Rewriter }

func (u unchecked) Rewrite(sql string, s rewrite.Session) *rewrite.Answer {
	a := *u.Rewriter.Rewrite(sql, s)
	a.Statements = slices.Clone(a.Statements)
	for i := range a.Statements {
		a.Statements[i].Checks = nil
	}
	return &a
}
