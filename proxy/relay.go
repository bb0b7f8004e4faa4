package proxy

import (
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgproto3/v2"

	"github.com/pgscrim/pgscrim/rewrite"
)

// errTripwire ends a session that was about to receive a column that it must not see.
var errTripwire = errors.New("a protected column was about to appear in a result")

// relay hands upstream's messages to the client until the session ends. It reports whether the client has
// received whole messages only, so that another may follow.
func (s *session) relay() (whole bool) {
	for {
		h, err := s.upstream.in.next()
		if err != nil {
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

// upstreamGone tells the client that the upstream connection has ended.
func (s *session) upstreamGone(err error) {
	if !errors.Is(err, io.EOF) || s.pending.len() > 0 {
		s.log.Warn().Err(err).Str("event", "upstream").Msg("upstream connection lost")
	}
	s.tell(&rewrite.Refusal{
		Code: codeConnectionFailure, Message: "server closed the connection unexpectedly",
		Detail: "The database server has ended the connection of this session.", Hint: "Connect again.",
	})
}

// relayFailed tells the client, where it can, why the session ends in the middle.
func (s *session) relayFailed(err error) {
	switch {
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
			Code: codeNotSupported, Message: "COPY FROM STDIN is not supported",
			Hint: "Load data over a direct connection.",
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
)

// answered handles one message from upstream.
func (s *session) answered(h header) error {
	e := s.pending.front()
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
		if !s.direct {
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

// rowDescription is the tripwire: whatever the rewriter thought, a stored column that this session must not
// see never comes through under its own identity.
func (s *session) rowDescription(e *expectation, h header) error {
	if e == nil {
		return fmt.Errorf("%w: type %q", errOutOfTurn, h.kind)
	}
	wire, armed := s.server.currentRewriter().(Tripwire)
	if s.direct || !armed {
		if e.kind == 'D' {
			s.pending.pop()
		}
		return s.upstream.in.relay(s.client.out, h)
	}
	body, err := s.upstream.in.body(h)
	if err != nil {
		return err
	}
	caller := s.callerOf(e)
	d := decoder{b: body}
	for n := d.uint16(); n > 0 && !d.bad; n-- {
		_ = d.text()
		table, column := d.uint32(), int16(d.uint16())
		_ = d.bytes(12) // type, its size and modifier, format
		if table != 0 && wire.MustNotAppear(caller, table, column) {
			s.trip(e)
			return errTripwire
		}
	}
	if !d.complete() {
		return errMalformed
	}
	if e.kind == 'D' {
		s.pending.pop()
	}
	return s.client.out.raw(h.kind, body)
}

// callerOf is the session as the statement that is being answered sees it: a statement may name its own purpose.
func (s *session) callerOf(e *expectation) rewrite.Session {
	st := e.described
	if r := e.running(); r != nil {
		if st = r.statement; r.of != nil {
			st = r.of.statement
		}
	}
	s.state.Lock()
	values := s.state.settings.Values()
	s.state.Unlock()
	if st != nil {
		values.Purpose, values.Reason = st.Purpose, st.Reason
	}
	return rewrite.Session{Roles: s.roles, Settings: rewrite.NewSettings(values)}
}

// trip leaves a record of a tripped wire beside the statement's own.
func (s *session) trip(e *expectation) {
	if r := e.running(); r != nil {
		s.finish(r, codeInsufficient, errTripwire.Error())
		return
	}
	r := s.record("statement")
	r.Decision, r.SQLState, r.Detail = string(rewrite.Error), codeInsufficient, errTripwire.Error()
	if _, err := s.server.cfg.Audit.Append(r); err != nil {
		s.log.Error().Err(err).Str("event", "audit").Msg("cannot write the audit record of a tripped wire")
	}
}

// commandComplete ends a statement that has succeeded: its effect on the session holds, its record is closed.
func (s *session) commandComplete(e *expectation, h header) error {
	body, err := s.upstream.in.body(h)
	if err != nil {
		return err
	}
	if e == nil || e.kind != 'E' && e.kind != 'Q' {
		return fmt.Errorf("%w: type %q", errOutOfTurn, h.kind)
	}
	tag := strings.TrimSuffix(string(body), "\x00")
	s.pending.copyEnd()
	r := e.running()
	if r == nil {
		if e.kind == 'E' || !s.direct {
			return fmt.Errorf("%w: type %q", errOutOfTurn, h.kind)
		}
		return s.client.out.raw(h.kind, body)
	}
	if s.direct && e.kind == 'Q' { // one record for the whole string, closed at its end
		return s.client.out.raw(h.kind, body)
	}
	if text := r.notice(); text != "" {
		if err := s.client.out.send(&pgproto3.NoticeResponse{
			Severity: "NOTICE", SeverityUnlocalized: "NOTICE", Code: "00000", Message: text,
		}); err != nil {
			return err
		}
	}
	s.succeeded(r, tag)
	if rows, ok := tagRows(tag); ok {
		r.rows = rows
	}
	if r.statement.CommandTag != "" {
		body = append([]byte(r.statement.CommandTag), 0)
	}
	if err := s.client.out.raw(h.kind, body); err != nil {
		return err
	}
	s.finish(r, "", "")
	if e.kind == 'E' {
		s.pending.pop()
	} else {
		e.current++
	}
	return nil
}

// succeeded applies what a statement has done to the session.
func (s *session) succeeded(r *run, tag string) {
	effect := r.statement.Effect
	if effect.Kind == rewrite.EffectCommit && tag == "ROLLBACK" { // of a failed transaction
		effect.Kind = rewrite.EffectRollback
	}
	s.state.Lock()
	s.state.settings.Apply(effect)
	s.state.Unlock()
	name := objectName(effect.Name)
	switch effect.Kind {
	case rewrite.EffectPrepare:
		s.statements.settle(name, r.makes)
	case rewrite.EffectDeclare:
		s.portals.settle(name, r.opens)
	case rewrite.EffectDeallocate:
		if name == "" {
			s.statements.drop(nil)
		} else {
			s.statements.settle(name, nil)
		}
	case rewrite.EffectClosePortal:
		if name == "" {
			s.portals.drop(nil)
		} else {
			s.portals.settle(name, nil)
		}
	case rewrite.EffectDiscardAll:
		s.statements.drop(nil)
		s.portals.drop(nil)
	}
}

// tagRows returns the number of rows in a command tag, which is its last word.
func tagRows(tag string) (int64, bool) {
	rows, err := strconv.ParseInt(tag[strings.LastIndexByte(tag, ' ')+1:], 10, 64)
	return rows, err == nil
}

// readyForQuery ends a Query, a FunctionCall or a segment.
func (s *session) readyForQuery(e *expectation, h header) error {
	body, err := s.upstream.in.body(h)
	if err != nil {
		return err
	}
	if len(body) != 1 || e == nil || e.extended() {
		return fmt.Errorf("%w: type %q", errOutOfTurn, h.kind)
	}
	status := body[0]
	if err := s.client.out.raw(h.kind, body); err != nil {
		return err
	}
	if s.direct {
		s.finish(e.running(), "", "")
	}
	s.skipRuns(e.runs)
	s.state.Lock()
	s.state.settings.Ready(status)
	s.state.status, s.state.ready = status, time.Now()
	s.state.Unlock()
	if e.kind == 'Q' {
		s.statements.settle("", nil)
		s.portals.settle("", nil)
	}
	if status == 'I' { // portals end with the transaction; cursors may be WITH HOLD
		s.portals.drop(func(p *portal) bool { return !p.bySQL })
	}
	s.pending.pop()
	if status == 'I' && s.server.draining.Load() {
		s.wake()
	}
	return nil
}

// errorResponse ends a statement or message that has failed. If the error stands for a refusal, the client
// gets that; else it gets PostgreSQL's error, about its own text.
func (s *session) errorResponse(e *expectation, h header) error {
	body, err := s.upstream.in.body(h)
	if err != nil {
		return err
	}
	fields, err := errorFields(body)
	if err != nil {
		return err
	}
	fatal := fields.SeverityUnlocalized == "FATAL" || fields.SeverityUnlocalized == "PANIC"
	sqlstate := fields.Code
	switch refusal, changed := s.behind(e, fields); {
	case refusal != nil && !fatal:
		sqlstate = refusal.Code
		err = s.client.out.send(errorResponse("ERROR", refusal))
	case changed:
		originalError(e.answer, fields)
		err = s.client.out.send(fields)
	default:
		err = s.client.out.raw(h.kind, body)
	}
	if err != nil {
		return err
	}
	s.log.Debug().Str("event", "error").Str("sqlstate", sqlstate).Msg("statement failed")
	s.fatal = s.fatal || fatal
	if e == nil || fatal {
		return nil
	}
	s.state.Lock()
	s.state.settings.Fail()
	s.state.Unlock()
	s.finish(e.running(), sqlstate, "")
	if e.kind == 'P' && e.swallow {
		lost := *e.statement
		lost.lost = true
		s.statements.settle(e.name, &lost)
	}
	if e.extended() {
		for _, skipped := range s.pending.fail() {
			s.skipRuns(skipped.runs)
		}
	} else {
		s.pending.copyEnd()
		e.current = len(e.runs)
	}
	return nil
}

// behind returns the refusal that an upstream error stands for, if any, and whether the text it is about is not the client's.
func (s *session) behind(e *expectation, fields *pgproto3.ErrorResponse) (refusal *rewrite.Refusal, changed bool) {
	if e == nil || e.answer == nil {
		return nil, false
	}
	return refusalBehind(e.answer, fields), e.answer.Changed
}

// noticeResponse relays a notice, without what it says of a text that is not the client's.
func (s *session) noticeResponse(e *expectation, h header) error {
	if e == nil || e.answer == nil || !e.answer.Changed {
		return s.upstream.in.relay(s.client.out, h)
	}
	body, err := s.upstream.in.body(h)
	if err != nil {
		return err
	}
	fields, err := errorFields(body)
	if err != nil {
		return err
	}
	originalError(e.answer, fields)
	notice := pgproto3.NoticeResponse(*fields)
	return s.client.out.send(&notice)
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
	switch name {
	case "application_name":
		s.state.Lock()
		s.state.application = value
		s.state.Unlock()
	case "client_encoding", "standard_conforming_strings", "session_authorization":
		// They decide what the text of a statement means, and who runs it.
		if !s.direct && value != s.upstream.statuses[name] {
			return fmt.Errorf("%w: %s", errSetting, name)
		}
	}
	return s.client.out.raw(h.kind, body)
}
