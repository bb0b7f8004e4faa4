package main

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/pgscrim/pgscrim/audit/index"
)

// searchFlags are a question as the command line puts it.
type searchFlags struct {
	q            index.Query
	since, until string
}

func (s *searchFlags) add(flags *pflag.FlagSet) {
	for _, f := range []struct {
		name, usage string
		list        *[]string
	}{
		{"user", "who asked", &s.q.Users},
		{"role", "a role that the user had", &s.q.Roles},
		{"purpose", "the declared purpose", &s.q.Purposes},
		{"table", "a relation, with or without schema", &s.q.Tables},
		{"column", "a column of the policy, with or without relation", &s.q.Columns},
		{"class", "a class of data", &s.q.Classes},
		{"market", "a region of the policy", &s.q.Markets},
		{"action", "what happened to a column: show, mask or deny", &s.q.Actions},
		{"decision", "pass, rewrite, aggregate, deny or error", &s.q.Decisions},
		{"event", "statement, login, login_failed, policy, ...", &s.q.Events},
		{"sqlstate", "how it ended, such as 42501", &s.q.SQLStates},
		{"rule", "the rule by which a statement was refused, or an alert raised", &s.q.Rules},
		{"client", "an address, or a network such as 10.0.0.0/8", &s.q.Clients},
		{"application", "the client's application_name", &s.q.Applications},
		{"database", "the database", &s.q.Databases},
	} {
		flags.StringSliceVar(f.list, f.name, nil, f.usage)
	}
	flags.StringVar(&s.q.Text, "text", "", "a part of the statement, whatever the case of its letters")
	flags.StringVar(&s.q.Session, "session", "", "the session")
	flags.StringVar(&s.q.Fingerprint, "fingerprint", "", "the statement's shape without its constants")
	flags.Uint64Var(&s.q.Seq, "seq", 0, "the number of a record")
	periodFlags(flags, &s.since, &s.until)
}

func periodFlags(flags *pflag.FlagSet, since, until *string) {
	flags.StringVar(since, "since", "", "begun at this time or later")
	flags.StringVar(until, "until", "", "begun before this time")
}

// query returns the question.
func (s *searchFlags) query() (*index.Query, error) {
	q := s.q
	var err error
	if q.Since, q.Until, err = parsePeriod(s.since, s.until, time.Now()); err != nil {
		return nil, err
	}
	for _, client := range q.Clients {
		if strings.Contains(client, "/") {
			if _, err := netip.ParsePrefix(client); err != nil {
				return nil, fmt.Errorf("--client: %w", err)
			}
		}
	}
	for _, f := range []struct {
		name  string
		given []string
		known []string
	}{
		{"action", q.Actions, []string{"show", "mask", "deny"}},
		{"decision", q.Decisions, []string{"pass", "rewrite", "aggregate", "deny", "error"}},
	} {
		for _, value := range f.given {
			if !slices.Contains(f.known, value) {
				return nil, fmt.Errorf("--%s is one of %s, not %q", f.name, strings.Join(f.known, ", "), value)
			}
		}
	}
	return &q, nil
}

// parsePeriod reads the ends of a period; one that is empty is zero.
func parsePeriod(since, until string, now time.Time) (from, to time.Time, err error) {
	if since != "" {
		if from, err = parseMoment(since, now); err != nil {
			return from, to, fmt.Errorf("--since: %w", err)
		}
	}
	if until != "" {
		if to, err = parseMoment(until, now); err != nil {
			return from, to, fmt.Errorf("--until: %w", err)
		}
	}
	if since != "" && until != "" && !from.Before(to) {
		return from, to, fmt.Errorf("--since %s is not before --until %s", from.Format(time.RFC3339), to.Format(time.RFC3339))
	}
	return from, to, nil
}

// parseMoment reads a time: RFC 3339, a date, a month, or how long before now. Without a zone it is in UTC, as the log is.
func parseMoment(s string, now time.Time) (time.Time, error) {
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02T15:04", "2006-01-02 15:04", time.DateOnly, "2006-01"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UTC(), nil
		}
	}
	unit := map[string]time.Duration{"m": time.Minute, "h": time.Hour, "d": 24 * time.Hour, "w": 7 * 24 * time.Hour}
	if n := len(s); n > 1 {
		// Ten thousand weeks are enough, and no duration overflows.
		if count, err := strconv.Atoi(s[:n-1]); err == nil && count >= 0 && count <= 10_000 && unit[s[n-1:]] > 0 {
			return now.UTC().Add(-time.Duration(count) * unit[s[n-1:]]), nil
		}
	}
	return time.Time{}, fmt.Errorf("%q is no time: write 2026-11-01, 2026-11, 2026-11-01T15:00:00Z, or 90m, 12h, 7d, 2w for how long ago", s)
}
