package proxy

import (
	"errors"
	"sync"
	"sync/atomic"

	"github.com/jackc/pgproto3/v2"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/pgscrim/pgscrim/rewrite"
)

// refresher has the catalog looked at for all sessions that ask at the same time at once.
type refresher struct {
	mu      sync.Mutex // held during a look
	started atomic.Uint64
	failed  error
}

// refresh brings the rewriter in force up to the catalog as it is now, or later. What goes wrong is said by
// Config.Refresh; the rewriter stays, and what it takes the catalog for is checked.
func (s *Server) refresh() error {
	if s.cfg.Refresh == nil {
		return nil
	}
	asked := s.refresher.started.Load()
	s.refresher.mu.Lock()
	defer s.refresher.mu.Unlock()
	if s.refresher.started.Load() != asked { // somebody's look began after this one was asked for
		return s.refresher.failed
	}
	s.refresher.started.Add(1)
	s.counters.refreshes.Add(1)
	s.refresher.failed = s.cfg.Refresh(s.dialing)
	return s.refresher.failed
}

// refresh brings the session's rewriter up to the catalog as it is now.
func (s *session) refresh() error {
	err := s.server.refresh()
	s.rewriter = s.server.currentRewriter()
	return err
}

// caughtUp is called when an answer was made for another catalog than the one upstream. It returns nil if the text is to be
// answered again, and a refusal if that would not help.
func (s *session) caughtUp(tries int) *rewrite.Refusal {
	// Where the transaction is the proxy's own it is ended, as its locks may be what a change waits for.
	if !s.begun && s.status() == 'I' {
		if s.sendOwn(&expectation{kind: 'S'}, &pgproto3.Sync{}) != nil || s.drain(0) != nil {
			return lostRefusal()
		}
		s.attempt, s.checked = nil, nil
	}
	switch err := s.refresh(); {
	case err != nil:
		return refreshRefusal(err)
	case tries >= maxAttempts:
		return changedRefusal()
	}
	return nil
}

// refreshRefusal words an error of Config.Refresh.
func refreshRefusal(err error) *rewrite.Refusal {
	if pg, ok := errors.AsType[*pgconn.PgError](err); ok && pg.Code == codeLockNotAvailable {
		return changedRefusal() // the change is still under way, and may wait for locks of this session
	}
	return unfitRefusal()
}

// unfitRefusal refuses a statement about relations that have changed so that the policy cannot be put in force on them.
func unfitRefusal() *rewrite.Refusal {
	return &rewrite.Refusal{
		Code: codeNotInState, Message: "the catalog has changed, and the policy is not in force on it",
		Hint: "Ask the administrator of pgscrim: the policy may not fit the database any more.",
	}
}

// mayBeOutdated reports whether a refusal may come from an old look at the catalog.
func mayBeOutdated(a *rewrite.Answer) bool {
	r := firstRefusal(a)
	if r == nil {
		return false
	}
	switch r.Code {
	case codeSyntaxError, codeBadEncoding, "54000", "54001", "54011":
		return false
	}
	return true
}
