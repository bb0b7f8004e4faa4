package proxy

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/pgscrim/pgscrim/audit"
	"github.com/pgscrim/pgscrim/rewrite"
)

// run is one statement on its way: what the audit and the session need to know when it ends.
type run struct {
	statement *rewrite.Statement
	// of is the prepared statement or cursor that an EXECUTE or FETCH refers to.
	of *prepared
	// again is true if that has to be prepared again before.
	again bool
	// makes and opens are what PREPARE and DECLARE make.
	makes *prepared
	opens *portal
	// opened is the audit record to close, nil if there is none.
	opened *audit.Record
	// first is true for a refusal that comes before PostgreSQL looks at whether the transaction block is aborted.
	first bool
	// owed is the sequence number of that record until relay has seen that the result must wait for it; 0 if it need not.
	owed    uint64
	policy  string
	notices string // pgscrim.notices as it stood

	rows, bytes int64
	step        int // of several that stand for the statement
}

// behind returns the statement that an EXECUTE or FETCH runs, nil for other statements.
func (r *run) behind() *rewrite.Statement {
	if r == nil || r.of == nil {
		return nil
	}
	return r.of.statement
}

// ask lets the rewriter in force answer a client's text, whose parameters may have declared types.
func (s *session) ask(sql string, types []uint32) *rewrite.Answer {
	r := s.rewriter
	if s.direct {
		if !r.Policy().IsDirect(s.roles) {
			return refuse(&rewrite.Refusal{
				Code: codeInsufficient, Message: "direct access was withdrawn while this session was open", Hint: "Connect again.",
			})
		}
		policy, catalog := r.Versions()
		return &rewrite.Answer{
			SQL: sql, Policy: policy, Catalog: catalog,
			Statements: []rewrite.Statement{{Text: sql, Rewritten: sql, Decision: rewrite.Pass}},
		}
	}
	if !utf8.ValidString(sql) {
		return refuse(&rewrite.Refusal{Code: codeBadEncoding, Message: `invalid byte sequence for encoding "UTF8"`})
	}
	session := rewrite.Session{Roles: s.roles, Settings: s.view, Parameters: types}
	answer := decided(r.Rewrite(sql, session))
	for range maxAttempts {
		if s.server.cfg.Refresh == nil || !mayBeOutdated(answer) || s.upstream.out.flush() != nil {
			break
		}
		_ = s.refresh() // if it fails, the refusal stands
		last := answer
		answer = decided(s.rewriter.Rewrite(sql, session))
		// PostgreSQL spells definitions by names as they are now: a look in the middle of a change may not fit together.
		if answer.Catalog == last.Catalog && answer.Policy == last.Policy {
			break
		}
	}
	return answer
}

// decided refuses an answer in which a statement is neither allowed nor refused. What is refused as a whole is sent as the
// proxy's own refusals are.
func decided(a *rewrite.Answer) *rewrite.Answer {
	if a.Refusal != nil && a.Unknown == nil {
		whole := *a
		whole.SQL = refuse(a.Refusal).SQL
		return &whole
	}
	for i := range a.Statements {
		if st := &a.Statements[i]; st.Refusal == nil && st.Decision != rewrite.Pass && st.Decision != rewrite.Rewrite {
			return refuse(&rewrite.Refusal{Code: codeInsufficient, Message: "the policy has not decided on the statement"})
		}
	}
	return a
}

// refuse makes an answer of a refusal: a text that fails upstream.
func refuse(r *rewrite.Refusal) *rewrite.Answer {
	if precedesBlock(r.Code) {
		return refuseFirst(r)
	}
	return &rewrite.Answer{SQL: unanalyzable, Changed: true, Refusal: r}
}

// refuseFirst makes an answer of a refusal that comes before PostgreSQL looks at whether the transaction block is aborted.
func refuseFirst(r *rewrite.Refusal) *rewrite.Answer {
	return &rewrite.Answer{SQL: unparsable, Changed: true, Refusal: r}
}

// runsOf makes a run of each of an answer's statements, in the state that the session will have when it starts. It
// refuses statements that refer to what is not there or was made under what no longer holds.
func (s *session) runsOf(sql string, a *rewrite.Answer, statements []rewrite.Statement) ([]*run, *rewrite.Refusal) {
	view := s.view
	if len(statements) > 1 {
		view = s.view.Clone()
	}
	runs := make([]*run, len(statements))
	made := make(map[string]*prepared)
	opened := make(map[string]*portal)
	refused := false
	for i := range statements {
		st := &statements[i]
		r := &run{statement: st, policy: a.Policy, notices: view.Values().Notices}
		runs[i] = r
		if refused { // nothing after it will run
			continue
		}
		refused = st.Refusal != nil
		name := st.Effect.Name
		if refusal := s.reserved(name); refusal != nil && (st.Effect.Kind == rewrite.EffectPrepare || st.Effect.Kind == rewrite.EffectDeallocate ||
			st.Effect.Kind == rewrite.EffectDeclare || st.Effect.Kind == rewrite.EffectClosePortal) {
			return nil, refusal
		}
		switch st.Effect.Kind {
		case rewrite.EffectPrepare, rewrite.EffectDeclare:
			p := &prepared{name: name, bySQL: true, sql: st.Text, answer: a, values: view.Values(), statement: withoutEffect(st)}
			if len(statements) == 1 {
				p.sql = sql // with its comments
			}
			if st.Effect.Kind == rewrite.EffectPrepare {
				r.makes, made[name] = p, p
			} else {
				r.opens = &portal{prepared: p, bound: s.segment}
				opened[name] = r.opens
			}
		case rewrite.EffectExecute:
			p, ok := made[name]
			if !ok {
				var err error
				if p, err = s.statement(name); err != nil {
					return nil, lostRefusal()
				}
			}
			var refusal *rewrite.Refusal
			if r.of, r.again, refusal = s.executed(p, name, view.Values()); refusal != nil {
				return nil, refusal
			}
		case rewrite.EffectFetch:
			c, ok := opened[name]
			if !ok {
				var err error
				if c, err = s.portal(name); err != nil {
					return nil, lostRefusal()
				}
			}
			if refusal := s.mayFetch(c, name); refusal != nil {
				return nil, refusal
			}
			r.of = c.prepared
		}
		if i < len(statements)-1 {
			view.Apply(st.Effect)
		}
	}
	return runs, nil
}

// withoutEffect is a statement as its EXECUTE or FETCH sees it: what PREPARE and DECLARE did is done.
func withoutEffect(st *rewrite.Statement) *rewrite.Statement {
	c := *st
	c.Effect = rewrite.Effect{}
	c.CommandTag = ""
	return &c
}

func lostRefusal() *rewrite.Refusal {
	return &rewrite.Refusal{Code: codeConnectionFailure, Message: "lost connection to the database server"}
}

// executed finds what an SQL EXECUTE runs: the prepared statement as the policy and the settings make it now. If these are changed by
// the same query string, it cannot be made again in time.
func (s *session) executed(p *prepared, name string, now rewrite.Values) (of *prepared, again bool, refusal *rewrite.Refusal) {
	switch {
	case p == nil:
		return nil, false, &rewrite.Refusal{Code: codeUndefinedStatement, Message: fmt.Sprintf("prepared statement %q does not exist", name)}
	case p.statement != nil && p.statement.Effect.Kind != rewrite.NoEffect:
		return nil, false, &rewrite.Refusal{
			Code: codeNotSupported, Message: fmt.Sprintf("EXECUTE of prepared statement %q is not supported", name),
			Hint: "Run the statement itself.",
		}
	case now == s.view.Values():
		return s.renewed(p)
	case s.outdated(p) || p.values != now:
		return nil, false, &rewrite.Refusal{
			Code: codeNotSupported, Message: fmt.Sprintf("prepared statement %q was made under other settings", name),
			Hint: "Send SET and EXECUTE one after the other.",
		}
	}
	return p, false, nil
}

// renewed answers a prepared statement again if the policy, the catalog or a setting has changed since. again is true if
// that makes a difference, so that it has to be prepared again upstream, without the client's knowledge.
func (s *session) renewed(p *prepared) (now *prepared, again bool, refusal *rewrite.Refusal) {
	if s.direct || !p.lost && !s.outdated(p) && p.values == s.view.Values() {
		return p, false, nil
	}
	s.server.counters.renewed.Add(1)
	fresh := *p
	fresh.lost = false
	s.answer(&fresh)
	if refusal := firstRefusal(fresh.answer); refusal != nil {
		return &fresh, false, refusal
	}
	if p.bySQL && fresh.statement != nil {
		fresh.statement = withoutEffect(fresh.statement)
	}
	if !p.lost && fresh.answer.SQL == p.answer.SQL {
		s.statements.replace(objectName(p.name), p, &fresh)
		return &fresh, false, nil
	}
	return &fresh, true, nil
}

// unchanged reports whether a cursor or portal would be opened on the same relations, by the same text, if it were opened now
// under the settings that it was opened under.
func (s *session) unchanged(p *prepared) bool {
	if p.statement == nil {
		return true
	}
	now := s.rewriter.Rewrite(p.sql, rewrite.Session{Roles: s.roles, Settings: rewrite.NewSettings(p.values), Parameters: p.types})
	if firstRefusal(now) != nil || len(now.Statements) != 1 || now.Statements[0].Rewritten != p.statement.Rewritten {
		return false
	}
	return slices.EqualFunc(now.Statements[0].Checks, p.statement.Checks, func(a, b rewrite.Check) bool {
		return a.SQL == b.SQL && slices.Equal(a.Columns, b.Columns)
	})
}

// mayFetch decides whether a FETCH or MOVE may use a cursor.
func (s *session) mayFetch(c *portal, name string) *rewrite.Refusal {
	switch {
	case c == nil:
		return &rewrite.Refusal{Code: codeUndefinedPortal, Message: fmt.Sprintf("cursor %q does not exist", name)}
	case s.outdated(c.prepared) && !s.unchanged(c.prepared):
		return &rewrite.Refusal{
			Code: codeNotSupported, Message: fmt.Sprintf("cursor %q was declared under another policy or catalog", name),
			Hint: "Declare the cursor again.",
		}
	}
	return nil
}

// outdated reports whether a statement was answered under a policy or catalog that is no longer in force.
func (s *session) outdated(p *prepared) bool {
	policy, catalog := s.rewriter.Versions()
	return p.answer.Policy != policy || p.answer.Catalog != catalog
}

// reads reports whether the statement only reads.
func (r *run) reads() bool {
	of := r.behind()
	return r.statement.Reads && (of == nil || of.Reads)
}

// begin writes the audit records of statements that are about to be sent. A statement that is refused
// gets its only one here: it has the error, and needs no closing. If all of them only read, they may run while their records are on
// the way to the disk, and their results wait for that; else the statements do.
func (s *session) begin(runs []*run) (err error) {
	defer func() {
		if err != nil { // what was recorded up to then does not run
			for _, r := range runs {
				s.finish(r, codeIOError, "not run: the records could not be written")
			}
		}
	}()
	wait := false
	var last uint64
	for i, r := range runs {
		record := s.statementRecord(r)
		refusal := r.statement.Refusal
		if refusal != nil {
			aborted, err := s.inFailedBlock()
			if err != nil {
				return err
			}
			if aborted && i == 0 && !r.first {
				refusal = abortedRefusal()
			}
			record.SQLState, record.Rule, record.Detail = refusal.Code, refusal.Rule, s.server.cfg.Literals.Message(refusal.Message, record.Statement)
		}
		seq, err := s.server.cfg.Audit.Write(record)
		if err != nil {
			return s.unrecorded(err)
		}
		if refusal != nil {
			s.server.cfg.Trace(record, record, r.statement.TraceParent)
		}
		wait, last = wait || refusal != nil || !r.reads(), seq
		if refusal == nil {
			record.Seq, r.opened, r.owed = seq, record, seq
		}
	}
	if !wait {
		return nil
	}
	if err := s.server.cfg.Audit.Wait(last); err != nil {
		return s.unrecorded(err)
	}
	for _, r := range runs {
		r.owed = 0
	}
	return nil
}

// inFailedBlock reports whether a refused message finds its transaction block aborted, waiting for the answers that tell. In
// the middle of a segment it does not: an error there has PostgreSQL skip what follows.
func (s *session) inFailedBlock() (bool, error) {
	if s.begun || !s.view.InBlock() {
		return false, nil
	}
	err := s.drain(0)
	return s.blockFailed(), err
}

// onRecord waits until an audit record is on disk.
func (s *session) onRecord(seq uint64) error {
	if err := s.server.cfg.Audit.Wait(seq); err != nil {
		return s.unrecorded(err)
	}
	return nil
}

// unrecorded says that the audit record of a statement cannot be written. The log itself has said so where the administrator sees it, once
// and not for each statement.
func (s *session) unrecorded(err error) error {
	s.log.Debug().Err(err).Str("event", "audit").Msg("cannot write the audit record of a statement")
	return fmt.Errorf("%w: %w", errUnrecorded, err)
}

// beginRefused writes the audit record of a text that is refused as a whole.
func (s *session) beginRefused(sql string, a *rewrite.Answer) error {
	decision := rewrite.Error
	if a.Refusal.Code == codeInsufficient {
		decision = rewrite.Deny
	}
	values := s.view.Values()
	policy, _ := s.rewriter.Versions()
	return s.begin([]*run{{
		statement: &rewrite.Statement{Text: sql, Decision: decision, Refusal: a.Refusal, Purpose: values.Purpose, Reason: values.Reason},
		policy:    policy,
		first:     a.SQL == unparsable,
	}})
}

// unparsed makes a run of a text that the parser here does not know. Whether the server does is known when its error comes, and
// with it what the client hears: so the record is closed then.
func (s *session) unparsed(sql string) *run {
	values := s.view.Values()
	policy, _ := s.rewriter.Versions()
	return &run{
		statement: &rewrite.Statement{Text: sql, Rewritten: sql, Decision: rewrite.Error, Purpose: values.Purpose, Reason: values.Reason},
		policy:    policy,
	}
}

// statementRecord is the record of a statement before it runs.
func (s *session) statementRecord(r *run) *audit.Record {
	st := r.statement
	record := s.record("statement")
	record.Purpose, record.Reason = st.Purpose, st.Reason
	record.Statement, record.Fingerprint, record.Decision = s.recordable(st.Text), st.Fingerprint, string(st.Decision)
	if st.Rewritten != st.Text {
		record.Rewritten = s.recordable(st.Rewritten)
	}
	record.Relations, record.Columns, record.Hidden, record.Policy = st.Relations, columns(st.Columns), hidden(st.Hidden), r.policy
	if of := r.behind(); of != nil { // an EXECUTE or FETCH reads what the statement behind it reads
		if len(record.Relations) == 0 {
			record.Relations = of.Relations
		}
		if len(record.Columns) == 0 {
			record.Columns = columns(of.Columns)
		}
		if len(record.Hidden) == 0 {
			record.Hidden = hidden(of.Hidden)
		}
		if st.Decision == rewrite.Pass {
			record.Decision = string(of.Decision)
		}
		record.Purpose, record.Reason = of.Purpose, of.Reason
	}
	started := record.Time
	record.Started = &started
	return record
}

// recordable is what the audit log may hold of a text.
func (s *session) recordable(text string) string {
	literals := s.server.cfg.Literals
	if s.direct && !literals.Keeps() && strings.Contains(text, `\`) { // whether that escapes a quote is up to a setting that direct sessions may change
		return rewrite.Unreadable(text)
	}
	return literals.Statement(text)
}

func columns(uses []rewrite.ColumnUse) []audit.Column {
	if len(uses) == 0 {
		return nil
	}
	columns := make([]audit.Column, len(uses))
	for i, u := range uses {
		columns[i] = audit.Column(u)
	}
	return columns
}

func hidden(rows []rewrite.HiddenRows) []audit.HiddenRows {
	if len(rows) == 0 {
		return nil
	}
	hidden := make([]audit.HiddenRows, len(rows))
	for i, h := range rows {
		hidden[i] = audit.HiddenRows(h)
	}
	return hidden
}

// finish writes the record that closes a statement's. An empty SQLSTATE means success; a detail says why it did not run.
func (s *session) finish(r *run, sqlstate, detail string) {
	if r == nil || r.opened == nil {
		return
	}
	opened, record := r.opened, s.record("statement")
	r.opened = nil
	ms := record.Time.Sub(*opened.Started).Seconds() * 1000
	record.Closes, record.Rows, record.Bytes, record.DurationMS = opened.Seq, &r.rows, &r.bytes, &ms
	record.SQLState, record.Detail = sqlstate, detail
	record.Purpose, record.Reason, record.Fingerprint = opened.Purpose, opened.Reason, opened.Fingerprint
	record.Decision, record.Policy = opened.Decision, opened.Policy
	s.server.cfg.Trace(opened, record, r.statement.TraceParent)
	if _, err := s.server.cfg.Audit.Write(record); err != nil {
		// The record before it stands; the next statement will be refused if the log stays broken.
		s.log.Error().Err(err).Str("event", "audit").Msg("cannot write the audit record that closes a statement")
	}
}

// closeRuns finishes statements that will never run or end.
func (s *session) closeRuns(left []*expectation) {
	for i, e := range left {
		for j, r := range e.runs {
			switch {
			case i == 0 && j == e.current:
				s.finish(r, codeConnectionFailure, "the session ended before the statement")
			case j >= e.current:
				s.finish(r, "", "not run: the session ended")
			}
		}
	}
}

// skipRuns finishes statements that an error before them has kept from running.
func (s *session) skipRuns(runs []*run) {
	for _, r := range runs {
		s.finish(r, "", "not run: an earlier statement failed")
	}
}

// notice is the text of the NOTICE that goes with a statement, empty for none.
func (r *run) notice() string {
	notices := strings.ToLower(r.notices)
	if notices != "on" && notices != "verbose" {
		return ""
	}
	text := r.statement.Notice(notices == "verbose")
	if of := r.behind(); text == "" && of != nil {
		text = of.Notice(notices == "verbose")
	}
	return text
}
