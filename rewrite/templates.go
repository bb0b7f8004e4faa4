package rewrite

import (
	"container/list"
	"reflect"
	"slices"
	"sync"
)

// templates hold answers by shape, the least recently used ones dropped when they outgrow their bound.
//
// An answer holds for another constant for three reasons, each of which is enough: the constant stands where only PostgreSQL looks at
// it (varying.go), the rewriter has not read its value (constant.go), and a fresh answer to another value was the same. One hit in
// sampleEvery is compared with a fresh answer, too; a shape that fails has no template any more.
type templates struct {
	mu      sync.Mutex
	entries map[string]*list.Element
	order   list.List // of *entries of shapes, the last used first
	bytes   int
	limit   int
	hits    uint64
	faults  uint64
	every   uint64 // see sampleEvery
}

// shapeEntry is what is known of one shape.
type shapeEntry struct {
	key      string
	variants []*template // with different fixed constants, the last used one first
	barred   bool        // a template of it was wrong
}

const (
	// sampleEvery is how many hits there are to one that is compared with a fresh answer, which costs some hundred times as much.
	sampleEvery = 10_000
	// maxVariants bounds the templates of one shape.
	maxVariants = 8
)

func newTemplates(limit int) *templates {
	return &templates{entries: map[string]*list.Element{}, limit: limit, every: sampleEvery}
}

// get returns the template that holds for a text, nil if there is none. sample asks for a comparison with a fresh answer.
func (c *templates) get(key []byte, sql string, constants []constant) (t *template, sample bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e := c.find(key)
	if e == nil {
		return nil, false
	}
	for i, t := range e.variants {
		if holds, _ := t.holds(sql, constants); holds {
			e.variants[0], e.variants[i] = t, e.variants[0]
			c.hits++
			return t, c.hits%c.every == 0
		}
	}
	return nil, false
}

// find returns the entry of a shape, nil if there is none.
func (c *templates) find(key []byte) *shapeEntry {
	e := c.entries[string(key)]
	if e == nil {
		return nil
	}
	c.order.MoveToFront(e)
	return e.Value.(*shapeEntry)
}

// learn takes in a fresh answer to a text for which no template holds. It confirms a template that would have given that answer, or
// corrects one that would not, and else keeps the one that make gives, if any.
func (c *templates) learn(key []byte, sql string, constants []constant, a *Answer, make func() *template) {
	c.mu.Lock()
	var variants []*template
	if e := c.find(key); e != nil {
		if e.barred {
			c.mu.Unlock()
			return
		}
		variants = slices.Clone(e.variants)
	}
	c.mu.Unlock()
	for _, t := range variants {
		if c.confirm(t, sql, constants, a) {
			return
		}
	}
	if t := make(); t != nil {
		c.add(string(key), t)
	}
}

// confirm compares a fresh answer with that of a template which may hold for its text, and notes in the template what was shown.
func (c *templates) confirm(t *template, sql string, constants []constant, a *Answer) bool {
	c.mu.Lock()
	holds, differ := t.holds(sql, constants)
	c.mu.Unlock()
	if !holds && len(differ) == 0 {
		return false
	}
	same := reflect.DeepEqual(t.answerTo(sql, constants), a)
	shown := fixed
	if same {
		shown = free
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, i := range differ {
		t.slots[i].state = shown
	}
	return same
}

func (c *templates) add(key string, t *template) {
	if t.bytes = t.size() + 2*len(key); t.bytes > c.limit/8 {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	element := c.entries[key]
	if element == nil {
		element = c.order.PushFront(&shapeEntry{key: key})
		c.entries[key] = element
	}
	e := element.Value.(*shapeEntry)
	if e.barred {
		return
	}
	if len(e.variants) == maxVariants {
		c.bytes -= e.variants[maxVariants-1].bytes
		e.variants = e.variants[:maxVariants-1]
	}
	e.variants = append([]*template{t}, e.variants...)
	for c.bytes += t.bytes; c.bytes > c.limit; {
		oldest := c.order.Remove(c.order.Back()).(*shapeEntry)
		delete(c.entries, oldest.key)
		c.forget(oldest)
	}
}

// forget drops the templates of a shape.
func (c *templates) forget(e *shapeEntry) {
	for _, t := range e.variants {
		c.bytes -= t.bytes
	}
	e.variants = nil
}

// bar drops the templates of a shape, one of which was wrong.
func (c *templates) bar(key []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.faults++
	if e := c.find(key); e != nil {
		c.forget(e)
		e.barred = true
	}
}

// counts returns the number of hits and of faults, and the memory in use.
func (c *templates) counts() (hits, faults uint64, bytes int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.hits, c.faults, c.bytes
}
