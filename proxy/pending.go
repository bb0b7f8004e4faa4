package proxy

import (
	"errors"
	"sync"

	"github.com/pgscrim/pgscrim/rewrite"
)

// maxPending bounds the messages that are under way upstream. PostgreSQL holds back at most 8 kB of answers
// (PQ_SEND_BUFFER_SIZE), and an answer has at least 5 bytes: so many cannot all be held back.
const maxPending = 4096

// errStopped ends a goroutine of a session because the other has ended.
var errStopped = errors.New("session has ended")

// errCopying says that what is waited for will not come before the client has ended its COPY data.
var errCopying = errors.New("COPY data is expected")

// expectation is a message that was sent upstream and what its answer means to the session.
type expectation struct {
	// kind is the type of the message: Q, P, B, D, E, C, S or F. A c stands for the end of a
	// COPY FROM STDIN, which has no answer of its own.
	kind byte
	// swallow keeps the answer from the client, as it is to a message that the client did not send.
	swallow bool
	// remakes is the prepared statement that the message, which the client did not send, makes again.
	remakes *prepared
	// check is the check that the message is part of, last is true for the Execute of the last one; attempt is what
	// their outcome decides on.
	check   *check
	last    bool
	attempt *attempt
	// inline are the checks whose EXECUTEs stand in front of a query string, as long as they are not answered, and prefix is
	// their length in characters.
	inline []*check
	prefix int
	// marked is true for a Sync with a Close of the proxy's behind it, whose answer tells that the Sync is answered.
	marked bool
	// owed is true for a Sync that ends a Query whose checks have failed, if they have; shown, if they have, and the client
	// is to hear of it.
	owed, shown bool
	// answer is the text that an error is about; nil if no text belongs to the message.
	answer *rewrite.Answer
	// name and object are the prepared statement or portal that the message makes (P, B) or closes (C, nil).
	// For C, portal tells the two apart.
	name      string
	statement *prepared
	made      *portal
	portal    bool
	// by is the rewriter that has answered what the message runs or describes.
	by Rewriter
	// described is the statement that a Describe is about.
	described *rewrite.Statement
	// runs are the statements that the message runs, in order; current is the one under way.
	runs    []*run
	current int
}

// running returns the statement under way, nil if there is none.
func (e *expectation) running() *run {
	if e == nil || e.current >= len(e.runs) {
		return nil
	}
	return e.runs[e.current]
}

// checking returns the check under way, nil if there is none.
func (e *expectation) checking() *check {
	switch {
	case e == nil:
		return nil
	case len(e.inline) > 0:
		return e.inline[0]
	}
	return e.check
}

// checked ends an EXECUTE in front of a query string.
func (e *expectation) checked() {
	if e.inline = e.inline[1:]; len(e.inline) == 0 {
		e.attempt.state.CompareAndSwap(attemptOpen, attemptPassed)
	}
}

// hidesDetail reports whether the DETAIL of an integrity error may show what the caller may not see. An error at the Sync
// or at a COMMIT, of a deferred constraint, belongs to a statement that is not known any more.
func (e *expectation) hidesDetail() bool {
	r := e.running()
	if r == nil || r.statement.Effect.Kind == rewrite.EffectCommit {
		return true
	}
	of := r.behind()
	return r.statement.HideDetail || of != nil && of.HideDetail
}

// extended reports whether an error makes PostgreSQL skip messages up to the next Sync.
func (e *expectation) extended() bool {
	switch e.kind {
	case 'P', 'B', 'D', 'E', 'C':
		return true
	}
	return false
}

// pending is the queue of messages that upstream has not answered yet. The client's goroutine pushes, the
// upstream's pops.
type pending struct {
	mu     sync.Mutex
	moved  sync.Cond // an element was popped, or the queue was closed
	queue  []*expectation
	closed bool
	// skipping is true after an error in the extended protocol: PostgreSQL ignores all up to a Sync.
	// owing is true if the client is to hear the end of a Query that may be skipped so.
	skipping, owing bool
	// copying is true while the client sends COPY data: PostgreSQL ignores Sync then. doubtful counts the Syncs that it has
	// ignored so, or has answered if COPY failed before it read them: the answers do not tell which.
	copying  bool
	doubtful int
}

func newPending() *pending {
	p := &pending{}
	p.moved.L = &p.mu
	return p
}

// push adds a message that is about to be sent. It returns false if the message will be ignored upstream, and is not to be sent.
func (p *pending) push(e *expectation) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.skipping && e.kind != 'S' {
		return false
	}
	if p.copying && e.kind == 'S' {
		if !e.swallow {
			p.doubtful++
		}
		return !e.swallow
	}
	if e.owed && p.skipping && p.owing {
		e.shown = true
	}
	p.skipping = false
	if e.kind == 'c' {
		p.copying = false
		if len(p.queue) == 0 {
			return true
		}
	}
	p.queue = append(p.queue, e)
	if e.kind == 'S' && !e.swallow && p.inDoubt() {
		e.marked = true
		p.queue = append(p.queue, &expectation{kind: 'C', name: reservedName, swallow: true})
	}
	return true
}

// inDoubt reports whether the Sync that was just added may not be the next one to be answered: COPY data has ended, and
// there was a Sync in front of them.
func (p *pending) inDoubt() bool {
	if p.doubtful > 0 {
		return true
	}
	synced := false
	for _, e := range p.queue {
		switch {
		case e.kind == 'S':
			synced = true
		case e.kind == 'c' && synced:
			return true
		}
	}
	return false
}

// ignoring reports whether upstream ignores what comes before the next Sync.
func (p *pending) ignoring() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.skipping
}

// front returns the message that upstream is answering, nil if there is none.
func (p *pending) front() *expectation {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.queue) == 0 {
		return nil
	}
	return p.queue[0]
}

// pop removes the front: it is answered.
func (p *pending) pop() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.drop(1)
}

// fail removes the front, which has failed, and what PostgreSQL skips because of that: all up to the
// next Sync, be it here or yet to come. shown says that the client has heard of the error: it is to hear the end of a Query
// that is skipped, which is the proxy's Sync behind that.
func (p *pending) fail(shown bool) (skipped []*expectation) {
	p.mu.Lock()
	defer p.mu.Unlock()
	n := 1
	for n < len(p.queue) && p.queue[n].kind != 'S' {
		n++
	}
	skipped = append(skipped, p.queue[1:n]...)
	p.skipping = n == len(p.queue)
	p.copying = false
	if p.skipping {
		p.owing = shown
	} else if next := p.queue[n]; next.owed && shown {
		next.shown = true
	}
	p.drop(n)
	return skipped
}

// copyIn follows upstream into COPY FROM STDIN: until the client ends the data, it ignores Sync.
func (p *pending) copyIn() {
	p.mu.Lock()
	defer p.mu.Unlock()
	kept, ended := p.queue[:min(1, len(p.queue))], false
	for _, e := range p.queue[len(kept):] {
		ended = ended || e.kind == 'c'
		if ended || e.kind != 'S' {
			kept = append(kept, e)
		} else {
			p.doubtful++
		}
	}
	p.queue, p.copying = kept, !ended
	p.moved.Broadcast()
}

// copyEnd follows upstream out of COPY FROM STDIN. If that has succeeded, it has read what the client sent before the end.
func (p *pending) copyEnd(succeeded bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.copying = false
	if succeeded {
		p.doubtful = 0
	}
}

// unsynced reports whether upstream may answer a Sync that the queue does not hold.
func (p *pending) unsynced() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.doubtful > 0
}

// ready follows a ReadyForQuery.
func (p *pending) ready() {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case len(p.queue) == 0: // COPY has failed before the Sync was read
		p.doubtful--
		p.skipping = false
	case !p.queue[0].marked: // else its mark tells when it is answered
		p.drop(1)
	}
}

// passMark follows the answer to the Close behind a marked Sync: no Sync is in doubt any more.
func (p *pending) passMark() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.doubtful = 0
	p.drop(2)
}

// drop removes the first n messages, and the ends of COPY data behind them.
func (p *pending) drop(n int) {
	for n < len(p.queue) && p.queue[n].kind == 'c' {
		n++
	}
	clear(p.queue[:n])
	if p.queue = p.queue[n:]; len(p.queue) == 0 {
		p.queue = nil
	}
	p.moved.Broadcast()
}

// len returns the number of messages under way.
func (p *pending) len() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.queue)
}

// wait returns when at most n messages are under way. The error is errCopying if the first of them waits for the client.
func (p *pending) wait(n int) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	for len(p.queue) > n && !p.closed && !p.copying {
		p.moved.Wait()
	}
	switch {
	case p.closed:
		return errStopped
	case len(p.queue) > n:
		return errCopying
	}
	return nil
}

// inCopy reports whether upstream waits for the client's COPY data.
func (p *pending) inCopy() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.copying
}

// close ends the waits and returns what will never be answered.
func (p *pending) close() []*expectation {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed = true
	p.moved.Broadcast()
	left := p.queue
	p.queue = nil
	return left
}
