package proxy

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgproto3/v2"
	"github.com/rs/zerolog"

	"github.com/pgscrim/pgscrim/rewrite"
)

// session is one client that is logged in, with its upstream connection. Two goroutines serve it: serve reads
// from the client and writes upstream, relay reads from upstream and writes to the client.
type session struct {
	server   *Server
	id       string
	user     string
	roles    []string
	address  string // of the client
	database string
	direct   bool
	key      key
	log      zerolog.Logger
	started  time.Time

	client   *client
	upstream *upstream

	// pending are the messages under way. gate is held while one is added, and by a cancel request.
	pending *pending
	gate    sync.Mutex

	// state is the session upstream as far as answers have come in.
	state struct {
		sync.Mutex
		settings    rewrite.Settings
		version     uint64 // of settings
		dirty       bool   // settings may still change with the end of the transaction
		status      byte   // of the last ReadyForQuery: I, T or E
		ready       time.Time
		application string
	}
	statements *namespace[prepared]
	portals    *namespace[portal]
	// kept are the client's messages of the segment.
	kept keeper

	// What follows belongs to serve.

	// view is what settings will be when upstream handles the next message; seen is the version that it was taken from.
	view rewrite.Settings
	seen uint64
	// rewriter is the one that answers the message being handled.
	rewriter Rewriter
	// segment counts the stretches of messages between Syncs and Queries; fresh is true before the first message of one.
	segment int
	fresh   bool
	// refused is true after a refusal in the segment: none of what follows will run, so none of it is looked at or recorded.
	refused bool
	// unsettled is true while view depends on statements that may still fail; uncertain, when the next message
	// that depends on it must wait for them.
	unsettled, uncertain bool
	// begun is true once a message of the client's was sent in the segment, ran, once an Execute was.
	begun, ran bool
	// querying is true while a Query is handled.
	querying bool
	// checks are the checks that are prepared upstream, by their text; checksMade counts them, checked are those of the segment.
	checks     map[string]*check
	checksMade int
	checked    []*check
	// attempt is the segment if it has checks, until it is known that they hold; attempts counts how often it was sent again.
	attempt  *attempt
	attempts int
	// lagging is true after a check has failed whose cause a look at the catalog could not mend. It is shared with relay.
	lagging atomic.Bool
	// between is true while no part of a message has been read.
	between bool

	// fatal is set once the client was told why the session ends. It belongs to relay while that runs.
	fatal bool
	// silent is true from the failure of a check to the end of its segment, which is to be sent again. It belongs to relay.
	silent bool
	// stopping ends relay at the next message, stopped ends serve.
	stopping, stopped atomic.Bool
	// giving is set once the upstream connection is to outlive the session.
	giving atomic.Bool
	// leaving is set once the client has said that it is done: whatever comes after its last answer, it hears nothing of that.
	leaving atomic.Bool
}

// newSession makes the session of a client, of whose startup packet nothing may be known: then it is for a record only.
func newSession(s *Server, c *client, packet *startupPacket) *session {
	if packet == nil {
		packet = new(startupPacket)
	}
	var id [8]byte
	_, _ = rand.Read(id[:]) // never fails: crypto/rand ends the process instead
	sess := &session{
		server: s, id: hex.EncodeToString(id[:]), user: packet.user, database: packet.database,
		address: c.conn.RemoteAddr().String(), started: time.Now(), client: c,
		pending: newPending(), statements: newNamespace[prepared](), portals: newNamespace[portal](), fresh: true,
		checks: make(map[string]*check),
	}
	sess.state.application = packet.parameters["application_name"]
	sess.log = s.cfg.Log.With().Str("session", sess.id).Str("user", sess.user).Logger()
	return sess
}

// start sets what the session follows of its settings.
func (s *session) start(v rewrite.Values, application string) {
	s.state.settings = rewrite.NewSettings(v)
	s.state.status, s.state.ready, s.state.application = 'I', time.Now(), application
	s.view = s.state.settings.Clone()
}

// change follows upstream in what a statement does to the settings.
func (s *session) change(f func(*rewrite.Settings)) {
	s.state.Lock()
	defer s.state.Unlock()
	f(&s.state.settings)
	s.state.version++
	s.state.dirty = true
}

// attach joins the session to its upstream connection: each side is flushed before the other is waited for.
func (s *session) attach(u *upstream) {
	s.upstream = u
	u.idle = func() error {
		if s.stopping.Load() {
			return errStopped
		}
		if err := s.client.out.flush(); err != nil {
			return fmt.Errorf("%w: %w", errClientGone, err)
		}
		return nil
	}
}

// application returns the client's application_name as it stands.
func (s *session) application() string {
	s.state.Lock()
	defer s.state.Unlock()
	return s.state.application
}

// status returns the transaction status of the last ReadyForQuery: I, T or E.
func (s *session) status() byte {
	s.state.Lock()
	defer s.state.Unlock()
	return s.state.status
}

// run serves the session to its end.
func (s *session) run() {
	s.log.Info().Str("event", "login").Msg("session started")
	s.client.idle = s.beforeRead
	if !s.direct {
		s.client.in.kept = &s.kept
	}
	relayed := make(chan bool, 1)
	go func() {
		defer s.recover()
		whole := false
		defer func() { // also after a panic, so that serve ends
			s.stopped.Store(true)
			s.closeRuns(s.pending.close())
			if !s.giving.Load() {
				_ = s.upstream.conn.Close()
			}
			s.wake()
			relayed <- whole
		}()
		whole = s.relay()
	}()
	err := s.guardedServe()
	var refusal *rewrite.Refusal
	switch {
	case errors.Is(err, io.EOF) && s.mayGive():
		s.giving.Store(true)
		s.stopping.Store(true)
		_ = s.upstream.conn.SetReadDeadline(time.Now())
		s.giving.Store(<-relayed && !s.fatal)
	case errors.Is(err, io.EOF): // the client is done; what it has sent still runs, as in PostgreSQL
		s.leaving.Store(true)
		_ = errors.Join(s.upstream.out.send(&pgproto3.Terminate{}), s.upstream.out.flush()) // it may be gone
		<-relayed
	default:
		s.stopping.Store(true)
		_ = s.client.conn.SetWriteDeadline(time.Now().Add(farewell))
		_ = s.upstream.conn.SetReadDeadline(time.Now())
		whole := <-relayed
		if !errors.As(err, &refusal) && s.server.draining.Load() {
			refusal = shutdownRefusal()
		}
		if refusal != nil && whole && !s.fatal {
			_ = s.client.fatal(refusal) // it may be gone
		}
	}
	s.end(err)
}

// farewell bounds the time to tell a client why its session ends.
const farewell = 2 * time.Second

func shutdownRefusal() *rewrite.Refusal {
	return &rewrite.Refusal{Code: codeShutdown, Message: "terminating connection due to administrator command"}
}

func (s *session) guardedServe() (err error) {
	defer func() {
		if fault := recover(); fault != nil {
			s.logPanic()
			err = &rewrite.Refusal{Code: codeInternal, Message: "the session has failed", Hint: "Please report this."}
		}
	}()
	return s.serve()
}

// afterCancel returns once no cancel request is being delivered: it must not hit the next session. There will be no other, as the
// session's key is not known any more.
func (s *session) afterCancel() {
	s.gate.Lock()
	defer s.gate.Unlock()
}

// end frees what the session holds and records its end.
func (s *session) end(err error) {
	s.server.unregister(s.key)
	_ = s.client.conn.Close()
	if s.giving.Load() {
		s.afterCancel()
		s.server.pool.give(s.upstream)
	} else {
		_ = s.upstream.conn.Close()
	}
	s.logout(err)
}

// mayGive reports whether the upstream connection may serve another session: the client has left between two statements, outside
// a transaction, and heard of all answers.
func (s *session) mayGive() bool {
	return !s.direct && s.fresh && !s.begun && s.attempt == nil && s.pending.len() == 0 && !s.pending.ignoring() &&
		s.status() == 'I' && !s.stopped.Load() && !s.server.draining.Load()
}

// logout records the end of a session.
func (s *session) logout(err error) {
	var refusal *rewrite.Refusal
	r := s.record("logout")
	duration := time.Since(s.started)
	ms := duration.Seconds() * 1000
	r.DurationMS = &ms
	if errors.As(err, &refusal) {
		r.SQLState, r.Detail = refusal.Code, refusal.Message
	}
	if _, err := s.server.cfg.Audit.Append(r); err != nil {
		s.log.Error().Err(err).Str("event", "audit").Msg("cannot write the audit record of a logout")
	}
	s.log.Info().Str("event", "logout").Dur("duration", duration).Str("sqlstate", r.SQLState).Msg("session ended")
}

// wake makes serve look at whether it should end.
func (s *session) wake() { _ = s.client.conn.SetReadDeadline(time.Now()) }

// kill ends the session at once.
func (s *session) kill() {
	_ = s.client.conn.Close()
	_ = s.upstream.conn.Close()
}

// idle reports whether the session waits for the client outside a transaction, and since when.
func (s *session) idle() (bool, time.Time) {
	if s.pending.len() > 0 {
		return false, time.Time{}
	}
	s.state.Lock()
	defer s.state.Unlock()
	return s.state.status == 'I', s.state.ready
}

// beforeRead is called before serve waits for the client. It flushes upstream and ends the session if it is time.
func (s *session) beforeRead() error {
	if s.stopped.Load() {
		return errStopped
	}
	if err := s.upstream.out.flush(); err != nil {
		return errStopped // relay learns why
	}
	if s.between {
		if err := s.resume(false); err != nil {
			return err
		}
	}
	idle, since := s.idle()
	idle = idle && s.between && s.fresh && s.client.in.buf.buffered() == 0
	timeout := s.server.cfg.Limits.IdleTimeout
	var deadline time.Time
	if timeout > 0 {
		deadline = time.Now().Add(timeout)
		if idle {
			deadline = since.Add(timeout)
		}
	}
	// The deadline is set before draining and the attempt are looked at: wake comes after both.
	if err := s.client.conn.SetReadDeadline(deadline); err != nil {
		return err
	}
	if s.between {
		if err := s.resume(false); err != nil {
			return err
		}
	}
	if refusal := s.cutOff(codeShutdown); refusal != nil {
		return refusal
	}
	switch {
	case s.stopped.Load():
		return errStopped
	case idle && s.server.draining.Load():
		return shutdownRefusal()
	case idle && timeout > 0 && time.Since(since) >= timeout:
		return &rewrite.Refusal{Code: codeIdleTimeout, Message: "terminating connection due to idle-session timeout"}
	}
	return nil
}
