package misuse

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestLoad reads a file with everything in it.
func TestLoad(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"hook.key", "mail.key"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("0123456789abcdef\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	r, err := Load(filepath.Join(dir, "misuse.yaml"), []byte(`
version: 1
time_zone: Europe/Berlin
networks: [10.0.0.0/8, "2001:db8::/32"]
webhook: {url: https://alerts.example.com/pgscrim, secret_file: hook.key, from: medium}
mail: {server: "mail.example.com:587", sender: pgscrim@example.com, to: [dpo@example.com, "Ana <ana@example.com>"], user: pgscrim, password_file: mail.key, from: high}
rules:
  - {name: unusual-hour, off: true}
  - name: enumeration
    severity: high
    who: {roles: [analyst], except_users: [bot]}
    when: {count: lookups, within: 30m, few: 3, over: 100, shown: true, classes: [contact], relations: [crm.customers], purposes: [reporting],
           baseline: {mad: 5, peak: 1.5, learn: 10d, at_first: 500}}
    then: {throttle: {delay: 2s, for: 1h}, cut_off: released}
    cool_down: 2d
  - {name: night, when: {unusual: hour, learn: 5d}, then: alert}
`))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, rule := range r.List {
		names = append(names, rule.Name)
	}
	if slices.Contains(names, "unusual-hour") || !slices.Contains(names, "bulk-read") || !slices.Contains(names, "night") ||
		slices.Index(names, "enumeration") != len(names)-2 {
		t.Errorf("rules: %v", names)
	}
	e := r.List[len(r.List)-2]
	if e.Severity != High || e.When.Within != 30*time.Minute || e.When.Few != 3 || *e.When.Baseline != (Baseline{5, 1.5, 10, 500}) ||
		e.Throttle != (Throttle{2 * time.Second, time.Hour}) || e.CutOff != (CutOff{Released: true}) || e.CoolDown != 48*time.Hour || e.Pos.Line != 9 {
		t.Errorf("%+v", e)
	}
	if r.Zone.String() != "Europe/Berlin" || len(r.Networks) != 2 || string(r.Webhook.Secret) != "0123456789abcdef" || r.Mail.From != High || r.Mail.To[1] != `"Ana" <ana@example.com>` {
		t.Errorf("%+v", r)
	}
}

// TestDefaultsOff leaves the shipped rules out.
func TestDefaultsOff(t *testing.T) {
	r, err := Load("misuse.yaml", []byte("version: 1\ndefaults: off\nrules: [{name: glass, when: {event: break_glass}}]"))
	if err != nil || len(r.List) != 1 {
		t.Errorf("%+v, %v", r, err)
	}
}

// TestLoadProblems holds what is wrong with a file against what is said of it.
func TestLoadProblems(t *testing.T) {
	rule := func(s string) string { return "version: 1\nrules:\n  - {name: r, " + s + "}\n" }
	for name, test := range map[string]struct{ text, want string }{
		"empty":                 {"", "m.yaml:1:1: the rules file is empty (a rules file starts with version: 1)"},
		"no YAML":               {"version: 1\nrules: [", "m.yaml:2:1: not valid YAML"},
		"two documents":         {"version: 1\n---\nversion: 1\n", "m.yaml:2:1: a second YAML document starts here"},
		"no version":            {"rules: []\n", "m.yaml:1:1: the rules file: version is missing"},
		"version":               {"version: 2\n", "m.yaml:1:10: version must be the number 1"},
		"unknown key":           {"version: 1\nwebhok: {}\n", `m.yaml:2:1: the rules file: unknown key "webhok" (did you mean "webhook"?)`},
		"duplicate key":         {"version: 1\nversion: 1\n", `m.yaml:2:1: the rules file: duplicate key "version"`},
		"anchor":                {"version: 1\ntime_zone: &z UTC\n", "m.yaml:2:12: a rules file has no YAML anchors"},
		"time zone":             {"version: 1\ntime_zone: Berlin\n", "m.yaml:2:12: time_zone: unknown time zone Berlin"},
		"network":               {"version: 1\nnetworks: [10.0.0.1]\n", "m.yaml:2:12: an item of networks:"},
		"rules no list":         {"version: 1\nrules: {}\n", "m.yaml:2:8: rules must be a list"},
		"no name":               {"version: 1\nrules: [{when: {event: break_glass}}]\n", "m.yaml:2:9: a rule: name is missing"},
		"no condition":          {rule("severity: low"), `m.yaml:3:5: rule "r": when is missing`},
		"twice":                 {rule("when: {event: break_glass}") + "  - {name: r, when: {event: break_glass}}\n", `m.yaml:4:5: there are two rules "r", the first in line 3`},
		"off, not shipped":      {"version: 1\nrules:\n  - {name: bulk-reed, off: true}\n", `m.yaml:3:5: there is no shipped rule "bulk-reed" to put off (did you mean "bulk-read"?)`},
		"off, with more":        {"version: 1\nrules:\n  - {name: bulk-read, off: true, severity: low}\n", `rule "bulk-read" is off (leave the rest out)`},
		"severity":              {rule("severity: hihg, when: {event: break_glass}"), `m.yaml:3:25: severity: "hihg" is not one of low, medium, high (did you mean "high"?)`},
		"two conditions":        {rule("when: {count: rows, over: 1, event: break_glass}"), "when must have exactly one of count, first, unusual and event"},
		"no condition at all":   {rule("when: {over: 1}"), "when must have exactly one of"},
		"count of what":         {rule("when: {count: row, over: 1}"), `count: "row" is not one of rows, statements, lookups, refusals, failed_logins (did you mean "rows"?)`},
		"no limit":              {rule("when: {count: rows}"), "when: over is missing"},
		"does not go with":      {rule("when: {unusual: hour, over: 1}"), "when: over does not go with hour"},
		"few of rows":           {rule("when: {count: rows, over: 1, few: 1}"), "when: few does not go with rows"},
		"number":                {rule("when: {count: rows, over: -1}"), `over: "-1" is not a whole number from 0`},
		"time":                  {rule("when: {count: rows, over: 1, within: 1w}"), `within: "1w" is not a time (write it as 30s, 90m, 1h or 7d)`},
		"days":                  {rule("when: {unusual: hour, learn: 5h}"), `learn: "5h" is not a number of days`},
		"learn too long":        {rule("when: {count: rows, over: 1, baseline: {learn: 90d}}"), "a baseline remembers 65 days"},
		"factor":                {rule("when: {count: rows, over: 1, baseline: {mad: NaN}}"), `mad: "NaN" is not a number from 1 to 1000`},
		"empty list":            {rule("who: {roles: []}, when: {event: break_glass}"), "roles must be a list that is not empty"},
		"action":                {rule("when: {event: break_glass}, then: alarm"), "then must be a mapping"},
		"throttle for how long": {rule("when: {event: break_glass}, then: {throttle: {delay: 1s}}"), "throttle: for is missing"},
		"throttle too long":     {rule("when: {event: break_glass}, then: {throttle: {delay: 1m, for: 1h}}"), "a statement can be delayed by at most 30s"},
		"cut off for failed logins": {rule("when: {count: failed_logins, over: 5}, then: {cut_off: 1h}"),
			"whoever fails to log in is not known to be that person"},
		"webhook without TLS": {"version: 1\nwebhook: {url: http://example.com/, secret_file: m.key}\n", `url: "http://example.com/" is not https`},
		"no secret":           {"version: 1\nwebhook: {url: https://example.com/, secret_file: none.key}\n", "secret_file: open none.key"},
		"mail address":        {"version: 1\nmail: {server: 'a:25', sender: me, to: [a@example.com]}\n", `sender: "me" is not a mail address`},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Load("m.yaml", []byte(test.text))
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got  %v\nwant %s", err, test.want)
			}
		})
	}
}

// TestDocumentation holds docs/misuse.md against the code: its example loads, and its table has the rules that ship.
func TestDocumentation(t *testing.T) {
	text, err := os.ReadFile("../../docs/misuse.md")
	if err != nil {
		t.Fatal(err)
	}
	_, example, _ := strings.Cut(string(text), "```yaml\n")
	example, _, _ = strings.Cut(example, "```")
	dir := t.TempDir()
	for _, name := range []string{"webhook.key", "mail.key"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("0123456789abcdef"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := Load(filepath.Join(dir, "misuse.yaml"), []byte(example)); err != nil {
		t.Error(err)
	}
	for _, rule := range defaults(t).List {
		if !strings.Contains(string(text), "| `"+rule.Name+"` |") {
			t.Errorf("docs/misuse.md lacks %s", rule.Name)
		}
	}
}
