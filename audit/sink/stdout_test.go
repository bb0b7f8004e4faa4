package sink

import (
	"bytes"
	"strings"
	"testing"

	"github.com/pgscrim/pgscrim/audit"
)

func TestStdout(t *testing.T) {
	var out bytes.Buffer
	k := Kind{Type: "stdout", open: func(values) (Sink, error) { return lines{&out}, nil }}
	j := new(journal)
	j.add(3)
	finish(t, j.start(t, j.options(t), Config{Name: "out", Kind: k}))
	if got := strings.Split(out.String(), "\n"); len(got) != 4 || got[0] != string(j.entries[0].Line) || got[2] != string(j.entries[2].Line) {
		t.Errorf("got %q", got)
	}
}

func TestShorten(t *testing.T) {
	e := audit.Entry{Record: audit.Record{Seq: 9, Replica: "r", User: "ana", Statement: strings.Repeat("x", 5000), Rewritten: strings.Repeat("y", 5000)}, Line: bytes.Repeat([]byte("z"), 10_000)}
	if got, err := shorten(&e, 10_000); err != nil || !bytes.Equal(got, e.Line) {
		t.Errorf("a line that fits: %s, %v", got, err)
	}
	got, err := shorten(&e, 9_999)
	if err != nil || len(got) > 2000 || !bytes.Contains(got, []byte(`"user":"ana","statement":"xxx`)) || !bytes.Contains(got, []byte(`"detail":"shortened from 10000 bytes`)) {
		t.Errorf("a line that does not: %s, %v", got, err)
	}
}
