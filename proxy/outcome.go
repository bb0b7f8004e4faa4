package proxy

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgproto3/v2"

	"github.com/pgscrim/pgscrim/rewrite"
)

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
	if e.swallow {
		s.ownComplete(e)
		return nil
	}
	if len(e.inline) > 0 {
		e.checked()
		return nil
	}
	s.pending.copyEnd(true)
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
	if steps := r.statement.Steps; steps.Sent > 0 {
		if r.step == steps.Counted {
			r.rows, _ = tagRows(tag)
		}
		if r.step++; r.step < steps.Sent {
			return nil
		}
		tag = fmt.Sprintf("%s %d", steps.Tag, r.rows)
		body = append([]byte(tag), 0)
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

// ownComplete ends a statement that the client knows nothing of.
func (s *session) ownComplete(e *expectation) {
	if e.remakes != nil {
		s.statements.settle(objectName(e.remakes.name), e.remakes)
	}
	s.pending.pop()
	if e.last {
		e.attempt.state.CompareAndSwap(attemptOpen, attemptPassed)
	}
}

// succeeded applies what a statement has done to the session.
func (s *session) succeeded(r *run, tag string) {
	effect := r.statement.Effect
	if effect.Kind == rewrite.EffectCommit && tag == "ROLLBACK" { // of a failed transaction
		effect.Kind = rewrite.EffectRollback
	}
	if effect.Kind == rewrite.NoEffect {
		return
	}
	s.change(func(settings *rewrite.Settings) { settings.Apply(effect) })
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
	if len(body) != 1 || e == nil && !s.pending.unsynced() || e != nil && e.extended() {
		return fmt.Errorf("%w: type %q", errOutOfTurn, h.kind)
	}
	status := body[0]
	silent := s.silent
	if s.silent = false; !silent && (e == nil || !e.swallow || e.shown) {
		if err := s.client.out.raw(h.kind, body); err != nil {
			return err
		}
	}
	if s.direct {
		s.finish(e.running(), "", "")
	}
	if e != nil {
		s.skipRuns(e.runs)
	}
	s.state.Lock()
	if s.state.dirty || status != 'I' {
		s.state.settings.Ready(status)
		s.state.version++
		s.state.dirty = status != 'I'
	}
	s.state.status, s.state.ready = status, time.Now()
	s.state.Unlock()
	if e != nil && e.kind == 'Q' { // it ends the unnamed ones
		s.statements.settle("", nil)
		s.portals.settle("", nil)
	}
	if status == 'I' { // portals end with the transaction; cursors may be WITH HOLD
		s.portals.drop(func(p *portal) bool { return !p.bySQL })
	}
	s.pending.ready()
	if silent || status == 'I' && s.server.draining.Load() {
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
	if c := e.checking(); c != nil && !fatal && (e.kind != 'Q' || fields.Code != codeSyntaxError) { // a string is parsed as a whole first
		return s.checkFailed(e, fields)
	}
	shifted := e.unprefix(fields)
	sqlstate, detail := fields.Code, ""
	refusal, changed := s.behind(e, fields)
	hides := !s.direct && strings.HasPrefix(sqlstate, integrityClass) && e.hidesDetail()
	switch {
	case refusal != nil && !fatal:
		sqlstate = refusal.Code
		err = s.client.out.send(errorResponse("ERROR", refusal))
	case changed || hides || shifted:
		if changed {
			originalError(e.answer, fields)
		}
		if hides {
			fields.Detail = ""
		}
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
	s.change((*rewrite.Settings).Fail)
	if r := e.running(); r != nil && e.answer != nil && e.answer.Unknown != nil {
		message := fields.Message
		if refusal != nil {
			message = refusal.Message
		}
		detail = s.server.cfg.Literals.Message(message, r.statement.Text)
	}
	s.finish(e.running(), sqlstate, detail)
	if e.remakes != nil {
		lost := *e.remakes
		lost.lost = true
		s.statements.settle(objectName(lost.name), &lost)
	}
	if e.extended() {
		s.skip(true)
	} else {
		s.pending.copyEnd(false)
		e.current = len(e.runs)
	}
	return nil
}

// skip follows PostgreSQL to the next Sync. shown says that the client has heard of the error.
func (s *session) skip(shown bool) {
	for _, skipped := range s.pending.fail(shown) {
		s.skipRuns(skipped.runs)
	}
}

// behind returns the refusal that an upstream error stands for, if any, and whether the text it is about is not the client's.
func (s *session) behind(e *expectation, fields *pgproto3.ErrorResponse) (refusal *rewrite.Refusal, changed bool) {
	if e == nil || e.answer == nil {
		return nil, false
	}
	refusal = refusalBehind(e.answer, fields)
	if of := e.running().behind(); refusal == nil && of != nil {
		refusal = refusalOf(of, fields)
		changed = of.Text != of.Rewritten
	}
	return refusal, changed || e.answer.Changed
}

// noticeResponse relays a notice, without what it says of a text that is not the client's.
func (s *session) noticeResponse(e *expectation, h header) error {
	if e == nil || e.answer == nil || !e.answer.Changed && e.prefix == 0 {
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
	e.unprefix(fields)
	if e.answer.Changed {
		originalError(e.answer, fields)
	}
	notice := pgproto3.NoticeResponse(*fields)
	return s.client.out.send(&notice)
}
