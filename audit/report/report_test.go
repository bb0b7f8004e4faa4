package report

import (
	"context"
	"encoding/xml"
	"errors"
	"io"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"github.com/pgscrim/pgscrim/audit/index"
	"github.com/pgscrim/pgscrim/audit/index/logtest"
)

var hour = time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)

// tally makes a tally of an hour after the first one.
func tally(hours int, kind index.Kind, user, purpose, what, markets, how string, statements, rows int64) index.Tally {
	at := hour.Add(time.Duration(hours) * time.Hour).Unix()
	return index.Tally{Key: index.Key{Hour: at, Kind: kind, User: user, Roles: user + "s,all", Purpose: purpose, What: what, Markets: markets, How: how}, Statements: statements, Rows: rows}
}

// made is the report of some tallies, a client's hostile name among them.
func made() *Report {
	m := newMaker(hour, hour.Add(48*time.Hour))
	for _, t := range []index.Tally{
		tally(0, index.Statements, "ana", "reporting", "rewrite", "", "", 10, 100),
		tally(1, index.Statements, "ana", "reporting", "rewrite", "", "", 5, 50),
		tally(1, index.Statements, "ana", "reporting", "deny", "", "", 2, 0),
		tally(26, index.Statements, "dba", "", "pass", "", "direct", 1, 7),
		tally(0, index.Touches, "ana", "reporting", "contact", "gdpr,ccpa", "show", 10, 100),
		tally(1, index.Touches, "ana", "reporting", "contact", "gdpr,ccpa", "show", 5, 50),
		tally(1, index.Touches, "ana", "reporting", "contact", "pipl", "mask", 15, 150),
		tally(1, index.Touches, "ana", "reporting", "", "", "mask", 1, 1),
		tally(1, index.Refusals, "ana", "reporting", "42501", "", "no-ids", 2, 0),
		tally(2, index.Failures, "ana", "reporting", "22012", "", "", 3, 0),
		tally(2, index.Events, "<script>\x1b[2J", "", "login_failed", "", "10.0.0.1", 4, 0),
		tally(2, index.Events, "sol", "service", "break_glass", "", "10.0.0.1", 1, 0),
		tally(2, index.Events, "ana", "", "alert", "", "bulk-reads", 2, 0),
		tally(2, index.Events, "ana", "", "login", "", "10.0.0.1", 9, 0),
	} {
		m.add(t)
	}
	r := m.report([]string{"reporting", "campaign"})
	r.Made = hour
	return r
}

func TestReport(t *testing.T) {
	want := &Report{
		Since: hour, Until: hour.Add(48 * time.Hour), Made: hour, Statements: 18, Rows: 157, Refused: 2, Failed: 3,
		Touches: []Touch{
			{"ana", []string{"anas", "all"}, "reporting", "contact", "show", []string{"gdpr", "ccpa"}, 15, 150},
			{"ana", []string{"anas", "all"}, "reporting", "contact", "mask", []string{"pipl"}, 15, 150},
			{"ana", []string{"anas", "all"}, "reporting", "", "mask", nil, 1, 1},
		},
		Matrix: Matrix{
			Classes: []string{"", "contact"}, Markets: []string{"all", "ccpa", "gdpr", "pipl"},
			Shown: [][]int64{{0, 0, 0, 0}, {0, 15, 15, 0}}, Masked: [][]int64{{1, 0, 0, 0}, {0, 0, 0, 15}},
		},
		Users:          []User{{"ana", []string{"anas", "all"}, 17, 150, 2}, {"dba", []string{"dbas", "all"}, 1, 7, 0}},
		Refusals:       []Count{{What: "42501", Where: "no-ids", Times: 2, Users: 1}},
		Failures:       []Count{{What: "22012", Times: 3, Users: 1}},
		Direct:         []Count{{What: "direct access", User: "dba", Times: 1}},
		BreakGlass:     []Count{{What: "break_glass", Where: "service", User: "sol", Times: 1}},
		Alerts:         []Count{{What: "alert", Where: "bulk-reads", User: "ana", Times: 2}},
		FailedLogins:   []Count{{What: "login_failed", Where: "10.0.0.1", User: "<script>\x1b[2J", Times: 4}},
		UnusedPurposes: []string{"campaign"},
		Days:           []Day{{"2026-03-02", 17, 2}, {"2026-03-03", 1, 0}, {"2026-03-04", 0, 0}},
	}
	if diff := cmp.Diff(want, made()); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

func TestPrint(t *testing.T) {
	var b strings.Builder
	if err := made().Print(&b, 2); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"18 statements, 157 rows, 2 refused, 3 failed", "... and 1 more", `<script>\x1b[2J`, "no-ids", "campaign", "gdpr ccpa"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("%q is not in\n%s", want, b.String())
		}
	}
	if i := strings.IndexFunc(b.String(), func(c rune) bool { return c != '\n' && unicode.IsControl(c) }); i >= 0 {
		t.Errorf("a control character in %q", b.String()[i:])
	}
}

// TestHTML reads the page: it is well-formed, loads nothing, and shows a hostile name as a name.
func TestHTML(t *testing.T) {
	for name, r := range map[string]*Report{"full": made(), "empty": newMaker(hour, hour).report(nil)} {
		t.Run(name, func(t *testing.T) {
			var b strings.Builder
			if err := r.HTML(&b); err != nil {
				t.Fatal(err)
			}
			d := xml.NewDecoder(strings.NewReader(strings.Replace(b.String(), "<!doctype html>", "", 1)))
			d.Strict, d.AutoClose, d.Entity = false, xml.HTMLAutoClose, xml.HTMLEntity
			text := ""
			for {
				token, err := d.Token()
				if errors.Is(err, io.EOF) {
					break
				}
				if err != nil {
					t.Fatal(err)
				}
				switch token := token.(type) {
				case xml.CharData:
					text += string(token)
				case xml.StartElement:
					for _, a := range token.Attr {
						if n := a.Name.Local; n == "src" || n == "href" || strings.HasPrefix(n, "on") || token.Name.Local == "script" {
							t.Errorf("<%s %s>", token.Name.Local, n)
						}
					}
				}
			}
			if name == "full" && (!strings.Contains(text, "<script>") || !strings.Contains(b.String(), `<rect class="bar"`)) {
				t.Errorf("a name or a chart is missing:\n%s", b.String())
			}
		})
	}
}

// TestMake makes the report of a log, whose period it widens to whole hours.
func TestMake(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "audit")
	o := logtest.Options{Records: 2000, Start: hour, Span: 40 * time.Hour, SegmentBytes: 256 << 10, Seed: 1}
	if err := logtest.Generate(dir, o); err != nil {
		t.Fatal(err)
	}
	ix, err := index.Open(context.Background(), dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer ix.Close()
	whole, err := Make(context.Background(), ix, hour.Add(10*time.Minute), hour.Add(100*time.Hour-time.Minute), nil)
	if err != nil {
		t.Fatal(err)
	}
	part, err := Make(context.Background(), ix, hour, hour.Add(20*time.Hour), nil)
	if err != nil {
		t.Fatal(err)
	}
	if whole.Statements < 900 || !whole.Since.Equal(hour) || !whole.Until.Equal(hour.Add(100*time.Hour)) || len(whole.Touches) == 0 || len(whole.Days) != 5 {
		t.Errorf("%d statements from %s to %s, on %d days", whole.Statements, whole.Since, whole.Until, len(whole.Days))
	}
	if part.Statements < whole.Statements/4 || part.Statements > whole.Statements*3/4 {
		t.Errorf("%d of %d statements are in the first half", part.Statements, whole.Statements)
	}
}
