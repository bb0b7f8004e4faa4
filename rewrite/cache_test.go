package rewrite

import (
	"fmt"
	"strings"
	"sync"
	"testing"
)

func TestCacheIsBounded(t *testing.T) {
	const limit = 1 << 20
	c, err := newCache(limit)
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Repeat("x", 1000)
	for i := range 5000 {
		k := cacheKey{sql: fmt.Sprint(text, i)}
		c.put(k, &Answer{SQL: k.sql, Statements: make([]Statement, i%5)})
		if c.bytes > limit || c.bytes < 0 {
			t.Fatalf("%d bytes after %d answers, the limit is %d", c.bytes, i+1, limit)
		}
	}
	if n := c.lru.Len(); n < 100 {
		t.Errorf("only %d answers are kept", n)
	}
	last := cacheKey{sql: fmt.Sprint(text, 4999)}
	if c.get(last) == nil {
		t.Error("the last answer is gone")
	}
	if c.get(cacheKey{sql: text + "0"}) != nil {
		t.Error("the first answer is still there")
	}
	// Put twice, counted once.
	before := c.bytes
	c.put(last, &Answer{SQL: "other"})
	if c.bytes != before || c.get(last).SQL == "other" {
		t.Errorf("%d bytes, then %d", before, c.bytes)
	}
	huge := cacheKey{sql: strings.Repeat("x", limit/4)}
	c.put(huge, &Answer{SQL: huge.sql})
	if c.get(huge) != nil || c.get(last) == nil {
		t.Error("a huge answer is kept, or has pushed others out")
	}
	for _, k := range c.lru.Keys() {
		c.lru.Remove(k)
	}
	if c.bytes != 0 {
		t.Errorf("%d bytes are left over", c.bytes)
	}
}

// TestCacheKey sees to it that what an answer depends on is in its key.
func TestCacheKey(t *testing.T) {
	rw, _ := setup(t)
	const sql = "SELECT email FROM customers"
	base := rw.as("analyst")
	first := rw.Rewrite(sql, base)
	if again := rw.Rewrite(sql, base); again != first {
		t.Error("the same statement is answered anew")
	}
	other := func(name string, s Session, sql string) {
		t.Helper()
		a, fresh := rw.Rewrite(sql, s), func() *Answer { a, _, _ := rw.answer(sql, s); return a }()
		if a == first {
			t.Errorf("%s: answered from the cache", name)
		}
		if a.SQL != fresh.SQL {
			t.Errorf("%s: the cache says\n%s\nfresh is\n%s", name, a.SQL, fresh.SQL)
		}
	}
	with := func(v Values) Session { return Session{Roles: base.Roles, Settings: NewSettings(v)} }
	v := base.Settings.Values()
	v.Purpose = "profiling"
	other("purpose", with(v), sql)
	v = base.Settings.Values()
	v.SearchPath = "public"
	other("search_path", with(v), sql)
	v = base.Settings.Values()
	v.Reason = "x"
	other("reason", with(v), sql)
	other("roles", rw.as("chief"), sql)
	other("role list", Session{Roles: []string{"analyst", "chief"}, Settings: base.Settings}, sql)
	other("role order", Session{Roles: []string{"chief", "analyst"}, Settings: base.Settings}, sql)
	other("text", base, sql+" ")
	direct := base
	direct.Direct = true
	if a := rw.Rewrite(sql, direct); a.Changed || a.SQL != sql {
		t.Errorf("direct: %s", a.SQL)
	}
	if a := rw.Rewrite(sql, base); a != first {
		t.Error("direct access has changed the cache")
	}
}

// TestConcurrency rewrites from many goroutines with a small cache: run with -race.
func TestConcurrency(t *testing.T) {
	rw, _ := setup(t)
	rw, err := New(rw.policy, rw.snap, Options{CacheBytes: 64 << 10})
	if err != nil {
		t.Fatal(err)
	}
	statements := []string{"SELECT email FROM customers", "SELECT * FROM people", "SELECT name, address FROM customers JOIN orders ON customer_id = customers.id",
		"SET search_path = staff", "SELECT nosuch(", "DELETE FROM orders", "SELECT reltuples FROM pg_class", "COPY orders TO STDOUT"}
	roles := [][]string{{"analyst"}, {"marketer"}, {"support"}, {"chief"}, {"analyst", "support"}, {"guest"}, nil}
	want := map[string]string{}
	for _, sql := range statements {
		for _, r := range roles {
			want[sql+fmt.Sprint(r)] = rw.Rewrite(sql, rw.as(r...)).SQL
		}
	}
	var wg sync.WaitGroup
	for g := range 8 {
		wg.Go(func() {
			for i := range 300 {
				sql, r := statements[(i+g)%len(statements)], roles[(i/3+g)%len(roles)]
				a := rw.Rewrite(sql, rw.as(r...))
				if a.SQL != want[sql+fmt.Sprint(r)] {
					t.Errorf("%s as %v: %s", sql, r, a.SQL)
					return
				}
				rw.MustNotAppear(rw.as(r...), rw.snap.Relation("crm", "customers").OID, int16(i%10))
				for k := range a.Statements {
					_ = a.Statements[k].Notice(true)
				}
				_ = a.OriginalPosition(i)
			}
		})
	}
	wg.Wait()
}

// TestNil shows that what is empty refuses.
func TestNil(t *testing.T) {
	var rw *Rewriter
	if a := rw.Rewrite("SELECT 1", Session{}); a.Refusal == nil || a.SQL == "SELECT 1" {
		t.Errorf("a nil Rewriter answers %+v", a)
	}
	if !rw.MustNotAppear(Session{}, 1, 1) {
		t.Error("a nil Rewriter lets columns through")
	}
	full, _ := setup(t)
	customers := full.snap.Relation("crm", "customers")
	for _, s := range []Session{{}, {Roles: []string{"nobody"}}, full.as("guest")} {
		a := full.Rewrite("SELECT name FROM crm.customers", s)
		if a.Statements[0].Refusal == nil {
			t.Errorf("%v: %s", s.Roles, a.SQL)
		}
	}
	if !full.MustNotAppear(Session{}, customers.OID, 3) || !full.MustNotAppear(full.as("analyst"), customers.OID, 3) || full.MustNotAppear(full.as("chief"), customers.OID, 3) {
		t.Error("MustNotAppear is wrong about crm.customers.name")
	}
}
