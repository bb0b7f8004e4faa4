package main

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/pgscrim/pgscrim/audit/misuse"
	"github.com/pgscrim/pgscrim/rules"
)

// misuseRules loads the misuse rules that the server file names, nil if they are off.
func (c *Config) misuseRules() (*misuse.Rules, error) {
	switch c.Audit.Misuse {
	case "", "off":
		return nil, nil
	case "default":
		return misuse.Default()
	}
	return misuse.LoadFile(c.Audit.Misuse)
}

// checkMisuse returns the names in misuse rules that neither the policy nor the server file defines: such a rule would find nothing.
func (c *Config) checkMisuse(r *misuse.Rules, policy *rules.Policy) error {
	if r == nil {
		return nil
	}
	var users []string
	for _, u := range c.Users {
		users = append(users, u.Name)
	}
	slices.Sort(users)
	var ps rules.Problems
	for _, rule := range r.List {
		check := func(one, many string, known []string, lists ...[]string) {
			for _, name := range slices.Concat(lists...) {
				if !slices.Contains(known, name) {
					ps = append(ps, rules.Problem{
						Pos: rule.Pos, Message: fmt.Sprintf("misuse rule %q: there is no %s %q", rule.Name, one, name), Hint: rules.Suggest(name, many, known),
					})
				}
			}
		}
		check("user", "users", users, rule.Who.Users, rule.Who.ExceptUsers)
		check("role", "roles", slices.Sorted(maps.Keys(policy.Roles)), rule.Who.Roles, rule.Who.ExceptRoles)
		check("class", "classes", slices.Sorted(maps.Keys(policy.Classes)), rule.When.Classes)
		check("purpose", "purposes", slices.Sorted(maps.Keys(policy.Purposes)), rule.When.Purposes)
	}
	if len(ps) == 0 {
		return nil
	}
	return ps
}

// openMisuse takes up the misuse rules where the audit log ends; nil if they are off.
func (in *instance) openMisuse() (*misuse.Watch, error) {
	r, err := in.cfg.misuseRules()
	if err == nil {
		err = in.cfg.checkMisuse(r, in.policy)
	}
	if err != nil || r == nil {
		return nil, err
	}
	slow := time.AfterFunc(2*time.Second, func() {
		in.log.Info().Str("event", "misuse").Msg("the misuse rules read the audit log, which takes some minutes where they have no state yet")
	})
	defer slow.Stop()
	return misuse.Open(r, in.cfg.Audit.Dir, misuse.Options{
		Alerted: func(a *misuse.Alert) {
			event := in.log.Warn()
			if a.Severity == misuse.Low.String() {
				event = in.log.Info()
			}
			event.Str("event", "misuse").Str("rule", a.Rule).Str("severity", a.Severity).Str("user", a.User).Str("alert", a.ID).
				Bool("cut_off", a.CutOff).Int64("delay_ms", a.DelayMS).Msg(a.Found)
		},
		Changed: func(user string) { in.server.Recheck(user) },
		Problem: func(err error) {
			in.log.Error().Err(err).Str("event", "misuse").Msg("a task of the misuse rules failed")
		},
	})
}
