package rewrite

import (
	"fmt"
	"reflect"
	"sort"
	"strings"
	"sync"

	pg_query "github.com/pganalyze/pg_query_go/v5"

	"github.com/pgscrim/pgscrim/rewrite/catalog"
	"github.com/pgscrim/pgscrim/rules"
)

// Rewriter rewrites statements under one policy and one catalog snapshot. It is immutable but for
// its caches and safe for concurrent use. A nil Rewriter refuses everything.
type Rewriter struct {
	*binding
	maxBytes int
	kinds    map[reflect.Type]StatementKind
	answers
	plans sync.Map      // planKey -> *plan
	large chan struct{} // holds a place for each long text that is being parsed
}

type planKey struct {
	relation uint32
	caller   string
}

// Options tune a Rewriter. The zero value is what a server uses.
type Options struct {
	// CacheBytes bounds the memory of cached answers; 0 means 64 MiB.
	CacheBytes int
	// OnFault, if set, is called the first time that a cached answer is found to differ from a fresh one, with the statement's fingerprint.
	OnFault func(fingerprint string)
	// MaxStatementBytes bounds the length of a query string; 0 means 8 MiB.
	MaxStatementBytes int
}

// A parse tree takes some hundred times the length of its text in memory: few texts longer than largeText, in bytes, are
// parsed at the same time, so that sessions cannot use up the memory of all.
const (
	largeText = 128 << 10
	maxLarge  = 1
)

const (
	defaultCacheBytes        = 64 << 20
	defaultMaxStatementBytes = 8 << 20
)

// New binds a policy to a catalog snapshot. The error, if any, is a rules.Problems: every table,
// column, mask, expression or function of the policy that does not fit the database, with its place in the file.
func New(policy *rules.Policy, snap *catalog.Snapshot, opts Options) (*Rewriter, error) {
	b, err := bind(policy, snap)
	if err != nil {
		return nil, err
	}
	if opts.CacheBytes <= 0 {
		opts.CacheBytes = defaultCacheBytes
	}
	if opts.MaxStatementBytes <= 0 {
		opts.MaxStatementBytes = defaultMaxStatementBytes
	}
	r := &Rewriter{binding: b, maxBytes: opts.MaxStatementBytes, kinds: kinds(), large: make(chan struct{}, maxLarge)}
	if err := r.open(opts); err != nil {
		return nil, fmt.Errorf("rewrite: %w", err)
	}
	return r, nil
}

// Versions returns the versions of the policy and the catalog that answers are made under.
func (r *Rewriter) Versions() (policy, catalog string) {
	if r == nil {
		return "", ""
	}
	return r.policy.Digest, r.snap.Version
}

// Policy returns the policy in force, nil if there is none.
func (r *Rewriter) Policy() *rules.Policy {
	if r == nil {
		return nil
	}
	return r.policy
}

// DefaultSearchPath returns the search_path of a new session that does not ask for one.
func (r *Rewriter) DefaultSearchPath() string {
	if r == nil {
		return ""
	}
	return r.snap.SearchPath
}

// MustNotAppear reports whether a result of the session may not come straight from a column: a RowDescription
// that names it is a sign that a mask was bypassed.
func (r *Rewriter) MustNotAppear(s Session, relation uint32, column int16) bool {
	if r == nil {
		return true
	}
	e := r.entries[relation]
	if e == nil || s.Direct {
		return false
	}
	p := r.planFor(newCaller(s.Roles, s.Settings.current.Purpose))(e)
	for i := range p.columns {
		if p.columns[i].Num == column {
			return !p.cells[i].shown
		}
	}
	return false
}

// planFor returns the function that decides on relations for a caller.
func (r *Rewriter) planFor(c caller) func(*entry) *plan {
	return func(e *entry) *plan {
		k := planKey{e.rel.OID, c.key}
		if p, ok := r.plans.Load(k); ok {
			return p.(*plan)
		}
		p, _ := r.plans.LoadOrStore(k, r.plan(e, c))
		return p.(*plan)
	}
}

// refusedText cannot be parsed by PostgreSQL: its syntax error (42601) stands for a refusal.
const refusedText = `"refused by pgscrim"`

// Rewrite answers a query string for a session.
func (r *Rewriter) Rewrite(sql string, s Session) *Answer {
	if r == nil {
		return refused(sql, &Refusal{Code: "42501", Message: "no policy is loaded", Hint: "Ask the administrator of pgscrim to load a policy."})
	}
	if s.Direct {
		a := &Answer{SQL: sql, original: sql, Statements: []Statement{{Text: sql, Rewritten: sql, Decision: Pass,
			Purpose: s.Settings.current.Purpose, Reason: s.Settings.current.Reason}}}
		a.Policy, a.Catalog = r.Versions()
		return a
	}
	key := cacheKey{sql: sql, roles: strings.Join(s.Roles, "\x00"), parameters: declared(s.Parameters), values: s.Settings.current}
	return r.get(key, func() (*Answer, *parsed, bool) { return r.answer(sql, s) })
}

// declared spells the declared types of parameters; trailing undeclared ones add nothing.
func declared(types []uint32) string {
	for len(types) > 0 && types[len(types)-1] == 0 {
		types = types[:len(types)-1]
	}
	if len(types) == 0 {
		return ""
	}
	return fmt.Sprint(types)
}

// maxGrowth bounds what the fragments of a statement add to it, in bytes: a few hundred references. What is parsed takes some
// hundred times its length in memory.
const maxGrowth = 2 << 20

func tooLong(growth int) Refusal {
	return Refusal{Code: "54000", Message: "statement is too complex",
		Detail: fmt.Sprintf("It names protected relations so often that it would grow by %d bytes or more; the limit is %d.", growth, maxGrowth),
		Hint:   "Name each relation once, in a WITH query."}
}

func refused(sql string, refusal *Refusal) *Answer {
	return &Answer{SQL: refusedText, Changed: true, original: sql, Refusal: refusal}
}

// answer rewrites a query string. It is cacheable if it depends on nothing of the session but its roles and the
// values of its settings: a string that begins or rolls back a transaction on the way is not.
func (r *Rewriter) answer(sql string, s Session) (a *Answer, p *parsed, cacheable bool) {
	defer func() { a.Policy, a.Catalog = r.Versions() }()
	if len(sql) > largeText {
		r.large <- struct{}{}
		defer func() { <-r.large }()
	}
	p, refusal := parse(sql, r.maxBytes)
	if refusal != nil && p != nil {
		return p.unparsed(refusal), nil, true
	}
	if refusal != nil {
		return refused(sql, refusal), nil, true
	}
	p.client = true
	settings := s.Settings.Clone()
	a = &Answer{SQL: sql, original: sql, Statements: make([]Statement, len(p.stmts))}
	runs := make([]*run, len(p.stmts))
	cacheable = true
	for i, raw := range p.stmts {
		v := settings.Values()
		out := &a.Statements[i]
		start, end := p.extent(raw)
		*out = Statement{Text: p.src[start:end], Decision: Pass, Purpose: v.Purpose, Reason: v.Reason}
		runs[i] = &run{binding: r.binding, kinds: r.kinds, session: &s, values: v, p: p, raw: raw, visited: visited{}, confined: map[int]int{}, number: i + 1, last: i == len(p.stmts)-1, out: out}
		r.decide(runs[i], raw)
		settings.Apply(out.Effect)
		cacheable = cacheable && (out.Effect.Kind == NoEffect || len(p.stmts) == 1)
		a.edits = append(a.edits, runs[i].edits...)
	}
	if len(a.edits) == 0 {
		for i := range a.Statements {
			a.Statements[i].Rewritten = a.Statements[i].Text
		}
		return a, p, cacheable
	}
	sortEdits(a.edits)
	p.edits = a.edits
	a.edits = p.paste(p.edits)
	text, ok := splice(sql, a.edits)
	if !ok {
		return refused(sql, &Refusal{Code: "XX000", Message: "the statement could not be rewritten safely", Detail: "Its edits overlap."}), p, true
	}
	a.SQL, a.Changed = text, true
	if len(text) > len(sql)+maxGrowth {
		refusal := tooLong(len(text) - len(sql))
		return refused(sql, &refusal), p, true
	}
	if fault := a.verify(runs); fault != nil {
		return refused(sql, fault), p, true
	}
	for i, raw := range p.stmts {
		a.Statements[i].Rewritten = rewrittenExtent(p, raw, a.edits)
	}
	return a, p, cacheable
}

// decide runs the handler of a statement's kind and, if the statement is refused, puts the marker in its place.
func (r *Rewriter) decide(run *run, raw *pg_query.RawStmt) {
	out := run.out
	run.declared()
	run.plan = r.planFor(newCaller(run.session.Roles, out.Purpose))
	out.Fingerprint = fingerprint(out.Text)
	if handle, ok := run.supported(raw.Stmt); ok {
		handle(run, raw.Stmt)
	}
	if out.Refusal == nil {
		if missed := run.visited.missed(raw.Stmt); missed != "" {
			run.refuse(incomplete(missed))
		}
	}
	if out.Refusal == nil {
		out.Reads = run.reads()
		return
	}
	refusal := *out.Refusal
	refusal.Marker = fmt.Sprintf("pgscrim refuses statement %d", run.number)
	out.Refusal, out.Effect, out.CommandTag = &refusal, Effect{}, ""
	out.Decision = Error
	if refusal.Code == "42501" {
		out.Decision = Deny
	}
	start, end := run.p.extent(raw)
	run.edits = []edit{{start, end, "SELECT " + quote(refusal.Marker) + ".x"}}
}

// rewrittenExtent cuts a statement's rewritten text out of the whole.
func rewrittenExtent(p *parsed, raw *pg_query.RawStmt, edits []edit) string {
	start, end := p.extent(raw)
	var own []edit
	for i := sort.Search(len(edits), func(i int) bool { return edits[i].start >= start }); i < len(edits) && edits[i].start <= end; i++ {
		if e := edits[i]; e.end <= end {
			own = append(own, edit{e.start - start, e.end - start, e.text})
		}
	}
	text, _ := splice(p.src[start:end], own)
	return text
}
