package index

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/pgscrim/pgscrim/audit"
	"github.com/pgscrim/pgscrim/audit/index/logtest"
)

var small = logtest.Options{
	Records: 5_000, Start: time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC), Span: 72 * time.Hour, SegmentBytes: 256 << 10, Compressed: true, Seed: 1,
}

// makeLog makes a log and returns its folder.
func makeLog(t testing.TB, o logtest.Options) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "audit")
	if err := logtest.Generate(dir, o); err != nil {
		t.Fatal(err)
	}
	return dir
}

// openIndex opens an index until the test ends.
func openIndex(t testing.TB, dir string) *Index {
	t.Helper()
	ix, err := Open(context.Background(), dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = ix.Close() })
	return ix
}

// whole is a statement with its end as reading the log from its beginning finds it.
type whole struct {
	audit.Record
	ended uint64
}

// readAll puts a log's records together without an index.
func readAll(t testing.TB, dir string) []whole {
	t.Helper()
	var all []whole
	at := make(map[uint64]int)
	for e, err := range audit.Entries(dir, 0) {
		if err != nil {
			t.Fatal(err)
		}
		i, ok := at[e.Closes]
		switch {
		case e.Err != nil:
		case ok:
			all[i].ended, all[i].SQLState, all[i].Rows = e.Seq, e.SQLState, e.Rows
		default:
			if e.Closes == 0 {
				at[e.Seq] = len(all)
			}
			all = append(all, whole{Record: e.Record})
		}
	}
	return all
}

func seqs(t testing.TB, ix *Index, q *Query, newestFirst bool) []string {
	t.Helper()
	var got []string
	for f, err := range ix.Search(context.Background(), q, newestFirst) {
		if err != nil {
			t.Fatal(err)
		}
		ended := uint64(0)
		if f.Ended != nil {
			ended = f.Ended.Seq
		}
		got = append(got, fmt.Sprint(f.Seq, ended))
	}
	return got
}

func expected(all []whole, q *Query) []string {
	var want []string
	for i := range all {
		if q.Matches(&all[i].Record, all[i].ended) {
			want = append(want, fmt.Sprint(all[i].Seq, all[i].ended))
		}
	}
	return want
}

// question makes a question that the record answers, of some of its values.
func question(rng *rand.Rand, r *whole) *Query {
	q := &Query{}
	often := func(n int) bool { return rng.IntN(n) == 0 }
	one := func(values []string) []string {
		if len(values) == 0 {
			return nil
		}
		return []string{values[rng.IntN(len(values))]}
	}
	for _, f := range []struct {
		asked *[]string
		value string
	}{
		{&q.Events, r.Event}, {&q.Users, r.User}, {&q.Purposes, r.Purpose}, {&q.Databases, r.Database}, {&q.Applications, r.Application},
		{&q.Decisions, r.Decision}, {&q.SQLStates, r.SQLState}, {&q.Rules, r.Rule},
	} {
		if f.value != "" && often(8) {
			*f.asked = []string{f.value, "another"}
		}
	}
	if often(8) {
		q.Roles = one(r.Roles)
	}
	if often(8) {
		q.Tables = one(r.Relations)
	}
	if often(8) {
		q.Reads = func(relation string) bool { return strings.HasSuffix(relation, "s") || relation == Unanalysed }
	}
	if often(8) && r.Client != "" {
		q.Clients = []string{"10.0.0.0/16", address(r.Client)}[rng.IntN(2):][:1]
	}
	if often(2) && len(r.Columns) > 0 {
		c := r.Columns[rng.IntN(len(r.Columns))]
		q.Columns, q.Classes = []string{c.Column}, []string{c.Class}
		if often(2) {
			q.Actions = one(strings.Split(c.Action, "/"))
		}
		if markets := slices.Concat(c.Shown, c.Masked); often(2) {
			q.Actions, q.Markets = nil, one(append(markets, "gdpr"))
		}
	}
	if often(3) && r.Statement != "" {
		from := rng.IntN(len(r.Statement))
		q.Text = strings.ToUpper(r.Statement[from : from+rng.IntN(len(r.Statement)-from)+1])
	}
	if often(6) {
		q.Session = r.Session
	}
	if often(8) {
		q.Fingerprint = r.Fingerprint
	}
	if often(4) {
		q.Since = r.Time.Add(-time.Duration(rng.IntN(3600)) * time.Second)
	}
	if often(4) {
		q.Until = r.Time.Add(time.Duration(rng.IntN(3600)+1) * time.Second)
	}
	if often(20) {
		q.Seq = r.Seq
	} else if often(20) {
		q.Seq = r.ended
	}
	return q
}

// TestSearch asks what reading the whole log answers as well.
func TestSearch(t *testing.T) {
	dir := makeLog(t, small)
	all := readAll(t, dir)
	for _, when := range []string{"made", "read"} {
		t.Run(when, func(t *testing.T) {
			ix := openIndex(t, dir)
			if len(ix.parts) < 8 {
				t.Fatalf("%d segments", len(ix.parts))
			}
			rng := rand.New(rand.NewPCG(1, 2))
			found := 0
			for range 150 {
				q := question(rng, &all[rng.IntN(len(all))])
				want := expected(all, q)
				found += len(want)
				if diff := cmp.Diff(want, seqs(t, ix, q, false)); diff != "" {
					t.Fatalf("%+v: -want +got\n%s", q, diff)
				}
				slices.Reverse(want)
				if got := seqs(t, ix, q, true); !slices.Equal(got, want) {
					t.Fatalf("%+v, newest first: got %v, want %v", q, got, want)
				}
			}
			if found == 0 {
				t.Error("nothing was ever found")
			}
		})
	}
}

// TestTornLines indexes a log in which crashes have left parts of lines, and one that is being written.
func TestTornLines(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "audit")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	text := `{"time":"2026-03-01T00:00:00Z","seq":1,"replica":"r","event":"login","user":"ana"}
{"time":"2026-03-01T00:00:01Z","seq":2,"rep

{"time":"2026-03-01T00:00:02Z","seq":3,"replica":"r","event":"statement","user":"ana","statement":"SELECT 'é ` + strings.Repeat("x", 3*windowSize) + `'"}
{"time":"2026-03-01T00:00:03Z","seq":4,"closes":3,"replica":"r","event":"statement","user":"ana","rows":7}
{"time":"2026-03-01T00:00:04Z","seq":5,"replica":"r","event":"log`
	if err := os.WriteFile(filepath.Join(dir, audit.FileName), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	ix := openIndex(t, dir)
	for _, tt := range []struct {
		query Query
		want  string
	}{
		{Query{}, "1 0; 3 4"},
		{Query{Users: []string{"ana"}, Text: "É X"}, "3 4"},
		{Query{Text: "xx'"}, "3 4"},
		{Query{Text: "'"}, "3 4"},
		{Query{Text: "xé"}, ""},
		{Query{Seq: 4}, "3 4"},
		{Query{Seq: 5}, ""},
	} {
		if got := strings.Join(seqs(t, ix, &tt.query, false), "; "); got != tt.want {
			t.Errorf("%+v: %q, want %q", tt.query, got, tt.want)
		}
	}
}

// TestBeginningRemoved asks for a statement of which retention has left the end only.
func TestBeginningRemoved(t *testing.T) {
	dir := makeLog(t, small)
	openIndex(t, dir)
	segments, err := audit.Segments(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(dir, segments[0].Name)); err != nil {
		t.Fatal(err)
	}
	all := readAll(t, dir)
	if all[0].Event != "segment" || !slices.ContainsFunc(all, func(w whole) bool { return w.Closes > 0 }) {
		t.Fatal("no statement lacks its beginning")
	}
	ix := openIndex(t, dir)
	if diff := cmp.Diff(expected(all, &Query{}), seqs(t, ix, &Query{}, false)); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	if _, err := os.Stat(sidecarPath(dir, 1)); !os.IsNotExist(err) {
		t.Errorf("the index of what was removed is still there: %v", err)
	}
}
