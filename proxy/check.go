package proxy

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/jackc/pgproto3/v2"

	"github.com/pgscrim/pgscrim/rewrite"
)

// Between the rewriter's look at the catalog and the moment at which PostgreSQL looks names up, others may have changed
// what those names mean. So a statement is preceded by its checks: prepared queries that PostgreSQL executes in the
// same transaction, and so under the locks that they take, before it parses or binds the statement. If a check fails,
// PostgreSQL skips the statement.

// reservedName begins the names of the proxy's own prepared statements and portals.
const reservedName = "pgscrim_check"

// maxChecks bounds the checks that a session keeps prepared upstream.
const maxChecks = 100

// check is a rewrite.Check that is prepared upstream, or was.
type check struct {
	*rewrite.Check
	name  string
	state atomic.Int32
}

// States of a check.
const (
	checkUnsure   int32 = iota // not prepared, or not known to be
	checkGood                  // prepared, and its columns are those that are expected
	checkMismatch              // its columns are others: the catalog is not what the answer takes it for
)

// errOutdated says that an answer was made for another catalog than the one upstream.
var errOutdated = errors.New("the catalog has changed")

// check sends the checks of statements that are about to be sent.
func (s *session) check(statements ...*rewrite.Statement) error {
	todo, err := s.neededChecks(statements...)
	for i, c := range todo {
		if err == nil {
			err = s.sendCheck(c, i == len(todo)-1)
		}
	}
	return err
}

// neededChecks prepares the checks of statements that are about to be sent, but for those that the segment has had: their locks
// last. The first time that a session needs a check it waits to see its columns; the error is errOutdated if those are
// not what is expected.
func (s *session) neededChecks(statements ...*rewrite.Statement) (todo []*check, err error) {
	if s.direct || s.refused || s.blockFailed() {
		return nil, nil
	}
	for _, st := range statements {
		if st == nil || st.Refusal != nil {
			continue
		}
		if len(st.Checks) > 0 && s.lagging.CompareAndSwap(true, false) {
			return nil, errOutdated
		}
		for i := range st.Checks {
			c, err := s.checkFor(&st.Checks[i])
			if err != nil {
				return nil, err
			}
			if c != nil && !slices.Contains(s.checked, c) {
				s.checked, todo = append(s.checked, c), append(todo, c)
			}
		}
	}
	return todo, nil
}

// look has the catalog looked at where no check can be: the error is errOutdated if an answer was made for another one.
func (s *session) look(answer *rewrite.Answer) error {
	if s.upstream.out.flush() != nil || s.refresh() != nil || s.outdated(&prepared{answer: answer}) {
		return errOutdated
	}
	return nil
}

// checkPrepared checks a statement of the extended protocol.
func (s *session) checkPrepared(p *prepared) error {
	st := p.statement
	if st != nil && len(st.Checks) > 0 && needsBlock(st) && s.upstream.implicitBlocks() && !s.ran && !s.view.InBlock() {
		return s.look(p.answer)
	}
	return s.check(st)
}

// needsBlock reports whether a statement fails outside of a transaction block: where a check in front of it makes an implicit
// one, it would not.
func needsBlock(st *rewrite.Statement) bool {
	return st.Effect.Kind == rewrite.EffectDeclare || st.Kind == "LOCK TABLE"
}

// blockFailed reports whether it is certain that nothing will run before the transaction block has ended.
func (s *session) blockFailed() bool {
	return !s.begun && s.pending.len() == 0 && s.status() == 'E'
}

// checkFor finds a check among those that are prepared, or prepares it. It returns nil if that has failed: then PostgreSQL skips what follows.
func (s *session) checkFor(spec *rewrite.Check) (*check, error) {
	c := s.checks[spec.SQL]
	if c != nil && c.state.Load() == checkGood {
		return c, nil
	}
	if c == nil {
		if len(s.checks) >= maxChecks {
			if err := s.forgetCheck(); err != nil {
				return nil, err
			}
		}
		s.checksMade++
		c = &check{Check: spec, name: fmt.Sprintf("%s_%d", reservedName, s.checksMade)}
		s.checks[spec.SQL] = c
	}
	a := s.attemptNow()
	for _, step := range []struct {
		kind    byte
		message pgproto3.Message
	}{
		{'C', &pgproto3.Close{ObjectType: 'S', Name: c.name}},
		{'P', &pgproto3.Parse{Name: c.name, Query: c.SQL}},
		{'D', &pgproto3.Describe{ObjectType: 'S', Name: c.name}},
	} {
		if err := s.sendOwn(&expectation{kind: step.kind, name: c.name, check: c, attempt: a}, step.message); err != nil {
			return nil, err
		}
	}
	if err := s.drain(0); err != nil {
		return nil, err
	}
	switch c.state.Load() {
	case checkGood:
		return c, nil
	case checkMismatch:
		delete(s.checks, spec.SQL)
		return nil, errors.Join(s.sendOwn(&expectation{kind: 'C', name: c.name}, &pgproto3.Close{ObjectType: 'S', Name: c.name}), errOutdated)
	}
	return nil, nil
}

// forgetCheck makes room for another check.
func (s *session) forgetCheck() error {
	for sql, c := range s.checks {
		delete(s.checks, sql)
		return s.sendOwn(&expectation{kind: 'C', name: c.name}, &pgproto3.Close{ObjectType: 'S', Name: c.name})
	}
	return nil
}

// sendCheck executes a check. It must leave the client's unnamed portal alone.
func (s *session) sendCheck(c *check, last bool) error {
	portal := ""
	if p, unsure := s.portals.find("", s.segment); p != nil || unsure {
		portal = reservedName
	}
	a := s.attemptNow()
	if err := s.sendOwn(&expectation{kind: 'B', name: portal, check: c, attempt: a},
		&pgproto3.Bind{DestinationPortal: portal, PreparedStatement: c.name}); err != nil {
		return err
	}
	if err := s.sendOwn(&expectation{kind: 'E', check: c, attempt: a, last: last}, &pgproto3.Execute{Portal: portal}); err != nil {
		return err
	}
	if portal == "" {
		return nil
	}
	return s.sendOwn(&expectation{kind: 'C', name: portal, portal: true}, &pgproto3.Close{ObjectType: 'P', Name: portal})
}

// sendOwn sends a message that the client knows nothing of, unless upstream will ignore it.
func (s *session) sendOwn(e *expectation, m pgproto3.Message) error {
	e.swallow = true
	sent, err := s.push(e)
	if err != nil || !sent {
		return err
	}
	return s.upstream.out.send(m)
}

// loseChecks is called before a statement that deallocates all prepared statements is sent.
func (s *session) loseChecks() {
	for sql, c := range s.checks {
		s.checks[sql] = &check{Check: c.Check, name: c.name}
	}
	s.checked = nil
}

// reserved refuses a name that is the proxy's own.
func (s *session) reserved(name string) *rewrite.Refusal {
	if s.direct || !strings.HasPrefix(name, reservedName) {
		return nil
	}
	return &rewrite.Refusal{Code: codeReservedName, Message: fmt.Sprintf("name %q is reserved", name), Detail: fmt.Sprintf("The prefix %q is reserved for pgscrim.", reservedName)}
}

// described compares the columns of a check with those that are expected.
func (c *check) described(columns []rewrite.CheckColumn) {
	if slices.Equal(columns, c.Columns) {
		c.state.Store(checkGood)
	} else {
		c.state.Store(checkMismatch)
	}
}
