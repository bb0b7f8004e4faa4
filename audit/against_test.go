package audit

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestAgainst has the key of a log stolen: the log and its checkpoints are written anew, and only a witness knows.
func TestAgainst(t *testing.T) {
	dir := t.TempDir()
	var witness [][]byte
	write := func(user string) {
		l := mustOpen(t, dir, Options{Replica: "r1", Certified: func(p []byte) { witness = append(witness, bytes.Clone(p)) }})
		for i := range 30 {
			if _, err := l.Append(&Record{Event: "statement", User: user}); err != nil {
				t.Fatal(err)
			}
			if i%10 == 5 {
				if err := l.Rotate(); err != nil {
					t.Fatal(err)
				}
			}
		}
		eventually(t, "compression", func() bool { return len(plainSegments(t, dir)) == 0 })
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
	}
	write("ana")
	key, err := os.ReadFile(filepath.Join(dir, VerifierFile))
	if err != nil {
		t.Fatal(err)
	}
	against := func(separator string, notes ...[]byte) *Verdict {
		v, err := Verification{Key: string(key), Against: []Testimony{{"the witness", bytes.Join(notes, []byte(separator))}}}.Log(dir)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	const lines = 33
	honest := bytes.Clone(bytes.Join(witness, nil))
	for _, separator := range []string{"", "\n"} {
		if v := against(separator, witness...); len(v.Faults) > 0 || v.Witnessed != lines {
			t.Errorf("honest log: %+v", v)
		}
	}
	for what, notes := range map[string][]byte{"nothing": nil, "a half": honest[:len(honest)-10], "another's": bytes.Replace(honest, []byte("\n33\n"), []byte("\n34\n"), 1)} {
		if v := against("", notes); len(v.Faults) == 0 {
			t.Errorf("a witness that has %s: %+v", what, v)
		}
	}

	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if name := filepath.Base(f); name != SigningKeyFile && name != VerifierFile {
			if err := os.Remove(f); err != nil {
				t.Fatal(err)
			}
		}
	}
	write("eve")
	if v := mustVerify(t, dir); len(v.Faults) > 0 {
		t.Errorf("the log does not know: %+v", v)
	}
	v := against("", honest)
	if len(v.Faults) == 0 || v.Faults[0].File != "audit-00000000000000000001.jsonl.zst" || !strings.Contains(v.Faults[0].What, "lines 1 to 6 are not those that the checkpoint of ") ||
		!strings.Contains(v.Faults[0].What, " that the witness has vouches for") {
		t.Errorf("the witness knows: %+v", v)
	}
}
