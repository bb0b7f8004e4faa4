package index

import (
	"context"
	"flag"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/pgscrim/pgscrim/audit/index/logtest"
)

var (
	benchRecords = flag.Int("records", 200_000, "how many records the log of the benchmarks has")
	benchLog     = flag.String("log", "", "where to keep the log of the benchmarks; made if it is not there, else used as it is")
)

// benchStart is when the simulated month of the benchmarks begins.
var benchStart = time.Date(2026, 10, 1, 0, 0, 0, 0, time.UTC)

// benchmarkLog returns the folder of a month's log with an index.
func benchmarkLog(b *testing.B) string {
	b.Helper()
	dir := *benchLog
	if dir == "" {
		dir = filepath.Join(b.TempDir(), "audit")
	}
	if _, err := os.Stat(dir); err == nil {
		return dir
	}
	o := logtest.Options{Records: *benchRecords, Start: benchStart, Span: 31 * 24 * time.Hour, SegmentBytes: 256 << 20, Compressed: true, Seed: 1}
	if err := logtest.Generate(dir, o); err != nil {
		b.Fatal(err)
	}
	return dir
}

// BenchmarkBuild indexes the whole log on all processors.
func BenchmarkBuild(b *testing.B) {
	dir := benchmarkLog(b)
	for b.Loop() {
		if err := os.RemoveAll(filepath.Join(dir, DirName)); err != nil {
			b.Fatal(err)
		}
		openIndex(b, dir)
	}
	b.ReportMetric(float64(*benchRecords)*float64(b.N)/b.Elapsed().Seconds(), "records/s")
	b.ReportMetric(float64(sizeOf(b, filepath.Join(dir, DirName)))/1e6, "MB-index")
	b.ReportMetric(float64(sizeOf(b, dir))/1e6, "MB-log")
}

func sizeOf(b *testing.B, dir string) (size int64) {
	b.Helper()
	files, err := os.ReadDir(dir)
	if err != nil {
		b.Fatal(err)
	}
	for _, f := range files {
		if info, err := f.Info(); err == nil && !f.IsDir() {
			size += info.Size()
		}
	}
	return size
}

// BenchmarkSearch asks questions of the whole month, each as a command does: the index is opened for it.
func BenchmarkSearch(b *testing.B) {
	dir := benchmarkLog(b)
	openIndex(b, dir)
	for _, bb := range []struct {
		name  string
		query Query
		limit int
	}{
		{"open", Query{}, 0},
		{"seq", Query{Seq: uint64(*benchRecords / 3)}, 100},
		{"text", Query{Text: "customers WHERE id = 1234567"}, 100},
		{"word", Query{Text: "4711"}, 100},
		{"user and rule", Query{Users: []string{"dpo01"}, Rules: []string{"no-government-ids"}}, 100},
		{"user, sqlstate, hour", Query{Users: []string{"support07"}, SQLStates: []string{"57014"}, Since: benchStart.Add(300 * time.Hour), Until: benchStart.Add(301 * time.Hour)}, 100},
		{"class shown of a market", Query{Classes: []string{"financial"}, Actions: []string{"show"}, Markets: []string{"pipl"}}, 100},
		{"nothing", Query{Users: []string{"nobody"}}, 100},
	} {
		b.Run(bb.name, func(b *testing.B) {
			n := 0
			for b.Loop() {
				n = 0
				ix, err := Open(context.Background(), dir, nil)
				if err != nil {
					b.Fatal(err)
				}
				for _, err := range ix.Search(context.Background(), &bb.query, true) {
					if err != nil {
						b.Fatal(err)
					}
					if n++; n > bb.limit {
						break
					}
				}
				_ = ix.Close()
			}
			b.ReportMetric(float64(n), "found")
		})
	}
}

// BenchmarkTallies reads what a month's report is made of.
func BenchmarkTallies(b *testing.B) {
	dir := benchmarkLog(b)
	openIndex(b, dir)
	var n int64
	for b.Loop() {
		n = 0
		ix, err := Open(context.Background(), dir, nil)
		if err != nil {
			b.Fatal(err)
		}
		err = ix.Tallies(context.Background(), benchStart, benchStart.AddDate(0, 1, 0), func(t Tally) {
			if t.Kind == Statements {
				n += t.Statements
			}
		})
		if err != nil {
			b.Fatal(err)
		}
		_ = ix.Close()
	}
	b.ReportMetric(float64(n), "statements")
}
