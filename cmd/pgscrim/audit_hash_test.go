package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pgscrim/pgscrim/rewrite"
)

func TestAuditHash(t *testing.T) {
	dir := t.TempDir()
	config, key := filepath.Join(dir, "pgscrim.yaml"), strings.Repeat("0f", 32)
	for name, content := range map[string]string{config: "mask_key_file: mask.key\n", filepath.Join(dir, "mask.key"): key} {
		if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	literals, err := rewrite.ParseLiterals("hash")
	if err != nil {
		t.Fatal(err)
	}
	recorded := literals.WithKey(decodeMaskKey([]byte(key))).Statement("SELECT 4711, 'it''s'")
	got := pgscrim(t, "", "audit", "hash", "--config", config, "4711", "it's")
	if lines := strings.Fields(got.out); got.code != 0 || len(lines) != 2 || recorded != "SELECT "+strings.Join(lines, ", ") {
		t.Errorf("%+v; recorded is %s", got, recorded)
	}
	if again := pgscrim(t, "4711\nit's\n", "audit", "hash", "--config", config); again.out != got.out {
		t.Errorf("from standard input: %+v", again)
	}
	if got := pgscrim(t, "", "audit", "hash", "x"); got.code != exitFailure || !strings.Contains(got.err, "mask_key_file is not set") {
		t.Errorf("without a key: %+v", got)
	}
}
