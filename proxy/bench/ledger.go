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
	// requests are how many statements a connection had sent with its last two requests when it broke off: so many may have no end on
	// record. A ledger without them is about connections that have all ended well.
	requests map[string]int
}

// account holds an entry for each text that a connection has sent.
type account map[string]*entry

// entry counts the executions of one text.
type entry struct {
	sent, answered int
	rows           int64 // of the answers
	cut            bool  // an answer has broken off: it may have more rows
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

// addBroken takes over the account of a connection that may have broken off, with the number of statements in its last two requests.
func (l *ledger) addBroken(application string, a account, last int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.accounts[application], l.requests[application] = a, last
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
	_, err := l.compare(dir)
	return err
}

// compare reads the audit log in a folder and compares it with the ledger.
func (l *ledger) compare(dir string) (*book, error) {
	b := &book{ledger: l, open: make(map[uint64]opened), logins: make(map[string]int), marks: make(map[string]bool), unclosed: make(map[string]int)}
	for _, a := range l.accounts { // a log that goes on is read from its start each time
		for _, e := range a {
			e.recorded, e.recordedRows = 0, 0
		}
	}
	for e, err := range audit.Entries(dir, 1) {
		switch {
		case err != nil:
			return nil, err
		case e.Err == nil:
			b.enter(&e.Record)
		case l.requests == nil:
			return nil, e.Err
		default: // a kill has cut it off
			b.torn++
		}
	}
	return b, b.close()
}

// book is the audit log as far as it has been read.
type book struct {
	*ledger
	seq      uint64
	torn     int               // lines
	open     map[uint64]opened // records that are to be closed
	unclosed map[string]int    // by connection: those that a kill has kept from it
	logins   map[string]int    // less logouts
	marks    map[string]bool   // that statements were to write
	written  int               // marks that are in the database
	errs     []error
	more     int
}

// opened is the statement of a record that is to be closed.
type opened struct {
	*entry
	application string
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
	case "start":
		b.kill()
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
		b.marks[markIn(r.Statement)] = true
		if r.SQLState == "" { // else it was refused, and is closed already
			b.open[r.Seq] = opened{e, r.Application}
		}
	}
}

func (b *book) closes(r *audit.Record) {
	e, ok := b.open[r.Closes]
	if !ok {
		b.differ("record %d closes %d, which is not open", r.Seq, r.Closes)
		return
	}
	delete(b.open, r.Closes)
	if r.Rows != nil {
		e.recordedRows += *r.Rows
	}
}

// kill follows the end of a pgscrim that had no time to close anything. A record that closes a statement is written with the next one
// of the same connection at the latest; whether the last request is on record is not known.
func (b *book) kill() {
	if b.requests == nil {
		return
	}
	for seq, o := range b.open {
		if b.unclosed[o.application]++; b.unclosed[o.application] > b.requests[o.application] {
			b.differ("record %d of %s was never closed, though there were others after it", seq, o.application)
		}
	}
	clear(b.open)
}

// cutOff is the number of statements whose end a kill has kept from the log.
func (b *book) cutOff() (n int) {
	for _, unclosed := range b.unclosed {
		n += unclosed
	}
	return n
}

// close compares the totals.
func (b *book) close() error {
	b.kill()
	for seq := range b.open {
		b.differ("record %d was never closed", seq)
	}
	for application, a := range b.accounts {
		_, killed := b.requests[application]
		if b.logins[application] != 0 && (!killed || b.logins[application] != 1) {
			b.differ("%s has %d more logins than logouts", application, b.logins[application])
		}
		for text, e := range a {
			if e.recorded < e.answered || e.recorded > e.sent {
				b.differ("%s: %q was sent %d times, answered %d times, recorded %d times", application, text, e.sent, e.answered, e.recorded)
			}
			if b.unclosed[application] == 0 && (e.recordedRows < e.rows || e.sent == e.answered && !e.cut && e.recordedRows != e.rows) {
				b.differ("%s: %q returned %d rows, recorded are %d", application, text, e.rows, e.recordedRows)
			}
		}
	}
	if b.more > 0 {
		b.errs = append(b.errs, fmt.Errorf("audit log: and %d differences more", b.more))
	}
	return errors.Join(b.errs...)
}
