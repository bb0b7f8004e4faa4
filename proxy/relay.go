package proxy

import (
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"time"

	"github.com/pgscrim/pgscrim/rewrite"
)

// relay hands upstream's messages to the client until the session ends. It reports whether the client has
// received whole messages only, so that another may follow.
func (s *session) relay() (whole bool) {
	for {
		h, err := s.upstream.in.next()
		switch {
		case errors.Is(err, errClientGone):
			s.relayFailed(err)
			return false
		case err != nil:
			if !errors.Is(err, errStopped) && !errors.Is(err, net.ErrClosed) && !s.stopping.Load() && !s.fatal {
				s.upstreamGone(err)
			}
			return true
		}
		if err := s.answered(h); err != nil {
			if errors.Is(err, errStopped) || s.stopping.Load() {
				return false
			}
			s.relayFailed(err)
			return false
		}
	}
}

// upstreamGone tells the client that the upstream connection has ended. To one that has left, PostgreSQL would not say a word:
// some drivers read on after their Terminate, and take any word for a failure.
func (s *session) upstreamGone(err error) {
	left := s.leaving.Load()
	if s.pending.len() > 0 || !left && !errors.Is(err, io.EOF) {
		s.log.Warn().Err(err).Str("event", "upstream").Msg("upstream connection lost")
	}
	if left {
		return
	}
	s.tell(&rewrite.Refusal{
		Code: codeConnectionFailure, Message: "server closed the connection unexpectedly",
		Detail: "The database server has ended the connection of this session.", Hint: "Connect again.",
	})
}

// relayFailed tells the client, where it can, why the session ends in the middle.
func (s *session) relayFailed(err error) {
	switch {
	case errors.Is(err, errUnrecorded):
		s.tell(auditRefusal(err))
	case errors.Is(err, errTripwire):
		s.log.Error().Str("event", "tripwire").Msg("a protected column was about to appear in a result: session ended")
		s.tell(&rewrite.Refusal{
			Code: codeInsufficient, Message: "the result would show a protected column",
			Hint: "Please report this: pgscrim should have masked it.",
		})
	case errors.Is(err, errOutOfTurn):
		s.log.Error().Err(err).Str("event", "upstream").Msg("upstream answered out of turn: session ended")
		s.tell(&rewrite.Refusal{Code: codeInternal, Message: "the database server has answered out of turn", Hint: "Connect again."})
	case errors.Is(err, errSetting):
		s.log.Error().Err(err).Str("event", "setting").Msg("a setting that pgscrim relies on has changed: session ended")
		s.tell(&rewrite.Refusal{
			Code: codeInsufficient, Message: "a setting that pgscrim relies on has changed",
			Hint: "Leave client_encoding, standard_conforming_strings and session_authorization as they are.",
		})
	case errors.Is(err, errCopyIn):
		s.tell(&rewrite.Refusal{
			Code: codeNotSupported, Message: "the database server asks for data that no statement of the session sends",
			Hint: "Connect again.",
		})
	default:
		s.log.Debug().Err(err).Str("event", "relay").Msg("session broke off")
	}
}

// tell sends the client a last message. Its write deadline keeps that short.
func (s *session) tell(r *rewrite.Refusal) {
	s.fatal = true
	_ = s.client.conn.SetWriteDeadline(time.Now().Add(farewell))
	_ = s.client.fatal(r) // the client may be gone
}

// Errors of answers that do not fit.
var (
	errOutOfTurn = errors.New("message out of turn")
	errCopyIn    = errors.New("upstream asks for COPY data")
	errSetting   = errors.New("setting changed")
	// errUnrecorded says that an audit record cannot be written, or is not known to be on disk.
	errUnrecorded = errors.New("not on record")
	// errClientGone is what a failed write to the client is to relay.
	errClientGone = errors.New("client is gone")
)

// answered handles one message from upstream.
func (s *session) answered(h header) error {
	e := s.pending.front()
	if r := e.running(); r != nil && r.owed > 0 {
		s.client.out.owe(r.owed, s.onRecord)
		r.owed = 0
	}
	if e != nil && len(e.inline) > 0 && !strings.ContainsRune("TCENSA", rune(h.kind)) { // a check has no rows
		return fmt.Errorf("%w: type %q", errOutOfTurn, h.kind)
	}
	switch h.kind {
	case 'D', 'd': // DataRow, CopyData
		r := e.running()
		if r == nil { // no result without a record
			return fmt.Errorf("%w: type %q", errOutOfTurn, h.kind)
		}
		r.rows++
		r.bytes += int64(headerBytes + h.size)
		return s.upstream.in.relay(s.client.out, h)
	case 'c', 'H', 't', 'V': // CopyDone, CopyOutResponse, ParameterDescription, FunctionCallResponse
		if e != nil && e.swallow {
			return s.upstream.in.skip(h.size)
		}
		return s.upstream.in.relay(s.client.out, h)
	case '1', '2', '3', 'n', 's', 'I':
		return s.acknowledged(e, h)
	case 'T':
		return s.rowDescription(e, h)
	case 'C':
		return s.commandComplete(e, h)
	case 'Z':
		return s.readyForQuery(e, h)
	case 'E':
		return s.errorResponse(e, h)
	case 'N':
		return s.noticeResponse(e, h)
	case 'S':
		return s.parameterStatus(h)
	case 'A', 'v': // NotificationResponse
		return s.upstream.in.relay(s.client.out, h)
	case 'G':
		if r := e.running(); r == nil || !s.direct && r.statement.Kind != rewrite.KindCopyFrom {
			return errCopyIn
		}
		s.pending.copyIn()
		return s.upstream.in.relay(s.client.out, h)
	}
	return fmt.Errorf("%w: type %q", errOutOfTurn, h.kind)
}

// acknowledged handles the messages without content that end the answer to a message, or a statement.
func (s *session) acknowledged(e *expectation, h header) error {
	var kind byte // of the message that is answered so
	switch h.kind {
	case '1':
		kind = 'P'
	case '2':
		kind = 'B'
	case '3':
		kind = 'C'
	case 'n':
		kind = 'D'
	case 's', 'I':
		kind = 'E'
	}
	if e != nil && e.marked && h.kind == '3' {
		s.pending.passMark()
		if s.server.draining.Load() {
			s.wake()
		}
		return s.upstream.in.skip(h.size)
	}
	if e == nil || e.kind != kind && (h.kind != 'I' || e.kind != 'Q') {
		return fmt.Errorf("%w: type %q", errOutOfTurn, h.kind)
	}
	switch e.kind {
	case 'P':
		if e.statement != nil {
			s.statements.settle(e.name, e.statement)
		}
	case 'B':
		s.portals.settle(e.name, e.made)
	case 'C':
		if e.portal {
			s.portals.settle(e.name, nil)
		} else {
			s.statements.settle(e.name, nil)
		}
	case 'E':
		s.finish(e.running(), "", "")
	case 'Q':
		return s.upstream.in.relay(s.client.out, h) // an empty string; ReadyForQuery follows
	}
	s.pending.pop()
	if e.swallow {
		return s.upstream.in.skip(h.size)
	}
	return s.upstream.in.relay(s.client.out, h)
}

// parameterStatus relays a change of a setting that the client is to know of.
func (s *session) parameterStatus(h header) error {
	body, err := s.upstream.in.body(h)
	if err != nil {
		return err
	}
	d := decoder{b: body}
	name, value := d.text(), d.text()
	if !d.complete() {
		return errMalformed
	}
	s.upstream.report(name, value)
	switch name {
	case "application_name":
		s.state.Lock()
		s.state.application = value
		s.state.Unlock()
	case "client_encoding", "standard_conforming_strings", "session_authorization":
		// They decide what the text of a statement means, and who runs it. The server calls UTF8 by its older name UNICODE where
		// that is what the client has said: elder drivers want to read what they have written (check_client_encoding in variable.c).
		same := value == s.upstream.statuses[name] || name == "client_encoding" && isUTF8(value)
		if !s.direct && !same {
			return fmt.Errorf("%w: %s", errSetting, name)
		}
	}
	return s.client.out.raw(h.kind, body)
}
