package audit

import (
	"strings"
	"testing"
	"time"
)

func TestEntryString(t *testing.T) {
	at := time.Date(2026, 1, 2, 3, 4, 5, 678_000_000, time.UTC)
	rows, ms := int64(20), 1.26
	for _, tt := range []struct {
		name   string
		record Record
		want   string
	}{
		{
			"statement",
			Record{
				Time: at, Event: "statement", User: "ana", Roles: []string{"analyst", "dpo"}, Purpose: "reporting",
				Decision: "rewrite", Statement: "SELECT 1\n  FROM t",
			},
			`2026-01-02T03:04:05.678Z ana analyst,dpo reporting rewrite - SELECT 1\n FROM t`,
		},
		{
			"refused",
			Record{Time: at, Event: "statement", User: "ana", Decision: "deny", SQLState: "42501", Statement: "SELECT x", Detail: "rule r"},
			`2026-01-02T03:04:05.678Z ana - - deny - 42501 SELECT x (rule r)`,
		},
		{
			"closing",
			Record{Time: at, Event: "statement", User: "ana", Closes: 7, Rows: &rows, DurationMS: &ms},
			`2026-01-02T03:04:05.678Z ana - - done 20 closes 7 1.3 ms`,
		},
		{
			"a name that would look like two columns",
			Record{Time: at, Event: "login_failed", User: "ana  analyst"},
			`2026-01-02T03:04:05.678Z "ana analyst" - - login_failed -`,
		},
	} {
		got := strings.Join(strings.Fields(Entry{Record: tt.record}.String()), " ")
		if got != tt.want {
			t.Errorf("%s:\n got %s\nwant %s", tt.name, got, tt.want)
		}
	}
}
