package sink

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/pgscrim/pgscrim/audit"
)

// syslog sends records as RFC 5424 messages. The protocol confirms nothing. So a batch has a connection of its own, which is ended by a half
// close: a receiver that ends it in turn has read all before (TLS: RFC 5425, section 4.4). A receiver of datagrams tells nothing.
type syslog struct {
	network, address string
	tls              *tls.Config // nil but for network tls
	host             string
}

func openSyslog(v values) (Sink, error) {
	s := &syslog{network: v["network"], address: v["address"]}
	if s.network == "tls" {
		host, _, err := net.SplitHostPort(s.address)
		if err != nil {
			return nil, err
		}
		if s.tls, err = v.tls(host); err != nil {
			return nil, err
		}
		s.tls.ClientSessionCache = tls.NewLRUClientSessionCache(1) // a handshake for each batch
		s.network = "tcp"
	}
	host, err := os.Hostname()
	if err != nil {
		return nil, err
	}
	s.host = headerField(host, 255)
	return s, nil
}

func (s *syslog) Send(ctx context.Context, batch []audit.Entry) (err error) {
	conn, err := s.dial(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	stop := context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Now()) })
	defer stop()
	if s.network == "udp" {
		return s.sendDatagrams(conn, batch)
	}
	var stream []byte
	for i := range batch {
		message, err := s.message(&batch[i])
		if err != nil {
			return err
		}
		stream = strconv.AppendInt(stream, int64(len(message)), 10) // RFC 5425, section 4.3: MSG-LEN SP SYSLOG-MSG
		stream = append(append(stream, ' '), message...)
	}
	if _, err := conn.Write(stream); err != nil {
		return err
	}
	if err := conn.(interface{ CloseWrite() error }).CloseWrite(); err != nil {
		return err
	}
	if _, err := io.Copy(io.Discard, conn); err != nil {
		return fmt.Errorf("the receiver has not confirmed the end of the connection: %w", err)
	}
	return nil
}

func (s *syslog) dial(ctx context.Context) (net.Conn, error) {
	if s.tls != nil {
		return (&tls.Dialer{Config: s.tls}).DialContext(ctx, s.network, s.address)
	}
	return new(net.Dialer).DialContext(ctx, s.network, s.address)
}

// sendDatagrams sends each record as a datagram (RFC 5426). One that is too long for a datagram is cut off, as RFC 5424, section 6.1, has it.
func (s *syslog) sendDatagrams(conn net.Conn, batch []audit.Entry) error {
	for i := range batch {
		message, err := s.message(&batch[i])
		if err != nil {
			return err
		}
		if _, err := conn.Write(message[:min(len(message), maxDatagram)]); err != nil {
			return err
		}
	}
	return nil
}

// maxDatagram is what fits into a datagram over IPv4: 65,535 less the headers of IP and UDP.
const maxDatagram = 65_507

// Facility 13 is "log audit" (RFC 5424, section 6.2.1).
const (
	facility = 13
	notice   = 5
	warning  = 4
)

// message renders a record: its line is the message, and what a receiver routes by is structured data. 32473 is the enterprise number for
// examples (RFC 5612), as pgscrim has none.
func (s *syslog) message(e *audit.Entry) ([]byte, error) {
	line, err := shorten(e, maxLine)
	if err != nil {
		return nil, err
	}
	severity := notice
	if isWarning(e) {
		severity = warning
	}
	var b []byte
	b = fmt.Appendf(b, "<%d>1 %s %s pgscrim %d %s [pgscrim@32473", facility*8+severity,
		e.Time.UTC().Format("2006-01-02T15:04:05.000000Z07:00"), s.host, os.Getpid(), headerField(e.Event, 32))
	for _, p := range [][2]string{
		{"replica", e.Replica}, {"seq", strconv.FormatUint(e.Seq, 10)}, {"user", e.User}, {"purpose", e.Purpose},
		{"database", e.Database}, {"decision", e.Decision}, {"sqlstate", e.SQLState},
	} {
		if p[1] != "" {
			b = fmt.Appendf(b, ` %s="%s"`, p[0], paramValue(p[1]))
		}
	}
	return append(append(b, "] "...), line...), nil
}

// isWarning tells records of what was refused or has failed from the rest.
func isWarning(e *audit.Entry) bool {
	return e.Decision == "deny" || e.Decision == "error" || e.Event == "login_failed" || e.Event == "statement" && e.SQLState != ""
}

// headerField makes a field of the header: printable ASCII without spaces, "-" if there is none.
func headerField(s string, longest int) string {
	s = strings.Map(func(c rune) rune {
		if c <= ' ' || c > '~' {
			return '_'
		}
		return c
	}, s)
	if s == "" {
		return "-"
	}
	return s[:min(len(s), longest)]
}

// paramValue escapes a value of structured data (RFC 5424, section 6.3.3), and what could end a line.
func paramValue(s string) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	s = strings.Map(func(c rune) rune {
		if c < ' ' || c == 0x7f {
			return ' '
		}
		return c
	}, s)
	return strings.NewReplacer(`\`, `\\`, `"`, `\"`, `]`, `\]`).Replace(s)
}

func (s *syslog) Close() error { return nil }
