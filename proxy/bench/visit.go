package bench

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

// visit is one connection of a soak's client, from login to the end.
type visit struct {
	conn    *pgconn.PgConn
	caller  string // a role of the sample's policy
	account account
	random  *rand.Rand
	// request are the texts that were sent last, of which settled have their outcome; previous is the number of those before.
	request           []string
	settled, previous int
	// witness is the connection, if it may be broken off; application is its name, and marks counts what it has written.
	witness     *witness
	application string
	marks       int
	// prepared is true once the visit's prepared statement is there.
	prepared bool
}

// maxID bounds the customers that are asked for, and so the number of distinct texts: the rewriter's cache is full
// after the warm-up, and what grows later is a leak.
const maxID = 200

func (v *visit) id() int { return 1 + v.random.IntN(maxID) }

// unexpected is an outcome that the soak is about to fail for.
func unexpected(sql string, err error) error {
	return fmt.Errorf("%q: unexpected outcome: %w", strings.Join(strings.Fields(sql), " "), err)
}

// entry returns what the account says of a text.
func (v *visit) entry(text string) *entry {
	e := v.account[text]
	if e == nil {
		e = new(entry)
		v.account[text] = e
	}
	return e
}

// send enters texts that are about to be sent together. Nothing is sent on a connection that has broken off.
func (v *visit) send(texts ...string) {
	if v.conn.IsClosed() {
		return
	}
	for _, text := range texts {
		v.entry(text).sent++
	}
	v.previous, v.request, v.settled = len(v.request), texts, 0
	if v.witness != nil {
		v.witness.reset()
	}
}

// unrecorded is the SQLSTATE of what is refused because it cannot be recorded.
const unrecorded = "58030"

// refusedByPolicy is that of what the policy refuses, which is on record in any case.
const refusedByPolicy = "42501"

// settle enters the outcome of a statement that was sent. An error is an answer if it is PostgreSQL's and, if want is
// not empty, has that SQLSTATE; an empty want asks for success.
func (v *visit) settle(text string, rows int64, err error, want string) error {
	e := v.entry(text)
	var pg *pgconn.PgError
	switch {
	case err == nil && want == "":
		e.answered++
		e.rows += rows
		v.settled++
		return nil
	case errors.As(err, &pg) && pg.Code == unrecorded && v.witness != nil: // which is no answer
	case errors.As(err, &pg):
		if v.witness == nil || int(v.witness.begun.Load()) > v.settled || pg.Code == refusedByPolicy {
			e.answered++
		}
		v.settled++
		if pg.Code == want {
			return nil
		}
	case err == nil:
		err = fmt.Errorf("success instead of %s", want)
	}
	return unexpected(text, err)
}

// rowsOf is what the audit counts of a result: the rows that the command tag names, else those that came.
func rowsOf(r *pgconn.Result) int64 { return max(r.CommandTag.RowsAffected(), int64(len(r.Rows))) }

// simple sends texts as one query string, of which each but the last succeeds. want is what becomes of the last.
func (v *visit) simple(ctx context.Context, want string, texts ...string) error {
	v.send(texts...)
	results, err := v.conn.Exec(ctx, strings.Join(texts, "; ")).ReadAll()
	for i, text := range texts[:len(texts)-1] {
		if i >= len(results) {
			return unexpected(text, errors.Join(errors.New("no result"), err))
		}
		if settled := v.settle(text, rowsOf(results[i]), results[i].Err, ""); settled != nil {
			return settled
		}
	}
	var rows int64
	if err == nil && len(results) == len(texts) {
		rows = rowsOf(results[len(results)-1])
	}
	return v.settle(texts[len(texts)-1], rows, err, want)
}

// one sends statements one after the other, each of which succeeds.
func (v *visit) one(ctx context.Context, texts ...string) error {
	for _, text := range texts {
		if err := v.simple(ctx, "", text); err != nil {
			return err
		}
	}
	return nil
}

// extended sends a statement by the extended protocol.
func (v *visit) extended(ctx context.Context, want, text string, args ...string) error {
	v.send(text)
	if want == "42501" {
		v.entry(text).sent++ // its Parse and its Execute may both be on record, each refused
	}
	result := v.conn.ExecParams(ctx, text, values(args), nil, nil, nil).Read()
	return v.settle(text, rowsOf(result), result.Err, want)
}

func values(args []string) [][]byte {
	values := make([][]byte, len(args))
	for i, arg := range args {
		values[i] = []byte(arg)
	}
	return values
}

// canceled runs a statement that takes forever and cancels it until it ends.
func (v *visit) canceled(ctx context.Context, text string) error {
	done := make(chan struct{})
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		for {
			select {
			case <-done:
				return
			case <-time.After(time.Duration(1+rand.IntN(20)) * time.Millisecond):
				// A request that comes too early or too late has no effect; the next one will, or is not needed.
				_ = v.conn.CancelRequest(ctx)
			}
		}
	}()
	v.send(text)
	_, err := v.conn.Exec(ctx, text).ReadAll()
	close(done)
	<-stopped
	return v.settle(text, 0, err, "57014")
}

// leaveRudely sends a statement with a long result and closes the socket in the middle of it.
func (v *visit) leaveRudely(ctx context.Context, text string) error {
	v.send(text)
	results := v.conn.Exec(ctx, text)
	if results.NextResult() {
		for rows := results.ResultReader(); v.random.IntN(100) > 0 && rows.NextRow(); {
			continue
		}
	}
	return v.conn.Conn().Close()
}
