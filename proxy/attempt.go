package proxy

import (
	"bytes"
	"errors"
	"io"
	"sync/atomic"

	"github.com/jackc/pgproto3/v2"

	"github.com/pgscrim/pgscrim/rewrite"
)

// attempt is a segment with checks. If the first of them fails, before the client has heard anything of the segment and outside
// of a transaction block, the segment is sent again, answered anew: the client sees none of that. Else the client
// gets an error that drivers know as a reason to try again.
type attempt struct {
	segment int
	// repeatable is false if it must not be sent again, query is true if it ends with a Query: PostgreSQL needs a Sync after
	// a check that fails before one.
	repeatable, query bool
	// synced is true once a Sync was sent behind the Query, or it needs none as the checks are in it. It belongs to serve.
	synced bool
	// sent are the client's messages, whole is false if there were too many bytes.
	sent  []byte
	whole bool
	state atomic.Int32
}

// States of an attempt. It leaves the first one once.
const (
	attemptOpen     int32 = iota // it is not known yet whether the checks hold
	attemptPassed                // they do
	attemptFailed                // they do not: it is to be sent again
	attemptShown                 // they do not, and the client has heard of it
	attemptForsaken              // later segments have been sent: it cannot be sent again
)

const (
	// maxAttempts bounds how often a segment is sent.
	maxAttempts = 4
	// maxKept bounds the client's messages that are kept for sending them again, in bytes.
	maxKept = 64 << 10
)

// attemptNow returns the attempt that the segment is.
func (s *session) attemptNow() *attempt {
	if s.attempt == nil {
		s.attempt = &attempt{segment: s.segment, query: s.querying, repeatable: !s.begun && s.attempts < maxAttempts-1}
	}
	return s.attempt
}

// resume is called when serve is between two messages: it sends a segment again whose checks have failed. If the next message
// begins a new segment, an attempt whose outcome is still open is given up.
func (s *session) resume(next bool) error {
	a := s.attempt
	if a == nil || a.segment == s.segment {
		return nil
	}
	if next && a.state.CompareAndSwap(attemptOpen, attemptForsaken) && a.query && !a.synced {
		if err := s.sendOwn(&expectation{kind: 'S', owed: true}, &pgproto3.Sync{}); err != nil {
			return err
		}
	}
	switch a.state.Load() {
	case attemptOpen:
		return nil
	case attemptFailed:
		return s.again(a)
	case attemptShown:
		s.attempt, s.attempts = nil, 0
		if !a.query || a.synced {
			return nil
		}
		return errors.Join(s.sendOwn(&expectation{kind: 'S', owed: true, shown: true}, &pgproto3.Sync{}), s.upstream.out.flush())
	}
	s.attempt, s.attempts = nil, 0
	return nil
}

// again sends a segment again whose checks have failed, on the catalog as it is now.
func (s *session) again(a *attempt) error {
	if a.query || a.segment == s.segment {
		if err := s.sendOwn(&expectation{kind: 'S'}, &pgproto3.Sync{}); err != nil {
			return err
		}
	}
	if a.segment == s.segment {
		s.endSegment()
	}
	if err := s.settle(); err != nil {
		return err
	}
	s.attempt, s.fresh = nil, true
	s.attempts++
	if err := s.refresh(); err != nil {
		return s.giveUp(refreshRefusal(err))
	}
	if !a.whole {
		return s.giveUp(changedRefusal())
	}
	s.server.counters.resent.Add(1)
	own, behind := s.client.in, s.kept
	s.kept = keeper{}
	s.client.in = newReader(bytes.NewReader(a.sent), s.server.buffers, maxKept, func() error { return nil })
	s.client.in.kept = &s.kept
	defer func() { s.client.in = own }()
	for {
		h, err := s.client.in.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err == nil {
			err = s.message(h)
		}
		if err != nil {
			return err
		}
	}
	s.kept.keep(behind.b)
	s.kept.over = s.kept.over || behind.over
	return s.upstream.out.flush()
}

// giveUp lets PostgreSQL fail in place of a segment that cannot be sent again.
func (s *session) giveUp(refusal *rewrite.Refusal) error {
	if err := s.refuseExtended(refusal); err != nil {
		return err
	}
	s.refused, s.begun, s.attempts = false, false, 0
	if err := s.sendSync(); err != nil {
		return err
	}
	s.begun = false
	return s.upstream.out.flush()
}

// flush handles Flush: the client waits for the answers to what it has sent.
func (s *session) flush(h header) error {
	if err := s.client.in.skip(h.size); err != nil {
		return err
	}
	if a := s.attempt; a != nil && a.segment == s.segment {
		if err := s.drain(0); err != nil && !errors.Is(err, errCopying) { // the checks have held when COPY asks for data
			return err
		}
		if a.state.Load() == attemptFailed {
			return s.again(a)
		}
	}
	return s.upstream.out.send(&pgproto3.Flush{})
}

// checkFailed handles the error of a check.
func (s *session) checkFailed(e *expectation, fields *pgproto3.ErrorResponse) error {
	e.checking().state.Store(checkUnsure)
	a, to := e.attempt, attemptShown
	if a.repeatable && s.status() == 'I' && catalogChanged(fields.Code) {
		to = attemptFailed
	}
	if catalogChanged(fields.Code) {
		s.server.counters.checksFailed.Add(1)
	}
	moved := a.state.CompareAndSwap(attemptOpen, to)
	silent := moved && to == attemptFailed
	s.silent = silent
	if !silent {
		if err := s.client.out.send(checkError(a, fields)); err != nil {
			return err
		}
		go func() { // so that the client's next try is answered, or refused for good
			s.lagging.Store(s.server.refresh() != nil)
		}()
	}
	s.change((*rewrite.Settings).Fail)
	if e.kind == 'Q' { // ReadyForQuery follows
		e.inline, e.current = nil, len(e.runs)
	} else {
		s.skip(!silent)
	}
	s.wake()
	return nil
}

// catalogChanged reports whether an error of a check means that the catalog is not what it was: all others, such as a lock's
// time-out, would have struck the statement itself.
func catalogChanged(sqlstate string) bool {
	switch sqlstate[:min(2, len(sqlstate))] {
	case "22", "42", "0A", "3F":
		return true
	}
	return false
}

// checkError is what the client hears of a check that has failed where it cannot be undone.
func checkError(a *attempt, fields *pgproto3.ErrorResponse) *pgproto3.ErrorResponse {
	switch {
	case !catalogChanged(fields.Code):
		return fields
	case fields.Code == codeInsufficient, // of the account that sessions run as
		fields.Code == codeNotSupported && !a.query: // drivers prepare the statement again
		return &pgproto3.ErrorResponse{Severity: fields.Severity, SeverityUnlocalized: fields.SeverityUnlocalized, Code: fields.Code, Message: fields.Message}
	}
	return errorResponse("ERROR", changedRefusal())
}

// changedRefusal is what drivers and applications know as a reason to run a transaction again.
func changedRefusal() *rewrite.Refusal {
	return &rewrite.Refusal{
		Code: codeSerialization, Message: "could not serialize access due to a concurrent change of the catalog",
		Hint: "The transaction might succeed if retried.",
	}
}

// keeper keeps the client's messages of a segment.
type keeper struct {
	b    []byte
	over bool // there were more than maxKept bytes
}

func (k *keeper) keep(b []byte) {
	if k == nil || k.over {
		return
	}
	if k.over = len(k.b)+len(b) > maxKept; k.over {
		k.b = k.b[:0]
		return
	}
	k.b = append(k.b, b...)
}

// take returns what was kept and starts anew.
func (k *keeper) take() (b []byte, all bool) {
	b, all = k.b, !k.over
	k.b, k.over = nil, false
	return b, all
}

func (k *keeper) reset() { k.b, k.over = k.b[:0], false }
