package rewrite

import (
	"encoding/binary"
	"sync"

	"github.com/hashicorp/golang-lru/v2/simplelru"
)

// cacheKey is all that an answer depends on under one policy and catalog.
type cacheKey struct {
	sql, roles, parameters string
	values                 Values
}

// appendRest appends all but the text to a shape.
func (k *cacheKey) appendRest(shape []byte) []byte {
	v := &k.values
	shape = append(shape, 0)
	for _, s := range [...]string{k.roles, k.parameters, v.SearchPath, v.Purpose, v.Reason, v.Notices, string(v.Temporary), string(v.Fresh)} {
		shape = append(binary.AppendUvarint(shape, uint64(len(s))), s...)
	}
	return shape
}

// cache holds answers by exact text, the least recently used ones dropped when it outgrows its bound.
type cache struct {
	mu    sync.Mutex
	lru   *simplelru.LRU[cacheKey, *Answer]
	bytes int
	limit int
	hits  uint64
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
	a, ok := c.lru.Get(k)
	if ok {
		c.hits++
	}
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
	n := 512 + 2*len(k.sql) + len(k.roles) + len(k.parameters) + len(v.SearchPath) + len(v.Purpose) + len(v.Reason) + len(v.Temporary) + len(v.Fresh) + len(a.SQL)
	for _, e := range a.edits {
		n += 48 + len(e.text)
	}
	for i := range a.Statements {
		s := &a.Statements[i]
		n += 512 + len(s.Rewritten) + 128*(len(s.Columns)+len(s.Relations))
		for _, c := range s.Checks {
			n += len(c.SQL) + 32*len(c.Columns)
		}
	}
	return n
}

// counts returns the number of hits and the memory in use.
func (c *cache) counts() (hits uint64, bytes int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.hits, c.bytes
}
