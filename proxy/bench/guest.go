package bench

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

// guest is a client of a pgscrim that is about to be killed.
type guest struct {
	address, name string
	number        int
	seed          uint64
	ledger        *ledger
	dead          <-chan struct{} // closed when pgscrim has ended
	partial       int             // results that were cut off
}

// stay makes one visit after the other until pgscrim is dead. An error says that something else has gone wrong.
func (g *guest) stay(ctx context.Context) error {
	random := rand.New(rand.NewPCG(g.seed, uint64(g.number)))
	for n := 0; ; n++ {
		err := g.visit(ctx, fmt.Sprintf("%s-%d", g.name, n), random)
		select {
		case <-g.dead:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		default:
		}
		switch {
		case err == nil:
		case isBroken(err): // pgscrim does not listen yet, or is dying
			time.Sleep(2 * time.Millisecond)
		default:
			return err
		}
	}
}

// isBroken reports whether an error is that of a connection, or of a disk that is full, and not another one that a server has sent.
func isBroken(err error) bool {
	var pg *pgconn.PgError
	return !errors.As(err, &pg) || pg.Code == unrecorded
}

// visit is one connection.
func (g *guest) visit(ctx context.Context, application string, random *rand.Rand) error {
	callers := []struct{ role, user string }{{"analyst", "ana"}, {"marketer", "mara"}, {"support", "sol"}}
	caller := callers[g.number%len(callers)]
	config, err := pgconn.ParseConfig(fmt.Sprintf("postgres://%[1]s:%[1]s@%[2]s/%[3]s?sslmode=disable", caller.user, g.address, database))
	if err != nil {
		return err
	}
	config.RuntimeParams["application_name"] = application
	var w *witness
	config.DialFunc = func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := new(net.Dialer).DialContext(ctx, network, address)
		w = &witness{Conn: conn}
		return w, err
	}
	conn, err := pgconn.ConnectConfig(ctx, config)
	if err != nil {
		return err
	}
	v := &visit{conn: conn, caller: caller.role, account: make(account), random: random, witness: w, application: application}
	all := crashSteps()
	for range 10 + random.IntN(100) {
		step := pick(all, random)
		ctx, cancel := context.WithTimeout(ctx, stepTimeout)
		err = step.do(v, ctx)
		cancel()
		if err != nil {
			err = errors.Join(fmt.Errorf("%s, step %q: %w", application, step.name, err), conn.Conn().Close())
			break
		}
	}
	if err == nil {
		err = conn.Close(ctx)
	}
	partial, shown := v.breakOff(err)
	g.partial += partial
	g.ledger.addBroken(application, v.account, v.previous+len(v.request))
	if shown != nil {
		return shown
	}
	return err
}

// breakOff enters the results of which a byte has arrived before the connection broke off. An error says that this was so of one that was refused for
// want of a record.
func (v *visit) breakOff(cause error) (partial int, shown error) {
	begun := int(v.witness.begun.Load())
	var pg *pgconn.PgError
	if errors.As(cause, &pg) && pg.Code == unrecorded {
		if begun--; !v.witness.bare.Load() {
			shown = fmt.Errorf("%s: a part of a result came before it was refused for want of a record: %v", v.application, v.request)
		}
	}
	if begun > v.settled {
		for _, text := range v.request[v.settled:min(begun, len(v.request))] {
			e := v.entry(text)
			e.answered++
			e.cut = true
			partial++
		}
	}
	return partial, shown
}

// crashSteps are what clients do before a kill: what the clients of a soak do, but for a query that would go on after it, and writes.
func crashSteps() []step {
	quick := slices.DeleteFunc(steps(), func(s step) bool { return s.name == "cancel" })
	return append(quick,
		step{"write", 20, func(v *visit, ctx context.Context) error {
			return v.simple(ctx, "", fmt.Sprintf("INSERT INTO %s VALUES ('%s')", marks, v.mark()))
		}},
		step{"extended write", 20, func(v *visit, ctx context.Context) error {
			return v.extended(ctx, "", fmt.Sprintf("INSERT INTO %s SELECT '%s' WHERE $1 = 1", marks, v.mark()), "1")
		}},
		step{"transaction that writes", 10, func(v *visit, ctx context.Context) error {
			return v.one(ctx, "BEGIN", fmt.Sprintf("INSERT INTO %s VALUES ('%s')", marks, v.mark()), "COMMIT")
		}},
		step{"read and write at once", 10, func(v *visit, ctx context.Context) error {
			return v.simple(ctx, "", "SELECT email FROM crm.customers", fmt.Sprintf("INSERT INTO %s VALUES ('%s')", marks, v.mark()))
		}},
		step{"COPY FROM STDIN", 10, func(v *visit, ctx context.Context) error {
			mark := v.mark()
			text := fmt.Sprintf("COPY %s FROM STDIN (NULL 'not %s')", marks, mark)
			v.send(text)
			tag, err := v.conn.CopyFrom(ctx, strings.NewReader(mark+"\n"), text)
			return v.settle(text, tag.RowsAffected(), err, "")
		}},
		step{"long result", 10, func(v *visit, ctx context.Context) error {
			return v.simple(ctx, "", "SELECT * FROM crm.orders")
		}},
	)
}

// markStart and markEnd stand around what a statement writes, so that it is found in the statement's text.
const (
	markStart = "<"
	markEnd   = ">"
)

// mark is a value that no other statement writes.
func (v *visit) mark() string {
	v.marks++
	return fmt.Sprintf("%s%s/%d%s", markStart, v.application, v.marks, markEnd)
}

// markIn returns the mark in a text, empty if there is none.
func markIn(text string) string {
	_, rest, _ := strings.Cut(text, markStart)
	mark, _, found := strings.Cut(rest, markEnd)
	if !found {
		return ""
	}
	return markStart + mark + markEnd
}
