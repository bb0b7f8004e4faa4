package misuse

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/pgscrim/pgscrim/audit"
)

const glassRules = `rules:
  - {name: glass, severity: high, when: {event: break_glass}, then: {cut_off: released}, cool_down: 1m}
  - {name: slow, when: {count: statements, over: 3}, then: {throttle: {delay: 3s, for: 1h}}}`

// live is a log with rules over it.
type live struct {
	*Watch
	log      *audit.Log
	mu       sync.Mutex
	alerted  []string
	changed  []string
	problems []string
}

func openLive(t *testing.T, dir string) *live {
	t.Helper()
	l := &live{}
	note := func(list *[]string, s string) {
		l.mu.Lock()
		defer l.mu.Unlock()
		*list = append(*list, s)
	}
	var err error
	l.Watch, err = Open(load(t, glassRules), dir, Options{
		Alerted: func(a *Alert) { note(&l.alerted, a.User+" "+a.Rule) },
		Changed: func(user string) { note(&l.changed, user) },
		Problem: func(err error) { note(&l.problems, err.Error()) },
	})
	if err != nil {
		t.Fatal(err)
	}
	if l.log, err = audit.Open(dir, audit.Options{Durability: audit.Relaxed, Observe: l.Observe}); err != nil {
		t.Fatal(err)
	}
	return l
}

func (l *live) write(t *testing.T, r audit.Record) {
	t.Helper()
	if _, err := l.log.Write(&r); err != nil {
		t.Fatal(err)
	}
}

func (l *live) close(t *testing.T) {
	t.Helper()
	if err := l.Close(); err != nil {
		t.Error(err)
	}
	if err := l.log.Close(); err != nil {
		t.Error(err)
	}
}

func (l *live) heldBy(user string) string {
	delay, rule, until := l.Held(user)
	return fmt.Sprint(delay, " ", rule, " ", until.IsZero())
}

func waitFor(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !ok(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%s: it does not come", what)
		}
	}
}

// alertsOnRecord are the alerts that a log holds.
func alertsOnRecord(t *testing.T, dir string) (alerts []string) {
	t.Helper()
	for e, err := range audit.Entries(dir, 1) {
		if err != nil {
			t.Fatal(err)
		}
		if e.Alert != nil {
			alerts = append(alerts, e.User+" "+e.Alert.Rule)
		}
	}
	return alerts
}

// TestHeldAtOnce has what a rule does hold before the record's writer goes on, and what it has found come on record once.
func TestHeldAtOnce(t *testing.T) {
	dir := t.TempDir()
	l := openLive(t, dir)
	l.Start(l.log.Append)
	l.write(t, audit.Record{Event: "break_glass", User: "ana"})
	if got := l.heldBy("ana"); got != "0s glass true" {
		t.Errorf("ana: %s", got)
	}
	for range 4 {
		l.write(t, audit.Record{Event: "statement", User: "bob", Decision: "rewrite", Columns: []audit.Column{maskedName}})
	}
	if got := l.heldBy("bob"); got != "3s  true" {
		t.Errorf("bob: %s", got)
	}
	if got := l.heldBy("carl"); got != "0s  true" {
		t.Errorf("carl: %s", got)
	}
	waitFor(t, "two alerts", func() bool { return len(alertsOnRecord(t, dir)) == 2 })
	l.close(t)
	if got := alertsOnRecord(t, dir); !slices.Equal(got, []string{"ana glass", "bob slow"}) || !slices.Equal(l.alerted, got) || !slices.Equal(l.changed, []string{"ana"}) {
		t.Errorf("on record %v, alerted %v, changed %v", got, l.alerted, l.changed)
	}
	info, err := os.Stat(filepath.Join(dir, dirName, stateName))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
}

// TestRelease lets somebody go, and keeps the others through a restart.
func TestRelease(t *testing.T) {
	dir := t.TempDir()
	l := openLive(t, dir)
	l.Start(l.log.Append)
	l.write(t, audit.Record{Event: "break_glass", User: "ana"})
	l.write(t, audit.Record{Event: "break_glass", User: "bob"})
	waitFor(t, "the state", func() bool {
		held, err := HeldNow(dir, time.Now())
		return err == nil && held["ana"].Rule == "glass"
	})
	file, err := Release{User: "ana", By: "root", Reason: "CRM-12"}.Ask(dir)
	if err != nil {
		t.Fatal(err)
	}
	waitFor(t, "the release", func() bool {
		_, err := os.Stat(file)
		return os.IsNotExist(err)
	})
	if got := l.heldBy("ana"); got != "0s  true" {
		t.Errorf("ana: %s", got)
	}
	l.close(t)

	l = openLive(t, dir)
	if ana, bob := l.heldBy("ana"), l.heldBy("bob"); ana != "0s  true" || bob != "0s glass true" {
		t.Errorf("after a restart: ana %s, bob %s", ana, bob)
	}
	l.close(t)
	if err := os.RemoveAll(filepath.Join(dir, dirName)); err != nil {
		t.Fatal(err)
	}
	l = openLive(t, dir)
	if ana, bob := l.heldBy("ana"), l.heldBy("bob"); ana != "0s  true" || bob != "0s glass true" {
		t.Errorf("from the log alone: ana %s, bob %s", ana, bob)
	}
	l.close(t)
	if got := alertsOnRecord(t, dir); len(got) != 2 {
		t.Errorf("on record: %v", got)
	}
}

// TestCrash ends the process at different moments: no alert is lost, and none is on record twice.
func TestCrash(t *testing.T) {
	for _, saved := range []bool{true, false} {
		t.Run(fmt.Sprint("state saved after the alert: ", saved), func(t *testing.T) {
			dir := t.TempDir()
			l := openLive(t, dir)
			l.Start(l.log.Append)
			l.write(t, audit.Record{Event: "break_glass", User: "ana"})
			waitFor(t, "an alert", func() bool { return len(alertsOnRecord(t, dir)) == 1 })
			l.close(t)

			l = openLive(t, dir) // without Start, nothing comes on record: as if the process ended before
			l.write(t, audit.Record{Event: "break_glass", User: "bob"})
			if saved {
				if err := l.save(); err != nil {
					t.Fatal(err)
				}
			}
			if err := l.log.Close(); err != nil {
				t.Fatal(err)
			}
			if got := alertsOnRecord(t, dir); len(got) != 1 {
				t.Fatal(got)
			}
			for range 2 {
				l = openLive(t, dir)
				if got := l.heldBy("bob"); got != "0s glass true" {
					t.Errorf("bob: %s", got)
				}
				l.Start(l.log.Append)
				waitFor(t, "bob's alert", func() bool { return len(alertsOnRecord(t, dir)) >= 2 })
				l.close(t)
			}
			if got := alertsOnRecord(t, dir); !slices.Equal(got, []string{"ana glass", "bob glass"}) {
				t.Errorf("on record: %v", got)
			}
		})
	}
}

// TestStateIsWhatTheLogMakes saves a busy state, and reads it back: it goes on as if it had not been away.
func TestStateIsWhatTheLogMakes(t *testing.T) {
	straight := NewEngine(defaults(t))
	want, _ := run(straight, newSite(3), 50, nil)

	dir := t.TempDir()
	w, err := Open(defaults(t), dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	site := newSite(3)
	got, records := run(w.engine, site, 25, nil)
	if err := w.save(); err != nil {
		t.Fatal(err)
	}
	head, people, err := readState(filepath.Join(dir, dirName, stateName))
	if err != nil || head.Seq != uint64(records) || len(people) < 40 {
		t.Fatalf("%d, %v", len(people), err)
	}
	resumed := NewEngine(defaults(t))
	resumed.people = people
	rest, _ := run(&Engine{zone: time.UTC, rules: resumed.rules, byKind: resumed.byKind, people: people}, newSite(3), 50, nil)
	if got = append(got, rest...); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("resumed  %v\nstraight %v", got, want)
	}
}

// TestDamagedState has a state that cannot be read: it is made anew, and somebody hears of it.
func TestDamagedState(t *testing.T) {
	dir := t.TempDir()
	l := openLive(t, dir)
	l.Start(l.log.Append)
	l.write(t, audit.Record{Event: "break_glass", User: "ana"})
	waitFor(t, "an alert", func() bool { return len(alertsOnRecord(t, dir)) == 1 })
	l.close(t)
	for _, text := range []string{"", "{", `{"version":2,"seq":1}`, `{"version":1,"seq":1000}`, `{"version":1,"seq":1}` + "\n{\"seq\":"} {
		if err := os.WriteFile(filepath.Join(dir, dirName, stateName), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		l := openLive(t, dir)
		if got := l.heldBy("ana"); got != "0s glass true" || len(l.problems) != 1 {
			t.Errorf("%s: ana %s, problems %q", text, got, l.problems)
		}
		if err := l.log.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if got := alertsOnRecord(t, dir); len(got) != 1 {
		t.Errorf("on record: %v", got)
	}
}
