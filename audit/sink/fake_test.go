package sink

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"math/rand/v2"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pgscrim/pgscrim/audit"
)

// journal is a log in memory.
type journal struct {
	mu      sync.Mutex
	entries []audit.Entry
	synced  uint64
}

// add appends n records that are on the disk.
func (j *journal) add(n int) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for range n {
		j.append(uint64(len(j.entries)) + 1)
	}
	j.synced = uint64(len(j.entries))
}

func (j *journal) append(seq uint64) {
	e := audit.Entry{Record: audit.Record{
		Time: time.Date(2026, 11, 24, 12, 0, 0, int(seq)*1000, time.UTC), Seq: seq, Replica: "replica.one", Event: "statement",
		User: "ana", Decision: "pass", Statement: fmt.Sprintf("SELECT %d -- \"]\\ \n", seq),
	}}
	e.Line, _ = json.Marshal(e.Record)
	j.entries = append(j.entries, e)
}

func (j *journal) Synced() uint64 {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.synced
}

func (j *journal) options(t *testing.T) Options {
	return Options{
		Dir: t.TempDir(), retryInterval: time.Millisecond,
		Changed: func(s Status) { t.Logf("%s: record %d: %v", s.Name, s.Confirmed, s.Err) },
		entries: j.entriesFrom,
	}
}

// entriesFrom yields what there is now.
func (j *journal) entriesFrom(seq uint64) iter.Seq2[audit.Entry, error] {
	j.mu.Lock()
	defer j.mu.Unlock()
	there := slices.Clone(j.entries)
	return func(yield func(audit.Entry, error) bool) {
		for _, e := range there {
			if (e.Seq >= seq || e.Err != nil) && !yield(e, nil) {
				return
			}
		}
	}
}

// cutter is a wire that breaks after some bytes, as often as it is told to.
type cutter struct {
	net.Listener
	target string

	mu   sync.Mutex
	rand *rand.Rand
	cuts int // to come
}

func newCutter(t *testing.T, target string) *cutter {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = ln.Close() })
	c := &cutter{Listener: ln, target: target, rand: rand.New(rand.NewPCG(1, 2))}
	go c.serve()
	return c
}

func (c *cutter) serve() {
	for {
		conn, err := c.Accept()
		if err != nil {
			return
		}
		go c.wire(conn)
	}
}

func (c *cutter) wire(client net.Conn) {
	defer client.Close()
	server, err := net.Dial("tcp", c.target)
	if err != nil {
		return
	}
	defer server.Close()
	c.mu.Lock()
	budget := int64(1) << 40
	if c.cuts > 0 {
		c.cuts--
		budget = c.rand.Int64N(200_000)
	}
	c.mu.Unlock()
	var copying sync.WaitGroup
	for _, leg := range [][2]net.Conn{{server, client}, {client, server}} {
		copying.Go(func() {
			if n, err := io.CopyN(leg[0], leg[1], budget); n == budget || !errors.Is(err, io.EOF) {
				_, _ = client.Close(), server.Close()
				return
			}
			_ = leg[0].(*net.TCPConn).CloseWrite()
		})
	}
	copying.Wait()
}

func (c *cutter) cut(times int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.cuts = times
}

// place is where a sink's records arrive.
type place struct {
	kind   string
	values map[string]string
	// arrived returns the Seqs of all that has arrived, in its order.
	arrived func() []uint64
	cut     func(times int) // breaks the wire so often from now on
	twice   bool            // a batch under way may arrive again
}

func (p place) config(t *testing.T) Config {
	t.Helper()
	k, err := KindOf(p.kind)
	if err != nil {
		t.Fatal(err)
	}
	return Config{Name: "test", Kind: k, Values: p.values}
}

// tryDelivery breaks the wire and ends the process, so to speak, at many moments, also between a confirmation and the storing of the position.
func tryDelivery(t *testing.T, p place) {
	t.Helper()
	j := new(journal)
	j.add(1500)
	opts := j.options(t)
	path := positionPath(opts.Dir, "test")
	killed, cancel := context.WithCancel(t.Context())
	cancel()
	p.cut(15)
	for range 5 {
		g := j.start(t, opts, p.config(t))
		time.Sleep(20 * time.Millisecond) // to be somewhere
		_ = g.Stop(killed)                // what has yet to be sent is the point
		j.add(200)
	}
	p.cut(5)
	g := j.start(t, opts, p.config(t))
	finish(t, g)
	checkArrived(t, p, 2500)

	if err := (position{Seq: 2500 - 300}).store(path); err != nil {
		t.Fatal(err)
	}
	j.add(100)
	finish(t, j.start(t, opts, p.config(t)))
	checkArrived(t, p, 2600)
}

func (j *journal) start(t *testing.T, opts Options, configs ...Config) *Group {
	t.Helper()
	g, err := New(configs, opts)
	if err != nil {
		t.Fatal(err)
	}
	g.Start(j.Synced)
	return g
}

// finish stops the sinks, and makes sure that they have sent all.
func finish(t *testing.T, g *Group) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if err := g.Stop(ctx); err != nil {
		t.Fatalf("%v: %v", err, g.Status()[0].Err)
	}
}

// checkArrived makes sure that records 1 to last have arrived in their order and, but for what may come again, once.
func checkArrived(t *testing.T, p place, last uint64) {
	t.Helper()
	var next uint64 = 1
	again := 0
	for _, seq := range p.arrived() {
		switch {
		case seq == next:
			next++
		case seq < next && p.twice:
			again++
		default:
			t.Fatalf("record %d arrives where %d is due", seq, next)
		}
	}
	if next != last+1 {
		t.Fatalf("records up to %d have arrived, want %d", next-1, last)
	}
	t.Logf("%d records, %d of them again", last, again)
}

// inbox keeps what arrives.
type inbox struct {
	mu   sync.Mutex
	seqs []uint64
	errs []error
}

// take takes a line of the log.
func (b *inbox) take(line []byte) {
	var r audit.Record
	err := json.Unmarshal(line, &r)
	b.mu.Lock()
	defer b.mu.Unlock()
	if err != nil {
		b.errs = append(b.errs, err)
		return
	}
	b.seqs = append(b.seqs, r.Seq)
}

func (b *inbox) arrived() []uint64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.seqs)
}

// longEntry is a record of a statement of two megabytes.
func longEntry() audit.Entry {
	j := new(journal)
	j.add(2)
	e := j.entries[1]
	e.Statement = strings.Repeat("x", 2<<20)
	e.Line = []byte(e.Statement)
	return e
}
