package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestAuditReport(t *testing.T) {
	dir := searchLog(t)
	report := func(args ...string) result {
		return pgscrim(t, "", append([]string{"audit", "report", "--audit-dir", dir}, args...)...)
	}
	if got := report("--policy", "../../testdata/crm/policy.yaml"); got.code != 0 || !strings.Contains(got.out, "2 statements, 3 rows, 1 refused, 0 failed") ||
		!strings.Contains(got.out, "churn_model") || !strings.Contains(got.out, "no-government-ids") {
		t.Errorf("%+v", got)
	}
	var r struct {
		Touches []struct{ User, Class, Action string }
	}
	got := report("--json")
	if err := json.Unmarshal([]byte(got.out), &r); err != nil || len(r.Touches) != 2 || r.Touches[0].Class != "contact" || r.Touches[0].Action != "show" {
		t.Errorf("%v: %+v", err, got)
	}
	page := filepath.Join(t.TempDir(), "report.html")
	if got := report("--html", page); got.code != 0 || got.out != "" {
		t.Errorf("%+v", got)
	}
	if text, err := os.ReadFile(page); err != nil || !strings.Contains(string(text), "<svg") {
		t.Errorf("the page: %v", err)
	}
	for _, args := range []string{"--json --html x", "--since never"} {
		if got := report(strings.Fields(args)...); got.code != exitUsage {
			t.Errorf("%s: %+v", args, got)
		}
	}
}
