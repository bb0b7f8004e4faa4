package sink

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"io"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/pgscrim/pgscrim/audit"
)

// certificate makes a certificate for 127.0.0.1 that signs itself, and a file with it.
func certificate(t *testing.T) (tls.Certificate, string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "ca.crt")
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, file
}

// syslogServer takes what comes in frames with octet counts, and ends a connection when its other side does.
func syslogServer(t *testing.T, ln net.Listener, take func(message string)) {
	t.Cleanup(func() { _ = ln.Close() })
	go func() {
		for {
			conn, err := ln.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				for in := bufio.NewReader(conn); ; {
					length, err := in.ReadString(' ')
					if err != nil {
						return
					}
					n, err := strconv.Atoi(strings.TrimSuffix(length, " "))
					if err != nil {
						t.Errorf("length %q", length)
						return
					}
					message := make([]byte, n)
					if _, err := io.ReadFull(in, message); err != nil {
						return
					}
					take(string(message))
				}
			}()
		}
	}()
}

// rfc5424 is a message with one element of structured data.
var rfc5424 = regexp.MustCompile(`^<10[89]>1 20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z \S+ pgscrim \d+ \S+ \[pgscrim@32473( [a-z]+="(?:[^"\]\\]|\\["\]\\])*")+\] (\{.*\})$`)

func (b *inbox) takeMessage(t *testing.T, message string) {
	parts := rfc5424.FindStringSubmatch(message)
	if parts == nil {
		t.Errorf("no RFC 5424: %s", message)
		return
	}
	b.take([]byte(parts[2]))
}

func TestSyslogTLS(t *testing.T) {
	pair, ca := certificate(t)
	ln, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{pair}})
	if err != nil {
		t.Fatal(err)
	}
	var b inbox
	syslogServer(t, ln, func(m string) { b.takeMessage(t, m) })
	wire := newCutter(t, ln.Addr().String())
	tryDelivery(t, place{
		kind: "syslog", values: map[string]string{"address": wire.Addr().String(), "tls.ca": ca}, arrived: b.arrived, cut: wire.cut, twice: true,
	})
}

func TestSyslogTLSOfAnotherHost(t *testing.T) {
	pair, _ := certificate(t)
	ln, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{pair}})
	if err != nil {
		t.Fatal(err)
	}
	var b inbox
	syslogServer(t, ln, func(m string) { b.takeMessage(t, m) })
	s, err := place{kind: "syslog", values: map[string]string{"address": ln.Addr().String()}}.config(t).Open()
	if err != nil {
		t.Fatal(err)
	}
	var unknown x509.UnknownAuthorityError
	if err := s.Send(t.Context(), []audit.Entry{{Record: audit.Record{Seq: 1}}}); !errors.As(err, &unknown) || len(b.arrived()) > 0 {
		t.Errorf("a server that nobody vouches for: %v", err)
	}
}

func TestSyslogTCP(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var b inbox
	syslogServer(t, ln, func(m string) { b.takeMessage(t, m) })
	wire := newCutter(t, ln.Addr().String())
	tryDelivery(t, place{
		kind: "syslog", values: map[string]string{"address": wire.Addr().String(), "network": "tcp"}, arrived: b.arrived, cut: wire.cut, twice: true,
	})
}

func TestSyslogUDP(t *testing.T) {
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	j := new(journal)
	j.add(2)
	p := place{kind: "syslog", values: map[string]string{"address": conn.LocalAddr().String(), "network": "udp"}}
	finish(t, j.start(t, j.options(t), p.config(t)))
	var b inbox
	datagram := make([]byte, maxDatagram)
	for range 2 {
		n, _, err := conn.ReadFrom(datagram)
		if err != nil {
			t.Fatal(err)
		}
		b.takeMessage(t, string(datagram[:n]))
	}
	checkArrived(t, place{arrived: b.arrived}, 2)
}

// TestSyslogMessage: what a client sends stays in its place.
func TestSyslogMessage(t *testing.T) {
	e := audit.Entry{
		Record: audit.Record{Time: time.Date(2026, 1, 2, 3, 4, 5, 6000, time.UTC), Seq: 7, Replica: "r", Event: "login_failed", User: "a\"]\\\n<13>1 forged", SQLState: "28P01"},
		Line:   []byte(`{"seq":7}`),
	}
	message, err := (&syslog{host: headerField("my host\n", 255)}).message(&e)
	if err != nil {
		t.Fatal(err)
	}
	got := string(message)
	want := "<108>1 2026-01-02T03:04:05.000006Z my_host_ pgscrim " + strconv.Itoa(os.Getpid()) +
		` login_failed [pgscrim@32473 replica="r" seq="7" user="a\"\]\\ <13>1 forged" sqlstate="28P01"] {"seq":7}`
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// TestSyslogLongStatement: a statement of megabytes does not make a message that receivers refuse for good.
func TestSyslogLongStatement(t *testing.T) {
	e := longEntry()
	message, err := (&syslog{host: "h"}).message(&e)
	if err != nil || len(message) > maxLine || !strings.Contains(string(message), `"seq":2`) {
		t.Errorf("%d bytes, %v", len(message), err)
	}
}
