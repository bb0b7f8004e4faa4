package index

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/pgscrim/pgscrim/audit"
)

// questions are asked of an index that may be damaged: of them together, every section is read.
var questions = []Query{{Users: []string{"dpo01"}}, {Text: "CUSTOMERS where id = 1", Classes: []string{"contact"}}, {SQLStates: []string{"57014"}}}

// checkAnswers asks questions, and counts.
func checkAnswers(t *testing.T, dir string) {
	t.Helper()
	all := readAll(t, dir)
	ix, err := Open(context.Background(), dir, nil)
	if err != nil {
		t.Error(err)
		return
	}
	defer ix.Close()
	for _, q := range questions {
		if diff := cmp.Diff(expected(all, &q), seqs(t, ix, &q, false)); diff != "" {
			t.Errorf("%+v: -want +got\n%s", q, diff)
		}
	}
	checkTallies(t, ix, all, time.Time{}, time.Time{})
}

// checkTallies counts what reading the whole log counts as well.
func checkTallies(t *testing.T, ix *Index, all []whole, since, until time.Time) {
	t.Helper()
	want, got := make(map[Key]Tally), make(map[Key]Tally)
	counted := make(tallies)
	for i := range all {
		if r := &all[i].Record; r.Closes == 0 {
			counted.count(r)
		}
	}
	for k, n := range counted {
		if (since.IsZero() || k.Hour >= since.Unix()) && (until.IsZero() || k.Hour < until.Unix()) {
			want[k] = *n
		}
	}
	err := ix.Tallies(context.Background(), since, until, func(n Tally) {
		sum := got[n.Key]
		got[n.Key] = Tally{n.Key, sum.Statements + n.Statements, sum.Rows + n.Rows}
	})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("tallies: -want +got\n%s", diff)
	}
}

func TestTallies(t *testing.T) {
	dir := makeLog(t, small)
	ix, all := openIndex(t, dir), readAll(t, dir)
	for _, period := range [][2]int{{0, 0}, {0, 30}, {20, 0}, {20, 21}, {20, 50}, {500, 600}} {
		var since, until time.Time
		if period[0] > 0 {
			since = small.Start.Add(time.Duration(period[0]) * time.Hour)
		}
		if period[1] > 0 {
			until = small.Start.Add(time.Duration(period[1]) * time.Hour)
		}
		checkTallies(t, ix, all, since, until)
	}
}

// TestDamagedIndex changes the files of an index: what is found in the log stays the same.
func TestDamagedIndex(t *testing.T) {
	o := small
	o.Records = 1000
	dir := makeLog(t, o)
	openIndex(t, dir)
	segments, err := audit.Segments(dir)
	if err != nil {
		t.Fatal(err)
	}
	other := o
	other.Seed = 2
	foreign := makeLog(t, other)
	openIndex(t, foreign)

	path := sidecarPath(dir, segments[1].FirstLine)
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	write := func(t *testing.T, text []byte) {
		t.Helper()
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
		checkAnswers(t, dir)
	}
	changed := func(name string, text []byte) {
		t.Run(name, func(t *testing.T) {
			write(t, text)
			checkAnswers(t, dir) // which finds it mended
			mended, err := os.ReadFile(path)
			if err != nil || !bytes.HasPrefix(mended, good) {
				t.Errorf("the index is not as it was: %v", err)
			}
		})
	}
	changed("empty", nil)
	changed("garbage", bytes.Repeat([]byte("x"), 5000))
	changed("cut off", good[:len(good)-1])
	changed("cut off in the head", good[:prefixSize+3])
	changed("twice", slices.Concat(good, good))
	foreignSegments, err := audit.Segments(foreign)
	if err != nil {
		t.Fatal(err)
	}
	another, err := os.ReadFile(sidecarPath(foreign, foreignSegments[1].FirstLine))
	if err != nil {
		t.Fatal(err)
	}
	changed("of another log", another)
	first, err := os.ReadFile(sidecarPath(dir, 1))
	if err != nil {
		t.Fatal(err)
	}
	changed("of another segment", first)
	for at := 0; at < len(good); at += len(good)/15 + 1 {
		flipped := bytes.Clone(good)
		flipped[at] ^= 0x10
		write(t, flipped)
	}
}

// TestLiveSegment indexes a segment while it grows, and after its end was cut off and written anew, as it is after a write that failed.
func TestLiveSegment(t *testing.T) {
	o := small
	o.Records, o.SegmentBytes = chunkLines+5000, 1<<30
	dir := makeLog(t, o)
	live := filepath.Join(dir, audit.FileName)
	text, err := os.ReadFile(live)
	if err != nil {
		t.Fatal(err)
	}
	cut := bytes.LastIndexByte(text[:len(text)-100_000], '\n') + 1
	for _, now := range [][]byte{text[:cut], text, text[:cut/2]} {
		if err := os.WriteFile(live, now, 0o600); err != nil {
			t.Fatal(err)
		}
		checkAnswers(t, dir)
	}
	replaced := bytes.ReplaceAll(text, []byte(`"user":"dpo01"`), []byte(`"user":"dpo02"`))
	if err := os.WriteFile(live, replaced, 0o600); err != nil {
		t.Fatal(err)
	}
	ix := openIndex(t, dir)
	for f, err := range ix.Search(context.Background(), &Query{Users: []string{"dpo01"}}, false) {
		t.Errorf("%+v %v is in the index only", f, err)
	}
}

// TestMaintain indexes as a server does.
func TestMaintain(t *testing.T) {
	dir := makeLog(t, small)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		Maintain(ctx, dir, func(err error) { t.Error(err) })
	}()
	segments, err := audit.Segments(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range segments[:len(segments)-1] {
		for {
			if info, err := os.Stat(sidecarPath(dir, s.FirstLine)); err == nil && info.Size() > 0 {
				if mode := info.Mode().Perm(); mode != 0o600 {
					t.Errorf("%s has mode %o", info.Name(), mode)
				}
				break
			}
			time.Sleep(5 * time.Millisecond)
		}
	}
	cancel()
	<-ended
	checkAnswers(t, dir)
}

// TestDecode reads lines as encoding/json does, as far as it reads them.
func TestDecode(t *testing.T) {
	o := small
	o.Records = 3000
	o.SegmentBytes = 1 << 30
	dir := makeLog(t, o)
	text, err := os.ReadFile(filepath.Join(dir, audit.FileName))
	if err != nil {
		t.Fatal(err)
	}
	hostile := "\"\\\n\x00\u2028\u009b é 😀 \xff"
	line, err := json.Marshal(audit.Record{
		Seq: 1 << 62, Event: hostile, User: hostile, Roles: []string{hostile, ""}, Statement: hostile, Client: hostile,
		Alert: &audit.Alert{Rule: hostile}, Columns: []audit.Column{{Relation: hostile, Shown: []string{hostile}}}, Hidden: []audit.HiddenRows{{Relation: hostile, All: true}},
	})
	if err != nil {
		t.Fatal(err)
	}
	ignored := cmp.Options{
		cmpopts.IgnoreFields(audit.Record{}, "Replica", "Rewritten", "Bytes", "Started", "DurationMS", "Detail", "Reason", "Policy", "Prev"),
		cmpopts.IgnoreFields(audit.Column{}, "Mask", "Rules"), cmpopts.IgnoreFields(audit.HiddenRows{}, "Rules"),
	}
	var d decoder
	for line := range bytes.Lines(append(text, line...)) {
		var want, got audit.Record
		if err := json.Unmarshal(line, &want); err != nil {
			t.Fatal(err)
		}
		if err := d.decode(line, &got); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got, ignored); diff != "" {
			t.Fatalf("%s: -want +got\n%s", line, diff)
		}
	}
	for _, damaged := range []string{"", "{", "[]", `{"seq":1}`, `{"time":"yesterday"}`} {
		if d.decode([]byte(damaged), new(audit.Record)) == nil {
			t.Errorf("%q is no record", damaged)
		}
	}
}
