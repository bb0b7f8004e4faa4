package proxy

import (
	"fmt"
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
	// makes and opens are what PREPARE and DECLARE make.
	makes *prepared
	opens *portal
	// opened is the audit record to close, nil if there is none.
	opened  *audit.Record
	policy  string
	notices string // pgscrim.notices as it stood

	rows, bytes int64
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
	r := s.server.currentRewriter()
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
	return decided(r.Rewrite(sql, rewrite.Session{Roles: s.roles, Settings: s.view, Parameters: types}))
}

// decided refuses an answer in which a statement is neither allowed nor refused.
func decided(a *rewrite.Answer) *rewrite.Answer {
	for i := range a.Statements {
		if st := &a.Statements[i]; st.Refusal == nil && st.Decision != rewrite.Pass && st.Decision != rewrite.Rewrite {
			return refuse(&rewrite.Refusal{Code: codeInsufficient, Message: "the policy has not decided on the statement"})
		}
	}
	return a
}

// refuse makes an answer of a refusal: a text that cannot be parsed upstream.
func refuse(r *rewrite.Refusal) *rewrite.Answer {
	return &rewrite.Answer{SQL: unparsable, Changed: true, Refusal: r}
}

// runsOf makes a run of each of an answer's statements, in the state that the session will have when it starts. It
// refuses statements that refer to what is not there or was made under what no longer holds.
func (s *session) runsOf(a *rewrite.Answer, statements []rewrite.Statement) ([]*run, *rewrite.Refusal) {
	view := s.view
	if len(statements) > 1 {
		view = s.view.Clone()
	}
	runs := make([]*run, len(statements))
	made := make(map[string]*prepared)
	opened := make(map[string]*portal)
	for i := range statements {
		st := &statements[i]
		r := &run{statement: st, policy: a.Policy, notices: view.Values().Notices}
		runs[i] = r
		name := st.Effect.Name
		switch st.Effect.Kind {
		case rewrite.EffectPrepare, rewrite.EffectDeclare:
			p := &prepared{name: name, bySQL: true, sql: st.Text, answer: a, values: view.Values(), statement: withoutEffect(st)}
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
			if refusal := s.mayExecute(p, name, view.Values()); refusal != nil {
				return nil, refusal
			}
			r.of = p
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

// mayExecute decides whether an SQL EXECUTE may run a prepared statement.
func (s *session) mayExecute(p *prepared, name string, now rewrite.Values) *rewrite.Refusal {
	switch {
	case p == nil:
		return &rewrite.Refusal{Code: codeUndefinedStatement, Message: fmt.Sprintf("prepared statement %q does not exist", name)}
	case p.statement != nil && p.statement.Effect.Kind != rewrite.NoEffect:
		return &rewrite.Refusal{
			Code: codeNotSupported, Message: fmt.Sprintf("EXECUTE of prepared statement %q is not supported", name),
			Hint: "Run the statement itself.",
		}
	case s.outdated(p) || p.values.SearchPath != now.SearchPath || !p.bySQL && p.values != now:
		// PostgreSQL resolves names again under the search_path of the moment.
		return &rewrite.Refusal{
			Code: codeNotSupported, Message: fmt.Sprintf("prepared statement %q was made under another policy, catalog or search_path", name),
			Hint: "PREPARE it again.",
		}
	}
	return nil
}

// mayFetch decides whether a FETCH or MOVE may use a cursor.
func (s *session) mayFetch(c *portal, name string) *rewrite.Refusal {
	switch {
	case c == nil:
		return &rewrite.Refusal{Code: codeUndefinedPortal, Message: fmt.Sprintf("cursor %q does not exist", name)}
	case s.outdated(c.prepared):
		return &rewrite.Refusal{
			Code: codeNotSupported, Message: fmt.Sprintf("cursor %q was declared under another policy or catalog", name),
			Hint: "Declare the cursor again.",
		}
	}
	return nil
}

// outdated reports whether a statement was answered under a policy or catalog that is no longer in force.
func (s *session) outdated(p *prepared) bool {
	policy, catalog := s.server.currentRewriter().Versions()
	return p.answer.Policy != policy || p.answer.Catalog != catalog
}

// begin writes the audit records of statements that are about to be sent. A statement that is refused
// gets its only one here: it has the error, and needs no closing.
func (s *session) begin(runs []*run) error {
	for _, r := range runs {
		record := s.statementRecord(r)
		if refusal := r.statement.Refusal; refusal != nil {
			record.SQLState, record.Detail = refusal.Code, refusal.Message
		}
		seq, err := s.server.cfg.Audit.Append(record)
		if err != nil {
			s.log.Error().Err(err).Str("event", "audit").Msg("cannot write the audit record of a statement")
			return err
		}
		if r.statement.Refusal == nil {
			record.Seq, r.opened = seq, record
		}
	}
	return nil
}

// beginRefused writes the audit record of a text that is refused as a whole.
func (s *session) beginRefused(sql string, a *rewrite.Answer) error {
	decision := rewrite.Error
	if a.Refusal.Code == codeInsufficient {
		decision = rewrite.Deny
	}
	values := s.view.Values()
	policy, _ := s.server.currentRewriter().Versions()
	return s.begin([]*run{{
		statement: &rewrite.Statement{Text: sql, Decision: decision, Refusal: a.Refusal, Purpose: values.Purpose, Reason: values.Reason},
		policy:    policy,
	}})
}

// statementRecord is the record of a statement before it runs.
func (s *session) statementRecord(r *run) *audit.Record {
	st := r.statement
	record := s.record("statement")
	record.Purpose, record.Reason = st.Purpose, st.Reason
	record.Statement, record.Fingerprint, record.Decision = st.Text, st.Fingerprint, string(st.Decision)
	if st.Rewritten != st.Text {
		record.Rewritten = st.Rewritten
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
	if _, err := s.server.cfg.Audit.Append(record); err != nil {
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
