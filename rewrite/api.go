package rewrite

import "strings"

// Session is what the rewriter must know of the session that sends a statement.
// It is a value: the rewriter never keeps or changes it.
type Session struct {
	// Roles are the caller's pgscrim roles. No role: nothing protected is shown.
	Roles []string
	// Direct is true for a caller with a role of `access: direct`: nothing is parsed, rewritten or refused.
	Direct bool
	// Settings are the settings that decide how a statement is understood, as they stand
	// when the statement starts.
	Settings Settings
	// Parameters are the types that a Parse message declares for $1, $2, ... (OIDs; 0 is none).
	Parameters []uint32
}

// Answer is the rewriter's answer to one query string, which may hold several statements.
// An Answer is immutable and shared between sessions through the cache.
type Answer struct {
	// SQL is the text to send upstream. It is the client's text, byte for byte, if Changed is false.
	SQL string
	// Changed is true if SQL differs from the client's text.
	Changed bool
	// Refusal is set when the string as a whole is refused (it cannot be parsed, is too deep, ...).
	// SQL is then a text that PostgreSQL cannot parse: its syntax error (42601) stands for the refusal.
	Refusal *Refusal
	// Unknown is set beside Refusal if only the parser here refuses the string. SQL is then the client's text behind a statement that
	// always fails. If the server's parser refuses it too, that error is the client's; else Unknown is, whose Marker the error carries.
	Unknown *Refusal
	// Statements are the string's statements in order; none for an empty string or if Refusal is set.
	Statements []Statement
	// Policy and Catalog are the versions that the answer was made under.
	Policy, Catalog string

	original string
	edits    []edit
}

// Decision is the outcome of one statement, as the audit names it.
type Decision string

// Decisions. The zero value refuses.
const (
	Pass    Decision = "pass"    // forwarded as it was written, but for names that are spelled out
	Rewrite Decision = "rewrite" // forwarded with at least one relation replaced
	Deny    Decision = "deny"    // refused by the policy
	Error   Decision = "error"   // refused because it cannot be understood or is not supported
)

// Statement is one statement of a query string.
type Statement struct {
	// Text is the client's text of the statement, Rewritten what is sent for it.
	Text, Rewritten string
	// Kind is the statement's kind in PostgreSQL's words, such as "SELECT" or "DECLARE CURSOR".
	Kind     string
	Decision Decision
	// Refusal is set if the statement is refused. Its Marker stands in the text that is sent in its
	// place: the error that carries the marker (42P01) is to be replaced by the refusal.
	Refusal *Refusal
	// OnError, if set, stands for an upstream error (22P02) that contains its Marker.
	OnError *Refusal
	// Reads is true if the statement only reads: it may run while its audit record is on the way to the disk. Of an EXECUTE or
	// FETCH, what it refers to must read only, too.
	Reads bool
	// HideDetail is true if the DETAIL of an integrity error (SQLSTATE class 23) may show values that the caller may not see.
	HideDetail bool
	// Relations are the relations that are read, schema-qualified, sorted.
	Relations []string
	// Checks make sure, before the statement runs, that the catalog is what the answer takes it for: all of them are to be
	// executed in the same transaction. None are needed for a statement that names no relation.
	Checks []Check
	// Columns are the protected columns that are used, with what happened to each.
	Columns []ColumnUse
	// Hidden are the relations of which the caller does not see all rows.
	Hidden []HiddenRows
	// Fingerprint identifies the statement's shape without its constants (pg_query's fingerprint, 16 hex digits).
	Fingerprint string
	// Purpose and Reason are those that the statement runs under.
	Purpose, Reason string
	// TraceParent is that of a sqlcommenter comment (W3C Trace Context), as it stands there; empty if there is none.
	TraceParent string
	// Effect is what the statement does to the session when it succeeds.
	Effect Effect
	// Steps are set if several statements are sent for this one. They make sense in the simple protocol only.
	Steps Steps
	// CommandTag, if not empty, replaces the command tag that upstream reports.
	CommandTag string
}

// Steps are statements that stand for one. The client sees one answer, whose command tag is Tag and the number of rows in that of the
// statement number Counted, from 0.
type Steps struct {
	Sent    int // 0 if the statement is sent as one
	Counted int
	Tag     string
}

// KindCopyFrom is the kind of COPY ... FROM STDIN, for which the client sends data.
const KindCopyFrom = "COPY FROM"

// ColumnUse is one protected column that a statement uses and what the policy made of it.
type ColumnUse struct {
	Relation string `json:"relation"`
	Column   string `json:"column"`
	// Class is the policy's name for the kind of data, empty for a column that the policy does not name.
	Class string `json:"class,omitempty"`
	// Action is "show", "mask", "deny", or "show/mask" where it depends on the row.
	Action string `json:"action"`
	// Mask is the mask as the policy writes it, empty if none applies.
	Mask string `json:"mask,omitempty"`
	// Rules are the names of the rules that made the decision, in order of precedence.
	Rules []string `json:"rules,omitempty"`
	// Shown and Masked are the regions whose subjects' cells can come out so, a region in both if that follows from the consent.
	// Both are empty if all the policy's regions fare alike. They say what was decided, not of whom there were rows.
	Shown  []string `json:"shown,omitempty"`
	Masked []string `json:"masked,omitempty"`
}

// HiddenRows is a relation with rows that the caller does not see, and the row rules that hide them.
type HiddenRows struct {
	Relation string   `json:"relation"`
	Rules    []string `json:"rules,omitempty"`
	// Regions are those of which no row is shown, whatever the consent; All is true if no row of any is.
	Regions []string `json:"regions,omitempty"`
	All     bool     `json:"all,omitempty"`
}

// Refusal is an error in PostgreSQL's form, meant for the client.
type Refusal struct {
	// Code is the SQLSTATE, never empty: 42501 by policy, 0A000 not supported, 54001 too complex, 42601 syntax.
	Code    string
	Message string
	Detail  string
	Hint    string
	// Position is the 1-based position in characters in the client's query string, 0 if unknown.
	Position int
	// Rule is the policy rule behind the refusal, if there is one.
	Rule string
	// Marker is what the upstream error contains that stands for this refusal.
	Marker string
}

// Error makes a Refusal an error.
func (r *Refusal) Error() string { return r.Message }

// EffectKind is the kind of effect that a statement has on its session.
type EffectKind uint8

// Effects.
const (
	NoEffect               EffectKind = iota
	EffectSet                         // Name, Value, Local, Default
	EffectResetAll                    // RESET ALL
	EffectDiscardAll                  // DISCARD ALL: settings, prepared statements, cursors
	EffectBegin                       // BEGIN, START TRANSACTION
	EffectCommit                      // COMMIT, END
	EffectRollback                    // ROLLBACK, ABORT
	EffectSavepoint                   // Name
	EffectRelease                     // Name
	EffectRollbackTo                  // Name
	EffectPrepare                     // Name: SQL PREPARE
	EffectExecute                     // Name: SQL EXECUTE
	EffectDeallocate                  // Name, or all if empty
	EffectDeclare                     // Name: DECLARE CURSOR
	EffectFetch                       // Name: FETCH, MOVE
	EffectClosePortal                 // Name, or all if empty
	EffectCreateTemporary             // Name, Value: the columns; Local: ON COMMIT DROP
	EffectDropTemporary               // Name: one or several
	EffectAlterTemporary              // Name; Value: its name and columns from now on
	EffectDiscardTemporary            // DISCARD TEMP
	EffectCreateTable                 // Name: one or several tables in a writable schema
	EffectDropTable                   // likewise
)

// Effect is what a statement does to the session once it succeeds.
type Effect struct {
	Kind  EffectKind
	Name  string // setting, savepoint, prepared statement or cursor
	Value string // of a setting
	Local bool   // SET LOCAL
	// Default is true for SET ... TO DEFAULT and RESET.
	Default bool
	// Chain is true for COMMIT AND CHAIN and ROLLBACK AND CHAIN.
	Chain bool
}

// Columns are the columns of a temporary table that the statement creates.
func (e Effect) Columns() []string {
	if e.Value == "" {
		return nil
	}
	return strings.Split(e.Value, temporaryNames)
}
