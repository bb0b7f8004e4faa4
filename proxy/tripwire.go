package proxy

import (
	"errors"
	"fmt"

	"github.com/pgscrim/pgscrim/rewrite"
)

// errTripwire ends a session that was about to receive a column that it must not see.
var errTripwire = errors.New("a protected column was about to appear in a result")

// rowDescription is the tripwire: whatever the rewriter thought, a stored column that this session must not
// see never comes through under its own identity. The rewriter that has answered is asked: a policy that has come into force
// since holds from the next message on.
func (s *session) rowDescription(e *expectation, h header) error {
	if e == nil {
		return fmt.Errorf("%w: type %q", errOutOfTurn, h.kind)
	}
	if e.check != nil {
		return s.checkDescription(e, h)
	}
	if len(e.inline) > 0 { // it has been compared when the check was prepared
		return s.upstream.in.skip(h.size)
	}
	wire, armed := e.by.(Tripwire)
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

// checkDescription compares the columns of a check with what they should be.
func (s *session) checkDescription(e *expectation, h header) error {
	body, err := s.upstream.in.body(h)
	if err != nil {
		return err
	}
	d := decoder{b: body}
	columns := make([]rewrite.CheckColumn, d.uint16())
	for i := range columns {
		columns[i] = rewrite.CheckColumn{Name: d.text(), Table: d.uint32(), Num: int16(d.uint16()), Type: d.uint32()}
		_ = d.bytes(8) // the type's size and modifier, format
	}
	if !d.complete() {
		return errMalformed
	}
	e.check.described(columns)
	s.pending.pop()
	return nil
}

// callerOf is the session as the statement that is being answered sees it: a statement may name its own purpose.
func (s *session) callerOf(e *expectation) rewrite.Session {
	st := e.described
	if r := e.running(); r != nil {
		if st = r.behind(); st == nil {
			st = r.statement
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
