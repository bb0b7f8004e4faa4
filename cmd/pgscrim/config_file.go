package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/pgscrim/pgscrim/audit/sink"
	"github.com/pgscrim/pgscrim/audit/witness"
	"github.com/pgscrim/pgscrim/rules"
)

// serverFile is a server file that has only keys which exist, with their places. Viper, which reads the values of
// the settings, knows neither places nor lists of users.
type serverFile struct {
	name      string
	places    map[string]rules.Pos
	users     []User
	witnesses []witness.Witness // of the audit log
	sinks     []sink.Config
	database  string         // the one name under `databases:`
	flattened map[string]any // what stands under it, as the top level would have it
	problems  rules.Problems
}

// parseServerFile checks the shape of a server file. The error is a rules.Problems.
func parseServerFile(name string, text []byte, settings []setting) (*serverFile, error) {
	f := &serverFile{name: name, places: map[string]rules.Pos{}, flattened: map[string]any{}}
	var doc yaml.Node
	if err := yaml.Unmarshal(text, &doc); err != nil {
		return nil, f.syntaxError(err)
	}
	if len(doc.Content) > 0 {
		f.walkTop(doc.Content[0], settings)
	}
	if len(f.problems) > 0 {
		return nil, f.problems
	}
	return f, nil
}

// syntaxError gives an error of the YAML parser, which names a line in its text, the form of a problem.
func (f *serverFile) syntaxError(err error) error {
	line, message := 1, strings.TrimPrefix(err.Error(), "yaml: ")
	if n, _ := fmt.Sscanf(message, "line %d:", &line); n == 1 {
		_, message, _ = strings.Cut(message, ": ")
	}
	return rules.Problems{{Pos: rules.Pos{File: f.name, Line: line, Column: 1}, Message: message}}
}

func (f *serverFile) pos(n *yaml.Node) rules.Pos {
	return rules.Pos{File: f.name, Line: n.Line, Column: n.Column}
}

func (f *serverFile) problem(n *yaml.Node, hint, format string, args ...any) {
	f.problems = append(f.problems, rules.Problem{Pos: f.pos(n), Message: fmt.Sprintf(format, args...), Hint: hint})
}

// walkTop reads the top level: single values, groups of them one level down, users, sinks and databases.
func (f *serverFile) walkTop(top *yaml.Node, settings []setting) {
	readers := map[string]func(*yaml.Node){"users": f.readUsers, "databases": f.readDatabases}
	groups := map[string]map[string]func(*yaml.Node){}
	for _, s := range settings {
		read := func(n *yaml.Node) { f.readScalar(s.key, n) }
		group, key, grouped := strings.Cut(s.key, ".")
		if !grouped {
			readers[s.key] = read
			continue
		}
		if groups[group] == nil {
			groups[group] = map[string]func(*yaml.Node){}
			readers[group] = func(n *yaml.Node) { f.readMapping(n, group, groups[group]) }
		}
		groups[group][key] = read
	}
	groups["audit"]["witness"] = f.readWitnesses
	groups["audit"]["sinks"] = f.readSinks
	f.readMapping(top, "the server file", readers)
}

// readMapping reads a mapping by the reader of each key. Keys that have none are problems.
func (f *serverFile) readMapping(n *yaml.Node, what string, readers map[string]func(*yaml.Node)) {
	if n.Kind != yaml.MappingNode {
		f.problem(n, "", "%s must be a mapping", what)
		return
	}
	lines := map[string]int{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		read, known := readers[key.Value]
		switch {
		case !known:
			f.problem(key, rules.Suggest(key.Value, "keys", slices.Sorted(maps.Keys(readers))), "unknown key %q", key.Value)
		case lines[key.Value] > 0:
			f.problem(key, "", "duplicate key %q, first in line %d", key.Value, lines[key.Value])
		default:
			lines[key.Value] = key.Line
			read(value)
		}
	}
}

// readScalar notes the place of a setting, whose value viper reads.
func (f *serverFile) readScalar(key string, n *yaml.Node) {
	if n.Kind != yaml.ScalarNode {
		f.problem(n, "", "%s must be a single value", key)
		return
	}
	f.places[key] = f.pos(n)
}

// readDatabases reads the long form, which this version accepts for one database.
func (f *serverFile) readDatabases(n *yaml.Node) {
	if n.Kind != yaml.MappingNode || len(n.Content) != 2 {
		f.problem(n, "run one pgscrim for each database", "databases must name one database: several are not supported yet")
		return
	}
	f.database = n.Content[0].Value
	readers := map[string]func(*yaml.Node){}
	for _, key := range []string{"upstream", "policy"} {
		readers[key] = func(n *yaml.Node) {
			if first, twice := f.places[key]; twice {
				f.problem(n, "", "%s is set twice, first in line %d", key, first.Line)
				return
			}
			f.readScalar(key, n)
			f.flattened[key] = n.Value
		}
	}
	f.readMapping(n.Content[1], "a database", readers)
}

// readUsers reads the list of users, each into a fresh value: no user may inherit another's roles.
func (f *serverFile) readUsers(n *yaml.Node) {
	if n.Kind != yaml.SequenceNode {
		f.problem(n, "- {name: ana, roles: [analyst], password: ...}", "users must be a list")
		return
	}
	for _, item := range n.Content {
		u := User{pos: f.pos(item), passwordPos: f.pos(item)}
		f.readMapping(item, "a user", map[string]func(*yaml.Node){
			"name":     func(n *yaml.Node) { u.Name, u.pos = f.text(n, "name"), f.pos(n) },
			"password": func(n *yaml.Node) { u.Verifier, u.passwordPos = f.text(n, "password"), f.pos(n) },
			"roles": func(n *yaml.Node) {
				if n.Kind != yaml.SequenceNode {
					f.problem(n, "write [analyst]", "roles must be a list")
					return
				}
				for _, role := range n.Content {
					u.Roles = append(u.Roles, f.text(role, "a role"))
					u.rolePos = append(u.rolePos, f.pos(role))
				}
			},
		})
		f.users = append(f.users, u)
	}
}

// text reads a string that is not empty.
func (f *serverFile) text(n *yaml.Node, what string) string {
	if n.Kind != yaml.ScalarNode || n.Value == "" {
		f.problem(n, "", "%s must be a text", what)
		return ""
	}
	return n.Value
}
