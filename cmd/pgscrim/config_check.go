package main

import (
	"fmt"
	"maps"
	"slices"

	"github.com/pgscrim/pgscrim/proxy"
	"github.com/pgscrim/pgscrim/rules"
)

// check returns what is wrong between settings, each of which is right on its own, and with the users.
func (c *Config) check() []error {
	var errs []error
	if (c.TLS.Cert == "") != (c.TLS.Key == "") {
		errs = append(errs, fmt.Errorf("tls.cert and tls.key belong together: one of them is not set"))
	}
	if c.TLS.Required && c.TLS.Cert == "" {
		errs = append(errs, fmt.Errorf("tls.required is set, but tls.cert is not"))
	}
	seen := map[string]rules.Pos{}
	for _, u := range c.Users {
		problem := func(pos rules.Pos, hint, format string, args ...any) {
			errs = append(errs, rules.Problem{Pos: pos, Message: fmt.Sprintf(format, args...), Hint: hint})
		}
		first, twice := seen[u.Name]
		switch {
		case u.Name == "":
			problem(u.pos, "", "a user needs a name")
			continue
		case twice:
			problem(u.pos, "", "user %q is listed twice, first in line %d", u.Name, first.Line)
		}
		seen[u.Name] = u.pos
		if len(u.Roles) == 0 {
			problem(u.pos, "", "user %q has no roles, and so no rights", u.Name)
		}
		if _, err := proxy.ParseVerifier(u.Verifier); err != nil {
			problem(u.passwordPos, "make one with: pgscrim user hash", "the password of user %q must be a SCRAM-SHA-256 verifier", u.Name)
		}
	}
	return errs
}

// checkRoles returns the roles of users that the policy does not define.
func (c *Config) checkRoles(policy *rules.Policy) rules.Problems {
	var ps rules.Problems
	known := slices.Sorted(maps.Keys(policy.Roles))
	for _, u := range c.Users {
		for i, role := range u.Roles {
			if policy.Roles[role] != nil {
				continue
			}
			p := rules.Problem{
				Message: fmt.Sprintf("user %q: policy %q has no role %q", u.Name, policy.Name, role),
				Hint:    rules.Suggest(role, "roles", known),
			}
			if i < len(u.rolePos) {
				p.Pos = u.rolePos[i]
			}
			ps = append(ps, p)
		}
	}
	return ps
}
