package rewrite

import (
	"slices"

	pg_query "github.com/pganalyze/pg_query_go/v5"
)

// tableSample resolves `name TABLESAMPLE ...`. The clause moves into the fragment, where it samples the relation
// itself. Over a relation with hidden rows the sample would tell where those are: that is refused.
func (r *resolver) tableSample(t *pg_query.RangeTableSample, sc *scope) *item {
	rv := t.Relation.GetRangeVar()
	if rv == nil {
		r.unsupported(int(t.Location), sampleHere)
		return &item{}
	}
	r.leaky = true // a percentage out of range is an error when the sample is taken, if it is
	it := r.relation(rv, sc)
	for _, n := range append(slices.Clip(t.Args), t.Repeatable) {
		r.expr(n, sc)
	}
	method, _ := names(t.Method)
	f := it.ref
	if f == nil {
		return it
	}
	if m := method[len(method)-1]; m != "system" && m != "bernoulli" {
		r.unsupported(int(t.Location), sampleMethod, m)
	}
	if f.view != nil || f.plan == nil || f.plan.hides() {
		r.unsupported(int(t.Location), sampleHidden)
		return it
	}
	for _, n := range append(slices.Clip(t.Args), t.Repeatable) {
		if n != nil && n.GetAConst() == nil && n.GetParamRef() == nil {
			r.unsupported(int(t.Location), sampleExpression)
			return it
		}
	}
	i := r.p.tokenAt(int(t.Location)) // the method's name
	keyword := r.p.skip(i, -1)
	for j := i; r.p.is(keyword, pg_query.Token_ASCII_46); j = keyword { // schema-qualified method
		keyword = r.p.skip(r.p.skip(r.p.skip(j, -1), -1), -1)
	}
	if i < 0 || !r.p.is(keyword, pg_query.Token_TABLESAMPLE) {
		r.unsupported(int(t.Location), unknownPart, "TABLESAMPLE")
		return it
	}
	open := r.p.skip(r.p.qualifiedName(i), 1)
	last := r.p.closing(open)
	if t.Repeatable != nil && last >= 0 {
		last = r.p.closing(r.p.skip(r.p.skip(last, 1), 1))
	}
	if last < 0 {
		r.unsupported(int(t.Location), unknownPart, "TABLESAMPLE")
		return it
	}
	start, end := r.p.tokens[keyword].start, r.p.tokens[last].end
	f.sample = " " + r.p.src[start:end]
	r.edits = append(r.edits, edit{start, end, ""})
	return it
}
