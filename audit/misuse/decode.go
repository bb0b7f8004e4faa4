package misuse

import (
	"bytes"
	"fmt"
	"maps"
	"net/mail"
	"net/netip"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // time_zone works in a container without a zone database

	"go.yaml.in/yaml/v3"

	"github.com/pgscrim/pgscrim/rules"
)

// decoder reads YAML nodes strictly and gathers what is wrong with them.
type decoder struct {
	file     string
	problems rules.Problems
}

// reader takes the value of a key.
type reader func(*yaml.Node)

func (d *decoder) pos(n *yaml.Node) rules.Pos {
	return rules.Pos{File: d.file, Line: n.Line, Column: n.Column}
}

func (d *decoder) problem(n *yaml.Node, hint, format string, args ...any) {
	d.at(n.Line, n.Column, hint, format, args...)
}

func (d *decoder) at(line, column int, hint, format string, args ...any) {
	d.problems = append(d.problems, rules.Problem{
		Pos: rules.Pos{File: d.file, Line: line, Column: column}, Message: fmt.Sprintf(format, args...), Hint: hint,
	})
}

// syntax makes a problem of an error of the YAML library, which names a line in its text.
func (d *decoder) syntax(err error) {
	line, message := 1, strings.TrimPrefix(err.Error(), "yaml: ")
	if n, _ := fmt.Sscanf(message, "line %d:", &line); n == 1 {
		_, message, _ = strings.Cut(message, ": ")
	}
	d.at(line, 1, "", "not valid YAML: %s", message)
}

// mapping reads a mapping by the reader of each key, and returns the keys that it has.
func (d *decoder) mapping(n *yaml.Node, what string, readers map[string]reader) map[string]bool {
	if n.Kind != yaml.MappingNode {
		d.problem(n, "", "%s must be a mapping", what)
		return nil
	}
	keys := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		read, known := readers[key.Value]
		switch {
		case !known:
			d.problem(key, rules.Suggest(key.Value, "keys", slices.Sorted(maps.Keys(readers))), "%s: unknown key %q", what, key.Value)
		case keys[key.Value]:
			d.problem(key, "", "%s: duplicate key %q", what, key.Value)
		case value.Kind == yaml.AliasNode || value.Anchor != "":
			d.problem(value, "write the value out", "a rules file has no YAML anchors and aliases")
		default:
			keys[key.Value] = true
			read(value)
		}
	}
	return keys
}

// need makes a problem of each key that is missing.
func (d *decoder) need(n *yaml.Node, keys map[string]bool, what string, needed ...string) {
	for _, key := range needed {
		if keys != nil && !keys[key] {
			d.problem(n, "", "%s: %s is missing", what, key)
		}
	}
}

// scalar reads a single value that is not empty, and makes a problem of what parse finds wrong with it.
func scalar[T any](d *decoder, p *T, what, hint string, parse func(string) (T, error)) reader {
	return func(n *yaml.Node) {
		if n.Kind != yaml.ScalarNode || n.Value == "" {
			d.problem(n, hint, "%s must be a single value", what)
			return
		}
		value, err := parse(n.Value)
		if err != nil {
			d.problem(n, hint, "%s: %v", what, err)
			return
		}
		*p = value
	}
}

// several reads a list of values.
func several[T any](d *decoder, p *[]T, what, hint string, parse func(string) (T, error)) reader {
	return func(n *yaml.Node) {
		if n.Kind != yaml.SequenceNode || len(n.Content) == 0 {
			d.problem(n, "write [a, b], or leave it out", "%s must be a list that is not empty", what)
			return
		}
		for _, item := range n.Content {
			var value T
			scalar(d, &value, "an item of "+what, hint, parse)(item)
			*p = append(*p, value)
		}
	}
}

func text(s string) (string, error) { return s, nil }

func (d *decoder) text(p *string, what string) reader { return scalar(d, p, what, "", text) }

func (d *decoder) names(p *[]string, what string) reader { return several(d, p, what, "", text) }

func (d *decoder) truth(p *bool, what string) reader {
	return scalar(d, p, what, "", func(s string) (bool, error) {
		switch s {
		case "true", "on":
			return true, nil
		case "false", "off":
			return false, nil
		}
		return false, fmt.Errorf("%q is not true or false", s)
	})
}

func (d *decoder) choice(p *string, what string, words ...string) reader {
	return func(n *yaml.Node) {
		hint := rules.Suggest(n.Value, "words", words)
		scalar(d, p, what, hint, func(s string) (string, error) {
			if !slices.Contains(words, s) {
				return "", fmt.Errorf("%q is not one of %s", s, strings.Join(words, ", "))
			}
			return s, nil
		})(n)
	}
}

func (d *decoder) severity(p *Severity, what string) reader {
	return func(n *yaml.Node) {
		word := p.String()
		d.choice(&word, what, severities()...)(n)
		*p = Severity(slices.Index(severities(), word))
	}
}

func (d *decoder) number(p *int64, what string) reader {
	return scalar(d, p, what, "", func(s string) (int64, error) {
		n, err := strconv.ParseInt(strings.ReplaceAll(s, "_", ""), 10, 64)
		if err != nil || n < 0 {
			return 0, fmt.Errorf("%q is not a whole number from 0", s)
		}
		return n, nil
	})
}

func (d *decoder) factor(p *float64, what string) reader {
	return scalar(d, p, what, "", func(s string) (float64, error) {
		f, err := strconv.ParseFloat(s, 64)
		if err != nil || !(f >= 1 && f <= 1000) {
			return 0, fmt.Errorf("%q is not a number from 1 to 1000", s)
		}
		return f, nil
	})
}

// durationHint says how times are written.
const durationHint = "write it as 30s, 90m, 1h or 7d"

// parseDuration reads a time above 0: as Go writes it, or in days.
func parseDuration(s string) (time.Duration, error) {
	if days, ok := strings.CutSuffix(s, "d"); ok {
		if n, err := strconv.Atoi(days); err == nil && n > 0 && n <= 3650 {
			return time.Duration(n) * 24 * time.Hour, nil
		}
	}
	v, err := time.ParseDuration(s)
	if err != nil || v <= 0 {
		return 0, fmt.Errorf("%q is not a time", s)
	}
	return v, nil
}

func (d *decoder) duration(p *time.Duration, what string) reader {
	return scalar(d, p, what, durationHint, parseDuration)
}

func (d *decoder) days(p *int, what string) reader {
	return scalar(d, p, what, "write it as 20d", func(s string) (int, error) {
		v, err := parseDuration(s)
		if err != nil || v%(24*time.Hour) != 0 {
			return 0, fmt.Errorf("%q is not a number of days", s)
		}
		return int(v / (24 * time.Hour)), nil
	})
}

func (d *decoder) zone(p **time.Location) reader {
	return scalar(d, p, "time_zone", "write it as Europe/Berlin", time.LoadLocation)
}

func (d *decoder) prefixes(p *[]netip.Prefix, what string) reader {
	return several(d, p, what, "write it as 10.0.0.0/8", netip.ParsePrefix)
}

func parseAddress(s string) (string, error) {
	a, err := mail.ParseAddress(s)
	if err != nil {
		return "", fmt.Errorf("%q is not a mail address", s)
	}
	return a.String(), nil
}

func (d *decoder) address(p *string, what string) reader { return scalar(d, p, what, "", parseAddress) }

func (d *decoder) addresses(p *[]string, what string) reader {
	return several(d, p, what, "", parseAddress)
}

// url reads an address that alerts are posted to. An alert is personal data: without TLS it may go to this machine only.
func (d *decoder) url(p *string, what string) reader {
	return scalar(d, p, what, "write it as https://alerts.example.com/pgscrim", func(s string) (string, error) {
		u, err := url.Parse(s)
		if err != nil || u.Host == "" {
			return "", fmt.Errorf("%q is not an address", s)
		}
		local := u.Hostname() == "localhost"
		if ip, err := netip.ParseAddr(u.Hostname()); err == nil {
			local = ip.IsLoopback()
		}
		if u.Scheme != "https" && (u.Scheme != "http" || !local) {
			return "", fmt.Errorf("%q is not https", s)
		}
		return s, nil
	})
}

// secret reads a file that holds a secret.
func (d *decoder) secret(p *[]byte, what string) reader {
	return scalar(d, p, what, "", func(s string) ([]byte, error) {
		content, err := os.ReadFile(d.beside(s))
		if err != nil {
			return nil, err
		}
		if content = bytes.TrimSpace(content); len(content) < 8 {
			return nil, fmt.Errorf("%s holds no secret: it is too short", s)
		}
		return content, nil
	})
}
