package main

import (
	"flag"
	"fmt"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/pgscrim/pgscrim/audit"
	"github.com/pgscrim/pgscrim/audit/sink"
	"github.com/pgscrim/pgscrim/rewrite"
	"github.com/pgscrim/pgscrim/rules"
)

var update = flag.Bool("update", false, "write the tables in docs")

// tableCell escapes what Markdown would take for its own.
func tableCell(s string) string { return strings.NewReplacer("|", `\|`, "*", `\*`).Replace(s) }

// maskRows are the rows of the README's table of masks.
func maskRows() []string {
	var rows []string
	for _, mask := range rewrite.Masks() {
		rows = append(rows, fmt.Sprintf("| `%s` | %s |", mask[0], tableCell(mask[1])))
	}
	return rows
}

// settingRows are the rows of the table in docs/configuration.md.
func settingRows() []string {
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
		rows = append(rows, fmt.Sprintf("| %s | %s | %s |", name, value, tableCell(s.usage)))
	}
	return rows
}

func readFile(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestReadme fails when the README lags the code.
func TestReadme(t *testing.T) {
	text := readFile(t, "../../README.md")
	lines, want := strings.Split(text, "\n"), maskRows()
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
	_, policy, _ := strings.Cut(text, "```yaml\n")
	policy, _, _ = strings.Cut(policy, "```")
	if _, err := rules.Load("README.md", []byte(policy)); err != nil {
		t.Errorf("the README's policy does not load: %v", err)
	}
	for _, cmd := range newRootCommand().Commands() {
		if name := "pgscrim " + cmd.Name(); !cmd.Hidden && !strings.Contains(text, name) {
			t.Errorf("the README does not mention %s", name)
		}
	}
	if n := len(lines) - 1; n > 250 {
		t.Errorf("the README has %d lines, and nobody reads more than 250", n)
	}
}

// TestReadmeConfiguration fails when docs/configuration.md lags the code; -update writes its table.
func TestReadmeConfiguration(t *testing.T) {
	const path = "../../docs/configuration.md"
	text := readFile(t, path)
	head, tail, ok := strings.Cut(text, "|---|---|---|\n")
	_, tail, more := strings.Cut(tail, "\n\n")
	if !ok || !more {
		t.Fatal(path + " has no table")
	}
	want := head + "|---|---|---|\n" + strings.Join(settingRows(), "\n") + "\n\n" + tail
	if *update {
		if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if text != want {
		t.Errorf("%s lags the code: go test ./cmd/pgscrim -run TestReadme -update", path)
	}
}

// sinkRows are the tables in docs/sinks.md, one for each type of sinks.
func sinkRows() string {
	var b strings.Builder
	for _, k := range sink.Kinds() {
		fmt.Fprintf(&b, "### %s\n\nA record arrives %s.\n\n", k.Type, k.Delivery)
		if len(k.Keys) == 0 {
			continue
		}
		b.WriteString("| key | default | meaning |\n|---|---|---|\n")
		for _, key := range k.Keys {
			name, value := "`"+key.Name+"`", "-"
			if key.Default != "" {
				value = "`" + key.Default + "`"
			}
			if key.Required {
				value = "required"
			}
			if key.Secret {
				name = "`" + key.Name + "_file`"
			}
			fmt.Fprintf(&b, "| %s | %s | %s |\n", name, value, tableCell(key.Usage))
		}
		b.WriteString("\n")
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// TestReadmeSinks fails when docs/sinks.md lags the code; -update writes its tables.
func TestReadmeSinks(t *testing.T) {
	const path, mark = "../../docs/sinks.md", "## Types\n\n"
	text := readFile(t, path)
	head, _, ok := strings.Cut(text, mark)
	want := head + mark + sinkRows()
	if *update {
		if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if !ok || text != want {
		t.Errorf("%s lags the code: go test ./cmd/pgscrim -run TestReadme -update", path)
	}
}

// TestReadmeAudit fails when docs/audit.md does not explain a field of the records.
func TestReadmeAudit(t *testing.T) {
	text := readFile(t, "../../docs/audit.md")
	for field := range reflect.TypeFor[audit.Record]().Fields() {
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		if !strings.Contains(text, "`"+name+"`") {
			t.Errorf("docs/audit.md does not mention the field %s", name)
		}
	}
}
