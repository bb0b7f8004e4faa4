package direct

import (
	"encoding/binary"
	"fmt"
	"io"
	"maps"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgproto3"
)

// session is a session of which every message is noted as it comes.
type session struct {
	conn       net.Conn
	parameters string // what the server has reported at login
}

func open(t *testing.T, dsn string) *session {
	t.Helper()
	cfg, err := pgconn.ParseConfig(dsn)
	if err != nil {
		t.Fatal(err)
	}
	cfg.RuntimeParams = map[string]string{"application_name": "direct"}
	conn, err := pgconn.ConnectConfig(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	h, err := conn.Hijack()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = h.Conn.Close() })
	var reported []string
	for _, name := range slices.Sorted(maps.Keys(h.ParameterStatuses)) {
		reported = append(reported, name+"="+h.ParameterStatuses[name])
	}
	return &session{conn: h.Conn, parameters: strings.Join(reported, "\n")}
}

// message is one message from the server, with its type byte and without its length.
type message string

func (m message) String() string { return fmt.Sprintf("%.2000q", string(m)) }

// deadline bounds the answer to one block.
const deadline = time.Minute

// run sends a block and returns the answer, up to and with ReadyForQuery.
func (s *session) run(b *block, m mode) ([]message, error) {
	if err := s.conn.SetDeadline(time.Now().Add(deadline)); err != nil {
		return nil, err
	}
	if err := s.send(m.messages(b)...); err != nil {
		return nil, err
	}
	var all []message
	synced := !m.extended || !b.copies
	for {
		got, err := s.receive()
		if err != nil {
			return all, err
		}
		switch got[0] {
		case 'K':
			continue
		case 'A': // the process that notifies
			got = "A\x00\x00\x00\x00" + got[5:]
		}
		all = append(all, got)
		switch got[0] {
		case 'Z':
			return all, nil
		case 'G':
			if err := s.copy(b); err != nil {
				return all, err
			}
		}
		if !synced && (got[0] == 'G' || got[0] == 'E') {
			synced = true
			if err := s.send(&pgproto3.Sync{}); err != nil {
				return all, err
			}
		}
	}
}

// copy sends the data of a COPY, cut as no line is.
func (s *session) copy(b *block) error {
	var messages []pgproto3.FrontendMessage
	for chunk := range slices.Chunk(b.data, 7) {
		messages = append(messages, &pgproto3.CopyData{Data: chunk})
	}
	if b.abort != "" {
		messages = append(messages, &pgproto3.CopyFail{Message: b.abort})
	} else {
		messages = append(messages, &pgproto3.CopyDone{})
	}
	return s.send(messages...)
}

func (s *session) send(messages ...pgproto3.FrontendMessage) error {
	var out []byte
	var err error
	for _, m := range messages {
		if out, err = m.Encode(out); err != nil {
			return err
		}
	}
	_, err = s.conn.Write(out)
	return err
}

func (s *session) receive() (message, error) {
	var head [5]byte
	if _, err := io.ReadFull(s.conn, head[:]); err != nil {
		return "", err
	}
	body := make([]byte, 1+binary.BigEndian.Uint32(head[1:])-4)
	body[0] = head[0]
	_, err := io.ReadFull(s.conn, body[1:])
	return message(body), err
}

// mode is a way to send a query string.
type mode struct {
	name     string
	extended bool
	format   int16 // of results: 1 is binary
}

func modes() []mode {
	return []mode{{name: "simple"}, {"extended, text", true, 0}, {"extended, binary", true, 1}}
}

// messages spells a block.
func (m mode) messages(b *block) []pgproto3.FrontendMessage {
	if !m.extended {
		return []pgproto3.FrontendMessage{&pgproto3.Query{String: b.sql}}
	}
	all := []pgproto3.FrontendMessage{
		&pgproto3.Parse{Query: b.sql}, &pgproto3.Describe{ObjectType: 'S'},
		&pgproto3.Bind{Parameters: b.bind, ResultFormatCodes: []int16{m.format}}, &pgproto3.Describe{ObjectType: 'P'},
		&pgproto3.Execute{MaxRows: b.rows},
	}
	if b.rows > 0 { // once more, and once more than there are rows
		all = append(all, &pgproto3.Execute{MaxRows: b.rows}, &pgproto3.Execute{}, &pgproto3.Execute{})
	}
	if b.copies { // while it copies, the server ignores Sync; if it fails before it reads any data, it does not
		return append(all, &pgproto3.Flush{})
	}
	return append(all, &pgproto3.Sync{})
}
