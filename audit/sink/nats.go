package sink

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/pgscrim/pgscrim/audit"
)

// stream is a stream of NATS JetStream.
type stream struct {
	address, name, subject string
	options                []nats.Option

	conn   *nats.Conn // nil while there is none
	js     jetstream.JetStream
	closed chan struct{} // with conn
}

// duplicateWindow is how long a stream that is made here knows the ids of messages: longer than a restart, with its batch under way, takes.
const duplicateWindow = time.Hour

func openNATS(v values) (Sink, error) {
	s := &stream{address: v["address"], name: v["stream"], subject: v["subject"]}
	// A connection that breaks is made anew by the next Send: what the library would keep and send later is not what this package counts on.
	s.options = []nats.Option{nats.Name("pgscrim audit"), nats.NoReconnect()}
	if first, _, _ := strings.Cut(s.address, ","); !strings.HasPrefix(first, "nats:") && !strings.HasPrefix(first, "ws:") {
		u, err := url.Parse(first)
		if err != nil {
			return nil, err
		}
		c, err := v.tls(u.Hostname())
		if err != nil {
			return nil, err
		}
		s.options = append(s.options, nats.Secure(c))
	}
	if v["credentials"] != "" {
		s.options = append(s.options, nats.UserCredentials(v["credentials"]))
	}
	if v["user"] != "" {
		s.options = append(s.options, nats.UserInfo(v["user"], v["password"]))
	}
	return s, nil
}

// Send publishes the batch and waits for all acknowledgements. The stream passes over ids that it knows.
func (s *stream) Send(ctx context.Context, batch []audit.Entry) (err error) {
	if err := s.connect(ctx); err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = s.Close()
		}
	}()
	acks := make([]jetstream.PubAckFuture, len(batch))
	for i := range batch {
		e := &batch[i]
		m := nats.NewMsg(s.subject + "." + token(e.Replica))
		if m.Data, err = shorten(e, int(s.conn.MaxPayload())-headerRoom); err != nil {
			return err
		}
		id := e.Replica + "/" + strconv.FormatUint(e.Seq, 10)
		if acks[i], err = s.js.PublishMsgAsync(m, jetstream.WithMsgID(id), jetstream.WithExpectStream(s.name)); err != nil {
			return err
		}
	}
	for _, ack := range acks {
		select {
		case <-ack.Ok():
		case err := <-ack.Err():
			return err
		case <-s.closed:
			return nats.ErrConnectionClosed
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

// headerRoom is what the headers of a message take at most; they count as payload.
const headerRoom = 1 << 10

// connect makes a connection if there is none, and the stream if it is not there.
func (s *stream) connect(ctx context.Context) error {
	if s.conn != nil {
		return nil
	}
	closed := make(chan struct{})
	conn, err := nats.Connect(s.address, append(s.options[:len(s.options):len(s.options)], nats.ClosedHandler(func(*nats.Conn) { close(closed) }))...)
	if err != nil {
		return err
	}
	js, err := jetstream.New(conn)
	if err == nil {
		_, err = js.Stream(ctx, s.name)
	}
	if errors.Is(err, jetstream.ErrStreamNotFound) {
		_, err = js.CreateStream(ctx, jetstream.StreamConfig{
			Name: s.name, Subjects: []string{s.subject + ".>"}, Storage: jetstream.FileStorage, Duplicates: duplicateWindow, DenyDelete: true, DenyPurge: true,
		})
	}
	if err != nil {
		conn.Close()
		return fmt.Errorf("stream %s: %w", s.name, err)
	}
	s.conn, s.js, s.closed = conn, js, closed
	return nil
}

// token makes a token of a subject, in which dots, wildcards and spaces mean something.
func token(s string) string {
	return strings.Map(func(c rune) rune {
		if c <= ' ' || strings.ContainsRune(".*>", c) {
			return '_'
		}
		return c
	}, s)
}

func (s *stream) Close() error {
	if s.conn != nil {
		s.conn.Close()
		s.conn = nil
	}
	return nil
}
