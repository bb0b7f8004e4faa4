package misuse

import (
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/pgscrim/pgscrim/rules"
)

//go:embed default.yaml
var shipped []byte

// Shipped returns the text of the shipped rules file.
func Shipped() string { return string(shipped) }

// Default returns the shipped rules.
func Default() (*Rules, error) { return parse("default.yaml", shipped, nil) }

// LoadFile reads a rules file, whose rules stand beside the shipped ones and replace those of the same name. An error of the file is a
// rules.Problems.
func LoadFile(path string) (*Rules, error) {
	src, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("reading the misuse rules: %w", err)
	}
	return Load(path, src)
}

// Load reads a rules file from its bytes, as LoadFile does. Files that it names are relative to it.
func Load(path string, src []byte) (*Rules, error) {
	base, err := Default()
	if err != nil {
		return nil, err
	}
	return parse(path, src, base.List)
}

// parse reads a rules file on top of the shipped rules. It returns everything that is wrong with it at once.
func parse(path string, src []byte, base []*Rule) (*Rules, error) {
	d := &decoder{file: path}
	var root, second yaml.Node
	documents := yaml.NewDecoder(bytes.NewReader(src))
	err := documents.Decode(&root)
	switch {
	case errors.Is(err, io.EOF) || err == nil && len(root.Content) == 0:
		d.at(1, 1, "a rules file starts with version: 1", "the rules file is empty")
	case err != nil:
		d.syntax(err)
	default:
		if err := documents.Decode(&second); err == nil {
			d.problem(&second, "", "a second YAML document starts here")
		} else if !errors.Is(err, io.EOF) {
			d.syntax(err)
		}
	}
	if len(d.problems) > 0 {
		return nil, d.problems
	}
	r := d.rules(root.Content[0], base)
	if len(d.problems) > 0 {
		return nil, d.problems
	}
	return r, nil
}

// rules reads the top level.
func (d *decoder) rules(root *yaml.Node, base []*Rule) *Rules {
	r := &Rules{Zone: time.UTC}
	var own []*Rule
	off := map[string]bool{}
	defaults := true
	keys := d.mapping(root, "the rules file", map[string]reader{
		"version": func(n *yaml.Node) {
			if n.Value != "1" {
				d.problem(n, "write version: 1", "version must be the number 1")
			}
		},
		"defaults":  d.truth(&defaults, "defaults"),
		"time_zone": d.zone(&r.Zone),
		"networks":  d.prefixes(&r.Networks, "networks"),
		"webhook":   func(n *yaml.Node) { r.Webhook = d.webhook(n) },
		"mail":      func(n *yaml.Node) { r.Mail = d.mail(n) },
		"rules":     func(n *yaml.Node) { own = d.list(n, base, off) },
	})
	d.need(root, keys, "the rules file", "version")
	if !defaults {
		base = nil
	}
	for _, rule := range base {
		replaced := slices.ContainsFunc(own, func(o *Rule) bool { return o.Name == rule.Name })
		if !replaced && !off[rule.Name] {
			r.List = append(r.List, rule)
		}
	}
	r.List = append(r.List, own...)
	return r
}

// list reads the rules, and which of the shipped ones are off.
func (d *decoder) list(n *yaml.Node, base []*Rule, off map[string]bool) (list []*Rule) {
	if n.Kind != yaml.SequenceNode {
		d.problem(n, "- {name: ..., when: ..., then: ...}", "rules must be a list")
		return nil
	}
	lines := map[string]int{}
	for _, item := range n.Content {
		r, isOff := d.rule(item)
		switch line := lines[r.Name]; {
		case r.Name == "":
			continue
		case line > 0:
			d.problem(item, "", "there are two rules %q, the first in line %d", r.Name, line)
		case isOff:
			off[r.Name] = true
			var known []string
			for _, b := range base {
				known = append(known, b.Name)
			}
			if !slices.Contains(known, r.Name) {
				d.problem(item, rules.Suggest(r.Name, "shipped rules", known), "there is no shipped rule %q to put off", r.Name)
			}
		default:
			list = append(list, r)
		}
		lines[r.Name] = item.Line
	}
	return list
}

// rule reads one rule. It is without a name if it has none that is right.
func (d *decoder) rule(n *yaml.Node) (r *Rule, off bool) {
	r = &Rule{Severity: Medium, CoolDown: 24 * time.Hour, Pos: d.pos(n)}
	keys := d.mapping(n, "a rule", map[string]reader{
		"name":      d.text(&r.Name, "name"),
		"off":       d.truth(&off, "off"),
		"severity":  d.severity(&r.Severity, "severity"),
		"cool_down": d.duration(&r.CoolDown, "cool_down"),
		"who": func(n *yaml.Node) {
			d.mapping(n, "who", map[string]reader{
				"users": d.names(&r.Who.Users, "users"), "roles": d.names(&r.Who.Roles, "roles"),
				"except_users": d.names(&r.Who.ExceptUsers, "except_users"), "except_roles": d.names(&r.Who.ExceptRoles, "except_roles"),
			})
		},
		"when": func(n *yaml.Node) { r.When = d.when(n) },
		"then": func(n *yaml.Node) { d.then(n, r) },
	})
	d.need(n, keys, "a rule", "name")
	if off && len(keys) > 2 {
		d.problem(n, "leave the rest out", "rule %q is off", r.Name)
	}
	if !off {
		d.need(n, keys, fmt.Sprintf("rule %q", r.Name), "when")
	}
	if r.When.Kind == FailedLogins && (r.CutOff.set() || r.Throttle.Delay > 0) {
		d.problem(n, "leave then out: the alert is what is left",
			"rule %q: whoever fails to log in is not known to be that person, who must not suffer for it", r.Name)
	}
	return r, off
}

// then reads what happens beside the alert.
func (d *decoder) then(n *yaml.Node, r *Rule) {
	if n.Kind == yaml.ScalarNode && n.Value == "alert" {
		return
	}
	d.mapping(n, "then", map[string]reader{
		"throttle": func(n *yaml.Node) {
			keys := d.mapping(n, "throttle", map[string]reader{
				"delay": d.duration(&r.Throttle.Delay, "delay"), "for": d.duration(&r.Throttle.For, "for"),
			})
			d.need(n, keys, "throttle", "delay", "for")
			if r.Throttle.Delay > maxDelay {
				d.problem(n, "cut_off is for more than that", "a statement can be delayed by at most %s", maxDelay)
			}
		},
		"cut_off": func(n *yaml.Node) {
			if r.CutOff.Released = n.Value == "released"; !r.CutOff.Released {
				d.duration(&r.CutOff.For, "cut_off")(n)
			}
		},
	})
}

// maxDelay bounds how long a statement is delayed: beyond that, clients take the connection for dead.
const maxDelay = 30 * time.Second

// when reads a condition, which has exactly one of the keys that say what it looks at.
func (d *decoder) when(n *yaml.Node) When {
	w := When{Within: time.Hour, Learn: 30, Few: 5}
	var count, first, unusual, event string
	keys := d.mapping(n, "when", map[string]reader{
		"count":     d.choice(&count, "count", string(Rows), string(Statements), string(Lookups), string(Refusals), string(FailedLogins)),
		"first":     d.choice(&first, "first", string(FirstClass)),
		"unusual":   d.choice(&unusual, "unusual", string(Hour), string(Network)),
		"event":     d.choice(&event, "event", string(BreakGlass)),
		"within":    d.duration(&w.Within, "within"),
		"over":      d.number(&w.Over, "over"),
		"few":       d.number(&w.Few, "few"),
		"learn":     d.days(&w.Learn, "learn"),
		"shown":     d.truth(&w.Shown, "shown"),
		"classes":   d.names(&w.Classes, "classes"),
		"relations": d.names(&w.Relations, "relations"),
		"purposes":  d.names(&w.Purposes, "purposes"),
		"baseline":  func(n *yaml.Node) { w.Baseline = d.baseline(n) },
	})
	given := 0
	for _, key := range []string{"count", "first", "unusual", "event"} {
		if keys[key] {
			given++
		}
	}
	if given != 1 {
		d.problem(n, "", "when must have exactly one of count, first, unusual and event")
		return w
	}
	w.Kind = Kind(count + first + unusual + event)
	d.fit(n, keys, &w)
	return w
}

// fit checks that the keys of a condition go with what it looks at.
func (d *decoder) fit(n *yaml.Node, keys map[string]bool, w *When) {
	allowed := []string{}
	switch {
	case w.Kind.counted():
		allowed = append(allowed, "within", "over", "baseline")
		if !keys["over"] {
			d.problem(n, "say what is never too much, such as over: 100", "when: over is missing")
		}
		if w.Kind != FailedLogins {
			allowed = append(allowed, "purposes", "relations")
		}
		if w.Kind == Rows || w.Kind == Statements || w.Kind == Lookups {
			allowed = append(allowed, "shown", "classes")
		}
		if w.Kind == Lookups {
			allowed = append(allowed, "few")
		}
	case w.Kind == FirstClass:
		allowed = append(allowed, "learn", "shown", "classes")
	case w.Kind == Hour || w.Kind == Network:
		allowed = append(allowed, "learn")
	}
	for _, key := range []string{"within", "over", "baseline", "few", "learn", "shown", "classes", "relations", "purposes"} {
		if keys[key] && !slices.Contains(allowed, key) {
			d.problem(n, "leave it out", "when: %s does not go with %s", key, w.Kind)
		}
	}
}

func (d *decoder) baseline(n *yaml.Node) *Baseline {
	b := &Baseline{MAD: 8, Peak: 2, Learn: 30}
	d.mapping(n, "baseline", map[string]reader{
		"mad": d.factor(&b.MAD, "mad"), "peak": d.factor(&b.Peak, "peak"), "learn": d.days(&b.Learn, "learn"), "at_first": d.number(&b.AtFirst, "at_first"),
	})
	if b.Learn > historyDays {
		d.problem(n, "", "a baseline remembers %d days: learn cannot be more", historyDays)
	}
	return b
}

func (d *decoder) webhook(n *yaml.Node) *Webhook {
	w := &Webhook{From: Low, Timeout: 10 * time.Second}
	keys := d.mapping(n, "webhook", map[string]reader{
		"url": d.url(&w.URL, "url"), "secret_file": d.secret(&w.Secret, "secret_file"), "from": d.severity(&w.From, "from"),
		"timeout": d.duration(&w.Timeout, "timeout"),
	})
	d.need(n, keys, "webhook", "url", "secret_file")
	return w
}

func (d *decoder) mail(n *yaml.Node) *Mail {
	m := &Mail{From: Low, TLS: "required", Timeout: 30 * time.Second}
	var password []byte
	keys := d.mapping(n, "mail", map[string]reader{
		"server": d.text(&m.Server, "server"), "sender": d.address(&m.Sender, "sender"), "to": d.addresses(&m.To, "to"),
		"user": d.text(&m.User, "user"), "password_file": d.secret(&password, "password_file"),
		"tls": d.choice(&m.TLS, "tls", "required", "opportunistic", "off"), "from": d.severity(&m.From, "from"),
		"timeout": d.duration(&m.Timeout, "timeout"),
	})
	m.Password = string(password)
	d.need(n, keys, "mail", "server", "sender", "to")
	return m
}

// beside makes a path relative to the rules file.
func (d *decoder) beside(path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(filepath.Dir(d.file), path)
}
