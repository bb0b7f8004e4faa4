package rewrite

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/pgscrim/pgscrim/rewrite/catalog"
)

// Check is a query that makes sure upstream that relations are what an answer takes them for. It gives no row, fails if a
// relation is another one or has another definition or other children than the catalog snapshot says, and locks all of
// them as reading does, so that they stay so until the transaction ends. It is meant to be prepared once and executed before
// each statement: then it costs a few microseconds, and PostgreSQL itself fails it (0A000) when a column has changed.
type Check struct {
	SQL string
	// Columns are the columns of its result as its first RowDescription must show them: what was true of them before it was
	// prepared, PostgreSQL cannot know.
	Columns []CheckColumn
}

// CheckColumn is a column of a result: where it comes from, and what it is.
type CheckColumn struct {
	Table uint32
	Num   int16
	Name  string
	Type  uint32 // of a domain, the type that it is based on
}

// Bounds of one check: a target list can have maxColumns entries, and what stands in one FROM clause is planned together.
const maxChecked = 50

// found notes that a name means a relation; bare is the name if the text does not say its schema.
func (v *views) found(rel *catalog.Relation, bare string) {
	if isSystem(rel) {
		return
	}
	v.read[foundName{rel, bare}] = true
}

// foundName is a relation and the name without a schema that it was found by, empty for a name with one.
type foundName struct {
	rel  *catalog.Relation
	bare string
}

// checks makes the checks of what a statement reads: what its names mean, and what decides on the relations of the policy.
func (v *views) checks() (checks []Check) {
	for name := range v.read {
		e := v.entries[name.rel.OID]
		if e == nil || e.subject == nil {
			continue
		}
		v.read[foundName{rel: e.subject.rel}] = true
		if c := e.subject.consent; c != nil {
			v.read[foundName{rel: c.rel}] = true
		}
	}
	var names []foundName
	for name := range v.read {
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b foundName) int {
		return cmp.Or(cmp.Compare(a.rel.OID, b.rel.OID), cmp.Compare(a.bare, b.bare))
	})
	for len(names) > 0 {
		b := checkBuilder{binding: v.binding, family: map[uint32]bool{}}
		for len(names) > 0 && b.add(names[0]) {
			names = names[1:]
		}
		checks = append(checks, b.check())
	}
	if len(v.made) > 0 {
		checks = append(checks, madeCheck(v.made))
	}
	return checks
}

// madeCheck checks that tables that the session has made in writable schemas, if they are there, are still plain ones. What is not in the
// catalog snapshot cannot be told apart by its OID.
func madeCheck(made map[catalog.Name]bool) Check {
	b := checkBuilder{}
	for _, n := range slices.SortedFunc(maps.Keys(made), func(x, y catalog.Name) int {
		return cmp.Or(cmp.Compare(x.Schema, y.Schema), cmp.Compare(x.Name, y.Name))
	}) {
		b.conditions = append(b.conditions, fmt.Sprintf("(SELECT relkind = 'r' AND NOT relhasrules AND NOT relhassubclass AND NOT EXISTS ("+
			"SELECT FROM pg_catalog.pg_inherits WHERE inhrelid = c.oid) FROM pg_catalog.pg_class AS c WHERE c.oid = pg_catalog.to_regclass(%s)) IS NOT FALSE",
			literal(quote(n.Schema)+"."+quote(n.Name))))
	}
	return b.check()
}

// checkBuilder builds one check.
type checkBuilder struct {
	*binding
	last       *catalog.Relation
	columns    []CheckColumn
	targets    []string
	from       []string
	conditions []string
	family     map[uint32]bool // the relations whose inheritance matters
}

// add takes a relation into the check. It returns false if there is no room.
func (b *checkBuilder) add(name foundName) bool {
	rel := name.rel
	if rel != b.last {
		if len(b.from) > 0 && (len(b.from) == maxChecked || len(b.columns)+len(rel.Columns) > maxColumns) {
			return false
		}
		b.last = rel
		b.relation(rel)
	}
	if name.bare != "" { // another relation of that name may have come before it in the search_path
		b.conditions = append(b.conditions, fmt.Sprintf("pg_catalog.to_regclass(%s)::pg_catalog.oid = %d", literal(quote(name.bare)), rel.OID))
	}
	return true
}

func (b *checkBuilder) relation(rel *catalog.Relation) {
	full := quote(rel.Name.Schema) + "." + quote(rel.Name.Name)
	b.conditions = append(b.conditions, fmt.Sprintf("%s::pg_catalog.regclass::pg_catalog.oid = %d", literal(full), rel.OID))
	if rel.Readable {
		alias := fmt.Sprintf("r%d", len(b.from))
		b.from = append(b.from, full+" "+alias)
		if !b.isSandboxed(rel) { // of those the columns are not relied on
			b.targets = append(b.targets, alias+".*")
			for i := range rel.Columns {
				c := &rel.Columns[i]
				b.columns = append(b.columns, CheckColumn{Table: rel.OID, Num: c.Num, Name: c.Name, Type: b.base(c.Type)})
			}
		}
	} else { // it cannot be named: its columns are looked up, and not locked
		b.conditions = append(b.conditions, fmt.Sprintf(`ARRAY(SELECT attnum || ' ' || atttypid || ' ' || attname FROM pg_catalog.pg_attribute `+
			`WHERE attrelid = %d AND attnum > 0 AND NOT attisdropped ORDER BY attnum) = %s::pg_catalog.text[]`, rel.OID, columnsLiteral(rel)))
	}
	if rel.Kind == catalog.View {
		b.conditions = append(b.conditions, fmt.Sprintf(
			"(SELECT xmin::pg_catalog.text FROM pg_catalog.pg_rewrite WHERE ev_class = %d AND rulename = '_RETURN') = %s", rel.OID, literal(rel.Rule)))
		return
	}
	b.relatives(rel, func(r *catalog.Relation) []uint32 { return r.Children })
	b.relatives(rel, func(r *catalog.Relation) []uint32 { return r.Parents })
}

// base is the type that a RowDescription shows for a column.
func (b *checkBuilder) base(oid uint32) uint32 {
	if t := b.snap.BaseType(oid); t != nil {
		return t.OID
	}
	return oid
}

// relatives takes a relation and those that next leads to into the family.
func (b *checkBuilder) relatives(rel *catalog.Relation, next func(*catalog.Relation) []uint32) {
	b.family[rel.OID] = true
	for _, oid := range next(rel) {
		if r := b.snap.RelationByOID(oid); r != nil {
			b.relatives(r, next)
		}
	}
}

// inheritance is the condition that the family's inheritance is what it was.
func (b *checkBuilder) inheritance() string {
	var oids []uint32
	for oid := range b.family {
		oids = append(oids, oid)
	}
	slices.Sort(oids)
	var rows []catalog.Inheritance
	for _, oid := range oids {
		rows = append(rows, b.snap.Inheritances(oid)...)
	}
	slices.SortFunc(rows, func(x, y catalog.Inheritance) int {
		return cmp.Or(cmp.Compare(x.Parent, y.Parent), cmp.Compare(x.Child, y.Child))
	})
	rows = slices.Compact(rows)
	pairs := make([]string, len(rows))
	for i, r := range rows {
		pairs[i] = fmt.Sprintf("{%d,%d}", r.Parent, r.Child)
	}
	list := strings.Trim(strings.Join(strings.Fields(fmt.Sprint(oids)), ","), "[]")
	return fmt.Sprintf("ARRAY(SELECT ARRAY[inhparent, inhrelid] FROM pg_catalog.pg_inherits WHERE inhparent IN (%s) OR inhrelid IN (%[1]s) ORDER BY 1) = "+
		"'{%s}'::pg_catalog.oid[]", list, strings.Join(pairs, ","))
}

// check writes the query. PostgreSQL folds WHERE false and what is constant when it plans; the rest runs once.
func (b *checkBuilder) check() Check {
	if len(b.family) > 0 {
		b.conditions = append(b.conditions, b.inheritance())
	}
	from := ""
	if len(b.from) > 0 {
		from = " FROM " + strings.Join(b.from, ", ")
	}
	return Check{Columns: b.columns, SQL: fmt.Sprintf("SELECT %s%s WHERE false OFFSET CASE WHEN %s THEN 0 "+
		"ELSE CAST('the catalog has changed ' || pg_catalog.clock_timestamp() AS pg_catalog.int8) END",
		strings.Join(b.targets, ", "), from, strings.Join(b.conditions, " AND "))}
}

// columnsLiteral spells a relation's columns as an array of texts.
func columnsLiteral(rel *catalog.Relation) string {
	texts := make([]string, len(rel.Columns))
	for i := range rel.Columns {
		c := &rel.Columns[i]
		texts[i] = literal(fmt.Sprintf("%d %d %s", c.Num, c.Type, c.Name))
	}
	return "ARRAY[" + strings.Join(texts, ", ") + "]"
}
