package oracle

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// statement is one paragraph of a corpus file: one or several messages, and directives.
//
// A paragraph ends at a blank line. Lines that begin with `--!` are directives, and not sent:
//
//	--! refused CODE [caller ...]   these callers (or all) are refused with the SQLSTATE
//	--! except caller ...           not for these callers, for whom the two databases are rightly not the same
//	--! args a|b                    parameters, for the extended protocol only
//	--! simple                      for the simple protocol only
//	--! catalog                     compare with the database itself: definitions are not masked
//	--! record                      a whole row of a masked relation has no named type: that may differ (simple protocol only)
//	--! since MAJOR                 only on this major version of PostgreSQL and later ones: elder ones do not know the syntax
//	--! session CALLER,... TOOL     the first statement of a session (sessions_test.go)
//	--! stdin DATA                  what COPY FROM STDIN is sent, with \n and \t written so
//	--! before MAJOR                only on earlier ones
//	--! varies                      which row fails first is left to the plan: compare the SQLSTATE only
//
// A line `--;` ends a message: what follows is sent in the same session when the answer has come. The string {db} stands
// for the database's name.
type statement struct {
	where    string // file:line
	messages []string
	refusals []refusal
	except   []string
	args     []string
	simple   bool
	catalog  bool
	varies   bool
	since    int
	before   int
	record   bool
	session  string
	stdin    string
}

type refusal struct {
	code    string
	callers []string // none: all
}

// refusedTo returns the SQLSTATE with which a caller must be refused, empty if he must not.
func (s *statement) refusedTo(caller string) string {
	for _, r := range s.refusals {
		if len(r.callers) == 0 || slices.Contains(r.callers, caller) {
			return r.code
		}
	}
	return ""
}

// changesSession finds statements after which the session has to be put back.
var changesSession = regexp.MustCompile(`(?i)\b(set|reset|prepare|declare|listen|temp|set_config|begin|execute)\b`)

func (s *statement) discard() bool {
	return len(s.messages) > 1 || changesSession.MatchString(s.messages[0])
}

// temporary reports whether the statement makes a table, temporary or in a writable schema, whose OID is a new one in each database.
func (s *statement) temporary() bool {
	text := strings.ToUpper(strings.Join(s.messages, ";"))
	return strings.Contains(text, "TEMP") || strings.Contains(text, "SANDBOX")
}

// ordered reports whether the last message asks for an order: it has an ORDER BY outside parentheses.
func (s *statement) ordered() bool {
	text := quoted.ReplaceAllString(s.messages[len(s.messages)-1], "''")
	for {
		inner := innermost.ReplaceAllString(text, "")
		if inner == text {
			break
		}
		text = inner
	}
	return orderBy.MatchString(text)
}

var (
	quoted    = regexp.MustCompile(`'[^']*'|"[^"]*"|--[^\n]*|(?s:/\*.*?\*/)`)
	innermost = regexp.MustCompile(`\([^()]*\)`)
	orderBy   = regexp.MustCompile(`(?i)\border\s+by\b`)
)

// readCorpus reads the statements for a major version of PostgreSQL.
func readCorpus(t testing.TB, pattern string, version int) (all []*statement) {
	t.Helper()
	files, err := filepath.Glob(pattern)
	if err != nil || len(files) == 0 {
		t.Fatalf("no corpus in %s: %v", pattern, err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		line := 1
		for _, paragraph := range strings.Split(string(text), "\n\n") {
			s, err := parseStatement(paragraph)
			if err != nil {
				t.Fatalf("%s:%d: %v", file, line, err)
			}
			if s != nil && s.since <= version && version < s.before {
				s.where = fmt.Sprintf("%s:%d", filepath.Base(file), line)
				all = append(all, s)
			}
			line += strings.Count(paragraph, "\n") + 2
		}
	}
	return all
}

func parseStatement(paragraph string) (*statement, error) {
	s := &statement{before: math.MaxInt}
	var sql []string
	empty := true
	end := func() {
		s.messages = append(s.messages, strings.Join(sql, "\n"))
		sql = nil
	}
	for _, line := range strings.Split(strings.Trim(paragraph, "\n"), "\n") {
		directive, isDirective := strings.CutPrefix(line, "--! ")
		switch {
		case isDirective:
			if err := s.direct(directive); err != nil {
				return nil, err
			}
		case line == "--;":
			end()
		default:
			empty = empty && (line == "" || strings.HasPrefix(line, "-- "))
			sql = append(sql, line)
		}
	}
	if empty { // a comment about the file
		return nil, nil
	}
	end()
	return s, nil
}

func (s *statement) direct(directive string) error {
	word, rest, _ := strings.Cut(directive, " ")
	switch word {
	case "refused":
		fields := strings.Fields(rest)
		if len(fields) == 0 || len(fields[0]) != 5 {
			return fmt.Errorf("%q names no SQLSTATE", directive)
		}
		s.refusals = append(s.refusals, refusal{fields[0], fields[1:]})
	case "except":
		s.except = strings.Fields(rest)
	case "args":
		s.args = strings.Split(rest, "|")
	case "simple":
		s.simple = true
	case "since", "before":
		bound := map[string]*int{"since": &s.since, "before": &s.before}[word]
		if _, err := fmt.Sscan(rest, bound); err != nil {
			return fmt.Errorf("%q: %w", directive, err)
		}
	case "catalog":
		s.catalog = true
	case "record":
		s.record, s.simple = true, true
	case "session":
		s.session = rest
	case "stdin":
		s.stdin, s.simple = strings.NewReplacer(`\n`, "\n", `\t`, "\t").Replace(rest)+"\n", true
	case "varies":
		s.varies = true
	default:
		return fmt.Errorf("unknown directive %q", directive)
	}
	return nil
}

// protocol is a way to send a statement.
type protocol string

const (
	simple   protocol = "simple"
	extended protocol = "extended"
)

// protocols returns those that a statement is meant for.
func (s *statement) protocols() []protocol {
	switch {
	case s.simple:
		return []protocol{simple}
	case s.args != nil:
		return []protocol{extended}
	}
	return []protocol{simple, extended}
}

// one returns one of the protocols that a statement is meant for, the other for the next statement.
func (s *statement) one(i int) []protocol {
	by := s.protocols()
	return by[i%len(by):][:1]
}

// run sends a statement and returns all answers.
func (c *client) run(s *statement, by protocol) (events []event, _ error) {
	for i := range s.messages {
		some, err := c.message(s, by, i)
		events = append(events, some...)
		if err != nil {
			return events, fmt.Errorf("%s, %s: %w", s.where, by, err)
		}
	}
	return events, c.reset(s.discard())
}
