package witness

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/pgscrim/pgscrim/audit"
	"github.com/pgscrim/pgscrim/proxy/cluster/clustertest"
)

func TestMain(m *testing.M) { clustertest.Main(m) }

// scripted is a witness that does what a test says.
type scripted func(ctx context.Context, checkpoint []byte) error

func (s scripted) Deliver(ctx context.Context, checkpoint []byte) error { return s(ctx, checkpoint) }
func (s scripted) String() string                                       { return "scripted" }

func TestSlowWitnessHoldsUpNobody(t *testing.T) {
	release, got := make(chan struct{}), make(chan string, 100)
	stuck := scripted(func(_ context.Context, p []byte) error {
		<-release
		got <- "stuck " + string(p)
		return nil
	})
	quick := scripted(func(_ context.Context, p []byte) error {
		got <- "quick " + string(p)
		return nil
	})
	s := New([]Witness{stuck, quick}, func(err error) { t.Error(err) })
	for i := range 10 {
		s.Offer(fmt.Append(nil, i))
		if p := <-got; p != fmt.Sprint("quick ", i) {
			t.Fatalf("checkpoint %d: %s", i, p)
		}
	}
	ended, end := context.WithCancel(t.Context())
	end()
	s.Close(ended) // does not wait either
	close(release)
	for p := range got { // what it had begun with, if that was an older one, and then the newest
		if p == "stuck 9" {
			break
		}
	}
}

func TestWitnessIsTriedAgain(t *testing.T) {
	var mu sync.Mutex
	var tried []string
	fails := 3
	done := make(chan struct{})
	w := scripted(func(_ context.Context, p []byte) error {
		mu.Lock()
		defer mu.Unlock()
		tried = append(tried, string(p))
		if fails--; fails >= 0 {
			return errors.New("down")
		}
		close(done)
		return nil
	})
	var problems []string
	s := start([]Witness{w}, func(err error) { problems = append(problems, err.Error()) }, time.Microsecond)
	s.Offer([]byte("a"))
	<-done
	s.Close(t.Context())
	if want := []string{"a", "a", "a", "a"}; !slices.Equal(tried, want) || !slices.Equal(problems, slices.Repeat([]string{"witness scripted: down"}, 3)) {
		t.Errorf("tried %q, want %q; problems %q", tried, want, problems)
	}
}

func TestCloseDeliversTheLast(t *testing.T) {
	path := filepath.Join(t.TempDir(), "checkpoints")
	s := New([]Witness{File{path}}, func(err error) { t.Error(err) })
	s.Offer([]byte("the last\n"))
	s.Close(t.Context())
	if b, err := os.ReadFile(path); err != nil || string(b) != "the last\n" {
		t.Errorf("%q, %v", b, err)
	}
}

// TestLog has a log's checkpoints go to witnesses of each kind, and the log verified against what they have.
func TestLog(t *testing.T) {
	db := clustertest.DSN(t)
	var posted []byte
	service := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, err := io.ReadAll(r.Body)
		if err != nil || r.Method != http.MethodPost {
			t.Errorf("%s: %v", r.Method, err)
		}
		posted = append(posted, b...)
		w.WriteHeader(http.StatusCreated)
	}))
	defer service.Close()
	kept := File{filepath.Join(t.TempDir(), "kept")}
	web, err := NewHTTP(service.URL)
	if err != nil {
		t.Fatal(err)
	}
	table, err := NewTable(db, `public.Check"points`)
	if err != nil {
		t.Fatal(err)
	}

	dir := t.TempDir()
	var last []byte
	set := New([]Witness{kept, web, table}, func(err error) { t.Error(err) })
	log, err := audit.Open(dir, audit.Options{Certified: func(p []byte) {
		last = p
		set.Offer(p)
	}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := log.Append(&audit.Record{Event: "start"}); err != nil {
		t.Fatal(err)
	}
	if err := log.Close(); err != nil {
		t.Fatal(err)
	}
	set.Close(t.Context())

	conn, err := pgx.Connect(t.Context(), db)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	var stored string
	if err := conn.QueryRow(t.Context(), `SELECT string_agg(checkpoint, '') FROM public."Check""points"`).Scan(&stored); err != nil {
		t.Fatal(err)
	}
	inFile, err := os.ReadFile(kept.Path)
	if err != nil {
		t.Fatal(err)
	}
	key, err := os.ReadFile(filepath.Join(dir, audit.VerifierFile))
	if err != nil {
		t.Fatal(err)
	}
	for name, notes := range map[string][]byte{"file": inFile, "http": posted, "table": []byte(stored)} {
		v, err := audit.Verification{Key: string(key), Against: []audit.Testimony{{Witness: name, Notes: notes}}}.Log(dir)
		if err != nil || len(v.Faults) > 0 || v.Witnessed != 1 {
			t.Errorf("%s: %+v, %v", name, v, err)
		}
	}
	if err := table.Deliver(t.Context(), last); err != nil {
		t.Errorf("a checkpoint that the table has: %v", err)
	}
}

func TestWitnessesThatAreNone(t *testing.T) {
	for _, address := range []string{"", "witness", "ftp://witness/", "https://"} {
		if _, err := NewHTTP(address); err == nil {
			t.Errorf("NewHTTP(%q)", address)
		}
	}
	for _, table := range []string{"", "checkpoints", ".a", "a."} {
		if _, err := NewTable("postgres://db/x", table); err == nil {
			t.Errorf("NewTable(%q)", table)
		}
	}
	if _, err := NewTable("port=x", "a.b"); err == nil {
		t.Error("NewTable with a wrong address")
	}
	elsewhere := httptest.NewServer(http.RedirectHandler("/", http.StatusFound))
	defer elsewhere.Close()
	w, err := NewHTTP(strings.Replace(elsewhere.URL, "http://", "http://user:secret@", 1))
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Deliver(t.Context(), nil); err == nil || !strings.Contains(err.Error(), "302") {
		t.Errorf("a redirection: %v", err)
	}
	if strings.Contains(w.String(), "secret") {
		t.Error(w)
	}
	if err := (File{t.TempDir()}).Deliver(t.Context(), nil); err == nil {
		t.Error("a directory takes a checkpoint")
	}
}
