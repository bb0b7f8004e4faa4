package rewrite

import (
	"reflect"
	"sync"
	"sync/atomic"
)

// answers are the cached answers of a Rewriter, shared by all sessions: by text, and for statements that differ in their
// constants only, by shape.
type answers struct {
	cache     *cache
	templates *templates
	misses    atomic.Uint64
	scratch   sync.Pool // of *scratch
	fault     sync.Once
	onFault   func(fingerprint string)
}

// scratch is room in which a text is taken apart.
type scratch struct {
	key       []byte
	constants []constant
}

// open makes the caches, of half the memory each.
func (r *answers) open(opts Options) (err error) {
	r.onFault = opts.OnFault
	r.scratch.New = func() any { return new(scratch) }
	r.templates = newTemplates(opts.CacheBytes / 2)
	r.cache, err = newCache(opts.CacheBytes / 2)
	return err
}

// get returns the answer for a key: the one that is cached, or a fresh one.
func (r *answers) get(key cacheKey, fresh func() (*Answer, *parsed, bool)) *Answer {
	if a := r.cache.get(key); a != nil {
		return a
	}
	b := r.scratch.Get().(*scratch)
	defer r.scratch.Put(b)
	var shaped bool
	if b.key, b.constants, shaped = shape(key.sql, b.key[:0], b.constants[:0]); shaped {
		b.key = key.appendRest(b.key)
		if t, sample := r.templates.get(b.key, key.sql, b.constants); t != nil {
			a := t.answerTo(key.sql, b.constants)
			if sample {
				return r.compared(a, b.key, fresh)
			}
			return a
		}
	}
	r.misses.Add(1)
	a, p, cacheable := fresh()
	if cacheable {
		r.cache.put(key, a)
	}
	if cacheable && shaped {
		r.templates.learn(b.key, key.sql, b.constants, a, func() *template { return newTemplate(p, b.constants, a) })
	}
	return a
}

// compared returns the answer from a template if it is the same as a fresh one. Else the template is dropped.
func (r *answers) compared(a *Answer, key []byte, fresh func() (*Answer, *parsed, bool)) *Answer {
	now, _, _ := fresh()
	if reflect.DeepEqual(a, now) {
		return a
	}
	r.templates.bar(key)
	if r.onFault != nil {
		r.fault.Do(func() { r.onFault(a.Statements[0].Fingerprint) })
	}
	return now
}

// CacheStats counts what the caches of a Rewriter have done since it was made.
type CacheStats struct {
	// Exact and Template are the statements answered by their text, and by that of another with other constants. Misses are those
	// that had to be parsed.
	Exact, Template, Misses uint64
	// Faults are the cached answers that were found to differ from a fresh one.
	Faults uint64
	// Bytes is an estimate of the memory in use.
	Bytes int
}

// CacheStats returns the counters of the caches.
func (r *Rewriter) CacheStats() CacheStats {
	if r == nil {
		return CacheStats{}
	}
	s := CacheStats{Misses: r.misses.Load()}
	s.Exact, s.Bytes = r.cache.counts()
	template, faults, bytes := r.templates.counts()
	s.Template, s.Faults, s.Bytes = template, faults, s.Bytes+bytes
	return s
}
