package logtest

import (
	"bufio"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"time"

	seekable "github.com/SaveTheRbtz/zstd-seekable-format-go/pkg"
	"github.com/klauspost/compress/zstd"

	"github.com/pgscrim/pgscrim/audit"
)

// Options say what log to make. The same options make the same log.
type Options struct {
	Records      int
	Start        time.Time     // of the first one
	Span         time.Duration // that the records are spread over
	SegmentBytes int64         // at which the log is rotated
	Compressed   bool          // the sealed segments
	Seed         uint64
}

// Generate writes a log to a directory, which it creates.
func Generate(dir string, o Options) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	g := &generator{Options: o, dir: dir, rng: rand.New(rand.NewPCG(o.Seed, 0)), now: o.Start, line: 1}
	for _, office := range offices() {
		for range office.weight {
			g.offices = append(g.offices, office)
		}
	}
	if err := g.create(); err != nil {
		return err
	}
	for g.seq < uint64(o.Records) {
		if err := g.step(); err != nil {
			return err
		}
	}
	return errors.Join(g.out.Flush(), g.file.Close())
}

type generator struct {
	Options
	dir     string
	rng     *rand.Rand
	now     time.Time
	seq     uint64
	line    int64 // the number of the first one of the live segment
	size    int64 // of the live segment
	prev    string
	file    *os.File
	out     *bufio.Writer
	offices []office
	open    []running
}

// running is a statement that has not ended.
type running struct {
	record audit.Record
	rows   int64
}

// maxRunning bounds the statements that run at a time.
const maxRunning = 32

// step writes the next record.
func (g *generator) step() error {
	g.now = g.now.Add(time.Duration(g.rng.Int64N(2 * int64(g.Span) / int64(g.Records))))
	switch n := g.rng.IntN(1000); {
	case len(g.open) > 0 && (n < 490 || len(g.open) == maxRunning):
		i := g.rng.IntN(len(g.open))
		r := g.open[i]
		g.open[i] = g.open[len(g.open)-1]
		g.open = g.open[:len(g.open)-1]
		return g.end(r)
	case n < 500:
		return g.login()
	}
	return g.statement()
}

// who begins a record of somebody.
func (g *generator) who(event string) (audit.Record, office) {
	o := g.offices[g.rng.IntN(len(g.offices))]
	i := g.rng.IntN(o.users)
	day := g.now.Unix() / 86400
	return audit.Record{
		Event: event, User: fmt.Sprintf("%s%02d", o.role, i), Roles: []string{o.role}, Purpose: o.purpose, Database: "crm", Application: "app-" + o.role,
		Client: fmt.Sprintf("10.0.%d.%d:%d", len(o.role), i+10, 40000+g.rng.IntN(20000)), Session: fmt.Sprintf("%s%02d%d%02d", o.role, i, day, g.rng.IntN(20)),
	}, o
}

func (g *generator) login() error {
	event := "login"
	if g.rng.IntN(50) == 0 {
		event = "login_failed"
	}
	r, _ := g.who(event)
	r.Purpose = ""
	if event == "login_failed" {
		r.Roles, r.SQLState, r.Detail = nil, "28P01", "password authentication failed"
	}
	return g.write(&r)
}

func (g *generator) statement() error {
	r, o := g.who("statement")
	s := o.shapes[g.rng.IntN(len(o.shapes))]
	started := g.now
	r.Statement, r.Relations, r.Columns, r.Hidden, r.Started, r.Policy = s.fill(g.rng), s.relations, s.columns, s.hidden, &started, policy
	if o.direct {
		r.Decision = "pass"
		return g.begin(r, s)
	}
	r.Fingerprint = fmt.Sprintf("%x", sha256.Sum256([]byte(s.text)))[:16]
	if g.rng.IntN(200) == 0 {
		r.Decision, r.SQLState, r.Rule, r.Columns, r.Hidden = "deny", "42501", "no-government-ids", nil, nil
		r.Detail = `permission denied for column national_id of relation crm.customers by rule "no-government-ids"`
		return g.write(&r)
	}
	r.Decision = "rewrite"
	r.Rewritten = r.Statement + rewritten
	return g.begin(r, s)
}

const policy = "sha256:3b5d5c3712955042212316173ccf37be0a7f0f3b8ea3f9d9a5f0f0e6d7c2b1a0"

// rewritten is as long as what stands for a reference to a protected table.
const rewritten = ` FROM (SELECT s."id", (CASE WHEN r.c1 THEN s."email" ELSE pg_catalog.concat('***@', pg_catalog.split_part(s."email", '@', 2)) END)::pg_catalog.text AS "email" FROM "crm"."customers" AS s CROSS JOIN LATERAL (SELECT (s."country"::pg_catalog.text OPERATOR(pg_catalog.=) ANY ('{"AT","BE","DE"}'::pg_catalog.text[])) AS c1) AS r)`

func (g *generator) begin(r audit.Record, s shape) error {
	err := g.write(&r)
	g.open = append(g.open, running{r, int64(g.rng.IntN(s.rows + 1))})
	return err
}

func (g *generator) end(began running) error {
	b := &began.record
	bytes, ms := 40*began.rows, g.now.Sub(b.Time).Seconds()*1000
	r := audit.Record{
		Event: "statement", Closes: b.Seq, Session: b.Session, User: b.User, Roles: b.Roles, Client: b.Client, Application: b.Application, Purpose: b.Purpose,
		Database: b.Database, Fingerprint: b.Fingerprint, Decision: b.Decision, Policy: b.Policy, Rows: &began.rows, Bytes: &bytes, DurationMS: &ms,
	}
	if g.rng.IntN(300) == 0 {
		began.rows, r.SQLState = 0, [...]string{"22012", "57014", "40001"}[g.rng.IntN(3)]
	}
	return g.write(&r)
}

// write writes a record, and rotates the log before it if it is time.
func (g *generator) write(r *audit.Record) error {
	if g.size >= g.SegmentBytes {
		if err := g.rotate(); err != nil {
			return err
		}
		if err := g.write(&audit.Record{Event: "segment", Segment: &audit.SegmentStart{Lines: g.line - 1}}); err != nil {
			return err
		}
	}
	g.seq++
	r.Seq, r.Time, r.Replica, r.Prev = g.seq, g.now, "r1", g.prev
	line, err := json.Marshal(r)
	if err != nil {
		return err
	}
	sum := sha256.New()
	sum.Write([]byte{0}) // RFC 6962's leaf hash
	sum.Write(line)
	g.prev = base64.StdEncoding.EncodeToString(sum.Sum(nil))
	g.size += int64(len(line)) + 1
	_, _ = g.out.Write(line)
	return g.out.WriteByte('\n')
}

func (g *generator) create() (err error) {
	g.file, err = os.OpenFile(filepath.Join(g.dir, audit.FileName), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	g.out, g.size = bufio.NewWriterSize(g.file, 1<<20), 0
	return err
}

// rotate seals the live segment.
func (g *generator) rotate() error {
	if err := errors.Join(g.out.Flush(), g.file.Close()); err != nil {
		return err
	}
	sealed := filepath.Join(g.dir, fmt.Sprintf("audit-%020d.jsonl", g.line))
	if err := os.Rename(g.file.Name(), sealed); err != nil {
		return err
	}
	g.line = int64(g.seq) + 1
	if g.Compressed {
		if err := compress(sealed); err != nil {
			return err
		}
	}
	return g.create()
}

// compress does what package audit does: frames of 1 MB, the first one of 16 kB.
func compress(path string) error {
	in, err := os.Open(path)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(path+".zst", os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer out.Close()
	encoder, err := zstd.NewWriter(nil)
	if err != nil {
		return err
	}
	defer encoder.Close()
	w, err := seekable.NewWriter(out, encoder)
	if err != nil {
		return err
	}
	frame := make([]byte, 1<<20)
	for size := 16 << 10; ; size = 1 << 20 {
		n, err := io.ReadFull(in, frame[:size])
		if n > 0 {
			if _, err := w.Write(frame[:n]); err != nil {
				return err
			}
		}
		if err != nil {
			break
		}
	}
	return errors.Join(w.Close(), out.Close(), os.Remove(path))
}
