package proxy

import (
	"errors"
	"slices"
	"strings"

	"github.com/jackc/pgproto3/v2"

	"github.com/pgscrim/pgscrim/rewrite"
)

// query handles Query: a string of any number of statements.
func (s *session) query(h header) error {
	body, err := s.client.in.body(h)
	if err != nil {
		return err
	}
	d := decoder{b: body}
	sql := d.text()
	if s.begun { // messages in front of it may fail, and PostgreSQL skips it then
		if err := s.drain(0); err != nil {
			return err
		}
		if a := s.attempt; a != nil && a.state.Load() == attemptFailed {
			return s.again(a)
		}
		if s.pending.ignoring() {
			return nil
		}
	}
	if err := s.prepare(); err != nil {
		return err
	}
	if !d.complete() {
		return s.sendQuery(sql, refuse(malformedRefusal()))
	}
	for tries := 1; ; tries++ {
		err := s.sendQuery(sql, s.ask(sql, nil))
		if !errors.Is(err, errOutdated) {
			return err
		}
		if refusal := s.caughtUp(tries); refusal != nil {
			return s.sendQuery(sql, refuse(refusal))
		}
	}
}

// functionCall handles FunctionCall, which calls a function by its OID: another entrance, open to direct sessions only.
func (s *session) functionCall(h header) error {
	if !s.direct {
		if err := s.client.in.skip(h.size); err != nil {
			return err
		}
		if err := s.prepare(); err != nil {
			return err
		}
		return s.sendQuery("", refuse(&rewrite.Refusal{
			Code: codeNotSupported, Message: "function calls by the function call protocol are not supported",
			Hint: "Call the function in a SELECT.",
		}))
	}
	runs := []*run{{statement: &rewrite.Statement{Text: "(function call)", Decision: rewrite.Pass}}}
	if err := s.begin(runs); err != nil {
		return auditRefusal(err)
	}
	sent, err := s.push(&expectation{kind: 'F', runs: runs})
	if err != nil {
		return err
	}
	if !sent {
		s.skipRuns(runs)
		return s.client.in.skip(h.size)
	}
	s.endSegment()
	return s.client.in.relay(s.upstream.out, h)
}

// sendQuery sends what a query string has become. The error is errOutdated if nothing was sent because the catalog has changed.
func (s *session) sendQuery(sql string, answer *rewrite.Answer) error {
	var runs []*run
	if answer.Refusal == nil {
		var refusal *rewrite.Refusal
		if runs, refusal = s.runsOf(sql, answer, answer.Statements); refusal != nil {
			whole := refuse(refusal)
			if endsBlock(answer.Statements[0].Effect.Kind) { // an aborted block would be over before
				whole = refuseFirst(refusal)
			}
			answer = whole
		}
	}
	s.querying = true
	again := false
	var inline []*check
	if answer.Refusal == nil {
		var err error
		again, inline, err = s.makeReady(answer, runs)
		if errors.Is(err, errAnswered) {
			s.endSegment()
			return nil
		}
		if err != nil {
			return err
		}
	}
	if s.pending.ignoring() { // a check has failed, and PostgreSQL skips the Query
		return s.endSkipped()
	}
	if answer.Unknown != nil {
		runs = []*run{s.unparsed(sql)}
	}
	if err := s.audit(sql, answer, runs); err != nil {
		answer, runs = refuse(auditRefusal(err)), nil
	}
	e := &expectation{kind: 'Q', answer: answer, runs: runs}
	text := answer.SQL
	if answer.Refusal == nil && len(inline) > 0 {
		text = s.putInFront(e, inline) + text
	}
	sent, err := s.push(e)
	if err != nil {
		return err
	}
	if !sent {
		s.skipRuns(runs)
		return s.endSkipped()
	}
	for _, r := range runs {
		s.expect(r.statement.Effect)
	}
	if err := s.upstream.out.send(&pgproto3.Query{String: text}); err != nil {
		return err
	}
	if again {
		if err := s.sendOwn(&expectation{kind: 'S', owed: true}, &pgproto3.Sync{}); err != nil {
			return err
		}
		if s.attempt != nil {
			s.attempt.synced = true
		}
	}
	s.endSegment()
	return nil
}

// putInFront returns EXECUTEs of checks that are to stand in front of a query string, and has e expect their answers. Each is executed
// twice: an EXECUTE takes its snapshot before its locks, so only the second is certain to see what the locks keep.
func (s *session) putInFront(e *expectation, checks []*check) string {
	var front strings.Builder
	checks = slices.Concat(checks, checks)
	for _, c := range checks {
		front.WriteString("EXECUTE " + c.name + "; ")
	}
	e.inline, e.prefix, e.attempt = checks, front.Len(), s.attemptNow()
	e.attempt.synced = true
	return front.String()
}

// errAnswered says that the client has heard, or is to hear, an error and ReadyForQuery in place of what its Query was to do.
var errAnswered = errors.New("the client has been answered")

// makeReady sends what has to come before a query string. again is true if prepared statements are made again, which may fail;
// inline are checks that are to stand in the string itself.
func (s *session) makeReady(answer *rewrite.Answer, runs []*run) (again bool, inline []*check, err error) {
	var reads []*rewrite.Statement
	// Else messages of the client's would be skipped with the Query, or nothing runs before a ROLLBACK.
	ends := len(runs) > 0 && endsBlock(runs[0].statement.Effect.Kind)
	alone := !s.begun && (!ends || !s.blockFailed())
	// Behind an Execute the Query would not end its transaction.
	within := s.upstream.implicitBlocks() && (s.pending.len() > 0 || s.status() != 'T')
	if within && (ends || len(runs) == 1 && needsBlock(runs[0].statement)) {
		alone = false
	}
	ended := false // a COMMIT or ROLLBACK ends the locks of the checks
	for _, r := range runs {
		reads = append(reads, r.statement)
		if of := r.behind(); of != nil {
			reads = append(reads, of)
		}
		alone = alone && (len(runs) == 1 || !setsUp(r.statement) && !ended)
		ended = ended || endsBlock(r.statement.Effect.Kind)
	}
	switch {
	case alone && within:
		inline, err = s.neededChecks(reads...)
	case alone:
		err = s.check(reads...)
	case slices.ContainsFunc(reads, func(st *rewrite.Statement) bool { return len(st.Checks) > 0 }):
		// The checks would run before what they depend on, or would keep a SET TRANSACTION from being the first: a look at the
		// catalog comes in their place.
		err = s.look(answer)
	}
	for _, r := range runs {
		if err == nil && r.again {
			again, err = true, s.makeAgain(r.of)
			if err == nil && within && !s.begun && r.of.bySQL {
				again, err = false, s.settleAgain(r.of)
			}
		}
	}
	return again, inline, err
}

// settleAgain ends the transaction in which a prepared statement was made again. The error is errAnswered if that has failed.
func (s *session) settleAgain(p *prepared) error {
	if err := s.sendOwn(&expectation{kind: 'S', owed: true}, &pgproto3.Sync{}); err != nil {
		return err
	}
	s.ran, s.checked = false, nil
	if err := s.settle(); err != nil {
		return err
	}
	if now, _ := s.statements.find(objectName(p.name), s.segment); now == nil || now.lost {
		return errAnswered
	}
	return nil
}

// setsUp reports whether a statement changes what names mean for those behind it, or must be the first of its transaction.
func setsUp(st *rewrite.Statement) bool {
	switch st.Effect.Kind {
	case rewrite.NoEffect:
		return st.Kind == "SET"
	case rewrite.EffectBegin: // with options it sets the transaction
		words := strings.Fields(strings.ToUpper(st.Text))
		return len(words) > 2 || len(words) == 2 && words[1] != "WORK" && words[1] != "TRANSACTION"
	case rewrite.EffectCommit, rewrite.EffectRollback, rewrite.EffectExecute, rewrite.EffectFetch, rewrite.EffectPrepare, rewrite.EffectDeclare, rewrite.EffectClosePortal:
		return false
	}
	return true
}

// endsBlock reports whether a statement is one that runs in an aborted transaction block and ends that state.
func endsBlock(kind rewrite.EffectKind) bool {
	return kind == rewrite.EffectCommit || kind == rewrite.EffectRollback || kind == rewrite.EffectRollbackTo
}

// endSkipped ends a Query that was not sent because what had to come before it has failed.
func (s *session) endSkipped() error {
	a := s.attempt
	s.endSegment()
	if a != nil && (a.state.Load() == attemptFailed || a.state.Load() == attemptShown) {
		return nil // resume goes on
	}
	return s.sendOwn(&expectation{kind: 'S', owed: true, shown: true}, &pgproto3.Sync{})
}

// audit writes the records of a text before it is sent: of each statement, or of the refusal of the whole, if it is not the server that
// decides on what the client hears.
func (s *session) audit(sql string, answer *rewrite.Answer, runs []*run) error {
	if answer.Refusal != nil && answer.Unknown == nil {
		return s.beginRefused(sql, answer)
	}
	return s.begin(runs)
}

// malformedRefusal is PostgreSQL's error for a message whose fields do not fill it.
func malformedRefusal() *rewrite.Refusal {
	return &rewrite.Refusal{Code: codeProtocolViolation, Message: "invalid message format"}
}
