package proxy

import (
	"sync"

	"github.com/pgscrim/pgscrim/rewrite"
)

// nameBytes is how much of a statement's or portal's name counts (PostgreSQL's NAMEDATALEN less its NUL).
const nameBytes = 63

// objectName returns the part of a protocol name by which PostgreSQL knows the object.
func objectName(name string) string { return name[:min(len(name), nameBytes)] }

// prepared is a prepared statement of a session, made by Parse or by PREPARE: they share one namespace.
type prepared struct {
	name string
	// sql is the client's text, and types the parameter types of its Parse, for making it again.
	sql   string
	types []uint32
	// bySQL is true for PREPARE and DECLARE.
	bySQL bool
	// lost is true if it is gone upstream because it could not be parsed again.
	lost bool
	// answer is what it became, and values the settings that this was decided under.
	answer *rewrite.Answer
	values rewrite.Values
	// statement is the statement as the audit names it; nil for an empty one.
	statement *rewrite.Statement
}

// portal is a portal or cursor: Bind and DECLARE share one namespace.
type portal struct {
	*prepared
	// bound is the segment of the Bind, and by the rewriter in force then.
	bound int
	by    Rewriter
}

// namespace holds a session's prepared statements or portals. What has been sent but not answered is kept apart
// from what is settled, as an error upstream may undo it.
type namespace[T any] struct {
	mu      sync.Mutex
	settled map[string]*T
	// sent belongs to the client's goroutine alone.
	sent map[string]sent[T]
}

// sent is a change under way: an object that is made, or nil for one that is closed.
type sent[T any] struct {
	object  *T
	segment int
}

func newNamespace[T any]() *namespace[T] {
	return &namespace[T]{settled: make(map[string]*T), sent: make(map[string]sent[T])}
}

// find returns the object of a name as it will be when a message of the segment is handled. It is unsure
// if that depends on whether an earlier segment succeeds, which is not known yet.
func (n *namespace[T]) find(name string, segment int) (object *T, unsure bool) {
	if s, ok := n.sent[name]; ok {
		return s.object, s.segment != segment
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.settled[name], false
}

// send notes a change that is being sent. If the message fails, PostgreSQL skips the rest of its segment.
func (n *namespace[T]) send(name string, object *T, segment int) {
	n.sent[name] = sent[T]{object, segment}
}

// forget drops the changes under way: all of them are answered.
func (n *namespace[T]) forget() { clear(n.sent) }

// settle makes a change that upstream has confirmed.
func (n *namespace[T]) settle(name string, object *T) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if object == nil {
		delete(n.settled, name)
	} else {
		n.settled[name] = object
	}
}

// replace puts new in the place of old, which is the same object upstream, wherever old still stands.
func (n *namespace[T]) replace(name string, old, new *T) {
	if s, ok := n.sent[name]; ok && s.object == old {
		n.sent[name] = sent[T]{new, s.segment}
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.settled[name] == old {
		n.settled[name] = new
	}
}

// drop removes the settled objects that gone selects; nil selects all.
func (n *namespace[T]) drop(gone func(*T) bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for name, object := range n.settled {
		if gone == nil || gone(object) {
			delete(n.settled, name)
		}
	}
}
