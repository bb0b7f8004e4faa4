package audit

import "time"

// Record is one line of the audit log. A statement that runs has two: one written before, and one with Closes set
// that says how it ended. A statement that is refused has one, with SQLState and Detail. The names of the fields are a
// contract (docs/audit.md).
type Record struct {
	Time    time.Time `json:"time"`
	Seq     uint64    `json:"seq"`              // 1, 2, 3, ... within a replica; assigned by the log
	Closes  uint64    `json:"closes,omitempty"` // the Seq of the record that this one closes
	Replica string    `json:"replica"`
	// Event is "statement" (both records of it), "login", "login_failed", "logout", "cancel", "policy", "start", "stop", "outage", "segment", "retention", "hold",
	// "alert" (of a misuse rule) or "release" (of somebody whom such a rule has held back).
	Event       string   `json:"event"`
	Session     string   `json:"session,omitempty"`
	User        string   `json:"user,omitempty"`
	Roles       []string `json:"roles,omitempty"`
	Client      string   `json:"client,omitempty"` // address:port
	Application string   `json:"application,omitempty"`
	Purpose     string   `json:"purpose,omitempty"`
	Reason      string   `json:"reason,omitempty"`
	Database    string   `json:"database,omitempty"`
	Statement   string   `json:"statement,omitempty"`
	Fingerprint string   `json:"fingerprint,omitempty"`
	Rewritten   string   `json:"rewritten,omitempty"` // empty if forwarded as written
	Decision    string   `json:"decision,omitempty"`  // pass, rewrite, aggregate, deny or error
	Relations   []string `json:"relations,omitempty"`
	Columns     []Column `json:"columns,omitempty"`
	// Hidden are the relations of which the caller did not see all rows.
	Hidden     []HiddenRows  `json:"hidden,omitempty"`
	Policy     string        `json:"policy,omitempty"`
	Rows       *int64        `json:"rows,omitempty"`
	Bytes      *int64        `json:"bytes,omitempty"`
	Started    *time.Time    `json:"started,omitempty"`
	DurationMS *float64      `json:"duration_ms,omitempty"`
	SQLState   string        `json:"sqlstate,omitempty"`
	Rule       string        `json:"rule,omitempty"`   // the rule of the policy by which a statement was refused
	Detail     string        `json:"detail,omitempty"` // why a statement was refused or a login failed
	Alert      *Alert        `json:"alert,omitempty"`
	Removed    *RemovedLines `json:"removed,omitempty"` // by a retention
	// Segment is in the first record of a segment, but for the first one.
	Segment *SegmentStart `json:"segment,omitempty"`
	Prev    string        `json:"prev,omitempty"` // the hash of the line before (RFC 6962's leaf hash in base64), empty for the first
}

// happened reports whether the record is about what has happened already: it keeps nothing from going on, and if it cannot be written
// it waits until it can be, or until the process ends.
func (r *Record) happened() bool {
	return r.Closes > 0 || r.Event == "logout" || r.Event == "cancel"
}

// Column is one column that a statement used and what the policy made of it.
type Column struct {
	Relation string   `json:"relation"`
	Column   string   `json:"column"`
	Class    string   `json:"class,omitempty"` // of data, as the policy names it
	Action   string   `json:"action"`          // show, mask, deny, or several with slashes between: it followed from the row
	Mask     string   `json:"mask,omitempty"`
	Rules    []string `json:"rules,omitempty"`
	// Shown and Masked are the regions whose subjects' cells could come out so. Both are empty if all regions fared alike.
	Shown  []string `json:"shown,omitempty"`
	Masked []string `json:"masked,omitempty"`
}

// HiddenRows is a relation with rows that a statement did not see, and the row rules that hid them.
type HiddenRows struct {
	Relation string   `json:"relation"`
	Rules    []string `json:"rules,omitempty"`
	// Regions are those of which no row was seen, whatever the subject's consent; All is true if no row was seen at all.
	Regions []string `json:"regions,omitempty"`
	All     bool     `json:"all,omitempty"`
}
