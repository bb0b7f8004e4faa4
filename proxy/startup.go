package proxy

import (
	"crypto/tls"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgproto3/v2"

	"github.com/pgscrim/pgscrim/rewrite"
)

// Codes in place of a protocol version (PostgreSQL's pqcomm.h), and the version that is spoken.
const (
	protocol3         = 3 << 16
	cancelRequestCode = 80877102
	sslRequestCode    = 80877103
	gssEncRequestCode = 80877104
)

// tlsRecordHandshake is the first byte of a TLS ClientHello.
const tlsRecordHandshake = 0x16

// noApplicationProtocol is the fatal TLS alert that answers direct TLS negotiation, which is not spoken.
const noApplicationProtocol = "\x15\x03\x01\x00\x02\x02\x78"

// errQuiet ends a connection of which nobody needs to hear: a health check, a cancel request.
var errQuiet = errors.New("nothing more to do")

// client is the client's side of a connection.
type client struct {
	conn net.Conn
	in   *reader
	out  *writer
	// deadline ends the connection until it is logged in.
	deadline time.Time
	// idle is called before a read waits. During startup it flushes out; later it flushes the upstream side.
	idle func() error
}

// newClient takes a connection that has until deadline to get on.
func newClient(conn net.Conn, buffers *bufferPool, limit int, deadline time.Time) *client {
	c := &client{conn: conn, out: newWriter(conn, buffers)}
	c.expire(deadline)
	c.idle = func() error {
		if !time.Now().Before(c.deadline) {
			return os.ErrDeadlineExceeded
		}
		return c.out.flush()
	}
	c.in = newReader(conn, buffers, limit, func() error { return c.idle() })
	return c
}

// expire gives the connection until deadline to get on.
func (c *client) expire(deadline time.Time) {
	c.deadline = deadline
	_ = c.conn.SetDeadline(deadline) // an error shows at the next read
}

// fatal tells the client why the connection ends.
func (c *client) fatal(r *rewrite.Refusal) error {
	if err := c.out.send(errorResponse("FATAL", r)); err != nil {
		return err
	}
	return c.out.flush()
}

// startupPacket is what a client asks for.
type startupPacket struct {
	user, database string
	parameters     map[string]string
}

// negotiate reads requests up to the startup packet and answers those for encryption. It returns the client, which is another
// one after a change to TLS. errQuiet means that the connection has served its purpose.
func (s *Server) negotiate(c *client) (*client, *startupPacket, error) {
	sslDone, gssDone := false, false
	for {
		code, body, err := c.startupMessage(s.cfg.Limits.MaxPreLoginBytes)
		switch {
		case err != nil:
			return c, nil, err
		case code == cancelRequestCode:
			s.cancel(body)
			return c, nil, errQuiet
		case code == sslRequestCode && !sslDone:
			sslDone = true
			if c, err = s.startTLS(c); err != nil {
				return c, nil, err
			}
		case code == gssEncRequestCode && !gssDone:
			gssDone = true
			if _, err := c.conn.Write([]byte{'N'}); err != nil {
				return c, nil, err
			}
		default:
			packet, err := s.startup(c, code, body)
			return c, packet, err
		}
	}
}

// startupMessage reads a message without a type byte: its code and the rest.
func (c *client) startupMessage(limit int) (code uint32, body []byte, err error) {
	first, err := c.in.buf.peek(1)
	if err != nil {
		return 0, nil, errQuiet // connected, but never said a word: a health check
	}
	if first[0] == tlsRecordHandshake {
		_, err = c.conn.Write([]byte(noApplicationProtocol))
		return 0, nil, errors.Join(errors.New("direct TLS negotiation is not supported"), err)
	}
	start := make([]byte, 8)
	if _, err := io.ReadFull(c.in.buf, start); err != nil {
		return 0, nil, unexpected(err)
	}
	size := binary.BigEndian.Uint32(start)
	if size < 8 || int64(size) > int64(limit) {
		return 0, nil, &rewrite.Refusal{Code: codeProtocolViolation, Message: "invalid length of startup packet"}
	}
	body = make([]byte, size-8)
	if _, err := io.ReadFull(c.in.buf, body); err != nil {
		return 0, nil, unexpected(err)
	}
	return binary.BigEndian.Uint32(start[4:]), body, nil
}

// startTLS answers a request for TLS.
func (s *Server) startTLS(c *client) (*client, error) {
	if s.cfg.TLS == nil {
		_, err := c.conn.Write([]byte{'N'})
		return c, err
	}
	// What came in clear after the request would be taken for encrypted (CVE-2021-23214).
	if c.in.buf.buffered() > 0 {
		return c, &rewrite.Refusal{
			Code: codeProtocolViolation, Message: "received unencrypted data after SSL request",
			Detail: "This could be either a client-software bug or evidence of an attempted man-in-the-middle attack.",
		}
	}
	if _, err := c.conn.Write([]byte{'S'}); err != nil {
		return c, err
	}
	conn := tls.Server(c.conn, s.cfg.TLS)
	if err := conn.Handshake(); err != nil {
		return c, fmt.Errorf("TLS handshake: %w", err)
	}
	return newClient(conn, s.buffers, c.in.limit, c.deadline), nil
}

// startup reads the startup packet proper. Beside a refusal it returns what is known of who is refused.
func (s *Server) startup(c *client, code uint32, body []byte) (*startupPacket, error) {
	if code>>16 != protocol3>>16 {
		return nil, &rewrite.Refusal{
			Code:    codeNotSupported,
			Message: fmt.Sprintf("unsupported frontend protocol %d.%d: server supports 3.0 to 3.0", code>>16, code&0xffff),
		}
	}
	parameters, err := startupParameters(body)
	if err != nil {
		return nil, err
	}
	if err := negotiateProtocol(c, code, parameters); err != nil {
		return nil, err
	}
	p := &startupPacket{user: parameters["user"], database: parameters["database"], parameters: parameters}
	if p.database == "" {
		p.database = p.user
	}
	if _, encrypted := c.conn.(*tls.Conn); s.cfg.TLSRequired && !encrypted {
		return p, &rewrite.Refusal{
			Code: codeInvalidAuthorization, Message: "connections without TLS are refused",
			Hint: "Connect with sslmode=require, or better with sslmode=verify-full.",
		}
	}
	if p.user == "" {
		return p, &rewrite.Refusal{Code: codeInvalidAuthorization, Message: "no PostgreSQL user name specified in startup packet"}
	}
	if value, ok := parameters["replication"]; ok {
		if on, known := parseBool(value); !known || on {
			return p, &rewrite.Refusal{
				Code: codeNotSupported, Message: "replication connections are not supported",
				Hint: "Connect to the database server itself for replication.",
			}
		}
	}
	return p, nil
}

// startupParameters reads pairs of strings up to an empty name, which must be the last byte.
func startupParameters(body []byte) (map[string]string, error) {
	parameters := make(map[string]string)
	d := decoder{b: body}
	for {
		name := d.text()
		if name == "" {
			break
		}
		parameters[name] = d.text()
	}
	if !d.complete() {
		return nil, &rewrite.Refusal{Code: codeProtocolViolation, Message: "invalid startup packet layout: expected terminator as last byte"}
	}
	return parameters, nil
}

// negotiateProtocol tells a client that asks for a later minor version, or for protocol options, that it gets 3.0
// and none of them (NegotiateProtocolVersion, which pgproto3 does not know).
func negotiateProtocol(c *client, code uint32, parameters map[string]string) error {
	var unknown []string
	for name := range parameters {
		if strings.HasPrefix(name, "_pq_.") {
			unknown = append(unknown, name)
		}
	}
	if code == protocol3 && len(unknown) == 0 {
		return nil
	}
	slices.Sort(unknown)
	body := binary.BigEndian.AppendUint32(nil, protocol3)
	body = binary.BigEndian.AppendUint32(body, uint32(len(unknown)))
	for _, name := range unknown {
		body = append(append(body, name...), 0)
	}
	return c.out.raw('v', body)
}

// greet ends the startup: what the server reports of itself, the key for cancel requests, and that it is ready.
func (c *client) greet(statuses map[string]string, k key) error {
	names := make([]string, 0, len(statuses))
	for name := range statuses {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		if err := c.out.send(&pgproto3.ParameterStatus{Name: name, Value: statuses[name]}); err != nil {
			return err
		}
	}
	if err := c.out.send(&pgproto3.BackendKeyData{ProcessID: k.pid, SecretKey: k.secret}); err != nil {
		return err
	}
	if err := c.out.send(&pgproto3.ReadyForQuery{TxStatus: 'I'}); err != nil {
		return err
	}
	return c.out.flush()
}
