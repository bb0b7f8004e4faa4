package rewrite

import (
	"fmt"
	"slices"
	"strings"

	pg_query "github.com/pganalyze/pg_query_go/v5"
)

// Writing a relation of which the caller does not see all rows. A row may be written only if it is, or would be, a
// visible one, and whether that is so follows from its subject. So an INSERT names the subject and fails if the caller does not see
// it, whether it exists or not, and UPDATE and DELETE reach visible rows only. Keys cannot tell of hidden rows if each
// contains the subject: what a visible subject's row can collide with is visible too.

// invisible is the error of writing a row that the caller does not see.
const invisible = "pgscrim: no row that you see is about "

// confine sees to it that a write to a relation with hidden rows stays among visible rows. given are the columns that get
// values, nil for all.
func (q *resolver) confine(t *target, given []string) bool {
	f, p := t.item.ref, t.plan
	refuse := func(detail, hint string) bool {
		q.refuse(f.at, Refusal{
			Code: "0A000", Message: fmt.Sprintf("this way to write relation %s is not supported by pgscrim: you do not see all of its rows", display(f.rel)),
			Detail: detail, Hint: hint,
		})
		return false
	}
	if p.subject == nil || (&facts{plan: p}).own() {
		return refuse("Its rows are not about another relation's subject.", "Use a role from which no row rule hides rows.")
	}
	isGiven := func(name string) bool {
		c := f.rel.Column(name)
		return given == nil || slices.Contains(given, name) || c != nil && c.Generated
	}
	for _, key := range f.rel.Unique {
		if slices.ContainsFunc(key, isGiven) && !slices.Contains(key, p.table.SubjectColumn) {
			return refuse(fmt.Sprintf("The unique index over %s would tell of rows that you do not see.", strings.Join(key, ", ")),
				"Leave these columns to their defaults.")
		}
	}
	return true
}

// visibleRow spells, over the alias s of a row that holds the subject's key, the joins to its facts and the condition that
// the caller sees it.
func (p *plan) visibleRow() (joins, condition string) {
	g := &facts{plan: p}
	condition = g.rows()
	return g.joins(), condition
}

// checked spells a subject's key that is to be stored: the value of an expression if the caller sees that subject, else an
// error. concat is not immutable, so that the error is raised only when the row is there.
func (p *plan) checked(expression string) string {
	name := quote(p.table.SubjectColumn)
	c, _ := p.column(p.table.SubjectColumn)
	joins, condition := p.visibleRow()
	return fmt.Sprintf("(SELECT CASE WHEN %[1]s THEN %[2]s.%[3]s ELSE pg_catalog.concat(%[4]s, %[2]s.%[3]s)::pg_catalog.int8::pg_catalog.text::%[5]s END"+
		" FROM (SELECT (%[6]s\n)::%[5]s AS %[3]s) AS %[2]s%[7]s)",
		condition, aliasSource, name, literal(invisible+p.subject.spec.Name+" "), c.TypeSQL, expression, joins)
}

// invisibleRefusal is what stands for the error of checked.
func (p *plan) invisibleRefusal() *Refusal {
	return &Refusal{
		Code: "42501", Message: fmt.Sprintf("permission denied to write relation %s: you do not see this %s", display(p.rel), p.subject.spec.Name),
		Hint: "Write rows only about those that you see.", Marker: invisible, Rule: strings.Join(p.rowRules(), ", "),
	}
}

// confineInsert puts the check around the subject's value in each row of an INSERT.
func (r *run) confineInsert(q *resolver, t *target, s *pg_query.InsertStmt) {
	p := t.plan
	given := targetColumns(s.Cols)
	if given == nil {
		for _, c := range p.columns {
			if !c.Generated {
				given = append(given, c.Name)
			}
		}
	}
	if !q.confine(t, given) {
		return
	}
	i := slices.Index(given, p.table.SubjectColumn)
	source := s.SelectStmt.GetSelectStmt()
	var items [][2]int
	switch {
	case i < 0 || source == nil:
	case len(source.ValuesLists) > 0:
		items = q.valueItems(t, source, i)
	case source.Op == pg_query.SetOperation_SETOP_NONE && source.WithClause == nil && source.DistinctClause == nil:
		items = q.targetItem(t, source, i)
	}
	if len(items) == 0 {
		q.unsupported(t.item.ref.at, fmt.Sprintf("an INSERT without a value for %s in each row of a plain VALUES or SELECT", p.table.SubjectColumn),
			"Name the columns, and select from a subquery.")
		return
	}
	before, after, _ := strings.Cut(p.checked(aliasMark), aliasMark)
	for _, span := range items {
		q.edits = append(q.edits, edit{span[0], span[0], before}, edit{span[1], span[1], after})
	}
	r.out.OnError, r.confined = p.invisibleRefusal(), i
}

// isConfined looks at a rewritten INSERT: the subject's value in each row must be what was put in, whole.
func isConfined(s *pg_query.InsertStmt, i int, inside [][2]int) bool {
	source := s.SelectStmt.GetSelectStmt()
	put := func(values []*pg_query.Node) bool {
		if i >= len(values) {
			return false
		}
		value := values[i]
		if t := value.GetResTarget(); t != nil {
			value = t.Val
		}
		link := value.GetSubLink()
		return link.GetSubLinkType() == pg_query.SubLinkType_EXPR_SUBLINK &&
			slices.ContainsFunc(inside, func(span [2]int) bool { return span[0] == int(link.Location) })
	}
	for _, row := range source.GetValuesLists() {
		if !put(row.GetList().GetItems()) {
			return false
		}
	}
	return len(source.GetValuesLists()) > 0 || put(source.GetTargetList())
}

// split returns the spans between commas outside brackets in the tokens from i up to the first for which end holds.
func (q *resolver) split(i int, end func(i int) bool) (items [][2]int) {
	var openers []pg_query.Token
	start := i
	add := func(to int) {
		if last := q.p.skip(to, -1); last >= start {
			items = append(items, [2]int{q.p.tokens[start].start, q.p.tokens[last].end})
		}
	}
	for ; i >= 0 && i < len(q.p.tokens); i = q.next(i) {
		kind := q.p.tokens[i].kind
		if q.p.isLabel(i) {
			kind = pg_query.Token_IDENT // t.end, AS case
		}
		switch {
		case len(openers) == 0 && end(i):
			add(i)
			return items
		case kind == pg_query.Token_ASCII_40 || kind == pg_query.Token_ASCII_91 || kind == pg_query.Token_CASE:
			openers = append(openers, kind)
		case len(openers) > 0 && closes(openers[len(openers)-1], kind):
			openers = openers[:len(openers)-1]
		case kind == pg_query.Token_ASCII_44 && len(openers) == 0:
			add(i)
			start = q.p.skip(i, 1)
		}
	}
	if len(q.p.tokens) > 0 && start >= 0 && len(openers) == 0 {
		items = append(items, [2]int{q.p.tokens[start].start, q.p.tokens[len(q.p.tokens)-1].end})
	}
	return items
}

// next is the token after i, len(tokens) at the end.
func (q *resolver) next(i int) int {
	if n := q.p.skip(i, 1); n >= 0 {
		return n
	}
	return len(q.p.tokens)
}

// valueItems finds the spans of the i-th value in the rows of INSERT ... VALUES.
func (q *resolver) valueItems(t *target, s *pg_query.SelectStmt, i int) (spans [][2]int) {
	at := q.p.tokenAt(t.item.ref.at)
	for ; at >= 0 && !q.p.is(at, pg_query.Token_VALUES); at = q.p.skip(at, 1) {
		if q.p.is(at, pg_query.Token_ASCII_40) {
			at = q.p.closing(at)
		}
	}
	for range s.ValuesLists {
		open := q.p.skip(at, 1)
		closing := q.p.closing(open)
		if open < 0 || closing < 0 {
			return nil
		}
		items := q.split(q.p.skip(open, 1), func(i int) bool { return i == closing })
		if len(items) <= i {
			return nil
		}
		spans = append(spans, items[i])
		at = q.p.skip(closing, 1) // the comma
		if at < 0 {
			at = closing
		}
	}
	for _, row := range s.ValuesLists {
		if values := row.GetList().GetItems(); len(values) <= i || values[i].GetSetToDefault() != nil {
			return nil
		}
	}
	return spans
}

// targetItem finds the span of the i-th expression of the target list in INSERT ... SELECT.
func (q *resolver) targetItem(t *target, s *pg_query.SelectStmt, i int) [][2]int {
	if len(s.TargetList) <= i {
		return nil
	}
	for _, n := range s.TargetList[:i+1] {
		if ref := n.GetResTarget().GetVal().GetColumnRef(); ref != nil && isStar(ref.Fields) {
			return nil
		}
	}
	at := q.p.tokenAt(t.item.ref.at)
	for ; at >= 0 && !q.p.is(at, pg_query.Token_SELECT); at = q.p.skip(at, 1) {
		if q.p.is(at, pg_query.Token_ASCII_40) {
			if q.p.is(q.p.skip(at, 1), pg_query.Token_SELECT) { // ( SELECT ... )
				continue
			}
			at = q.p.closing(at)
		}
	}
	at = q.p.skip(at, 1)
	if q.p.is(at, pg_query.Token_ALL) {
		at = q.p.skip(at, 1)
	}
	if at < 0 {
		return nil
	}
	items := q.split(at, q.endsTargetList)
	if len(items) < len(s.TargetList) {
		return nil
	}
	span := items[i]
	if s.TargetList[i].GetResTarget().Name != "" { // without the alias
		last := q.p.tokenAt(span[1] - 1)
		for k := range q.p.tokens {
			if q.p.tokens[k].end == span[1] {
				last = k
			}
		}
		if as := q.p.skip(last, -1); q.p.is(as, pg_query.Token_AS) {
			last = as
		}
		before := q.p.skip(last, -1)
		if before < 0 || q.p.tokens[before].end <= span[0] {
			return nil
		}
		span[1] = q.p.tokens[before].end
	}
	return [][2]int{span}
}

// endsTargetList reports whether token i, outside brackets, begins what follows a target list.
func (q *resolver) endsTargetList(i int) bool {
	before := q.p.skip(i, -1)
	switch q.p.tokens[i].kind {
	case pg_query.Token_FROM:
		return !q.p.is(before, pg_query.Token_DISTINCT) // IS DISTINCT FROM
	case pg_query.Token_GROUP_P:
		return !q.p.is(before, pg_query.Token_WITHIN)
	case pg_query.Token_WHERE, pg_query.Token_HAVING, pg_query.Token_WINDOW, pg_query.Token_ORDER, pg_query.Token_LIMIT, pg_query.Token_OFFSET,
		pg_query.Token_FETCH, pg_query.Token_FOR, pg_query.Token_ON, pg_query.Token_RETURNING, pg_query.Token_ASCII_59, pg_query.Token_ASCII_41:
		return true
	}
	return false
}

// confineChange adds the condition that a row is visible to an UPDATE or DELETE.
func (r *run) confineChange(q *resolver, t *target, rv *pg_query.RangeVar, changed []string, where *pg_query.Node) {
	if !q.confine(t, changed) {
		return
	}
	p := t.plan
	switch {
	case slices.Contains(changed, p.table.SubjectColumn):
		q.unsupported(t.item.ref.at, "changing the subject of a row", "Delete the row and insert another.")
		return
	case q.leaky:
		q.unsupported(t.item.ref.at, "an UPDATE or DELETE whose conditions may run on rows that you do not see",
			"Use comparisons of columns with constants, or join with a temporary table of keys.")
		return
	}
	joins, condition := p.visibleRow()
	visible := fmt.Sprintf("EXISTS (SELECT FROM (SELECT %s.%s) AS %s%s WHERE %s)",
		quote(t.item.name), quote(p.table.SubjectColumn), aliasSource, joins, condition)

	_, end := r.p.extent(r.raw)
	whereAt, endAt := -1, end
	depth := 0
	for i := r.p.tokenAt(int(rv.Location)); i >= 0 && r.p.tokens[i].start < end; i = r.p.skip(i, 1) {
		switch kind := r.p.tokens[i].kind; {
		case kind == pg_query.Token_ASCII_40:
			depth++
		case kind == pg_query.Token_ASCII_41:
			depth--
		case kind == pg_query.Token_WHERE && depth == 0:
			whereAt = i
		case kind == pg_query.Token_RETURNING && depth == 0:
			endAt = r.p.tokens[i].start
		}
	}
	switch {
	case where == nil && whereAt < 0:
		q.edits = append(q.edits, edit{endAt, endAt, "\n WHERE " + visible + " "})
	case where != nil && whereAt >= 0:
		at := r.p.tokens[whereAt].end
		q.edits = append(q.edits, edit{at, at, " " + visible + " AND ("}, edit{endAt, endAt, "\n) "})
	default:
		q.unsupported(t.item.ref.at, "this UPDATE or DELETE", "")
	}
}
