package bench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/pgscrim/pgscrim/audit"
)

// CrashOptions say how often Crash kills pgscrim, and under which load.
type CrashOptions struct {
	// Binary is the path of pgscrim.
	Binary string
	// Kills are spread over several audit logs; Clients are connected at a time.
	Kills, Clients int
	// Seed makes what is sent and when it kills the same in each run, as far as time allows.
	Seed uint64
	// Messages receives the figures.
	Messages io.Writer
}

const (
	// crashCustomers are few, so that restarts and statements are fast: the more of them go on at a kill the better.
	crashCustomers = 200
	// killsPerLog bounds the length of a log, which is read after each kill.
	killsPerLog = 25
	// longestLife bounds the time up to the kill, from when pgscrim is ready or, in one of livesPerEarlyEnd, from its start.
	longestLife      = 300 * time.Millisecond
	livesPerEarlyEnd = 5
	// crashSegment makes the log go on in a new file some times in each life.
	crashSegment = "256kB"
	// livesPerOutage is how many lives there are to one in which the disk is full for a while, outageTime for how long at most.
	livesPerOutage = 4
	outageTime     = 300 * time.Millisecond
)

// marks is a table of what clients have written: what is in it must be on record, whatever clients have heard.
const marks = "public.marks"

// Crash kills pgscrim with SIGKILL at random moments, from the first of its start on, while clients do all that there is to do, and starts
// it again on the same audit log. After each kill the log must be whole: it verifies, has no gap and no record twice, and holds each
// statement of which a client has received a byte of the result or that has changed the database. In some lives the disk is full for a while.
func Crash(ctx context.Context, opts CrashOptions) (err error) {
	st, err := newSite(ctx, crashCustomers, 0, opts.Messages)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, st.close()) }()
	st.tables = "  " + marks + ": {write: [analyst, marketer, support]}\n"
	if err := st.exec(ctx, database, "CREATE TABLE "+marks+" (mark text)", grants("public"), "GRANT INSERT ON "+marks+" TO "+role); err != nil {
		return err
	}
	c := &crash{site: st, opts: opts, random: rand.New(rand.NewPCG(opts.Seed, 0))}
	for c.kills < opts.Kills {
		if err := c.log(ctx, min(killsPerLog, opts.Kills-c.kills)); err != nil {
			return fmt.Errorf("seed %d, after %d kills: %w", opts.Seed, c.kills, err)
		}
	}
	c.report()
	return nil
}

// crash is a series of kills under way.
type crash struct {
	*site
	opts   CrashOptions
	random *rand.Rand

	kills, early, outages                  int // early are those that did not wait until pgscrim was ready
	answered, partial, records, torn, open int
	marked                                 int
}

func (c *crash) report() {
	fmt.Fprintf(c.opts.Messages, "seed %d: %d kills, %d of them soon after the start, %d after the disk had been full; %d answers, %d of them cut off; %d rows written; all of them among %d records; "+
		"%d lines cut off, %d statements without an end\n", c.opts.Seed, c.kills, c.early, c.outages, c.answered, c.partial, c.marked, c.records, c.torn, c.open)
}

// log has one audit log live through a number of kills and a good end.
func (c *crash) log(ctx context.Context, kills int) error {
	d, err := c.deploy("strict")
	if err != nil {
		return err
	}
	d.environment = []string{"PGSCRIM_AUDIT_ROTATE_BYTES=" + crashSegment}
	if err := c.exec(ctx, database, "TRUNCATE "+marks); err != nil {
		return err
	}
	l := newLedger()
	l.requests = make(map[string]int)
	for range kills {
		if err := c.life(ctx, d, l); err != nil {
			return err
		}
		c.kills++
	}
	p, err := startProcess(ctx, "pgscrim", d.admin, isReady, c.command(c.opts.Binary, d), nil)
	if err != nil {
		return err
	}
	if err := p.stop(syscall.SIGTERM); err != nil {
		return err
	}
	out, err := exec.CommandContext(ctx, c.opts.Binary, "audit", "verify", "--audit-dir", d.audit()).CombinedOutput()
	if err != nil {
		return fmt.Errorf("audit verify: %w\n%s", err, out)
	}
	b, err := c.compare(ctx, d, l)
	if err != nil {
		return err
	}
	c.answered += l.answered()
	c.marked += b.written
	c.records, c.torn, c.open = c.records+int(b.seq), c.torn+b.torn, c.open+b.cutOff()
	return nil
}

// life starts pgscrim, lets clients loose on it, kills it and looks at what it leaves.
func (c *crash) life(ctx context.Context, d *deployment, l *ledger) error {
	p, err := launch("pgscrim", c.command(c.opts.Binary, d), nil)
	if err != nil {
		return err
	}
	var clients sync.WaitGroup
	errs := make(chan error, c.opts.Clients)
	guests := make([]*guest, c.opts.Clients)
	for i := range guests {
		g := &guest{address: d.address, name: fmt.Sprintf("crash-%d-%d", c.kills, i), number: i, seed: c.opts.Seed<<32 | uint64(c.kills), ledger: l, dead: p.ended}
		guests[i] = g
		clients.Go(func() { errs <- g.stay(ctx) })
	}
	full := false
	if c.random.IntN(livesPerEarlyEnd) == 0 {
		c.early++
	} else {
		full = c.random.IntN(livesPerOutage) == 0
		err := p.await(ctx, d.admin, isReady)
		if err == nil {
			err = verifyLive(d)
		}
		if err == nil && full {
			err = c.fill(ctx, p, d)
		}
		if err != nil {
			return errors.Join(fmt.Errorf("before a kill: %w\n%s", err, p.output), p.stop(syscall.SIGKILL))
		}
	}
	time.Sleep(time.Duration(c.random.Int64N(int64(longestLife))))
	if err := p.stop(syscall.SIGKILL); err != nil {
		return err
	}
	clients.Wait()
	close(errs)
	for err := range errs {
		if err != nil {
			return fmt.Errorf("%w\n%s", err, p.output)
		}
	}
	if said := p.output.String(); said != "" && !full {
		return fmt.Errorf("pgscrim complained:\n%s", said)
	}
	for _, g := range guests {
		c.partial += g.partial
	}
	if _, err := os.Stat(filepath.Join(d.audit(), audit.FileName)); errors.Is(err, fs.ErrNotExist) { // it was killed before it had a log
		return nil
	}
	_, err = c.compare(ctx, d, l)
	return err
}

// fill lets the disk be full for a while, as far as pgscrim can tell: it may write to no file beyond a length. It must say that it is not ready,
// and be ready again by itself.
func (c *crash) fill(ctx context.Context, p *process, d *deployment) error {
	room := c.random.Uint64N(200_000) // with some, writes are cut off in the middle
	if c.random.IntN(2) == 0 {
		room = 0
	}
	if err := limitFiles(p.pid(), room); err != nil {
		return err
	}
	limited := time.Now()
	for isReady(ctx, d.admin) == nil && time.Since(limited) < startTimeout {
		time.Sleep(time.Millisecond)
	}
	if time.Since(limited) >= startTimeout {
		return errors.New("pgscrim says that it is ready, though its disk is full")
	}
	time.Sleep(time.Duration(c.random.Int64N(int64(outageTime))))
	if err := limitFiles(p.pid(), unlimited); err != nil {
		return err
	}
	c.outages++
	if err := p.await(ctx, d.admin, isReady); err != nil {
		return fmt.Errorf("pgscrim does not recover: %w\n%s", err, p.output)
	}
	return nil
}

// verifyLive verifies a log that is being written.
func verifyLive(d *deployment) error {
	key, err := os.ReadFile(filepath.Join(d.audit(), audit.VerifierFile))
	if err != nil {
		return err
	}
	v, err := audit.Verify(d.audit(), string(key))
	if err == nil && len(v.Faults) > 0 {
		err = fmt.Errorf("the audit log does not verify: %v", v.Faults)
	}
	return err
}

// compare holds the audit log against what clients saw and against what is in the database.
func (c *crash) compare(ctx context.Context, d *deployment, l *ledger) (*book, error) {
	b, err := l.compare(d.audit())
	if err != nil {
		return nil, err
	}
	conn, err := pgx.Connect(ctx, c.cluster.DSN(database))
	if err != nil {
		return nil, err
	}
	rows, err := conn.Query(ctx, "SELECT mark FROM "+marks)
	if err != nil {
		return nil, errors.Join(err, conn.Close(ctx))
	}
	written, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err := errors.Join(err, conn.Close(ctx)); err != nil {
		return nil, err
	}
	for _, mark := range written {
		if !b.marks[mark] {
			err = errors.Join(err, fmt.Errorf("%s is in the database, but the statement that has written it is not on record", mark))
		}
	}
	b.written = len(written)
	return b, err
}
