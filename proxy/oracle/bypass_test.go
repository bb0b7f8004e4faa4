package oracle

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"
)

// evasion is one paragraph of testdata/bypass/*.txt:
//
//	as CALLER [setting=value ...]   who tries, with settings of the startup packet (a value ends at a blank; \_ stands for one)
//	statements as in the corpus, several messages separated by --;
//	----
//	refused CODE                    the first error has the SQLSTATE (or so has the login), and no row comes before it
//	error CODE text                 PostgreSQL's own error about what is visible, with this text in its message
//	rows                            the last result, one row a line, cells separated by |, ∅ for NULL; nothing else comes
type evasion struct {
	statement
	caller   string
	settings map[string]string
	expected []string
}

func readEvasions(t *testing.T) (all []*evasion) {
	t.Helper()
	files, err := filepath.Glob("../../testdata/bypass/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal("no bypass corpus", err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		line := 1
		for _, paragraph := range strings.Split(string(text), "\n\n") {
			if !strings.HasPrefix(paragraph, "# ") {
				e, err := parseEvasion(paragraph)
				if err != nil {
					t.Fatalf("%s:%d: %v", file, line, err)
				}
				e.where = fmt.Sprintf("%s:%d", filepath.Base(file), line)
				all = append(all, e)
			}
			line += strings.Count(paragraph, "\n") + 2
		}
	}
	return all
}

func parseEvasion(paragraph string) (*evasion, error) {
	head, rest, _ := strings.Cut(strings.Trim(paragraph, "\n"), "\n")
	sql, expected, found := strings.Cut(rest, "\n----\n")
	words := strings.Fields(head)
	if !found || len(words) < 2 || words[0] != "as" {
		return nil, errors.New("an evasion is: as CALLER, statements, ----, what is expected")
	}
	s, err := parseStatement(sql)
	if err != nil || s == nil {
		return nil, fmt.Errorf("no statement: %w", err)
	}
	e := &evasion{statement: *s, caller: words[1], settings: map[string]string{}, expected: strings.Split(expected, "\n")}
	for _, w := range words[2:] {
		name, value, _ := strings.Cut(w, "=")
		e.settings[name] = strings.ReplaceAll(value, `\_`, " ")
	}
	return e, nil
}

// bypass tries every evasion.
func bypass(t *testing.T, w *world) {
	dsn := w.copy(t)
	p := w.policy
	address := serve(t, dsn, folder+"policy.yaml", users(callers()...))
	secrets := map[string]map[string]bool{}
	for _, c := range callers() {
		secrets[c.name] = w.db.secrets(p, c)
	}
	for _, e := range readEvasions(t) {
		if w.version < e.since || w.version >= e.before {
			continue
		}
		for _, by := range e.protocols() {
			events, err := e.try(address(e.caller), by)
			if err != nil {
				t.Errorf("%s, %s: %v", e.where, by, err)
			} else if fault := e.check(events); fault != "" {
				t.Errorf("%s, %s: %s\n got %s", e.where, by, fault, cut(describe(events)))
			}
			if leaked := leak(events, secrets[e.caller]); leaked != "" {
				t.Errorf("%s, %s: LEAK of %s", e.where, by, leaked)
			}
		}
	}
}

// try runs an evasion in a session of its own. A login that is refused counts as an answer.
func (e *evasion) try(dsn string, by protocol) ([]event, error) {
	c, err := connect(context.Background(), dsn, e.settings)
	var refused *pgconn.PgError
	if errors.As(err, &refused) {
		return []event{{'E', fmt.Sprintf("%s %s: %s", refused.Severity, refused.Code, refused.Message)}}, nil
	}
	if err != nil {
		return nil, err
	}
	defer c.close()
	c.format = 0 // expectations are texts
	return c.run(&e.statement, by)
}

// check compares with what is expected, and returns what is wrong.
func (e *evasion) check(events []event) string {
	kind, rest, _ := strings.Cut(e.expected[0], " ")
	switch kind {
	case "refused":
		if got := code(events); got != rest {
			return fmt.Sprintf("refused with %q, want %q", got, rest)
		}
		for _, ev := range events {
			switch ev.kind {
			case 'E':
				return ""
			case 'D', 'd':
				return "rows came before the refusal"
			}
		}
	case "error":
		want, text, _ := strings.Cut(rest, " ")
		if got := code(events); got != want || !strings.Contains(describe(events), text) {
			return fmt.Sprintf("want error %s %s", want, text)
		}
	case "rows":
		if got := code(events); got != "" {
			return "want rows, not an error"
		}
		if got, want := strings.Join(lastRows(events), "\n"), strings.Join(e.expected[1:], "\n"); got != want {
			return fmt.Sprintf("rows are\n%s\nwant\n%s", got, want)
		}
	default:
		return "unknown expectation " + e.expected[0]
	}
	return ""
}

// lastRows returns the rows of the last result in the form of an expectation.
func lastRows(events []event) (rows []string) {
	unquote := strings.NewReplacer(`"|"`, "|", `NULL|`, "∅|", `"`, "")
	for _, ev := range events {
		switch ev.kind {
		case 'T', 'H':
			rows = nil
		case 'D', 'd':
			rows = append(rows, strings.TrimSuffix(unquote.Replace(ev.text), "|"))
		}
	}
	return rows
}

// address is what in an answer could be an e-mail address.
var address = regexp.MustCompile(`[\pL\d.+-]+@[\pL\d.-]+`)

// secrets are the e-mail addresses that the database holds and the caller may not see anywhere.
func (db *database) secrets(p *policy, c caller) map[string]bool {
	all, seen := map[string]bool{}, map[string]bool{}
	for _, t := range db.tables {
		add := func(to map[string]bool, rows []row) {
			for _, r := range rows {
				for _, a := range address.FindAllString(r.String(), -1) {
					to[a] = true
				}
			}
		}
		add(all, t.rows)
		add(seen, db.see(p, c, t).visible)
	}
	for a := range seen {
		delete(all, a)
	}
	return all
}

// leak returns a secret that is in an answer, empty if none is.
func leak(events []event, secrets map[string]bool) string {
	for _, e := range events {
		for _, a := range address.FindAllString(e.text, -1) {
			if secrets[a] {
				return a
			}
		}
	}
	return ""
}
