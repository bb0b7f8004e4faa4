package proxy

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"time"
)

// key identifies a session to cancel requests.
type key struct{ pid, secret uint32 }

// cancelTimeout bounds how long a cancel request may take to reach the upstream server.
const cancelTimeout = 10 * time.Second

// register gives a session a key of its own and makes it known.
func (s *Server) register(sess *session) key {
	s.mu.Lock()
	defer s.mu.Unlock()
	for {
		var b [8]byte
		_, _ = rand.Read(b[:]) // never fails: crypto/rand ends the process instead
		// A pid is a positive int32 to clients.
		k := key{binary.BigEndian.Uint32(b[:]) >> 1, binary.BigEndian.Uint32(b[4:])}
		if s.sessions[k] == nil && k.pid != 0 {
			s.sessions[k] = sess
			return k
		}
	}
}

func (s *Server) unregister(k key) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.sessions, k)
}

// cancel serves a cancel request. As in PostgreSQL, the client gets no answer.
func (s *Server) cancel(body []byte) {
	d := decoder{b: body}
	k := key{d.uint32(), d.uint32()}
	if !d.complete() {
		return
	}
	s.mu.Lock()
	sess := s.sessions[k]
	s.mu.Unlock()
	if sess != nil {
		sess.cancel()
	}
}

// cancel interrupts what the session has under way. Until the request has been delivered no further message
// is sent upstream, so that it cannot hit a statement that comes later.
func (s *session) cancel() {
	s.gate.Lock()
	defer s.gate.Unlock()
	if s.pending.len() == 0 {
		return
	}
	ctx, stop := context.WithTimeout(s.server.dialing, cancelTimeout)
	defer stop()
	err := s.upstream.cancel(ctx)
	r := s.record("cancel")
	if err != nil {
		s.log.Warn().Err(err).Str("event", "cancel").Msg("cannot deliver a cancel request")
		r.Detail = "could not be delivered"
	}
	if _, err := s.server.cfg.Audit.Append(r); err != nil {
		s.log.Error().Err(err).Str("event", "audit").Msg("cannot write the audit record of a cancel request")
	}
}
