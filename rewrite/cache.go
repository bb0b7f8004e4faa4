package rewrite

import (
	"sync"

	"github.com/hashicorp/golang-lru/v2/simplelru"
)

// cacheKey is all that an answer depends on under one policy and catalog.
type cacheKey struct {
	sql, roles, parameters string
	values                 Values
}

// cache holds answers by exact text, the least recently used ones dropped when it outgrows its bound.
type cache struct {
	mu    sync.Mutex
	lru   *simplelru.LRU[cacheKey, *Answer]
	bytes int
	limit int
}

// maxCacheEntries bounds the number of answers beside their bytes.
const maxCacheEntries = 1 << 20

func newCache(limit int) (*cache, error) {
	c := &cache{limit: limit}
	lru, err := simplelru.NewLRU(maxCacheEntries, func(k cacheKey, a *Answer) { c.bytes -= cost(k, a) })
	if err != nil {
		return nil, err
	}
	c.lru = lru
	return c, nil
}

func (c *cache) get(k cacheKey) *Answer {
	c.mu.Lock()
	defer c.mu.Unlock()
	a, _ := c.lru.Get(k)
	return a
}

func (c *cache) put(k cacheKey, a *Answer) {
	n := cost(k, a)
	if n > c.limit/8 {
		return // one huge statement must not push out all others
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.lru.Contains(k) {
		return
	}
	c.lru.Add(k, a)
	c.bytes += n
	for c.bytes > c.limit {
		c.lru.RemoveOldest()
	}
}

// cost estimates the memory of an entry, in bytes.
func cost(k cacheKey, a *Answer) int {
	v := k.values
	n := 512 + 2*len(k.sql) + len(k.roles) + len(k.parameters) + len(v.SearchPath) + len(v.Purpose) + len(v.Reason) + len(v.Temporary) + len(a.SQL)
	for _, e := range a.edits {
		n += 48 + len(e.text)
	}
	for i := range a.Statements {
		s := &a.Statements[i]
		n += 512 + len(s.Rewritten) + 128*(len(s.Columns)+len(s.Relations))
	}
	return n
}
