package proxy

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/jackc/pgproto3/v2"
	"github.com/jackc/pgx/v5/pgconn"
)

// visitor is a connection from an address that remembers whether it was closed.
type visitor struct {
	net.Conn
	from   string
	closed bool
}

func (v *visitor) RemoteAddr() net.Addr {
	addr, err := net.ResolveTCPAddr("tcp", v.from)
	if err != nil {
		return &net.UnixAddr{Name: v.from}
	}
	return addr
}

func (v *visitor) Close() error {
	v.closed = true
	return nil
}

func TestLobby(t *testing.T) {
	for name, test := range map[string]struct {
		places, share int
		from          []string
		evicted       []int
	}{
		"room for all":         {3, 2, []string{"10.0.0.1:1", "10.0.0.2:1", "10.0.0.3:1"}, nil},
		"the oldest goes":      {3, 2, []string{"10.0.0.1:1", "10.0.0.2:1", "10.0.0.3:1", "10.0.0.4:1", "10.0.0.5:1"}, []int{0, 1}},
		"a share for each":     {4, 2, []string{"10.0.0.1:1", "10.0.0.2:1", "10.0.0.2:2", "10.0.0.2:3", "10.0.0.2:4"}, []int{1, 2}},
		"a /64 is one network": {4, 2, []string{"[2001:db8::1]:1", "[2001:db8::2]:1", "[2001:db8::3]:1", "[2001:db8:0:1::1]:1"}, []int{0}},
		"IPv4 in IPv6":         {4, 1, []string{"[::ffff:10.0.0.1]:1", "10.0.0.1:1"}, []int{0}},
		"unix sockets":         {4, 1, []string{"@", "10.0.0.1:1", "@"}, []int{0}},
	} {
		t.Run(name, func(t *testing.T) {
			l := &lobby{places: test.places, share: test.share}
			var visitors []*visitor
			var guests []*guest
			for _, from := range test.from {
				v := &visitor{from: from}
				visitors, guests = append(visitors, v), append(guests, l.enter(v))
			}
			for i, v := range visitors {
				if v.closed != slices.Contains(test.evicted, i) {
					t.Errorf("visitor %d from %s: closed is %v", i, v.from, v.closed)
				}
			}
			for _, g := range guests {
				l.leave(g)
			}
			if len(l.guests) > 0 {
				t.Errorf("%d guests are left", len(l.guests))
			}
		})
	}
}

// TestSilentConnectionsKeepNobodyOut connects more often than there is room, says nothing or only who it is, and then logs in.
func TestSilentConnectionsKeepNobodyOut(t *testing.T) {
	r := start(t, func(c *Config) { c.Limits = Limits{MaxConnections: 2} })
	startup := encode(t, &pgproto3.StartupMessage{ProtocolVersion: pgproto3.ProtocolVersionNumber, Parameters: map[string]string{"user": "ana"}})
	for i := range 300 {
		conn := dial(t, r)
		if i%2 == 0 {
			if _, err := conn.Write(startup); err != nil {
				t.Fatal(err)
			}
		}
	}
	first := r.connect(t, "ana", "")
	if _, err := exec(t, first, "SELECT 1"); err != nil {
		t.Error(err)
	}
	r.connect(t, "ana", "")
	if _, err := pgconn.Connect(context.Background(), r.dsn("ana", "")); sqlstate(err) != "53300" {
		t.Errorf("a third session: %v", err)
	}
	// Who cannot authenticate does not learn that there are too many, and takes no place.
	if _, err := pgconn.Connect(context.Background(), r.dsn("nobody", "")); sqlstate(err) != "28P01" {
		t.Errorf("a stranger: %v", err)
	}
	if err := first.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
	waitFor(t, func() bool { return r.Sessions() == 1 })
	r.connect(t, "ana", "")
}

// TestStartupTimeout shows that a startup packet must come soon, and that a password may take longer.
func TestStartupTimeout(t *testing.T) {
	r := start(t, func(c *Config) { c.Limits = Limits{StartupTimeout: 300 * time.Millisecond, LoginTimeout: time.Minute} })
	startup := encode(t, &pgproto3.StartupMessage{ProtocolVersion: pgproto3.ProtocolVersionNumber, Parameters: map[string]string{"user": "ana"}})
	silent, halfway, waiting := dial(t, r), dial(t, r), dial(t, r)
	for conn, said := range map[net.Conn][]byte{halfway: startup[:10], waiting: startup} {
		if _, err := conn.Write(said); err != nil {
			t.Fatal(err)
		}
	}
	for name, conn := range map[string]net.Conn{"silent": silent, "halfway": halfway} {
		_ = conn.SetReadDeadline(time.Now().Add(10 * time.Second))
		if said, err := io.ReadAll(conn); err != nil || len(said) > 0 {
			t.Errorf("%s: %q, %v", name, said, err)
		}
	}
	_ = waiting.SetReadDeadline(time.Now().Add(time.Second))
	if _, err := io.ReadAll(waiting); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("a client that is to send its password: %v", err)
	}
}

// dial connects without a word.
func dial(t testing.TB, r *rig) net.Conn {
	t.Helper()
	conn, err := net.Dial("tcp", r.addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}
