package oracle

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
)

// session is what a tool or a person sends on one connection, in order. Files in testdata/sessions hold some each; a session
// begins with a statement that has the directive `--! session CALLER[,CALLER ...] TOOL: WHAT`.
type session struct {
	callers    []string
	title      string
	statements []*statement
}

// sessions is how many legitimate sessions there are to be at least.
const sessions = 150

func readSessions(t *testing.T, version int) (all []session) {
	t.Helper()
	for _, s := range readCorpus(t, "../../testdata/sessions/*.sql", version) {
		if s.session != "" {
			names, title, _ := strings.Cut(s.session, " ")
			all = append(all, session{callers: strings.Split(names, ","), title: title})
		}
		if len(all) == 0 {
			t.Fatalf("%s: a statement outside a session", s.where)
		}
		last := &all[len(all)-1]
		last.statements = append(last.statements, s)
	}
	return all
}

// TestSessions runs each session through the proxy, and compares what it reads of the data with the caller's visible database,
// and what it reads of the catalog with the database itself. Everything is answered: nothing is refused, nothing fails.
func TestSessions(t *testing.T) {
	w := newWorld(t)
	all := readSessions(t, w.version)
	if len(all) < sessions {
		t.Errorf("%d sessions, there are to be %d", len(all), sessions)
	}
	byCaller := map[string][]session{}
	for _, s := range all {
		for _, name := range s.callers {
			byCaller[name] = append(byCaller[name], s)
		}
	}
	for _, c := range callers() {
		mine := byCaller[c.name]
		delete(byCaller, c.name)
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			raw := w.copy(t)
			through := serve(t, raw, c.policyFile(), users(c))(c.name)
			visible := w.visible(t, c, c.reference(t))
			for _, s := range mine {
				for _, by := range []protocol{simple, extended} {
					for _, fault := range s.compare(dial(t, through), dial(t, visible), dial(t, raw), by) {
						t.Error(fault)
					}
				}
			}
		})
	}
	for name := range byCaller {
		t.Errorf("nobody is called %s", name)
	}
}

// compare runs a session on three connections. A statement that cannot be sent in the given protocol is sent in its own.
func (s session) compare(through, visible, direct *client, by protocol) (faults []string) {
	defer through.close()
	defer visible.close()
	defer direct.close()
	for _, st := range s.statements {
		own := by
		if st.simple {
			own = simple
		} else if st.args != nil {
			own = extended
		}
		answers := make([][]event, 3)
		for i, c := range []*client{through, visible, direct} {
			var err error
			if answers[i], err = c.message(st, own, 0); err != nil {
				return append(faults, fmt.Sprintf("%s, %s: %s, %s: %v", st.where, s.title, []string{"through the proxy", "visible", "direct"}[i], own, err))
			}
		}
		got, want := answers[0], answers[1]
		if st.readsCatalog() {
			want = answers[2]
		}
		if st.varies {
			if code(got) != code(want) {
				faults = append(faults, fmt.Sprintf("%s, %s, %s: %s, not %s", st.where, s.title, own, cut(describe(got)), cut(describe(want))))
			}
			continue
		}
		c := comparison{ordered: st.ordered(), early: own == extended}
		if diff := c.difference(got, want); diff != "" {
			faults = append(faults, fmt.Sprintf("%s, %s, %s: %s\n for %s", st.where, s.title, own, diff, cut(st.messages[0])))
		} else if code(want) != "" {
			faults = append(faults, fmt.Sprintf("%s, %s, %s: this fails anyhow: %s", st.where, s.title, own, cut(describe(want))))
		}
	}
	return faults
}

// catalogs finds what reads definitions. They are not masked, while those of the visible database differ where a column is left out.
var catalogs = regexp.MustCompile(`(?i)\b(pg_(class|attribute|namespace|type|proc|index|constraint|database|roles|tables|views|matviews|description|inherits|attrdef|enum|range|settings|stat_user_tables|indexes|extension|am|operator|trigger|collation|tablespace|user|get_viewdef)|information_schema)\b`)

func (s *statement) readsCatalog() bool { return catalogs.MatchString(s.messages[0]) }
