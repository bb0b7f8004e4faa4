package rewrite

import (
	"fmt"
	"reflect"
	"strings"
	"sync"
	"testing"
)

// withTable is a session with a temporary table, which it may write.
func (r *Rewriter) withTable(roles ...string) Session {
	s := r.as(roles...)
	v := s.Settings.Values()
	v.Temporary = v.Temporary.with("accounts", []string{"aid", "bid", "abalance", "filler"})
	s.Settings = NewSettings(v)
	return s
}

// TestTemplates answers texts that differ in their constants: all but the first two come from a template.
func TestTemplates(t *testing.T) {
	bound, _ := setup(t)
	for _, c := range []struct {
		format string
		values [4]string
	}{
		{"SELECT abalance FROM accounts WHERE aid = %s;", [4]string{"1", "22", "2147483647", "0"}},
		{"UPDATE accounts SET abalance = abalance + %s WHERE aid = 5;", [4]string{"1", "22", "333", "0"}},
		{"UPDATE accounts SET abalance = abalance + -%s WHERE aid = -3;", [4]string{"1", "22", "333", "0"}},
		{"INSERT INTO accounts (aid, bid, filler) VALUES (1, %s, 'x'), (%[1]s, 3, 'y')", [4]string{"1", "22", "333", "0"}},
		{"DELETE FROM accounts WHERE filler LIKE %s RETURNING aid", [4]string{"'x%'", "''", "'größe'", "'it''s'"}},
		{"SELECT name, email FROM customers WHERE born BETWEEN %s AND date '2020-01-01' ORDER BY 1 LIMIT 10", [4]string{"'2001-01-01'", "'1999-12-31'", "'2020-02-29'", "'1970-01-01'"}},
		{"SELECT name FROM customers WHERE income > %s", [4]string{"1.5", "0.25", "100000.0", "1.0"}},
		{"SELECT name FROM customers WHERE id IN (1, %s, 3) OFFSET 4", [4]string{"2", "5", "7", "88888"}},
		{"SELECT name FROM customers WHERE id IN (1, %s, 3) OFFSET 4", [4]string{"2147483648", "3147483648", "33333333333", "4444444444444"}},
		{"SELECT count(*) FILTER (WHERE c.points > %s) FROM customers c JOIN orders o ON o.customer_id = c.id AND o.total < 5", [4]string{"1", "2", "3", "4"}},
		{"WITH x AS (SELECT email FROM customers WHERE points = %s) SELECT 'a', x.* FROM x, (SELECT 1 FROM orders WHERE address = 'b') y", [4]string{"1", "2", "3", "4"}},
		{"/*purpose='profiling'*/ SELECT name FROM customers WHERE born > %s::date -- 'x' 1", [4]string{"''", "'1'", "'2'", "'3'"}},
		{"SELECT name FROM crm.customers WHERE id = $1 AND points = %s", [4]string{"1", "2", "3", "4"}},
		{"SELECT page FROM crm.visits WHERE day = %s AND crm.visits.page <> 'größe' AND visits.page > ''", [4]string{"'ä'", "''", "'größer'", "'x'"}},
	} {
		rw, err := New(bound.policy, bound.snap, Options{})
		if err != nil {
			t.Fatal(err)
		}
		s := rw.withTable("analyst")
		for i, v := range c.values {
			sql := fmt.Sprintf(c.format, v)
			a := rw.Rewrite(sql, s)
			if fresh, _, _ := rw.answer(sql, s); !reflect.DeepEqual(a, fresh) {
				t.Errorf("%s: %+v\nfresh: %+v", sql, a, fresh)
			}
			if i == 0 && (a.Refusal != nil || a.Statements[0].Refusal != nil) {
				t.Errorf("%s is refused: %+v", sql, a.Statements[0].Refusal)
			}
		}
		if n := rw.CacheStats().Template; n != 2 {
			t.Errorf("%s: %d answers of 2 come from a template", c.format, n)
		}
	}
}

// TestFixedConstants answers texts whose constants decide something, or may come to: none comes from a template.
func TestFixedConstants(t *testing.T) {
	rw, _ := setup(t)
	s := rw.as("analyst")
	for _, c := range []struct {
		format string
		values [4]string
	}{
		{"SELECT id, name FROM customers GROUP BY %s", [4]string{"1", "2", "3", "4"}},
		{"SELECT id, name FROM customers ORDER BY %s", [4]string{"1", "2", "3", "4"}},
		{"SELECT DISTINCT ON (%s) id, name FROM customers", [4]string{"1", "2", "3", "4"}},
		{"SELECT id, count(*) FROM customers GROUP BY GROUPING SETS ((1, %s), ())", [4]string{"1", "2", "3", "4"}},
		{"SELECT %s::regclass", [4]string{"'crm.customers'", "'crm.orders'", "'x'", "''"}},
		{"SELECT current_setting(%s)", [4]string{"'TimeZone'", "'pgscrim.key'", "'DateStyle'", "'x'"}},
		{"SELECT total::numeric(10, %s) FROM orders", [4]string{"1", "2", "3", "4"}},
		{"SELECT set_config(%s, 'x', true)", [4]string{"'work_mem'", "'role'", "'search_path'", "'x.y'"}},
		{"SET work_mem = %s", [4]string{"1", "2", "3", "4"}},
		{"SELECT 1; SELECT %s", [4]string{"1", "2", "3", "4"}},
		{"SELECT passport FROM customers WHERE id = %s", [4]string{"1", "2", "3", "4"}},
		{"SELECT id FROM customers TABLESAMPLE system (%s)", [4]string{"1", "2", "3", "4"}},
		{"CREATE TEMPORARY TABLE x AS SELECT %s AS a", [4]string{"1", "2", "3", "4"}},
	} {
		before := rw.CacheStats().Template
		for _, v := range c.values {
			sql := fmt.Sprintf(c.format, v)
			a := rw.Rewrite(sql, s)
			if fresh, _, _ := rw.answer(sql, s); !reflect.DeepEqual(a, fresh) {
				t.Errorf("%s: %+v\nfresh: %+v", sql, a, fresh)
			}
		}
		if n := rw.CacheStats().Template - before; n > 0 {
			t.Errorf("%s: %d answers come from a template", c.format, n)
		}
	}
}

// TestTemplateKey sees to it that what an answer depends on is in the key of templates.
func TestTemplateKey(t *testing.T) {
	rw, _ := setup(t)
	text := func(i int) string { return fmt.Sprintf("SELECT email FROM customers WHERE id = %d", i) }
	base := rw.as("analyst")
	for i := range 3 {
		rw.Rewrite(text(i), base)
	}
	v := base.Settings.Values()
	with := func(change func(*Values)) Session {
		w := v
		change(&w)
		return Session{Roles: base.Roles, Settings: NewSettings(w)}
	}
	for name, s := range map[string]Session{
		"roles":       rw.as("chief"),
		"role list":   {Roles: []string{"analyst", "chief"}, Settings: base.Settings},
		"parameters":  {Roles: base.Roles, Settings: base.Settings, Parameters: []uint32{23}},
		"search_path": with(func(v *Values) { v.SearchPath = "crm" }),
		"purpose":     with(func(v *Values) { v.Purpose = "profiling" }),
		"reason":      with(func(v *Values) { v.Reason = "x" }),
		"notices":     with(func(v *Values) { v.Notices = "on" }),
		"temporary":   with(func(v *Values) { v.Temporary = v.Temporary.with("x", nil) }),
	} {
		before := rw.CacheStats().Template
		a := rw.Rewrite(text(100), s)
		if fresh, _, _ := rw.answer(text(100), s); !reflect.DeepEqual(a, fresh) || rw.CacheStats().Template != before {
			t.Errorf("%s: answered from a template of another session", name)
		}
	}
	rw.Rewrite(text(101), base)
	if n := rw.CacheStats().Template; n != 2 {
		t.Errorf("%d hits, want 2", n)
	}
}

// TestTemplateFault shows that a wrong template is found by the comparison with fresh answers, reported once, and never used again.
func TestTemplateFault(t *testing.T) {
	rw, _ := setup(t)
	var reported []string
	rw.onFault = func(fingerprint string) { reported = append(reported, fingerprint) }
	rw.templates.every = 2
	s := rw.as("analyst")
	for round := range 2 {
		text := func(i int) string { return fmt.Sprintf("SELECT email AS e%d FROM customers WHERE id = %d", round, i) }
		rw.Rewrite(text(1), s)
		rw.Rewrite(text(2), s)
		for _, e := range rw.templates.entries {
			for _, v := range e.Value.(*shapeEntry).variants {
				v.statement.Kind = "WRONG"
			}
		}
		hits := 0
		for i := range 10 {
			if a := rw.Rewrite(text(10+i), s); a.Statements[0].Kind == "WRONG" {
				hits++
			}
		}
		if hits > 1 {
			t.Errorf("%d wrong answers before the comparison", hits)
		}
	}
	if n := rw.CacheStats().Faults; n != 2 || len(reported) != 1 || reported[0] == "" {
		t.Errorf("%d faults, reported %q", n, reported)
	}
}

// TestTemplateLearns shows that a constant is free only once a fresh answer has agreed: here an edit holds a copy of one.
func TestTemplateLearns(t *testing.T) {
	c := newTemplates(1 << 20)
	fresh := func(sql string, constants []constant) (*Answer, *parsed) {
		p, refusal := parse(sql, 1000)
		if refusal != nil {
			t.Fatal(refusal)
		}
		a := &Answer{Changed: true, original: sql, edits: []edit{{0, 6, "/* " + constants[1].text(sql) + " */ SELECT"}}}
		p.edits = a.edits
		a.SQL, _ = splice(sql, a.edits)
		a.Statements = []Statement{{Text: sql, Rewritten: a.SQL, Kind: "SELECT"}}
		return a, p
	}
	hits := 0
	for i := range 100 {
		sql := fmt.Sprintf("SELECT %d + %d", i, i/25)
		key, constants, _ := shape(sql, nil, nil)
		want, p := fresh(sql, constants)
		tmpl, _ := c.get(key, sql, constants)
		if tmpl == nil {
			c.learn(key, sql, constants, want, func() *template { return newTemplate(p, constants, want) })
			continue
		}
		hits++
		if got := tmpl.answerTo(sql, constants); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %+v, want %+v", sql, got, want)
		}
	}
	if hits < 80 {
		t.Errorf("%d hits", hits)
	}
}

// TestTemplateCopies puts copies of constants into an edit, if a question about one is answered with yes.
func TestTemplateCopies(t *testing.T) {
	c := newTemplates(1 << 20)
	short := func(value string) bool { return len(value) < 3 }
	hits := 0
	for i := range 60 {
		sql := fmt.Sprintf("SELECT a FROM t WHERE b = - %d AND c = '%s' -- x", i*i, strings.Repeat("'", i%5*2))
		key, constants, _ := shape(sql, nil, nil)
		p, refusal := parse(sql, 1000)
		if refusal != nil {
			t.Fatal(refusal)
		}
		if _, ok := p.copied(p.stmts[0].Stmt.GetSelectStmt().WhereClause.GetBoolExpr().Args[1].GetAExpr().Rexpr); ok {
			t.Fatal("a constant of a view's definition is copied from the client's text")
		}
		p.client = true
		and := p.stmts[0].Stmt.GetSelectStmt().WhereClause.GetBoolExpr().Args
		text := "x"
		if p.asks(and[1].GetAExpr().Rexpr, short) {
			number, _ := p.copied(and[0].GetAExpr().Rexpr)
			quoted, _ := p.copied(and[1].GetAExpr().Rexpr)
			text = "(" + number + ", " + quoted + ", " + number + ")"
		}
		p.edits = []edit{{9, 9, text}}
		want := &Answer{Changed: true, original: sql, edits: p.paste(p.edits)}
		want.SQL, _ = splice(sql, want.edits)
		want.Statements = []Statement{{Text: strings.TrimSuffix(sql, " -- x"), Kind: "SELECT"}}
		want.Statements[0].Rewritten = strings.TrimSuffix(want.SQL, " -- x")
		if (text == "x") == strings.Contains(want.SQL, fmt.Sprintf("(- %d, ", i*i)) || strings.Contains(want.SQL, copyMark) {
			t.Fatalf("%s", want.SQL)
		}
		tmpl, _ := c.get(key, sql, constants)
		if tmpl == nil {
			c.learn(key, sql, constants, want, func() *template { return newTemplate(p, constants, want) })
			continue
		}
		hits++
		if got := tmpl.answerTo(sql, constants); !reflect.DeepEqual(got, want) {
			t.Errorf("%s:\n%+v, want\n%+v", sql, got, want)
		}
	}
	if hits < 50 {
		t.Errorf("%d hits", hits)
	}
}

func TestTemplatesAreBounded(t *testing.T) {
	const limit = 1 << 20
	c := newTemplates(limit)
	add := func(name string, i int) {
		c.add(name, &template{slots: []slot{{text: fmt.Sprint(i)}, {text: "0", state: free}}})
	}
	for i := range 3000 {
		add(fmt.Sprintf("%d %s", i, strings.Repeat("x", 1000)), i)
		if c.bytes > limit || c.bytes < 0 || c.order.Len() != len(c.entries) {
			t.Fatalf("%d bytes after %d templates, the limit is %d", c.bytes, i+1, limit)
		}
	}
	if n := len(c.entries); n < 100 {
		t.Errorf("only %d shapes are kept", n)
	}
	for i := range 50 { // one shape
		add("x", i)
	}
	sql, constants := "x49 7", []constant{{1, 3, classInt4}, {4, 5, classInt4}}
	if tmpl, _ := c.get([]byte("x"), sql, constants); tmpl == nil {
		t.Error("the last variant is gone")
	}
	if n := len(c.find([]byte("x")).variants); n != maxVariants {
		t.Errorf("%d variants", n)
	}
	c.add(strings.Repeat("x", limit), &template{})
	if len(c.entries) < 100 {
		t.Error("a huge template has pushed others out")
	}
	for key := range c.entries {
		c.bar([]byte(key))
	}
	if c.bytes != 0 {
		t.Errorf("%d bytes are left over", c.bytes)
	}
	if add("x", 1); c.bytes != 0 {
		t.Error("a barred shape has a template")
	}
}

// TestTemplateConcurrency answers texts of few shapes from many goroutines, with comparisons and evictions: run with -race.
func TestTemplateConcurrency(t *testing.T) {
	rw, _ := setup(t)
	rw, err := New(rw.policy, rw.snap, Options{CacheBytes: 100 << 10})
	if err != nil {
		t.Fatal(err)
	}
	rw.templates.every = 7
	formats := []string{"SELECT email FROM customers WHERE id = %d", "SELECT name FROM customers WHERE points = %d ORDER BY 1", "SELECT total FROM orders WHERE address = '%d'",
		"SELECT %d", "SELECT left(name, %d) FROM customers WHERE id = %[1]d"}
	var wg sync.WaitGroup
	for g := range 8 {
		wg.Go(func() {
			for i := range 200 {
				sql := fmt.Sprintf(formats[(i+g)%len(formats)], i*(g+1)%17)
				a := rw.Rewrite(sql, rw.as(fuzzRoles[g%3]...))
				if st := a.Statements[0]; st.Text != sql || !strings.HasSuffix(a.SQL, sql[len(sql)-4:]) || st.Rewritten != a.SQL {
					t.Errorf("%s: %+v", sql, a)
					return
				}
			}
		})
	}
	wg.Wait()
	if s := rw.CacheStats(); s.Template == 0 || s.Faults > 0 || s.Bytes > 100<<10 {
		t.Errorf("%+v", s)
	}
}
