package report

import "time"

// Report is what happened in a period. The names of the fields are a contract (docs/audit.md).
type Report struct {
	Since time.Time `json:"since"` // whole hours
	Until time.Time `json:"until"` // not included
	Made  time.Time `json:"made"`

	Statements int64 `json:"statements"` // begun in the period
	Rows       int64 `json:"rows"`       // that they returned or changed
	Refused    int64 `json:"refused"`    // statements, by the policy or as not supported
	Failed     int64 `json:"failed"`     // statements, by PostgreSQL

	Touches        []Touch  `json:"touches"`
	Matrix         Matrix   `json:"matrix"`
	Users          []User   `json:"users"`
	Refusals       []Count  `json:"refusals"` // by SQLSTATE and rule
	Failures       []Count  `json:"failures"` // by SQLSTATE
	Direct         []Count  `json:"direct"`   // statements that went by the policy, by user
	BreakGlass     []Count  `json:"break_glass"`
	Alerts         []Count  `json:"alerts"`          // of misuse, by rule and user
	FailedLogins   []Count  `json:"failed_logins"`   // by user and address
	UnusedPurposes []string `json:"unused_purposes"` // of the policy, for which nobody asked anything
	Days           []Day    `json:"days"`
}

// Touch is that a user's statements showed a class of data for a purpose. Action is "show" or "mask". Markets are the regions whose subjects' cells could
// come out so, none if the policy made no difference between regions.
type Touch struct {
	User       string   `json:"user"`
	Roles      []string `json:"roles"`
	Purpose    string   `json:"purpose"`
	Class      string   `json:"class"` // empty: columns that the policy does not name
	Action     string   `json:"action"`
	Markets    []string `json:"markets"`
	Statements int64    `json:"statements"`
	Rows       int64    `json:"rows"` // of these statements, of whatever region
}

// AllMarkets stands in a [Matrix] for what was decided alike for all regions.
const AllMarkets = "all"

// Matrix counts statements by class (its lines) and market (its columns).
type Matrix struct {
	Classes []string  `json:"classes"`
	Markets []string  `json:"markets"` // AllMarkets first
	Shown   [][]int64 `json:"shown"`
	Masked  [][]int64 `json:"masked"`
}

// User is what one user did.
type User struct {
	User       string   `json:"user"`
	Roles      []string `json:"roles"`
	Statements int64    `json:"statements"`
	Rows       int64    `json:"rows"`
	Refused    int64    `json:"refused"`
}

// Count is how often something was recorded.
type Count struct {
	What  string `json:"what"`
	Where string `json:"where,omitempty"` // the rule, the address or the purpose
	User  string `json:"user,omitempty"`
	Times int64  `json:"times"`
	Users int    `json:"users,omitempty"` // how many were concerned
}

// Day is what happened on a day, in UTC.
type Day struct {
	Date       string `json:"date"`
	Statements int64  `json:"statements"`
	Refused    int64  `json:"refused"`
}
