package rewrite

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	pg_query "github.com/pganalyze/pg_query_go/v5"
)

// declared reads the purpose and the reason from the comments before and behind a statement, in the form of
// sqlcommenter: /*purpose='churn_model',reason='CRM-118'*/ with values encoded as in URLs. Other keys, but for traceparent, and
// comments of another form, are passed over. Two comments that disagree are refused.
func (r *run) declared() {
	from, to := r.p.bounds(r.raw)
	if r.last {
		to = len(r.p.src)
	}
	start, end := r.p.extent(r.raw)
	seen := map[string]string{}
	for i := r.p.firstToken(from); i < len(r.p.tokens) && r.p.tokens[i].start < to; i++ {
		t := r.p.tokens[i]
		if t.kind != pg_query.Token_C_COMMENT || t.start < from || t.end > to || t.start >= start && t.end <= end {
			continue
		}
		for key, value := range sqlCommenter(r.p.src[t.start:t.end]) {
			if key == "traceparent" {
				r.out.TraceParent = value
			}
			if key != "purpose" && key != "reason" {
				continue
			}
			if old, twice := seen[key]; twice && old != value {
				r.refuse(&Refusal{Code: "42501", Message: fmt.Sprintf("two comments declare different values of %s", key), Hint: "Declare it once."})
				return
			}
			seen[key] = value
		}
	}
	if purpose, ok := seen["purpose"]; ok {
		if !r.policy.MayDeclare(r.session.Roles, purpose) {
			r.refuse(r.purposeRefused(purpose))
			return
		}
		r.out.Purpose = purpose
	}
	if reason, ok := seen["reason"]; ok {
		r.out.Reason = reason
	}
}

// sqlCommenter reads the key='value' pairs of a comment, nil if it is not wholly made of them.
func sqlCommenter(comment string) map[string]string {
	body := strings.TrimSpace(strings.TrimSuffix(strings.TrimPrefix(comment, "/*"), "*/"))
	out := map[string]string{}
	for body != "" {
		key, rest, found := strings.Cut(body, "=")
		key, rest = strings.TrimSpace(key), strings.TrimSpace(rest)
		if !found || !strings.HasPrefix(rest, "'") {
			return nil
		}
		end := 1
		for end < len(rest) && rest[end] != '\'' {
			if rest[end] == '\\' {
				end++
			}
			end++
		}
		if end >= len(rest) {
			return nil
		}
		value, err := url.QueryUnescape(strings.ReplaceAll(strings.ReplaceAll(rest[1:end], `\'`, `'`), "+", "%2B"))
		decodedKey, keyErr := url.QueryUnescape(key)
		if err != nil || keyErr != nil {
			return nil
		}
		out[decodedKey] = value
		body = strings.TrimSpace(rest[end+1:])
		if body == "" {
			break
		}
		if body[0] != ',' {
			return nil
		}
		body = strings.TrimSpace(body[1:])
	}
	return out
}

func (r *run) purposeRefused(purpose string) *Refusal {
	return &Refusal{Code: "42501", Message: fmt.Sprintf("permission denied for purpose %q", purpose), Detail: fmt.Sprintf("Your roles: %s.", r.roles()),
		Hint: r.purposeHint()}
}

func (r *run) roles() string {
	if len(r.session.Roles) == 0 {
		return "none"
	}
	return strings.Join(r.session.Roles, ", ")
}

func (r *run) purposeHint() string {
	allowed := r.policy.AllowedPurposes(r.session.Roles)
	if len(allowed) == 0 {
		return "Your roles may declare no purpose: ask the administrator of pgscrim."
	}
	return fmt.Sprintf("You may declare %s: SET pgscrim.purpose = '%s', or a comment /*purpose='%[2]s'*/ before the statement.", quoteNames(allowed), allowed[0])
}

// accountable refuses a statement that reads personal data without the purpose, or the reason, that the policy asks for.
func (r *run) accountable(q *resolver) {
	if q.personal == nil || r.out.Refusal != nil {
		return
	}
	switch roles := r.session.Roles; {
	case r.out.Purpose == "":
		r.refuse(&Refusal{Code: "42501", Message: fmt.Sprintf("no purpose is declared for reading %s", display(q.personal)), Hint: r.purposeHint()})
	case !slices.Contains(r.policy.AllowedPurposes(roles), r.out.Purpose):
		r.refuse(r.purposeRefused(r.out.Purpose))
	case r.out.Reason == "" && r.policy.ReasonRequired(roles, r.out.Purpose):
		r.refuse(&Refusal{Code: "42501", Message: fmt.Sprintf("no reason is given for reading %s", display(q.personal)),
			Hint: "Your role has to give one: SET pgscrim.reason = 'TICKET-1', or a comment /*reason='TICKET-1'*/ before the statement."})
	}
}
