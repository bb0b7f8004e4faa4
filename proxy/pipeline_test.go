package proxy

import (
	"fmt"
	"io"
	"runtime"
	"testing"
	"time"

	"github.com/jackc/pgproto3/v2"
)

func TestPipeline(t *testing.T) {
	const n = 20_000
	for _, test := range []struct {
		name    string
		message func(i int) []pgproto3.Message
		end     []pgproto3.Message
		ready   int
	}{
		{"queries", func(int) []pgproto3.Message { return []pgproto3.Message{&pgproto3.Query{String: "SELECT 1"}} }, nil, n},
		{"segments", func(int) []pgproto3.Message {
			return []pgproto3.Message{&pgproto3.Parse{Query: "SELECT 1"}, &pgproto3.Bind{}, &pgproto3.Execute{}, &pgproto3.Sync{}}
		}, nil, n},
		{"one segment", func(int) []pgproto3.Message {
			return []pgproto3.Message{&pgproto3.Parse{Query: "SELECT 1"}, &pgproto3.Bind{}, &pgproto3.Execute{}}
		}, []pgproto3.Message{&pgproto3.Sync{}}, 1},
		{"settings", func(i int) []pgproto3.Message {
			if i%100 > 0 {
				return []pgproto3.Message{&pgproto3.Query{String: "SELECT 1"}}
			}
			return []pgproto3.Message{&pgproto3.Query{String: "SET search_path = 'a'"}}
		}, nil, n},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := start(t)
			conn := hijack(t, r.dsn("ana", ""))
			var out []byte
			for i := range n {
				out = append(out, encode(t, test.message(i)...)...)
			}
			out = append(out, encode(t, test.end...)...)
			written := make(chan error, 1)
			go func() {
				_, err := conn.Write(out)
				written <- err
			}()
			_ = conn.SetReadDeadline(time.Now().Add(time.Minute))
			in := pgproto3.NewFrontend(pgproto3.NewChunkReader(conn), io.Discard)
			complete, ready := 0, 0
			for ready < test.ready {
				m, err := in.Receive()
				if err != nil {
					t.Fatalf("after %d statements: %v", complete, err)
				}
				switch m := m.(type) {
				case *pgproto3.CommandComplete:
					complete++
				case *pgproto3.ReadyForQuery:
					ready++
				case *pgproto3.ErrorResponse:
					t.Fatal(m.Message)
				}
			}
			if err := <-written; err != nil || complete != n {
				t.Fatalf("%d statements, %v", complete, err)
			}
		})
	}
}

func TestLargeRowStreams(t *testing.T) {
	r := start(t)
	conn := hijack(t, r.dsn("ana", ""))
	const size = 200 << 20
	if _, err := conn.Write(encode(t, &pgproto3.Query{String: fmt.Sprintf("SELECT repeat('x', %d)", size)})); err != nil {
		t.Fatal(err)
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_ = conn.SetReadDeadline(time.Now().Add(time.Minute))
	if _, err := io.CopyN(io.Discard, conn, size); err != nil {
		t.Fatal(err)
	}
	runtime.ReadMemStats(&after)
	if grown := after.TotalAlloc - before.TotalAlloc; grown > 4<<20 {
		t.Errorf("%d bytes were allocated for a row of %d", grown, size)
	}
}
