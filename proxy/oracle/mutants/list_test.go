package mutants

// mutant is one fault. Its old text must stand exactly once in the file.
type mutant struct {
	name, file, old, new string
	by                   tests // which must notice; the zero value is oracles
}

// tests are a package's tests.
type tests struct{ pkg, run string }

var (
	oracles     = tests{"./proxy/oracle", "^TestContracts$/^(bypass|equivalence|interference)$"}
	goldens     = tests{"./rewrite/rewritetest", "^TestGolden$"}
	transcripts = tests{"./proxy", "^TestTranscripts$"}
	tripwire    = tests{"./proxy", "^TestTripwire$"}
	writes      = tests{"./proxy/clienttest", "^TestWrites?$"}
	changes     = tests{"./proxy", "^TestChange"}
	templates   = tests{"./rewrite", "^Test(Template|FixedConstants)"}
)

// mutants is the list of faults. A change of the product that makes an old text go away has to find the new place for its fault.
func mutants() []mutant {
	return []mutant{
		{name: "a mask is dropped", file: "rewrite/plan.go", old: `cell := g.cell(source, c, d)`, new: `cell := source`},
		{name: "the least revealing of a cell's outcomes is not the last", file: "rewrite/plan.go", old: `return b.reveals - a.reveals`, new: `return a.reveals - b.reveals`, by: goldens},
		{name: "the row filter is left out", file: "rewrite/plan.go", old: `where := g.rows()`, new: `where := ""; _ = g.rows`},
		{name: "missing consent counts as given", file: "rewrite/plan.go", old: `and = append(and, g.given())`, new: `and = append(and, "true")`},
		{name: "consents of another purpose count", file: "rewrite/plan.go", old: `literal(g.purpose.Consent)`, new: `aliasConsent+"."+quote(c.purpose)`},
		{name: "columns are not opaque to the planner", file: "rewrite/plan.go",
			old: `return "CASE WHEN pg_catalog.now() IS NOT NULL THEN " + column + " ELSE " + column + " END"`, new: `return column`},
		{name: "no fence", file: "rewrite/relation.go", old: `fence: fenced && f.plan.hides() && f.lock == nil`, new: `fence: fenced && false`},
		// What joins hidden rows and fails on none takes longer, and answers the same: no answer tells of it, but in time.
		{name: "no fence beside another item", file: "rewrite/statement.go", old: `q.finish(q.leaky || q.joined, q.leaky)`, new: `q.finish(q.leaky, q.leaky)`, by: goldens},
		{name: "stored values choose the rows that something leaky meets", file: "rewrite/narrow.go", old: `!d.shown && leaky {`, new: `false {`},
		{name: "a comparison of a masked column is one of the stored value", file: "rewrite/narrow_masked.go", old: `terms = append(terms, spelled...)`, new: `_ = spelled`},
		{name: "LIKE does not leak", file: "rewrite/expression.go", old: "default: // LIKE, ILIKE, SIMILAR TO\n\t\tr.expr(x.Rexpr, sc)\n\t\tr.leak(sc)",
			new: "default:\n\t\tr.expr(x.Rexpr, sc)"},
		{name: "functions do not leak", file: "rewrite/function.go", old: `case r.harmless(x, candidates):`, new: `case true || r.harmless(x, candidates):`},
		{name: "casts do not leak", file: "rewrite/expression.go", old: `if !safe {`, new: `if false && !safe {`},
		{name: "one key for the pseudonyms of all purposes", file: "rewrite/mask_keyed.go", old: `literal(k.purpose)`, new: `literal("")`},
		{name: "a qualified name means a WITH query", file: "rewrite/relation.go", old: "if rv.Schemaname == \"\" {\n\t\tif c := sc.ctes.find", new: "if true {\n\t\tif c := sc.ctes.find"},
		{name: "a WITH query sees itself without RECURSIVE", file: "rewrite/with.go", old: "if w.Recursive {\n\t\tr.murky = true", new: "if true {\n\t\tr.murky = true"},
		{name: "merged columns of USING are not used", file: "rewrite/from.go", old: `r.mark(append(slices.Clip(a), b...), -1)`, new: `_ = r.mark`},
		{name: "a whole row uses no column", file: "rewrite/names.go", old: `o.ref.starred[o.name] = true`, new: `_ = o`},
		{name: "a view is not rewritten", file: "rewrite/relation.go", old: "f.view = r.definition(f)\n\t\treturn f.view != nil", new: "f.view = r.definition(f)\n\t\tf.view = nil\n\t\treturn false"},
		{name: "a security barrier is lost", file: "rewrite/relation.go", old: `if f.rel.SecurityBarrier {`, new: `if false {`, by: goldens},
		{name: "COPY of a table is not masked", file: "rewrite/relation.go", old: `text = "(SELECT " + f.copied + " FROM " + text + ")"`,
			new: `text = "(SELECT " + f.copied + " FROM " + qualified(f.rel.Name.Schema, f.rel.Name.Name) + " AS t)"`},
		{name: "COPY of a query is not looked at", file: "rewrite/statement.go", old: `r.nested(s.Query)
	case s.Relation`, new: `_ = r.nested
	case s.Relation`},
		{name: "deny is ignored", file: "rewrite/relation.go", old: `if !f.plan.cells[i].denied {`, new: `if true || !f.plan.cells[i].denied {`},
		{name: "* does not count as using a denied column", file: "rewrite/relation.go", old: `(!f.starred[c.Name] || omitted)`, new: `(!f.starred[c.Name] || omitted || true)`},
		{name: "unlisted relations are shown", file: "rewrite/relation.go", old: `if r.policy.UnlistedTables == rules.Show && rel.Extension == "" && !r.sandboxed`, new: `if rel.Extension == "" && !r.sandboxed`},
		{name: "children do not carry the parent's entry", file: "rewrite/bind.go", old: `if b.entries[oid] == nil {`, new: `if false {`},
		{name: "ONLY is forgotten", file: "rewrite/relation.go", old: `source = "ONLY " + source`, new: `_ = source`},
		{name: "TABLESAMPLE over hidden rows", file: "rewrite/sample.go", old: `f.plan == nil || f.plan.hides() {
		r.unsupported`, new: `f.plan == nil {
		r.unsupported`},
		{name: "names are not qualified", file: "rewrite/relation.go", old: `if f.bare && !r.verifying {`, new: `if false {`, by: goldens},
		{name: "every function may be called", file: "rewrite/function.go", old: "func (r *resolver) functionRefused(f *catalog.Function) *Refusal {\n", new: "func (r *resolver) functionRefused(f *catalog.Function) *Refusal {\n\tif f.Name.Schema != \"\" {\n\t\treturn nil\n\t}\n"},
		{name: "the mask key can be read", file: "rewrite/function.go", old: `if !readableSetting(name) {`, new: `if false {`},
		{name: "pg_stats is open", file: "rewrite/system.go", old: `"pg_aggregate", "pg_am",`, new: `"pg_stats", "pg_statistic", "pg_aggregate", "pg_am",`},
		{name: "row counts of pg_class are shown", file: "rewrite/system.go", old: `return len(columns) > 0`, new: `return false`},
		{name: "EXPLAIN for everybody", file: "rewrite/statement.go", old: `may := r.policy.MayExplain(r.session.Roles, r.out.Purpose)`, new: `may := true || r.policy.MayExplain(r.session.Roles, r.out.Purpose)`},
		{name: "the last rule wins", file: "rules/decide.go", old: `for _, r := range p.Rules {`, new: "for i := range p.Rules {\n\t\tr := p.Rules[len(p.Rules)-1-i]"},
		{name: "the last row rule wins", file: "rules/decide.go", old: `for _, r := range p.Rows {`, new: "for i := range p.Rows {\n\t\tr := p.Rows[len(p.Rows)-1-i]"},
		{name: "only the first role counts", file: "rules/decide.go", old: `if j == 0 || o.Action > most.Action ||`, new: `if j == 0 || false && o.Action > most.Action ||`},
		{name: "the cache does not know the purpose", file: "rewrite/rewrite.go", old: `return r.get(key, func()`,
			new: "key.values.Purpose = \"\"\n\treturn r.get(key, func()"},
		{name: "the cache does not know the search_path", file: "rewrite/rewrite.go", old: `return r.get(key, func()`,
			new: "key.values.SearchPath = \"\"\n\treturn r.get(key, func()"},
		{name: "an UPDATE or DELETE reaches hidden rows", file: "rewrite/visible.go", old: `visible := t.plan.seen(quote(t.item.name))`, new: `visible := "true"; _ = t.plan.seen`},
		{name: "a row about an invisible subject may be inserted", file: "rewrite/visible.go", old: `before, after, _ := strings.Cut(t.plan.checked(aliasMark), aliasMark)`,
			new: `before, after := "(SELECT ", ")"`},
		{name: "rows of COPY FROM are not about visible subjects", file: "rewrite/copy_in.go", old: `values[subject] = t.plan.checked(values[subject])`, new: `_ = subject`, by: writes},
		{name: "MERGE reaches hidden rows", file: "rewrite/merge.go", old: `q.restrict(t, q.p.tokens[on].end, q.p.tokens[q.p.skip(whens[0], -1)].end, leaky)`, new: `_ = leaky`},
		{name: "MERGE inserts about anybody", file: "rewrite/merge.go", old: `r.checkInserted(q, t, c, i, values)`, new: `_ = values`},
		{name: "conditions of a write run on hidden rows", file: "rewrite/visible.go", old: `	if leaky {
		before, after = " "`, new: `	if false {
		before, after = " "`},
		{name: "conditions of a locking query run on hidden rows", file: "rewrite/lock.go", old: `"CASE WHEN " + f.plan.seen(quote(f.name)) + " THEN ("`, new: `"CASE WHEN true THEN ("`},
		{name: "a lock needs no grant", file: "rewrite/lock.go", old: `case !r.mayWrite(f.plan.entry):`, new: `case false:`},
		{name: "masked columns of a target may be used", file: "rewrite/target.go", old: `(named || f.starred[name]) && !t.plan.cells[i].shown {`, new: `false && named {`},
		{name: "temporary tables are not known", file: "rewrite/relation.go", old: `if rv.Catalogname != "" || rv.Schemaname != "" && rv.Schemaname != temporarySchema {`, new: `if true {`},
		{name: "temporary tables are not named as such", file: "rewrite/relation.go", old: `r.edits = append(r.edits, edit{at, at, temporarySchema + "."})`, new: `_ = at`, by: goldens},
		{name: "copied conditions may be of any type", file: "rewrite/narrow.go", old: `	if !r.leakproof(op, typ, valueType) {
		return "", false
	}
	whole`, new: `	whole`},
		{name: "copied conditions may be of no value of their type", file: "rewrite/narrow.go", old: `!r.p.asks(n, func(value string) bool { return certain(value, fits) })`, new: `false && certain("", fits)`},
		{name: "conditions narrow the side that an outer join keeps", file: "rewrite/from.go", old: `return narrows(j.Jointype, slices.Contains(right, it))`, new: `return true || narrows(j.Jointype, slices.Contains(right, it))`},
		{name: "templates hold for constants that were looked at", file: "rewrite/varying.go", old: `v.p.looked[at] || `, new: ``, by: templates},
		{name: "templates hold for numbers of output columns", file: "rewrite/varying.go", old: `		default:
			v.inside(n)
		}
	}
}

// values walks`, new: `		default:
			v.values(n)
		}
	}
}

// values walks`, by: templates},
		{name: "templates ask no questions again", file: "rewrite/template.go", old: `if len(s.asked) == 0 {`, new: `if true {`},
		{name: "the catalog is not checked", file: "proxy/check.go", old: `if s.direct || s.refused || s.blockFailed() {`, new: `if true || s.direct || s.refused || s.blockFailed() {`, by: changes},
		{name: "a check's columns are not looked at", file: "proxy/check.go", old: `if slices.Equal(columns, c.Columns) {`, new: `if true || slices.Equal(columns, c.Columns) {`, by: changes},
		{name: "the inheritance of relations is not checked", file: "rewrite/check.go", old: `if len(b.family) > 0 {`, new: `if false {`, by: changes},
		{name: "what names mean is not checked", file: "rewrite/check.go", old: `if name.bare != "" {`, new: `if false {`, by: changes},
		{name: "what views mean is not checked", file: "rewrite/check.go", old: `if rel.Kind == catalog.View {
		b.conditions`, new: `if false {
		b.conditions`, by: changes},
		{name: "writes need no grant", file: "rewrite/target.go", old: `!r.mayWrite(e):
`, new: `false:
`},
		{name: "positions are shifted", file: "proxy/refusal.go", old: `int32(a.OriginalPosition(int(e.Position)))`, new: `int32(a.OriginalPosition(int(e.Position)) + 1)`},
		{name: "positions are those of the rewritten text", file: "proxy/refusal.go", old: `int32(a.OriginalPosition(int(e.Position)))`, new: `e.Position; _ = a`},
		{name: "the detail of an integrity error is kept", file: "proxy/outcome.go", old: `fields.Detail = ""`, new: `_ = fields.Detail`, by: transcripts},
		{name: "the context of an error is kept", file: "proxy/refusal.go", old: `e.InternalPosition, e.InternalQuery, e.Where = 0, "", ""`, new: `_ = e.Where`, by: transcripts},
		{name: "the tripwire is off", file: "proxy/tripwire.go", old: `if table != 0 && wire.MustNotAppear(caller, table, column) {`, new: `if false && wire.MustNotAppear(caller, table, column) {`, by: tripwire},
		{name: "the walk over the parse tree is off", file: "rewrite/complete.go", old: `if !v[x] {`, new: `if false && !v[x] {`, by: tests{"./rewrite", "^TestMissed$"}},
	}
}
