package proxy

import (
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
	if err := s.prepare(); err != nil {
		return err
	}
	answer := refuse(malformedRefusal())
	if d.complete() {
		answer = s.ask(sql, nil)
	}
	return s.sendQuery(sql, answer)
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
		return auditRefusal()
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

// sendQuery sends what a query string has become.
func (s *session) sendQuery(sql string, answer *rewrite.Answer) error {
	var runs []*run
	if answer.Refusal == nil {
		var refusal *rewrite.Refusal
		if runs, refusal = s.runsOf(answer, answer.Statements); refusal != nil {
			answer = refuse(refusal)
		}
	}
	if err := s.audit(sql, answer, runs); err != nil {
		answer, runs = refuse(auditRefusal()), nil
	}
	e := &expectation{kind: 'Q', answer: answer, runs: runs}
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
	s.endSegment()
	return s.upstream.out.send(&pgproto3.Query{String: answer.SQL})
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
