package proxy

import (
	"errors"
	"fmt"
	"io"
	"runtime/debug"
	"strings"

	"github.com/jackc/pgproto3/v2"

	"github.com/pgscrim/pgscrim/rewrite"
)

// serve handles the client's messages until the session ends. The error is io.EOF if the client ends it, and a
// *rewrite.Refusal if the client is to hear why it ends.
func (s *session) serve() error {
	for {
		s.between = true
		h, err := s.client.in.next()
		s.between = false
		switch {
		case errors.Is(err, errTooLong):
			return &rewrite.Refusal{
				Code: codeProtocolViolation, Message: "invalid message length",
				Detail: fmt.Sprintf("A message may have %d bytes.", s.client.in.limit),
			}
		case errors.Is(err, errMalformed):
			return &rewrite.Refusal{Code: codeProtocolViolation, Message: "invalid message length"}
		case err != nil:
			return err
		}
		if h.kind == 'X' {
			return io.EOF
		}
		if err := s.message(h); errors.Is(err, errCopying) {
			return inCopyRefusal(h)
		} else if err != nil {
			return err
		}
	}
}

// inCopyRefusal ends a session whose client sends something else than data in the middle of COPY FROM STDIN. PostgreSQL ends the COPY only
// (CopyGetData), and does not look at the message.
func inCopyRefusal(h header) *rewrite.Refusal {
	return &rewrite.Refusal{Code: codeProtocolViolation, Message: fmt.Sprintf("unexpected message type 0x%02X during COPY from stdin", h.kind)}
}

// message handles one message.
func (s *session) message(h header) error {
	if err := s.resume(true); err != nil {
		return err
	}
	if err := s.guarded(h.kind); err != nil {
		return err
	}
	s.rewriter = s.server.currentRewriter()
	if h.kind == 'H' {
		return s.flush(h)
	}
	// After an error PostgreSQL ignores all up to the Sync. Where a message has been refused that error is certain, but
	// the client may flush to hear of it.
	if h.kind != 'S' && (s.pending.ignoring() || s.refused) {
		return s.client.in.skip(h.size)
	}
	if s.pending.inCopy() && !strings.ContainsRune("dcfS", rune(h.kind)) {
		return inCopyRefusal(h)
	}
	switch h.kind {
	case 'Q':
		return s.query(h)
	case 'P':
		return s.parse(h)
	case 'B':
		return s.bind(h)
	case 'D':
		return s.describe(h)
	case 'E':
		return s.execute(h)
	case 'C':
		return s.closeObject(h)
	case 'F':
		return s.functionCall(h)
	case 'S':
		return s.sync(h)
	case 'd', 'c', 'f':
		return s.copyData(h)
	}
	return &rewrite.Refusal{Code: codeProtocolViolation, Message: fmt.Sprintf("invalid frontend message type %d", h.kind)}
}

// push notes a message that is about to be sent. It returns false if upstream will ignore it.
func (s *session) push(e *expectation) (bool, error) {
	if s.pending.len() >= maxPending {
		// Flush, so that upstream holds no answer back. It changes nothing but when answers come.
		if err := s.drain(maxPending / 2); err != nil {
			return false, err
		}
	}
	s.begun, s.ran = s.begun || !e.swallow, s.ran || e.kind == 'E'
	if e.by == nil {
		e.by = s.rewriter
	}
	s.gate.Lock() // waits for a cancel request that is being delivered
	defer s.gate.Unlock()
	return s.pending.push(e), nil
}

// drain waits until at most n messages are under way.
func (s *session) drain(n int) error {
	if s.pending.len() <= n {
		return nil
	}
	if err := errors.Join(s.upstream.out.send(&pgproto3.Flush{}), s.upstream.out.flush()); err != nil {
		return errStopped // relay learns why
	}
	return s.pending.wait(n)
}

// prepare is called before a message that depends on settings or names. It makes the view certain, waiting for
// answers only if it must.
func (s *session) prepare() error {
	if s.uncertain {
		return s.settle()
	}
	if s.fresh && s.pending.len() == 0 {
		s.catchUp()
	}
	s.fresh = false
	return nil
}

// settle waits for all answers and takes over what they say.
func (s *session) settle() error {
	if err := s.drain(0); err != nil {
		return err
	}
	s.catchUp()
	s.fresh = false
	return nil
}

// catchUp takes over the session's state when nothing is under way.
func (s *session) catchUp() {
	s.state.Lock()
	if s.unsettled || s.seen != s.state.version {
		s.view, s.seen = s.state.settings.Clone(), s.state.version
	}
	s.state.Unlock()
	s.statements.forget()
	s.portals.forget()
	s.unsettled, s.uncertain = false, false
}

// expect follows the effects of statements that are being sent, as if they succeeded. What cannot be foretold
// makes the view uncertain.
func (s *session) expect(e rewrite.Effect) {
	switch e.Kind {
	case rewrite.NoEffect, rewrite.EffectExecute, rewrite.EffectFetch:
	case rewrite.EffectSet, rewrite.EffectResetAll, rewrite.EffectBegin, rewrite.EffectSavepoint, rewrite.EffectRelease,
		rewrite.EffectRollback, rewrite.EffectRollbackTo:
		s.view.Apply(e)
		s.unsettled = true
	default: // COMMIT may roll back; the others change names
		s.unsettled, s.uncertain = true, true
	}
	switch e.Kind {
	case rewrite.EffectDiscardAll:
		s.loseChecks()
	case rewrite.EffectDeallocate:
		if e.Name == "" {
			s.loseChecks()
		}
	case rewrite.EffectBegin, rewrite.EffectCommit, rewrite.EffectRollback, rewrite.EffectRollbackTo: // locks may end
		s.checked = nil
	}
}

// endSegment follows a Sync or Query: what comes next depends on whether what came before has succeeded.
func (s *session) endSegment() {
	if a := s.attempt; a != nil && a.segment == s.segment {
		a.sent, a.whole = s.kept.take()
	} else {
		s.kept.reset()
	}
	s.segment++
	s.begun, s.ran, s.querying, s.checked = false, false, false, s.checked[:0]
	s.fresh, s.refused = true, false
	s.uncertain = s.unsettled
}

// sync handles Sync.
func (s *session) sync(h header) error {
	if err := s.client.in.skip(h.size); err != nil {
		return err
	}
	err := s.sendSync()
	s.endSegment()
	return err
}

// sendSync sends a Sync that the client gets the answer to.
func (s *session) sendSync() error {
	e := &expectation{kind: 'S'}
	if _, err := s.push(e); err != nil {
		return err
	}
	if err := s.upstream.out.send(&pgproto3.Sync{}); err != nil || !e.marked {
		return err
	}
	return errors.Join(s.upstream.out.send(&pgproto3.Close{ObjectType: 'S', Name: reservedName}), s.upstream.out.send(&pgproto3.Flush{}))
}

// copyData relays the data of COPY FROM STDIN. Outside of COPY, PostgreSQL ignores it.
func (s *session) copyData(h header) error {
	if s.fresh {
		s.kept.reset() // it belongs to a Query before
	}
	if h.kind != 'd' {
		if _, err := s.push(&expectation{kind: 'c'}); err != nil {
			return err
		}
	}
	return s.client.in.relay(s.upstream.out, h)
}

// recover is the last line of a goroutine of the session.
func (s *session) recover() {
	if fault := recover(); fault != nil {
		s.logPanic()
	}
}

func (s *session) logPanic() {
	s.log.Error().Str("event", "panic").Str("stack", string(debug.Stack())).Msg("a session has failed")
}
