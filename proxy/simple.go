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
	if answer.Refusal == nil {
		var err error
		if again, err = s.makeReady(answer, runs); err != nil {
			return err
		}
	}
	if s.pending.ignoring() { // a check has failed, and PostgreSQL skips the Query
		return s.endSkipped()
	}
	if err := s.audit(sql, answer, runs); err != nil {
		answer, runs = refuse(auditRefusal(err)), nil
	}
	e := &expectation{kind: 'Q', answer: answer, runs: runs}
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
	if err := s.upstream.out.send(&pgproto3.Query{String: answer.SQL}); err != nil {
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

// makeReady sends what has to come before a query string. again is true if prepared statements are made again, which may fail.
func (s *session) makeReady(answer *rewrite.Answer, runs []*run) (again bool, err error) {
	var reads []*rewrite.Statement
	// Else messages of the client's would be skipped with the Query, or nothing runs before a ROLLBACK.
	ends := len(runs) > 0 && endsBlock(runs[0].statement.Effect.Kind)
	alone := !s.begun && (!ends || !s.blockFailed())
	if s.upstream.implicitBlocks() && (s.pending.len() > 0 || s.status() != 'T') {
		alone = false // the Query would not end its transaction
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
	case alone:
		err = s.check(reads...)
	case slices.ContainsFunc(reads, func(st *rewrite.Statement) bool { return len(st.Checks) > 0 }):
		// The checks would run before what they depend on, or would keep a SET TRANSACTION from being the first: a look at the
		// catalog comes in their place.
		if s.upstream.out.flush() != nil || s.refresh() != nil || s.outdated(&prepared{answer: answer}) {
			err = errOutdated
		}
	}
	for _, r := range runs {
		if err == nil && r.again {
			again, err = true, s.makeAgain(r.of)
		}
	}
	return again, err
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

// audit writes the records of a text before it is sent: of each statement, or of the refusal of the whole.
func (s *session) audit(sql string, answer *rewrite.Answer, runs []*run) error {
	if answer.Refusal != nil {
		return s.beginRefused(sql, answer)
	}
	return s.begin(runs)
}

// malformedRefusal is PostgreSQL's error for a message whose fields do not fill it.
func malformedRefusal() *rewrite.Refusal {
	return &rewrite.Refusal{Code: codeProtocolViolation, Message: "invalid message format"}
}
