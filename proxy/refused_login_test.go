package proxy

import (
	"context"
	"encoding/binary"
	"io"
	"net"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"
)

// startupPacketOf is a startup packet with a code and a body.
func startupPacketOf(code uint32, body string) string {
	packet := binary.BigEndian.AppendUint32(nil, uint32(8+len(body)))
	return string(binary.BigEndian.AppendUint32(packet, code)) + body
}

// TestRefusalsBeforeLoginAreOnRecord has clients refused before anybody knows who they are. That is on record, or it is refused for want of a record.
func TestRefusalsBeforeLoginAreOnRecord(t *testing.T) {
	raw := func(packet string) func(*testing.T, *rig) {
		return func(t *testing.T, r *rig) {
			conn, err := net.Dial("tcp", r.addr)
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			if _, err := conn.Write([]byte(packet)); err != nil {
				t.Fatal(err)
			}
			answer, err := io.ReadAll(conn)
			if err != nil || len(answer) == 0 || answer[0] != 'E' {
				t.Errorf("answer %q, %v", answer, err)
			}
		}
	}
	connects := func(more string) func(*testing.T, *rig) {
		return func(t *testing.T, r *rig) {
			if conn, err := pgconn.Connect(context.Background(), r.dsn("ana", more)); err == nil {
				_ = conn.Close(context.Background())
				t.Error("logged in")
			}
		}
	}
	for _, test := range []struct {
		name     string
		change   func(*Config)
		before   func(*testing.T, *rig)
		connect  func(*testing.T, *rig)
		sqlstate string
		user     string
	}{
		{name: "no TLS", change: func(c *Config) { c.TLSRequired = true }, connect: connects(""), sqlstate: "28000", user: "ana"},
		{name: "replication", connect: connects("&replication=true"), sqlstate: "0A000", user: "ana"},
		{name: "length", connect: raw("\x00\x00\x00\x04\x00\x03\x00\x00"), sqlstate: "08P01"},
		{name: "HTTP", connect: raw("GET / HTTP/1.1\r\n\r\n"), sqlstate: "08P01"},
		{name: "layout", connect: raw(startupPacketOf(protocol3, "user\x00ana")), sqlstate: "08P01"},
		{name: "protocol", connect: raw(startupPacketOf(2<<16, "\x00")), sqlstate: "0A000"},
		{name: "no user", connect: raw(startupPacketOf(protocol3, "database\x00x\x00\x00")), sqlstate: "28000"},
		{name: "shutting down", before: func(_ *testing.T, r *rig) { r.draining.Store(true) }, connect: connects(""), sqlstate: "57P03", user: "ana"},
		{name: "too many", change: func(c *Config) { c.Limits.MaxConnections = 1 }, before: func(t *testing.T, r *rig) { r.connect(t, "ana", "") },
			connect: connects(""), sqlstate: "53300", user: "ana"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if test.change == nil {
				test.change = func(*Config) {}
			}
			r := start(t, test.change)
			if test.before != nil {
				test.before(t, r)
			}
			test.connect(t, r)
			failed := r.audit.of("login_failed")
			if len(failed) != 1 || failed[0].SQLState != test.sqlstate || failed[0].User != test.user || failed[0].Client == "" || failed[0].Detail == "" {
				t.Errorf("records: %+v", failed)
			}
			r.audit.setBroken(true)
			test.connect(t, r)
		})
	}
}
