package misuse

import (
	"net/netip"
	"slices"
	"time"

	"github.com/pgscrim/pgscrim/rules"
)

// Rules are a rules file, the shipped rules that it keeps included. It is never changed after it was loaded.
type Rules struct {
	// Zone is where hours of the day and days are counted.
	Zone *time.Location
	// Networks are those that everybody may come from.
	Networks []netip.Prefix
	Webhook  *Webhook // nil: none
	Mail     *Mail    // nil: none
	List     []*Rule
}

// Rule says what misuse looks like and what happens then.
type Rule struct {
	Name     string
	Severity Severity
	Who      Who
	When     When
	// Throttle and CutOff are what happens beside the alert.
	Throttle Throttle
	CutOff   CutOff
	// CoolDown is the time after an alert in which the rule does not alert again of the same person.
	CoolDown time.Duration
	Pos      rules.Pos
}

// Severity says how much a rule's alert matters; channels take those from a severity on.
type Severity int

// Severities.
const (
	Low Severity = iota
	Medium
	High
)

func severities() []string { return []string{"low", "medium", "high"} }

func (s Severity) String() string { return severities()[s] }

// Who selects people. What is empty selects everybody.
type Who struct {
	Users, Roles             []string
	ExceptUsers, ExceptRoles []string
}

// includes reports whether a person is selected.
func (w *Who) includes(user string, roles []string) bool {
	has := func(names []string) bool {
		return slices.ContainsFunc(roles, func(role string) bool { return slices.Contains(names, role) })
	}
	selected := len(w.Users) == 0 && len(w.Roles) == 0 || slices.Contains(w.Users, user) || has(w.Roles)
	return selected && !slices.Contains(w.ExceptUsers, user) && !has(w.ExceptRoles)
}

// Kind is what a rule looks at.
type Kind string

// Kinds. Those up to FailedLogins are counted over a window of time.
const (
	Rows         Kind = "rows"          // that statements on protected columns returned
	Statements   Kind = "statements"    // on protected columns
	Lookups      Kind = "lookups"       // statements of one shape with ever new constants and few rows each
	Refusals     Kind = "refusals"      // by the policy or by PostgreSQL's privileges (42501)
	FailedLogins Kind = "failed_logins" // of the name, whoever it was that tried
	FirstClass   Kind = "class"         // the first use of a class of personal data
	Hour         Kind = "hour"          // activity at an hour of the day or week at which there has been none
	Network      Kind = "network"       // a login from a network from which there has been none
	BreakGlass   Kind = "break_glass"   // the use of it
)

// counted reports whether a kind is counted over a window of time.
func (k Kind) counted() bool {
	return slices.Contains([]Kind{Rows, Statements, Lookups, Refusals, FailedLogins}, k)
}

// When is the condition of a rule.
type When struct {
	Kind Kind
	// Within is the window of time, and Over what must be exceeded in it whatever the baseline says.
	Within   time.Duration
	Over     int64
	Baseline *Baseline // nil: none
	// Learn is on how many days somebody must have been active before Kind FirstClass, Hour and Network find something new.
	Learn int
	// Few is the most rows that a statement of Kind Lookups returns.
	Few int64
	// Shown restricts to statements that show protected columns unmasked; Classes, Relations and Purposes to those named.
	Shown                        bool
	Classes, Relations, Purposes []string
}

// Baseline is what a person's own past allows: the highest of
//
//	median + MAD * 1.4826 * median absolute deviation
//	Peak * highest
//
// of the peaks of that person's days, but for the last week's. The factor makes of the deviation an estimate of the standard deviation
// (Rousseeuw and Croux, "Alternatives to the Median Absolute Deviation", JASA 88, 1993); median and deviation, unlike mean and
// standard deviation, are not moved by the few extreme days that are to be found (Leys et al., "Detecting outliers", Journal of Experimental
// Social Psychology 49, 2013). The peak is for what recurs too rarely for either, such as the end of a month.
type Baseline struct {
	MAD, Peak float64
	// Learn is how many such days are needed before the baseline counts; until then AtFirst is the limit, none if it is 0.
	Learn   int
	AtFirst int64
}

// Throttle delays each of a person's statements. The zero value does not.
type Throttle struct {
	Delay, For time.Duration
}

// CutOff ends a person's sessions and refuses logins: for a time, or until somebody releases the person. The zero value does neither.
type CutOff struct {
	For      time.Duration
	Released bool
}

func (c CutOff) set() bool { return c.For > 0 || c.Released }

// Webhook is where alerts are posted.
type Webhook struct {
	URL     string
	Secret  []byte
	From    Severity // the lowest that is posted
	Timeout time.Duration
}

// Mail is where alerts are mailed.
type Mail struct {
	Server         string // host:port
	Sender         string
	To             []string
	User, Password string // empty: none
	// TLS is required, opportunistic (STARTTLS if the server has it) or off.
	TLS     string
	From    Severity // the lowest that is mailed
	Timeout time.Duration
}
