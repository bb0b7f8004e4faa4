package bench

import (
	"errors"
	"fmt"
	"sync"

	"github.com/pgscrim/pgscrim/audit"
)

// ledger is what clients saw, to be compared with what the audit log says. An account is one connection, which its
// application_name tells apart from all others.
type ledger struct {
	mu       sync.Mutex
	accounts map[string]account
}

// account holds an entry for each text that a connection has sent.
type account map[string]*entry

// entry counts the executions of one text.
type entry struct {
	sent, answered int
	rows           int64 // of the answers
	recorded       int   // in the audit log
	recordedRows   int64
}

func newLedger() *ledger { return &ledger{accounts: make(map[string]account)} }

// add takes over the account of a connection that has ended.
func (l *ledger) add(application string, a account) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.accounts[application] = a
}

// answered returns how many answers clients saw.
func (l *ledger) answered() (n int) {
	for _, a := range l.accounts {
		for _, e := range a {
			n += e.answered
		}
	}
	return n
}

// maxDifferences is how many differences are reported: where there is one there are many.
const maxDifferences = 20

// differences compares the ledger with the audit log in a folder.
func (l *ledger) differences(dir string) error {
	b := book{ledger: l, open: make(map[uint64]*entry), logins: make(map[string]int)}
	for e, err := range audit.Entries(dir, 1) {
		if err = errors.Join(err, e.Err); err != nil {
			return err
		}
		b.enter(&e.Record)
	}
	return b.close()
}

// book is the audit log as far as it has been read.
type book struct {
	*ledger
	seq    uint64
	open   map[uint64]*entry // records that are to be closed
	logins map[string]int    // less logouts
	errs   []error
	more   int
}

func (b *book) differ(format string, args ...any) {
	if len(b.errs) == maxDifferences {
		b.more++
		return
	}
	b.errs = append(b.errs, fmt.Errorf("audit log: "+format, args...))
}

// enter takes in one record.
func (b *book) enter(r *audit.Record) {
	if r.Seq != b.seq+1 {
		b.differ("record %d follows %d", r.Seq, b.seq)
	}
	b.seq = r.Seq
	switch r.Event {
	case "login":
		b.logins[r.Application]++
	case "logout":
		b.logins[r.Application]--
	case "statement":
		if r.Closes > 0 {
			b.closes(r)
			return
		}
		e := b.accounts[r.Application][r.Statement]
		if e == nil {
			b.differ("%s never sent %q", r.Application, r.Statement)
			return
		}
		e.recorded++
		if r.SQLState == "" { // else it was refused, and is closed already
			b.open[r.Seq] = e
		}
	}
}

func (b *book) closes(r *audit.Record) {
	e := b.open[r.Closes]
	if e == nil {
		b.differ("record %d closes %d, which is not open", r.Seq, r.Closes)
		return
	}
	delete(b.open, r.Closes)
	if r.Rows != nil {
		e.recordedRows += *r.Rows
	}
}

// close compares the totals.
func (b *book) close() error {
	for seq := range b.open {
		b.differ("record %d was never closed", seq)
	}
	for application, a := range b.accounts {
		if b.logins[application] != 0 {
			b.differ("%s has %d more logins than logouts", application, b.logins[application])
		}
		for text, e := range a {
			if e.recorded < e.answered || e.recorded > e.sent {
				b.differ("%s: %q was sent %d times, answered %d times, recorded %d times", application, text, e.sent, e.answered, e.recorded)
			}
			if e.recordedRows < e.rows || e.sent == e.answered && e.recordedRows != e.rows {
				b.differ("%s: %q returned %d rows, recorded are %d", application, text, e.rows, e.recordedRows)
			}
		}
	}
	if b.more > 0 {
		b.errs = append(b.errs, fmt.Errorf("audit log: and %d differences more", b.more))
	}
	return errors.Join(b.errs...)
}
