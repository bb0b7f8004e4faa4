package rules

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// LoadFile reads a policy file. An error of the policy is a Problems, as Load returns it.
func LoadFile(path string) (*Policy, error) {
	src, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("reading the policy: %w", err)
	}
	return Load(path, src)
}

// Load reads a policy from the bytes of a file, whose name goes into positions. It is strict: it returns
// either a policy in which every name resolves or, as a Problems, everything that is wrong with the file.
func Load(file string, src []byte) (*Policy, error) {
	digest := sha256.Sum256(src)
	l := &loader{
		lines: strings.Split(string(src), "\n"),
		policy: &Policy{
			File:     file,
			Digest:   "sha256:" + hex.EncodeToString(digest[:]),
			Purposes: map[string]*Purpose{},
			Classes:  map[string]*Class{},
			Subjects: map[string]*Subject{},
			Roles:    map[string]*Role{},
		},
	}
	if root := l.parse(src); root != nil {
		l.load(root)
	}
	if len(l.problems) == 0 {
		return l.policy, nil
	}
	slices.SortStableFunc(l.problems, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	return nil, l.problems
}

// loader builds one policy and gathers what is wrong with its file.
type loader struct {
	policy   *Policy
	lines    []string // the file's, for what YAML loses of them
	problems Problems
}

// load reads the sections, each after those whose names it uses; the file may have them in any order.
func (l *loader) load(root *yaml.Node) {
	m := l.fields(root, "policy", "version", "name", "owner", "review_by", "unlisted_tables", "unlisted_columns",
		"regions", "purposes", "classes", "subjects", "tables", "schemas", "functions", "roles", "rows", "rules")
	l.need(root, m, "policy", "version")
	l.version(m["version"])
	l.policy.Name = l.text(m["name"], "name")
	l.policy.Owner = l.text(m["owner"], "owner")
	l.reviewBy(m["review_by"])
	l.unlisted(m["unlisted_tables"], m["unlisted_columns"])
	l.regions(m["regions"])
	l.purposes(m["purposes"])
	l.classes(m["classes"])
	l.subjects(m["subjects"])
	l.roles(m["roles"])
	l.tables(m["tables"])
	l.schemas(m["schemas"])
	l.functions(m["functions"])
	l.rules(m["rows"], m["rules"])
}

// version accepts the one version of the language that there is.
func (l *loader) version(n *yaml.Node) {
	if n == nil || n.Kind == yaml.AliasNode {
		return
	}
	if n.Kind != yaml.ScalarNode || n.ShortTag() != "!!int" || n.Value != "1" {
		l.problem(n, "write version: 1", "version must be the number 1")
	}
}

func (l *loader) reviewBy(n *yaml.Node) {
	if n == nil || !l.kind(n, yaml.ScalarNode, "review_by", "a date") {
		return
	}
	day, err := time.Parse(time.DateOnly, n.Value)
	if err != nil || day.IsZero() {
		l.problem(n, "write it as 2027-03-31", "review_by is not a date: %q", n.Value)
		return
	}
	l.policy.ReviewBy, l.policy.ReviewByPos = day, l.pos(n)
}

// unlisted reads what happens to what the policy does not name. What is not said is safe:
// no such table is read, and such a column holds NULL.
func (l *loader) unlisted(tables, columns *yaml.Node) {
	actions := map[string]Action{"show": Show, "mask": MaskCell, "deny": Deny}
	l.policy.UnlistedTables = cmp.Or(actions[l.choice(tables, "unlisted_tables", "deny", "show")], Deny)
	l.policy.UnlistedColumns = cmp.Or(actions[l.choice(columns, "unlisted_columns", "show", "mask", "deny")], MaskCell)
}

// names is a set of names that the policy defines, and what they are called.
type names struct {
	one, many string
	known     []string
}

func (l *loader) purposeNames() names { return namesOf("purpose", "purposes", l.policy.Purposes) }
func (l *loader) classNames() names   { return namesOf("class", "classes", l.policy.Classes) }
func (l *loader) subjectNames() names { return namesOf("subject", "subjects", l.policy.Subjects) }
func (l *loader) roleNames() names    { return namesOf("role", "roles", l.policy.Roles) }
func (l *loader) regionNames() names  { return names{"region", "regions", l.policy.regionNames()} }

func namesOf[T any](one, many string, m map[string]T) names {
	return names{one, many, slices.Sorted(maps.Keys(m))}
}

// defined reports whether a scalar is one of the names, and makes a problem of it if not.
func (l *loader) defined(n *yaml.Node, ns names) bool {
	if slices.Contains(ns.known, n.Value) {
		return true
	}
	l.problem(n, suggest(n.Value, ns), "there is no %s %q", ns.one, n.Value)
	return false
}

// references reads the list of a key: names that the policy defines elsewhere.
func (l *loader) references(m map[string]*yaml.Node, key string, ns names) []string {
	var found []string
	for _, item := range l.list(m[key], key) {
		if l.defined(item, ns) {
			found = append(found, item.Value)
		}
	}
	return found
}
