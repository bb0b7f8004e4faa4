package audit

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/tlog"
)

// TestProve proves each record of a log of several segments, of which the first are gone, and holds the proof against the library's checks; and
// anything else than it is no proof.
func TestProve(t *testing.T) {
	dir := rotated(t, 5, 13)
	key, err := os.ReadFile(filepath.Join(dir, VerifierFile))
	if err != nil {
		t.Fatal(err)
	}
	v := Verification{Key: string(key)}
	if err := os.Remove(filepath.Join(dir, mustSegments(t, dir)[0].Name)); err != nil {
		t.Fatal(err)
	}
	for seq := uint64(14); seq <= 5*14-1; seq++ {
		p, err := v.Prove(dir, seq)
		if err != nil {
			t.Fatal(err)
		}
		b, err := json.Marshal(p)
		if err != nil {
			t.Fatal(err)
		}
		var read Proof
		if err := json.Unmarshal(b, &read); err != nil {
			t.Fatal(err)
		}
		c, err := read.Check(string(key))
		if err != nil || c.Record.Seq != seq || c.Time.IsZero() {
			t.Fatalf("record %d: %+v, %v", seq, c, err)
		}
		for what, change := range map[string]func(*Proof){
			"record":     func(p *Proof) { p.Record = strings.Replace(p.Record, "r1", "r2", 1) },
			"seq":        func(p *Proof) { p.Seq++ },
			"line":       func(p *Proof) { p.Line ^= 1 },
			"no line":    func(p *Proof) { p.Line = 1 << 40 },
			"path":       func(p *Proof) { p.Path = append([]tlog.Hash{{1}}, p.Path[1:]...) },
			"checkpoint": func(p *Proof) { p.Checkpoint = strings.Replace(p.Checkpoint, "\n", "\n1", 1) },
		} {
			other := read
			change(&other)
			if _, err := other.Check(string(key)); err == nil {
				t.Errorf("record %d: proof with another %s", seq, what)
			}
		}
	}
	for seq, want := range map[uint64]string{3: "no such record", 70: "no such record"} {
		if _, err := v.Prove(dir, seq); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("record %d: %v, want %s", seq, err, want)
		}
	}
	l := mustOpen(t, dir, Options{Replica: "r1"})
	mustAppend(t, l, fmt.Sprint(70), 70)
	if _, err := v.Prove(dir, 70); err == nil || !strings.Contains(err.Error(), "no checkpoint vouches for it yet") {
		t.Errorf("record without a checkpoint: %v", err)
	}
}
