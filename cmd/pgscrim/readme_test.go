package main

import (
	"fmt"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/pgscrim/pgscrim/audit"
	"github.com/pgscrim/pgscrim/rewrite"
	"github.com/pgscrim/pgscrim/rules"
)

// readmeRows are the rows of the README's tables that follow from the code.
func readmeRows() []string {
	cell := func(s string) string { return strings.NewReplacer("|", `\|`, "*", `\*`).Replace(s) }
	var rows []string
	for _, s := range new(Config).settings() {
		value := "-"
		if s.value != "" {
			value = "`" + s.value + "`"
		}
		name := "`" + s.key + "`"
		if s.flag != "" {
			name += " `--" + s.flag + "`"
		}
		rows = append(rows, fmt.Sprintf("| %s | %s | %s |", name, value, cell(s.usage)))
	}
	for _, mask := range rewrite.Masks() {
		rows = append(rows, fmt.Sprintf("| `%s` | %s |", mask[0], cell(mask[1])))
	}
	return rows
}

// TestReadme fails when the README lags the code.
func TestReadme(t *testing.T) {
	text, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	lines, want := strings.Split(string(text), "\n"), readmeRows()
	for _, row := range want {
		if !slices.Contains(lines, row) {
			t.Errorf("the README lacks the row\n%s", row)
		}
	}
	for _, line := range lines {
		if strings.HasPrefix(line, "| `") && !slices.Contains(want, line) {
			t.Errorf("the README has a row that the code has not:\n%s", line)
		}
	}
	_, policy, _ := strings.Cut(string(text), "```yaml\n")
	policy, _, _ = strings.Cut(policy, "```")
	if _, err := rules.Load("README.md", []byte(policy)); err != nil {
		t.Errorf("the README's policy does not load: %v", err)
	}
	for _, cmd := range newRootCommand().Commands() {
		if name := "pgscrim " + cmd.Name(); !cmd.Hidden && !strings.Contains(string(text), name) {
			t.Errorf("the README does not mention %s", name)
		}
	}
	for field := range reflect.TypeFor[audit.Record]().Fields() {
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		if !strings.Contains(string(text), "`"+name+"`") {
			t.Errorf("the README does not mention the audit field %s", name)
		}
	}
	if n := len(lines) - 1; n > 250 {
		t.Errorf("the README has %d lines, and nobody reads more than 250", n)
	}
}
