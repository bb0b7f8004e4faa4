package rewritetest

import (
	"fmt"
	"strings"

	"github.com/pgscrim/pgscrim/rewrite"
)

// Result is what a rewriter makes of a case.
type Result struct {
	Case   *Case
	Answer *rewrite.Answer
	Got    string
}

// Passed reports whether the case came out as expected.
func (r *Result) Passed() bool { return r.Got == r.Case.Expected }

// Runner runs golden files.
type Runner struct {
	Rewriter *rewrite.Rewriter
	// Normalize, if set, replaces in rewritten texts what differs from run to run, such as OIDs.
	Normalize func(string) string
}

// Run runs all cases of a file.
func (r *Runner) Run(f *File) []*Result {
	results := make([]*Result, len(f.Cases))
	for i, c := range f.Cases {
		a := r.Rewriter.Rewrite(c.SQL, r.session(f, c))
		results[i] = &Result{Case: c, Answer: a, Got: r.describe(a)}
	}
	return results
}

// Update makes what came out the expectation.
func Update(results []*Result) {
	for _, r := range results {
		r.Case.Expected = r.Got
	}
}

// session is the session that a case describes.
func (r *Runner) session(f *File, c *Case) rewrite.Session {
	var s rewrite.Session
	names, _ := f.Value(c, "role")
	for name := range strings.SplitSeq(names, ",") {
		if name = strings.TrimSpace(name); name != "" {
			s.Roles = append(s.Roles, name)
		}
	}
	policy := r.Rewriter.Policy()
	v := rewrite.Values{SearchPath: r.Rewriter.DefaultSearchPath(), Purpose: policy.DefaultPurpose(s.Roles)}
	if path, ok := f.Value(c, "search_path"); ok {
		v.SearchPath = path
	}
	if purpose, ok := f.Value(c, "purpose"); ok {
		v.Purpose = purpose
	}
	v.Reason, _ = f.Value(c, "reason")
	s.Direct = policy.IsDirect(s.Roles)
	s.Settings = rewrite.NewSettings(v)
	return s
}

// describe spells an answer, a line for each fact.
func (r *Runner) describe(a *rewrite.Answer) string {
	var lines []string
	line := func(format string, args ...any) {
		lines = append(lines, strings.TrimRight(fmt.Sprintf(format, args...), " "))
	}
	if a.Refusal != nil {
		lines = append(lines, describeRefusal(a.Refusal)...)
		return strings.Join(lines, "\n")
	}
	for i := range a.Statements {
		s := &a.Statements[i]
		kind := s.Kind
		if kind == "" {
			kind = "statement"
		}
		line("%s: %s", kind, s.Decision)
		if s.Refusal != nil {
			lines = append(lines, describeRefusal(s.Refusal)...)
		} else if s.Rewritten != s.Text {
			line("sql: %s", r.normalize(s.Rewritten))
		}
		if len(s.Relations) > 0 {
			line("relations: %s", strings.Join(s.Relations, ", "))
		}
		for _, u := range s.Columns {
			mask := u.Mask
			if mask != "" {
				mask = " " + mask
			}
			line("column: %s.%s %s%s%s", u.Relation, u.Column, u.Action, mask, by(u.Rules))
		}
		for _, h := range s.Hidden {
			line("hidden: %s%s", h.Relation, by(h.Rules))
		}
		if e := describeEffect(s.Effect); e != "" {
			line("effect: %s", e)
		}
		if s.CommandTag != "" {
			line("command tag: %s", s.CommandTag)
		}
		line("purpose: %s%s", s.Purpose, reason(s.Reason))
	}
	return strings.Join(lines, "\n")
}

func (r *Runner) normalize(s string) string {
	if r.Normalize == nil {
		return s
	}
	return r.Normalize(s)
}

func by(rules []string) string {
	if len(rules) == 0 {
		return ""
	}
	return " by " + strings.Join(rules, ", ")
}

func reason(s string) string {
	if s == "" {
		return ""
	}
	return " because " + s
}

func describeRefusal(r *rewrite.Refusal) []string {
	lines := []string{fmt.Sprintf("ERROR %s: %s", r.Code, r.Message)}
	if r.Detail != "" {
		lines = append(lines, "detail: "+r.Detail)
	}
	if r.Hint != "" {
		lines = append(lines, "hint: "+r.Hint)
	}
	if r.Position > 0 {
		lines = append(lines, fmt.Sprintf("position: %d", r.Position))
	}
	return lines
}

// effects names the kinds of effects.
var effects = map[rewrite.EffectKind]string{
	rewrite.EffectSet: "set", rewrite.EffectResetAll: "reset all", rewrite.EffectDiscardAll: "discard all", rewrite.EffectBegin: "begin",
	rewrite.EffectCommit: "commit", rewrite.EffectRollback: "roll back", rewrite.EffectSavepoint: "savepoint", rewrite.EffectRelease: "release",
	rewrite.EffectRollbackTo: "roll back to", rewrite.EffectPrepare: "prepare", rewrite.EffectExecute: "execute", rewrite.EffectDeallocate: "deallocate",
	rewrite.EffectDeclare: "declare", rewrite.EffectFetch: "fetch", rewrite.EffectClosePortal: "close",
}

func describeEffect(e rewrite.Effect) string {
	text := effects[e.Kind]
	if text == "" {
		return ""
	}
	if e.Name != "" {
		text += " " + e.Name
	}
	switch {
	case e.Kind != rewrite.EffectSet:
	case e.Default:
		text += " to default"
	default:
		text += fmt.Sprintf(" to %q", e.Value)
	}
	if e.Local {
		text += ", local"
	}
	if e.Chain {
		text += ", chained"
	}
	return text
}
