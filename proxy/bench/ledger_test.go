package bench

import (
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/pgscrim/pgscrim/audit"
)

func TestLedgerFindsDifferences(t *testing.T) {
	const (
		login  = `{"seq":1,"event":"login","application":"a"}`
		opens  = `{"seq":2,"event":"statement","application":"a","statement":"SELECT 1"}`
		closes = `{"seq":3,"event":"statement","closes":2,"rows":1}`
		logout = `{"seq":4,"event":"logout","application":"a"}`
	)
	for name, test := range map[string]struct {
		log  []string
		want string // in the error; empty: there is none
	}{
		"as it should be":      {log: []string{login, opens, closes, logout}},
		"no record":            {log: []string{login, `{"seq":2,"event":"logout","application":"a"}`}, want: "sent 1 times, answered 1 times, recorded 0 times"},
		"not closed":           {log: []string{login, opens, `{"seq":3,"event":"logout","application":"a"}`}, want: "record 2 was never closed"},
		"closed twice":         {log: []string{login, opens, closes, `{"seq":4,"event":"statement","closes":2,"rows":1}`}, want: "closes 2, which is not open"},
		"a gap":                {log: []string{login, opens, closes, `{"seq":5,"event":"logout","application":"a"}`}, want: "record 5 follows 3"},
		"other rows":           {log: []string{login, opens, `{"seq":3,"event":"statement","closes":2,"rows":2}`, logout}, want: "returned 1 rows, recorded are 2"},
		"a statement too many": {log: []string{login, opens, closes, `{"seq":4,"event":"statement","application":"a","statement":"SELECT 2"}`}, want: `never sent "SELECT 2"`},
		"no logout":            {log: []string{login, opens, closes}, want: "1 more logins"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, audit.FileName), []byte(strings.Join(test.log, "\n")+"\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			l := newLedger()
			l.add("a", account{"SELECT 1": {sent: 1, answered: 1, rows: 1}})
			err := l.differences(dir)
			if test.want == "" && err != nil || test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)) {
				t.Errorf("error: %v, want %q", err, test.want)
			}
		})
	}
}

func TestMemoryThatGrowsIsFound(t *testing.T) {
	flat, growing := make(memory, 30), make(memory, 30)
	for i := range flat {
		flat[i] = 100 << 20
		growing[i] = int64(i) * 20 << 20
	}
	if err := flat.check(io.Discard); err != nil {
		t.Error(err)
	}
	if growing.check(io.Discard) == nil {
		t.Error("growth was not noticed")
	}
	if flat[:3].check(io.Discard) == nil {
		t.Error("three samples were enough")
	}
}

func TestLeftoversAreFound(t *testing.T) {
	before := leftovers{connections: 1, descriptors: []string{"log"}}
	for _, after := range []leftovers{{2 + pooled, []string{"log"}}, {1, slices.Repeat([]string{"log"}, 2+pooled)}} {
		if !after.more(before) {
			t.Errorf("%+v is not more than %+v", after, before)
		}
	}
	if before.more(before) {
		t.Error("nothing is left over")
	}
}
