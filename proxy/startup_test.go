package proxy

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/binary"
	"errors"
	"io"
	"math/big"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgproto3/v2"
	"github.com/jackc/pgx/v5/pgconn"
)

func TestLoginRefusals(t *testing.T) {
	r := start(t)
	for _, test := range []struct{ name, dsn, code, message string }{
		{"wrong password", strings.Replace(r.dsn("ana", ""), password, "wrong", 1), "28P01", `password authentication failed for user "ana"`},
		{"unknown user", r.dsn("nobody", ""), "28P01", `password authentication failed for user "nobody"`},
		{"unknown database", strings.Replace(r.dsn("ana", ""), r.database, "nosuch", 1), "3D000", `database "nosuch" does not exist`},
		{"replication", r.dsn("ana", "&replication=database"), "0A000", "replication connections are not supported"},
		{"purpose", r.dsn("ana", "&pgscrim.purpose=sales"), "42501", `purpose "sales" may not be declared by user "ana"`},
		{"caller", r.dsn("ana", "&options=-c%20pgscrim.caller%3Droot"), "42501", `parameter "pgscrim.caller" cannot be set`},
		{"role", r.dsn("ana", "&options=-crole%3Dpostgres"), "42501", `parameter "role" cannot be set at startup`},
		{"row_security", r.dsn("ana", "&row_security=off"), "42501", `parameter "row_security" cannot be set at startup`},
		{"unknown setting", r.dsn("ana", "&options=--no-such%3D1"), "42704", `unrecognized configuration parameter "no_such"`},
		{"bad value", r.dsn("ana", "&datestyle=nonsense"), "22023", `invalid value for parameter "DateStyle": "nonsense"`},
		{"encoding", r.dsn("ana", "&client_encoding=latin1"), "22023", `client_encoding "latin1" is not supported`},
		{"options", r.dsn("ana", "&options=-d%205"), "42601", "invalid command-line argument for server process: -d"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := pgconn.Connect(context.Background(), test.dsn)
			var pg *pgconn.PgError
			if !errors.As(err, &pg) || pg.Code != test.code || pg.Message != test.message || pg.Severity != "FATAL" {
				t.Errorf("got %v", err)
			}
		})
	}
	if failed := r.audit.of("login_failed"); len(failed) < 2 || failed[0].SQLState != "28P01" || failed[1].User != "nobody" {
		t.Errorf("failed logins: %v", failed)
	}
	if n := len(r.audit.of("login")); n != len(r.audit.of("logout")) {
		t.Errorf("%d logins do not end", n)
	}
}

func TestLoginSettings(t *testing.T) {
	r := start(t)
	for _, test := range []struct{ more, sql, want string }{
		{"", "SHOW pgscrim.purpose", "reporting"},
		{"", "SHOW pgscrim.caller", "ana"},
		{"", "SHOW pgscrim.roles", "analyst"},
		{"", "SHOW pgscrim.policy", "p1"},
		{"", "SHOW pgscrim.reason", ""},
		{"", "SHOW pgscrim.notices", "off"},
		{"&application_name=psql", "SHOW pgscrim.notices", "on"},
		{"&application_name=psql&pgscrim.notices=off", "SHOW pgscrim.notices", "off"},
		{"&options=-c%20pgscrim.purpose%3Dresearch%20-c%20pgscrim.reason%3Da%5C%20b", "SELECT purpose_now || '/' || current_setting('pgscrim.reason')", "research/p1/a b"},
		{"&search_path=a,b", "SHOW search_path", "a,b"},
		{"", "SHOW search_path", `"$user", public`},
		{"&replication=false&app.tenant=7", "SHOW app.tenant", "7"},
		{"&pgscrim.purpose=research", "SET pgscrim.purpose = 'x'; RESET pgscrim.purpose; SHOW pgscrim.purpose", "research"},
	} {
		got, err := exec(t, r.connect(t, "ana", test.more), test.sql)
		if err != nil || got[len(got)-1] != test.want {
			t.Errorf("%s with %s: %q, %v; want %q", test.sql, test.more, got, err, test.want)
		}
	}
}

// request is the bytes of a message without a type byte.
func request(code uint32, body string) []byte {
	b := binary.BigEndian.AppendUint32(nil, uint32(len(body)+8))
	return append(binary.BigEndian.AppendUint32(b, code), body...)
}

// converse sends bytes and returns all that comes back until the server closes, or waits for more.
func converse(t *testing.T, r *rig, send []byte) string {
	t.Helper()
	conn, err := net.Dial("tcp", r.addr)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	if _, err := conn.Write(send); err != nil {
		t.Fatal(err)
	}
	_ = conn.SetReadDeadline(time.Now().Add(200 * time.Millisecond))
	got, _ := io.ReadAll(conn)
	return string(got)
}

func TestStartup(t *testing.T) {
	r := start(t, func(c *Config) { c.TLS = selfSigned(t) })
	plain := start(t)
	user := "user\x00ana\x00\x00"
	for _, test := range []struct {
		name string
		rig  *rig
		send []byte
		want []string // what the answer must hold
	}{
		{"startup", r, request(protocol3, user), []string{"R", "SCRAM-SHA-256\x00\x00"}},
		{"TLS offered", r, request(sslRequestCode, ""), []string{"S"}},
		{"no TLS", plain, append(request(sslRequestCode, ""), request(protocol3, user)...), []string{"NR", "SCRAM"}},
		{"GSS", r, append(request(gssEncRequestCode, ""), request(protocol3, user)...), []string{"NR", "SCRAM"}},
		{"GSS, then TLS", r, append(request(gssEncRequestCode, ""), request(sslRequestCode, "")...), []string{"NS"}},
		{"TLS twice", plain, append(request(sslRequestCode, ""), request(sslRequestCode, "")...), []string{"FATAL", "0A000", "unsupported frontend protocol 1234.5679"}},
		{"clear text behind the request", r, append(request(sslRequestCode, ""), request(protocol3, user)...), []string{"FATAL", "08P01", "unencrypted data after SSL request"}},
		{"direct TLS", r, []byte("\x16\x03\x01\x02\x00"), []string{noApplicationProtocol}},
		{"protocol 3.2", r, request(protocol3+2, user), []string{"v\x00\x00\x00\x0c\x00\x03\x00\x00\x00\x00\x00\x00R"}},
		{"protocol options", r, request(protocol3, "_pq_.x\x001\x00"+user), []string{"v\x00\x00\x00\x13\x00\x03\x00\x00\x00\x00\x00\x01_pq_.x\x00R"}},
		{"protocol 2", r, request(2<<16, user), []string{"0A000", "unsupported frontend protocol 2.0: server supports 3.0 to 3.0"}},
		{"protocol 4", r, request(4<<16, user), []string{"0A000", "unsupported frontend protocol 4.0"}},
		{"no user", r, request(protocol3, "database\x00x\x00\x00"), []string{"28000", "no PostgreSQL user name"}},
		{"no terminator", r, request(protocol3, "user\x00ana\x00"), []string{"08P01", "invalid startup packet layout"}},
		{"bytes behind the terminator", r, request(protocol3, user+"x"), []string{"08P01", "invalid startup packet layout"}},
		{"too long", r, request(protocol3, strings.Repeat("x", 10_000)), []string{"08P01", "invalid length of startup packet"}},
		{"too short", r, []byte{0, 0, 0, 4, 0, 0, 0, 0}, []string{"08P01", "invalid length of startup packet"}},
		{"not SASL", r, append(request(protocol3, user), encode(t, &pgproto3.Query{String: "x"})...), []string{"08P01", "expected SASL response, got message type 81"}},
		{"short SASL", r, append(request(protocol3, user), 'p', 0, 0, 0, 5, 'S'), []string{"08P01", "invalid message format"}},
		{"PLUS", r, append(request(protocol3, user), encode(t, &pgproto3.SASLInitialResponse{AuthMechanism: "SCRAM-SHA-256-PLUS", Data: []byte("p=tls-server-end-point,,n=,r=x")})...), []string{"08P01", "invalid SASL authentication mechanism"}},
		{"channel binding", r, append(request(protocol3, user), encode(t, &pgproto3.SASLInitialResponse{AuthMechanism: "SCRAM-SHA-256", Data: []byte("p=tls-server-end-point,,n=,r=x")})...), []string{"08P01", "malformed SCRAM message"}},
		{"flag y", r, append(request(protocol3, user), encode(t, &pgproto3.SASLInitialResponse{AuthMechanism: "SCRAM-SHA-256", Data: []byte("y,,n=,r=x")})...), []string{"r=x", "i=4096"}},
		{"mock", r, append(request(protocol3, "user\x00nobody\x00\x00"), encode(t, &pgproto3.SASLInitialResponse{AuthMechanism: "SCRAM-SHA-256", Data: []byte("n,,n=,r=x")})...), []string{"r=x", "i=4096"}},
		{"cancel of nobody", r, request(cancelRequestCode, "\x00\x00\x00\x01\x00\x00\x00\x02"), []string{""}},
		{"cancel cut off", r, request(cancelRequestCode, "\x00"), []string{""}},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := converse(t, test.rig, test.send)
			for _, want := range test.want {
				if !strings.Contains(got, want) || want == "" && got != "" {
					t.Errorf("got %q, want %q", got, want)
				}
			}
		})
	}
}

// TestStartupCutAtEveryByte hangs up in the middle of a login, wherever that may be.
func TestStartupCutAtEveryByte(t *testing.T) {
	var log bytes.Buffer
	r := start(t, func(c *Config) { c.Log = c.Log.Output(&log) })
	stream := append(request(gssEncRequestCode, ""), request(protocol3, "user\x00ana\x00\x00")...)
	stream = append(stream, encode(t, &pgproto3.SASLInitialResponse{AuthMechanism: "SCRAM-SHA-256", Data: []byte("n,,n=,r=x")}, &pgproto3.SASLResponse{Data: []byte("c=biws")})...)
	for cut := range len(stream) {
		conn, err := net.Dial("tcp", r.addr)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := conn.Write(stream[:cut]); err != nil {
			t.Fatal(err)
		}
		_ = conn.Close()
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	if log.Len() > 0 {
		t.Errorf("hanging up is logged: %s", log.String())
	}
}

// selfSigned makes a server's TLS configuration.
func selfSigned(t *testing.T) *tls.Config {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
}

func TestTLS(t *testing.T) {
	r := start(t, func(c *Config) { c.TLS, c.TLSRequired = selfSigned(t), true })
	if _, err := pgconn.Connect(context.Background(), r.dsn("ana", "")); sqlstate(err) != "28000" {
		t.Errorf("a connection without TLS: %v", err)
	}
	conn := connectTo(t, strings.Replace(r.dsn("ana", ""), "sslmode=disable", "sslmode=require", 1))
	if got, err := exec(t, conn, "SELECT 1"); err != nil || got[0] != "1" {
		t.Fatal(got, err)
	}
	tlsConn, ok := conn.Conn().(*tls.Conn)
	if !ok || tlsConn.ConnectionState().Version < tls.VersionTLS12 {
		t.Fatal("not encrypted")
	}
	raw, err := net.Dial("tcp", r.addr)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = raw.Close() }()
	if _, err := raw.Write(request(sslRequestCode, "")); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadFull(raw, make([]byte, 1)); err != nil {
		t.Fatal(err)
	}
	old := tls.Client(raw, &tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11})
	if err := old.Handshake(); err == nil {
		t.Error("TLS 1.1 is spoken")
	}
}
