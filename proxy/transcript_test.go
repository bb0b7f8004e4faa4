package proxy

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgproto3/v2"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/pgscrim/pgscrim/proxy/cluster/clustertest"
)

var update = flag.Bool("update", false, "write the expectations of testdata/wire anew: of transparent transcripts from PostgreSQL itself")

// transcript is a file of testdata/wire: what a client sends, and what it is to receive.
type transcript struct {
	// About says what the transcript shows.
	About string `json:"about"`
	// Transparent transcripts must go the same way without the proxy.
	Transparent bool `json:"transparent"`
	// Since and Before are major versions of PostgreSQL: elder ones, or it and later ones, answer otherwise.
	Since  int `json:"since,omitempty"`
	Before int `json:"before,omitempty"`
	// User is who logs in to the proxy; empty means ana.
	User string `json:"user,omitempty"`
	// Setup is run in the database before.
	Setup string           `json:"setup,omitempty"`
	Steps []transcriptStep `json:"steps"`
}

// transcriptStep sends messages in one write and then expects some.
type transcriptStep struct {
	Send   []json.RawMessage `json:"send"`
	Expect []json.RawMessage `json:"expect"`
}

func TestTranscripts(t *testing.T) {
	files, err := filepath.Glob("../testdata/wire/*.json")
	if err != nil || len(files) < 15 {
		t.Fatalf("%d transcripts, %v", len(files), err)
	}
	shared := clustertest.DSN(t) // for those that leave nothing behind
	version := serverVersion(t, shared)
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".json"), func(t *testing.T) {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var tr transcript
			decoder := json.NewDecoder(bytes.NewReader(data))
			decoder.DisallowUnknownFields()
			if err := decoder.Decode(&tr); err != nil {
				t.Fatal(err)
			}
			if version < tr.Since || tr.Before > 0 && version >= tr.Before {
				return
			}
			user := tr.User
			if user == "" {
				user = "ana"
			}
			database := func() string {
				if tr.Setup == "" {
					return shared
				}
				return clustertest.DSN(t, tr.Setup)
			}
			if tr.Transparent {
				tr.play(t, hijack(t, database()), *update)
			}
			for _, pieces := range []int{0, 1} { // each step in one write, and byte by byte
				r := start(t, func(c *Config) { c.Upstream = database() })
				conn := hijack(t, r.dsn(user, ""))
				if pieces > 0 {
					conn = &slowConn{conn}
				}
				tr.play(t, conn, *update && !tr.Transparent && pieces == 0)
			}
			if *update {
				tr.write(t, file)
			}
		})
	}
}

// serverVersion returns the major version of PostgreSQL that a connection string leads to.
func serverVersion(t testing.TB, dsn string) int {
	t.Helper()
	conn, err := pgconn.Connect(context.Background(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	return majorVersion(conn.ParameterStatus("server_version"))
}

// hijack logs in and takes over the connection.
func hijack(t testing.TB, dsn string) net.Conn {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	conn, err := pgconn.Connect(ctx, dsn)
	if err != nil {
		t.Fatal(err)
	}
	hijacked, err := conn.Hijack()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = hijacked.Conn.Close() })
	return hijacked.Conn
}

// slowConn writes one byte at a time.
type slowConn struct{ net.Conn }

func (c *slowConn) Write(p []byte) (int, error) {
	for i := range p {
		if _, err := c.Conn.Write(p[i : i+1]); err != nil {
			return i, err
		}
	}
	return len(p), nil
}

// play sends and compares, or with record set notes what comes back.
func (tr *transcript) play(t *testing.T, conn net.Conn, record bool) {
	t.Helper()
	in := pgproto3.NewFrontend(pgproto3.NewChunkReader(conn), io.Discard)
	for i := range tr.Steps {
		step := &tr.Steps[i]
		var out []byte
		for _, raw := range step.Send {
			m, err := frontendMessage(raw)
			if err != nil {
				t.Fatal(err)
			}
			if out, err = m.Encode(out); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := conn.Write(out); err != nil {
			t.Fatal(err)
		}
		if record {
			step.Expect = receive(t, conn, in, -1)
			continue
		}
		got := receive(t, conn, in, len(step.Expect))
		if diff := cmp.Diff(lines(step.Expect), lines(got)); diff != "" {
			t.Fatalf("step %d (-want +got):\n%s", i+1, diff)
		}
	}
	if err := conn.SetReadDeadline(time.Now().Add(30 * time.Millisecond)); err != nil {
		t.Fatal(err)
	}
	if m, err := in.Receive(); err == nil {
		t.Fatalf("one message too many: %s", normal(t, m))
	}
}

// receive reads n messages, or those up to a pause if n is negative.
func receive(t *testing.T, conn net.Conn, in *pgproto3.Frontend, n int) []json.RawMessage {
	t.Helper()
	var got []json.RawMessage
	for len(got) != n {
		wait := time.Minute // a machine may be busy
		if n < 0 {
			wait = 300 * time.Millisecond
		}
		if err := conn.SetReadDeadline(time.Now().Add(wait)); err != nil {
			t.Fatal(err)
		}
		m, err := in.Receive()
		if n < 0 && errors.Is(err, os.ErrDeadlineExceeded) {
			break
		}
		if err != nil {
			t.Fatalf("after %d messages: %v\n%s", len(got), err, strings.Join(lines(got), "\n"))
		}
		if _, ok := m.(*pgproto3.ParameterStatus); !ok { // PostgreSQL's versions differ in when it comes
			got = append(got, normal(t, m))
		}
	}
	return got
}

func lines(messages []json.RawMessage) []string {
	var lines []string
	for _, m := range messages {
		var b bytes.Buffer
		if err := json.Compact(&b, m); err != nil {
			return []string{err.Error()}
		}
		lines = append(lines, b.String())
	}
	return lines
}

// normal is a message as the transcripts have it: without what differs between servers and runs.
func normal(t *testing.T, m pgproto3.BackendMessage) json.RawMessage {
	t.Helper()
	if n, ok := m.(*pgproto3.NoticeResponse); ok {
		e := pgproto3.ErrorResponse(*n)
		e.Severity += " (notice)"
		m = &e
	}
	b, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	var fields map[string]any
	if err := json.Unmarshal(b, &fields); err != nil {
		t.Fatal(err)
	}
	for name, value := range fields {
		if value == nil || value == "" || value == 0.0 {
			delete(fields, name)
		}
	}
	for _, name := range []string{"SeverityUnlocalized", "File", "Line", "Routine", "PID"} {
		delete(fields, name)
	}
	if r, ok := m.(*pgproto3.RowDescription); ok {
		var columns []string
		for _, f := range r.Fields {
			columns = append(columns, fmt.Sprintf("%s %d %d", f.Name, f.DataTypeOID, f.Format))
		}
		fields["Fields"] = columns
	}
	b, err = json.Marshal(fields)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// frontendMessage decodes a message that a client sends.
func frontendMessage(raw json.RawMessage) (pgproto3.FrontendMessage, error) {
	var head struct{ Type string }
	if err := json.Unmarshal(raw, &head); err != nil {
		return nil, err
	}
	var m pgproto3.FrontendMessage
	switch head.Type {
	case "Query":
		m = &pgproto3.Query{}
	case "Parse":
		m = &pgproto3.Parse{}
	case "Bind":
		m = &pgproto3.Bind{}
	case "Describe":
		m = &pgproto3.Describe{}
	case "Execute":
		m = &pgproto3.Execute{}
	case "Close":
		m = &pgproto3.Close{}
	case "Sync":
		m = &pgproto3.Sync{}
	case "Flush":
		m = &pgproto3.Flush{}
	case "CopyData":
		m = &pgproto3.CopyData{}
	case "CopyDone":
		m = &pgproto3.CopyDone{}
	case "CopyFail":
		m = &pgproto3.CopyFail{}
	case "FunctionCall":
		return &pgproto3.FunctionCall{Function: 1610}, nil // pi()
	default:
		return nil, fmt.Errorf("unknown message %q", head.Type)
	}
	return m, json.Unmarshal(raw, m)
}

// write writes the transcript, one message a line.
func (tr *transcript) write(t *testing.T, file string) {
	t.Helper()
	var b strings.Builder
	about, _ := json.Marshal(tr.About)
	fmt.Fprintf(&b, "{\n  \"about\": %s,\n  \"transparent\": %v,\n", about, tr.Transparent)
	if tr.Since != 0 {
		fmt.Fprintf(&b, "  \"since\": %d,\n", tr.Since)
	}
	if tr.Before != 0 {
		fmt.Fprintf(&b, "  \"before\": %d,\n", tr.Before)
	}
	if tr.User != "" {
		fmt.Fprintf(&b, "  \"user\": %q,\n", tr.User)
	}
	if tr.Setup != "" {
		setup, _ := json.Marshal(tr.Setup)
		fmt.Fprintf(&b, "  \"setup\": %s,\n", setup)
	}
	b.WriteString("  \"steps\": [\n")
	for i, step := range tr.Steps {
		list := func(messages []json.RawMessage) string {
			if len(messages) == 0 {
				return "[]"
			}
			return "[\n      " + strings.Join(lines(messages), ",\n      ") + "\n    ]"
		}
		fmt.Fprintf(&b, "    {\"send\": %s,\n    \"expect\": %s}", list(step.Send), list(step.Expect))
		if i < len(tr.Steps)-1 {
			b.WriteByte(',')
		}
		b.WriteByte('\n')
	}
	b.WriteString("  ]\n}\n")
	if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}
