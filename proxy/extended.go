package proxy

import (
	"errors"
	"fmt"

	"github.com/jackc/pgproto3/v2"

	"github.com/pgscrim/pgscrim/rewrite"
)

// parse handles Parse: it makes a prepared statement of what the text becomes.
func (s *session) parse(h header) error {
	body, err := s.client.in.body(h)
	if err != nil {
		return err
	}
	d := decoder{b: body}
	p := &prepared{name: d.text(), sql: d.text()}
	p.types = make([]uint32, d.uint16())
	for i := range p.types {
		p.types[i] = d.uint32()
	}
	if !d.complete() {
		return s.refuseExtended(malformedRefusal())
	}
	if err := s.prepare(); err != nil {
		return err
	}
	if refusal := s.reserved(p.name); refusal != nil {
		return s.refuseExtended(refusal)
	}
	for tries := 1; ; tries++ {
		s.answer(p)
		err := s.checkPrepared(p)
		if !errors.Is(err, errOutdated) {
			if err != nil {
				return err
			}
			break
		}
		if refusal := s.caughtUp(tries); refusal != nil {
			return s.refuseExtended(s.recorded(p, refusal))
		}
	}
	var open []*run
	if refused := refusedRuns(p.answer); p.answer.Refusal != nil || len(refused) > 0 {
		if p.answer.Unknown != nil {
			open = []*run{s.unparsed(p.sql)}
			refused = open
		}
		if err := s.audit(p.sql, p.answer, refused); err != nil {
			return s.refuseExtended(auditRefusal(err))
		}
		s.refused = true
	}
	return s.sendParse(p, false, open...)
}

// answer lets the rewriter answer a statement's text under the session's settings.
func (s *session) answer(p *prepared) {
	p.answer, p.values = s.ask(p.sql, p.types), s.view.Values()
	p.statement = nil
	if len(p.answer.Statements) == 0 {
		return
	}
	p.statement = &p.answer.Statements[0] // with more than one the Parse fails upstream
	if p.statement.Steps.Sent > 0 {
		p.answer, p.statement = refuse(&rewrite.Refusal{
			Code: codeNotSupported, Message: "COPY into a relation of which you do not see all rows is not supported in the extended protocol",
			Hint: "Send it as a simple query, as libpq's PQexec does.",
		}), nil
	}
}

// refusedRuns returns the statements of an answer that are refused, for the audit. The others of a Parse run later, if ever.
func refusedRuns(a *rewrite.Answer) []*run {
	var runs []*run
	for i := range a.Statements {
		if a.Statements[i].Refusal != nil {
			runs = append(runs, &run{statement: &a.Statements[i], policy: a.Policy})
		}
	}
	return runs
}

// sendParse sends a Parse. It swallows the answer if the client did not ask for it. Its error ends the runs, if any.
func (s *session) sendParse(p *prepared, swallow bool, runs ...*run) error {
	name := objectName(p.name)
	e := &expectation{kind: 'P', answer: p.answer, name: name, statement: p, swallow: swallow, runs: runs}
	if swallow {
		e.remakes = p
	}
	sent, err := s.push(e)
	if err != nil || !sent {
		s.skipRuns(runs)
		return err
	}
	s.statements.send(name, p, s.segment)
	return s.upstream.out.send(&pgproto3.Parse{Name: p.name, Query: p.answer.SQL, ParameterOIDs: p.types})
}

// statement finds a prepared statement, waiting for answers if it depends on them.
func (s *session) statement(name string) (*prepared, error) {
	p, unsure := s.statements.find(objectName(name), s.segment)
	if !unsure {
		return p, nil
	}
	if err := s.settle(); err != nil {
		return nil, err
	}
	p, _ = s.statements.find(objectName(name), s.segment)
	return p, nil
}

// portal finds a portal or cursor, waiting for answers if it depends on them.
func (s *session) portal(name string) (*portal, error) {
	p, unsure := s.portals.find(objectName(name), s.segment)
	if !unsure {
		return p, nil
	}
	if err := s.settle(); err != nil {
		return nil, err
	}
	p, _ = s.portals.find(objectName(name), s.segment)
	return p, nil
}

// current finds a prepared statement and makes sure that it is what the policy makes of it now: if the policy, the
// catalog or a setting has changed since, it is answered again and, if that makes a difference, parsed again
// upstream without the client's knowledge.
func (s *session) current(name string) (*prepared, *rewrite.Refusal, error) {
	if err := s.prepare(); err != nil {
		return nil, nil, err
	}
	for tries := 1; ; tries++ {
		p, err := s.statement(name)
		if err != nil {
			return nil, nil, err
		}
		if p == nil && s.direct { // made by an SQL text that was not parsed
			unknown := &rewrite.Statement{Text: fmt.Sprintf("(prepared statement %q)", name), Decision: rewrite.Pass}
			return &prepared{name: name, bySQL: true, answer: &rewrite.Answer{}, statement: unknown}, nil, nil
		}
		if p == nil {
			message := "unnamed prepared statement does not exist"
			if name != "" {
				message = fmt.Sprintf("prepared statement %q does not exist", name)
			}
			return nil, &rewrite.Refusal{Code: codeUndefinedStatement, Message: message}, nil
		}
		now, again, refusal := s.renewed(p)
		if refusal != nil {
			if err := s.audit(p.sql, now.answer, refusedRuns(now.answer)); err != nil {
				refusal = auditRefusal(err)
			}
			return p, refusal, nil
		}
		err = s.checkPrepared(now)
		switch {
		case errors.Is(err, errOutdated):
			if refusal := s.caughtUp(tries); refusal != nil {
				return p, s.recorded(p, refusal), nil
			}
			continue
		case err == nil && again:
			err = s.makeAgain(now)
		}
		return now, nil, err
	}
}

func firstRefusal(a *rewrite.Answer) *rewrite.Refusal {
	if a.Refusal != nil {
		return a.Refusal
	}
	for i := range a.Statements {
		if r := a.Statements[i].Refusal; r != nil {
			return r
		}
	}
	return nil
}

// makeAgain replaces a prepared statement upstream, by the message or the statement that the client made it by. The client
// sees none of the answers, but for an error.
func (s *session) makeAgain(p *prepared) error {
	name := objectName(p.name)
	if err := s.sendOwn(&expectation{kind: 'C', name: name}, &pgproto3.Close{ObjectType: 'S', Name: p.name}); err != nil {
		return err
	}
	if !p.bySQL {
		return s.sendParse(p, true)
	}
	s.statements.send(name, p, s.segment)
	const own = reservedName
	return errors.Join(
		s.sendOwn(&expectation{kind: 'P', answer: p.answer, name: own, remakes: p}, &pgproto3.Parse{Name: own, Query: p.answer.SQL}),
		s.sendOwn(&expectation{kind: 'B', answer: p.answer, name: own, remakes: p}, &pgproto3.Bind{DestinationPortal: own, PreparedStatement: own}),
		s.sendOwn(&expectation{kind: 'E', answer: p.answer, remakes: p}, &pgproto3.Execute{Portal: own}),
		s.sendOwn(&expectation{kind: 'C', name: own, portal: true}, &pgproto3.Close{ObjectType: 'P', Name: own}),
		s.sendOwn(&expectation{kind: 'C', name: own}, &pgproto3.Close{ObjectType: 'S', Name: own}),
	)
}

// bind handles Bind. The values are not looked at; they stream through.
func (s *session) bind(h header) error {
	start, err := s.client.in.start(h)
	if err != nil {
		return err
	}
	d := decoder{b: start}
	name, of := d.text(), d.text()
	if d.bad {
		if err := s.client.in.skip(h.size); err != nil {
			return err
		}
		return s.refuseExtended(malformedRefusal())
	}
	p, refusal, err := s.current(of)
	if err != nil {
		return err
	}
	if r := s.reserved(name); r != nil {
		refusal = r
	}
	if refusal != nil {
		if err := s.client.in.skip(h.size); err != nil {
			return err
		}
		return s.refuseExtended(refusal)
	}
	made := &portal{prepared: p, bound: s.segment, by: s.rewriter}
	sent, err := s.push(&expectation{kind: 'B', answer: p.answer, name: objectName(name), made: made})
	if err != nil {
		return err
	}
	if !sent {
		return s.client.in.skip(h.size)
	}
	s.portals.send(objectName(name), made, s.segment)
	return s.client.in.relay(s.upstream.out, h)
}

// describe handles Describe.
func (s *session) describe(h header) error {
	body, err := s.client.in.body(h)
	if err != nil {
		return err
	}
	d := decoder{b: body}
	object, name := d.byte(), d.text()
	if !d.complete() {
		return s.refuseExtended(malformedRefusal())
	}
	e := &expectation{kind: 'D', portal: object == 'P'}
	if object == 'S' {
		p, refusal, err := s.current(name)
		if err != nil {
			return err
		}
		if refusal != nil {
			return s.refuseExtended(refusal)
		}
		e.answer, e.described = p.answer, p.statement
	} else {
		if err := s.prepare(); err != nil {
			return err
		}
		p, err := s.portal(name)
		if err != nil {
			return err
		}
		if p == nil && !s.direct { // upstream there may be one of the proxy's
			return s.refuseExtended(missingPortal(name))
		}
		if p != nil && !s.direct && p.bound != s.segment && s.outdated(p.prepared) && !s.unchanged(p.prepared) {
			return s.refuseExtended(s.recorded(p.prepared, s.mayFetch(p, name)))
		}
		if p != nil {
			e.described = p.statement
			if p.bound == s.segment {
				e.by = p.by
			}
		}
	}
	sent, err := s.push(e)
	if err != nil || !sent {
		return err
	}
	return s.upstream.out.raw(h.kind, body)
}

// execute handles Execute. Each one is a statement to the audit, also when it goes on with a suspended portal.
func (s *session) execute(h header) error {
	body, err := s.client.in.body(h)
	if err != nil {
		return err
	}
	d := decoder{b: body}
	name, limit := d.text(), d.uint32()
	if !d.complete() {
		return s.refuseExtended(malformedRefusal())
	}
	if err := s.prepare(); err != nil {
		return err
	}
	p, err := s.portal(name)
	if err != nil {
		return err
	}
	runs, refusal := s.portalRuns(p, name)
	if refusal != nil {
		if p == nil {
			return s.refuseExtended(refusal)
		}
		// What came before may have failed: then this is skipped, and not refused.
		if err := s.drain(0); err != nil || s.pending.ignoring() {
			return err
		}
		return s.refuseAs(refuse(s.recorded(p.prepared, refusal)))
	}
	if err := s.begin(runs); err != nil {
		return s.refuseExtended(auditRefusal(err))
	}
	e := &expectation{kind: 'E', runs: runs}
	if p != nil {
		e.answer = p.answer
	}
	sent, err := s.push(e)
	if err != nil {
		return err
	}
	if !sent {
		s.skipRuns(runs)
		return nil
	}
	for _, r := range runs {
		s.expect(r.statement.Effect)
	}
	return s.upstream.out.send(&pgproto3.Execute{Portal: name, MaxRows: limit})
}

// portalRuns makes the run of a portal, none for an empty statement.
func (s *session) portalRuns(p *portal, name string) ([]*run, *rewrite.Refusal) {
	switch {
	case p == nil && s.direct: // a cursor of an SQL text that was not parsed
		return []*run{{statement: &rewrite.Statement{Text: fmt.Sprintf("(portal %q)", name), Decision: rewrite.Pass}}}, nil
	case p == nil:
		return nil, missingPortal(name)
	case p.statement == nil:
		return nil, nil
	case s.direct:
		return []*run{{statement: p.statement, policy: p.answer.Policy}}, nil
	case p.bound != s.segment && s.outdated(p.prepared) && !s.unchanged(p.prepared):
		return nil, s.mayFetch(p, name)
	case p.statement.Kind != "SELECT" && !p.bySQL && p.values.SearchPath != s.view.Values().SearchPath:
		// A utility statement resolves names when it runs.
		return nil, &rewrite.Refusal{
			Code: codeNotSupported, Message: fmt.Sprintf("portal %q was bound under another search_path", name),
			Hint: "Bind it again.",
		}
	case p.bySQL:
		return []*run{{statement: p.statement, policy: p.answer.Policy, notices: s.view.Values().Notices}}, nil
	}
	return s.runsOf(p.sql, p.answer, p.answer.Statements[:1])
}

func missingPortal(name string) *rewrite.Refusal {
	return &rewrite.Refusal{Code: codeUndefinedPortal, Message: fmt.Sprintf("portal %q does not exist", name)}
}

// closeObject handles Close.
func (s *session) closeObject(h header) error {
	body, err := s.client.in.body(h)
	if err != nil {
		return err
	}
	d := decoder{b: body}
	object, name := d.byte(), d.text()
	if !d.complete() {
		return s.refuseExtended(malformedRefusal())
	}
	if err := s.prepare(); err != nil {
		return err
	}
	if refusal := s.reserved(name); refusal != nil {
		return s.refuseExtended(refusal)
	}
	e := &expectation{kind: 'C', name: objectName(name), portal: object == 'P'}
	sent, err := s.push(e)
	if err != nil || !sent {
		return err
	}
	if e.portal {
		s.portals.send(e.name, nil, s.segment)
	} else {
		s.statements.send(e.name, nil, s.segment)
	}
	return s.upstream.out.send(&pgproto3.Close{ObjectType: object, Name: name})
}

// recorded writes the audit record of a statement that was accepted once and is refused now. It returns what the client is to hear.
func (s *session) recorded(p *prepared, r *rewrite.Refusal) *rewrite.Refusal {
	if r == nil {
		return nil
	}
	if err := s.beginRefused(p.sql, refuse(r)); err != nil {
		return auditRefusal(err)
	}
	return r
}

// refuseExtended makes PostgreSQL fail in place of a message that is not sent to it.
func (s *session) refuseExtended(r *rewrite.Refusal) error {
	if r.Code == codeUndefinedStatement || r.Code == codeUndefinedPortal { // the first thing that a message is looked at for
		return s.refuseAs(refuseFirst(r))
	}
	return s.refuseAs(refuse(r))
}

// refuseAs sends an answer that refuses in place of a message.
func (s *session) refuseAs(a *rewrite.Answer) error {
	s.refused = true
	sent, err := s.push(&expectation{kind: 'P', answer: a})
	if err != nil || !sent {
		return err
	}
	return s.upstream.out.send(&pgproto3.Parse{Name: refusedName, Query: a.SQL})
}
