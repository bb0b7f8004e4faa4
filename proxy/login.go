package proxy

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"syscall"
	"time"

	"github.com/pgscrim/pgscrim/audit"
	"github.com/pgscrim/pgscrim/rewrite"
)

// authenticate finds out who a client is, and starts a session for it. The error is a *rewrite.Refusal if the client is to hear of it.
func (s *Server) authenticate(c *client, packet *startupPacket) (*session, error) {
	sess := newSession(s, c, packet)
	if s.draining.Load() {
		return nil, sess.loginFailed(&rewrite.Refusal{Code: codeCannotConnectNow, Message: "the database system is shutting down"})
	}
	account, err := s.auth.authenticate(c, packet.user)
	if err != nil {
		return nil, sess.loginFailed(err)
	}
	sess.user, sess.roles = account.Name, account.Roles
	c.in.limit = s.cfg.Limits.MaxMessageBytes
	return sess, nil
}

// login takes a place for the session of a client that is authenticated, checks what it asks for, connects upstream and
// greets it. The error is a *rewrite.Refusal if the client is to hear of it. Without one, the place is the caller's to leave.
func (s *Server) login(sess *session, packet *startupPacket) (err error) {
	if !s.takePlace() {
		return sess.loginFailed(&rewrite.Refusal{Code: codeTooManyConnections, Message: "sorry, too many clients already"})
	}
	defer func() {
		if err != nil {
			s.leavePlace()
		}
	}()
	if refusal := sess.cutOff(codeInvalidAuthorization); refusal != nil {
		return sess.loginFailed(refusal)
	}
	settings, unlisted, err := s.sessionSettings(sess, packet)
	if err != nil {
		return sess.loginFailed(err)
	}
	if _, err := s.cfg.Audit.Append(sess.record("login")); err != nil {
		return errors.Join(auditRefusal(err), err)
	}
	ctx, cancel := context.WithDeadline(s.dialing, sess.client.deadline)
	defer cancel()
	var up *upstream
	if !sess.direct && len(unlisted) == 0 {
		up = s.pool.take(settingsKey(settings))
	}
	if up != nil {
		s.counters.reused.Add(1)
	} else if up, err = s.connect(ctx, settings, unlisted); err != nil {
		sess.logout(err)
		return err
	} else {
		s.counters.connected.Add(1)
	}
	sess.attach(up)
	sess.key = s.register(sess)
	if err := sess.client.greet(up.statuses, sess.key); err != nil {
		sess.end(err)
		return err
	}
	sess.client.expire(time.Time{})
	return nil
}

// loginFailed records that a client is refused before its session has begun, and returns the error for the client. Of a
// connection that has only broken off there is nothing to record.
func (s *session) loginFailed(err error) error {
	var refusal *rewrite.Refusal
	if !errors.As(err, &refusal) {
		return err
	}
	r := s.record("login_failed")
	r.SQLState, r.Detail = refusal.Code, refusal.Message
	if _, auditErr := s.server.cfg.Audit.Append(r); auditErr != nil {
		return errors.Join(auditRefusal(auditErr), auditErr)
	}
	return err
}

// sessionSettings checks what a client asks for against the policy and returns the settings that its upstream
// connection starts with. It fills in what the session follows of them.
func (s *Server) sessionSettings(sess *session, packet *startupPacket) (settings map[string]string, unlisted []string, err error) {
	if packet.database != s.cfg.Database {
		return nil, nil, &rewrite.Refusal{Code: codeUndefinedDatabase, Message: fmt.Sprintf("database %q does not exist", packet.database)}
	}
	r := s.currentRewriter()
	if r == nil {
		return nil, nil, &rewrite.Refusal{Code: codeCannotConnectNow, Message: "no policy is loaded", Hint: "Ask the administrator of pgscrim to load a policy."}
	}
	policy := r.Policy()
	sess.direct = policy.IsDirect(sess.roles)

	if settings, err = clientSettings(packet.parameters); err != nil {
		return nil, nil, err
	}
	if unlisted, err = checkSettings(settings); err != nil && !sess.direct {
		return nil, nil, err
	}
	purpose, declared := settings[rewrite.SettingPurpose]
	if !declared {
		purpose = policy.DefaultPurpose(sess.roles)
	} else if purpose != "" && !sess.direct && !policy.MayDeclare(sess.roles, purpose) {
		return nil, nil, &rewrite.Refusal{
			Code: codeInsufficient, Message: fmt.Sprintf("purpose %q may not be declared by user %q", purpose, sess.user),
			Hint: purposeHint(policy.AllowedPurposes(sess.roles)),
		}
	}
	if settings[rewrite.SettingNotices] == "" {
		settings[rewrite.SettingNotices] = "off"
		if settings["application_name"] == "psql" {
			settings[rewrite.SettingNotices] = "on"
		}
	}
	if _, given := settings[rewrite.SettingReason]; !given {
		settings[rewrite.SettingReason] = "" // so that SHOW works
	}
	digest, _ := r.Versions()
	settings[rewrite.SettingPurpose] = purpose
	settings[rewrite.SettingCaller] = sess.user
	settings[rewrite.SettingRoles] = strings.Join(sess.roles, ", ")
	settings[rewrite.SettingPolicy] = digest
	if sess.direct {
		unlisted = nil
	} else {
		if _, given := settings["search_path"]; !given {
			settings["search_path"] = r.DefaultSearchPath()
		}
		if _, given := settings["client_encoding"]; !given { // checkSettings has seen that it is a name of UTF8
			settings["client_encoding"] = "UTF8"
		}
		settings["standard_conforming_strings"] = "on"
		for name, value := range rewrite.KeySettings(s.cfg.MaskKey) {
			settings[name] = value
		}
	}
	sess.start(rewrite.Values{
		SearchPath: settings["search_path"],
		Purpose:    purpose,
		Reason:     settings[rewrite.SettingReason],
		Notices:    settings[rewrite.SettingNotices],
	}, settings["application_name"])
	return settings, unlisted, nil
}

func purposeHint(allowed []string) string {
	if len(allowed) == 0 {
		return "The user's roles may not declare any purpose."
	}
	return "Declare one of: " + strings.Join(allowed, ", ") + "."
}

// auditRefusal is what a client hears when a record cannot be written: nothing happens unaudited. Of the cause it hears what the operating
// system says, and no path.
func auditRefusal(err error) *rewrite.Refusal {
	r := &rewrite.Refusal{
		Code: codeIOError, Message: "could not write the audit record", Detail: "Nothing is run or answered that is not on record.",
		Hint: "Ask the administrator of pgscrim to look at the disk of the audit log. It goes on by itself once that can be written.",
	}
	var errno syscall.Errno
	if errors.As(err, &errno) {
		r.Message += ": " + errno.Error()
	}
	return r
}

// currentRewriter returns the rewriter in force, nil if there is none.
func (s *Server) currentRewriter() Rewriter {
	if r := s.rewriter.Load(); r != nil {
		return *r
	}
	return nil
}

// record starts an audit record of the session.
func (s *session) record(event string) *audit.Record {
	return &audit.Record{
		Time: time.Now(), Replica: s.server.cfg.Replica, Event: event, Session: s.id, User: s.user, Roles: s.roles,
		Client: s.address, Application: s.application(), Database: s.database,
	}
}
