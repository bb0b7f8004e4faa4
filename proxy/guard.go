package proxy

import (
	"fmt"
	"time"

	"github.com/pgscrim/pgscrim/rewrite"
)

// Guard says who is held back. It is asked at each message and login, so it has to be quick.
type Guard interface {
	// Held returns by how much each statement of a user is to be delayed now, and the rule that has cut the user off, empty if none
	// has; until says when that ends, a zero time that somebody has to end it.
	Held(user string) (delay time.Duration, rule string, until time.Time)
}

// noGuard holds nobody back.
type noGuard struct{}

func (noGuard) Held(string) (time.Duration, string, time.Time) { return 0, "", time.Time{} }

// Recheck ends the sessions of a user whom the guard has cut off, whatever they are doing. Without it they end at their next message.
func (s *Server) Recheck(user string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, session := range s.sessions {
		if session.user == user {
			session.wake()
		}
	}
}

// cutOff returns the refusal of a user who is cut off, nil for others. In a session it is PostgreSQL's code for the administrator's
// command; at a login, after the password was found right, that of an account that may not log in.
func (s *session) cutOff(code string) *rewrite.Refusal {
	_, rule, until := s.server.cfg.Guard.Held(s.user)
	if rule == "" {
		return nil
	}
	r := &rewrite.Refusal{
		Code: code, Message: fmt.Sprintf("user %q is cut off by misuse rule %q", s.user, rule),
		Hint: "Ask the administrator of pgscrim to release you.",
	}
	if !until.IsZero() {
		r.Detail = fmt.Sprintf("This ends at %s.", until.UTC().Format("2006-01-02 15:04:05 UTC"))
	}
	return r
}

// guarded ends the session of a user who is cut off, and delays what runs a statement if that is asked for.
func (s *session) guarded(kind byte) error {
	delay, _, _ := s.server.cfg.Guard.Held(s.user)
	if delay > 0 && (kind == 'Q' || kind == 'E' || kind == 'F') {
		if err := s.pause(delay); err != nil {
			return err
		}
	}
	if refusal := s.cutOff(codeShutdown); refusal != nil {
		return refusal
	}
	return nil
}

// pause waits. What the client has sent before goes on.
func (s *session) pause(delay time.Duration) error {
	if err := s.upstream.out.flush(); err != nil {
		return errStopped // relay learns why
	}
	timer := time.NewTimer(delay)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-s.server.dialing.Done():
		return errStopped
	}
}
