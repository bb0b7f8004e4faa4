package sink

import (
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/pgscrim/pgscrim/audit"
)

// natsServer starts a server in this process, for a user with a password.
func natsServer(t *testing.T) *server.Server {
	t.Helper()
	s, err := server.NewServer(&server.Options{
		Host: "127.0.0.1", Port: server.RANDOM_PORT, JetStream: true, StoreDir: t.TempDir(), NoSigs: true, NoLog: true, Username: "pgscrim", Password: "s3cret",
	})
	if err != nil {
		t.Fatal(err)
	}
	s.Start()
	t.Cleanup(func() {
		s.Shutdown()
		s.WaitForShutdown()
	})
	if !s.ReadyForConnections(10 * time.Second) {
		t.Fatal("the server does not start")
	}
	return s
}

// natsMessages reads all messages of a stream.
func natsMessages(t *testing.T, s *server.Server, stream string) (messages []*jetstream.RawStreamMsg) {
	t.Helper()
	conn, err := nats.Connect(s.ClientURL(), nats.UserInfo("pgscrim", "s3cret"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	js, err := jetstream.New(conn)
	if err != nil {
		t.Fatal(err)
	}
	of, err := js.Stream(t.Context(), stream)
	if err != nil {
		t.Fatal(err)
	}
	for seq := uint64(1); seq <= of.CachedInfo().State.LastSeq; seq++ {
		m, err := of.GetMsg(t.Context(), seq)
		if err != nil {
			t.Fatal(err)
		}
		messages = append(messages, m)
	}
	return messages
}

func TestNATS(t *testing.T) {
	s := natsServer(t)
	wire := newCutter(t, s.Addr().String())
	t.Setenv("PGSCRIM_AUDIT_SINKS_TEST_PASSWORD", "s3cret")
	tryDelivery(t, place{
		kind: "nats", values: map[string]string{"address": "nats://" + wire.Addr().String(), "user": "pgscrim"}, cut: wire.cut,
		arrived: func() []uint64 {
			var b inbox
			for _, m := range natsMessages(t, s, "PGSCRIM_AUDIT") {
				if m.Subject != "pgscrim.audit.replica_one" || !strings.HasPrefix(m.Header.Get(jetstream.MsgIDHeader), "replica.one/") {
					t.Errorf("message %s %v", m.Subject, m.Header)
				}
				b.take(m.Data)
			}
			return b.arrived()
		},
	})
}

// TestNATSLongStatement: a statement that is longer than a message of the server can be does not end the delivery.
func TestNATSLongStatement(t *testing.T) {
	s := natsServer(t)
	t.Setenv("PGSCRIM_AUDIT_SINKS_TEST_PASSWORD", "s3cret")
	p := place{kind: "nats", values: map[string]string{"address": s.ClientURL(), "user": "pgscrim", "stream": "LONG", "subject": "long"}}
	to, err := p.config(t).Open()
	if err != nil {
		t.Fatal(err)
	}
	defer to.Close()
	j := new(journal)
	j.add(3)
	j.entries[1] = longEntry()
	if err := to.Send(t.Context(), j.entries); err != nil {
		t.Fatal(err)
	}
	var b inbox
	for _, m := range natsMessages(t, s, "LONG") {
		b.take(m.Data)
	}
	checkArrived(t, place{arrived: b.arrived}, 3)
}

func TestNATSWrongPassword(t *testing.T) {
	s := natsServer(t)
	p := place{kind: "nats", values: map[string]string{"address": s.ClientURL(), "user": "pgscrim"}}
	to, err := p.config(t).Open()
	if err != nil {
		t.Fatal(err)
	}
	if err := to.Send(t.Context(), []audit.Entry{{}}); err == nil || !strings.Contains(err.Error(), "Authorization Violation") {
		t.Errorf("got %v", err)
	}
}
