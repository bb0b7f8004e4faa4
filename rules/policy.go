package rules

import "time"

// Pos is a place in a policy file. Line and Column count from 1; Column counts characters.
type Pos struct {
	File         string
	Line, Column int
}

// Policy is a policy file that has been read and found consistent in itself. Whether it fits a
// database (tables, columns, masks for types) is found out when it is bound to a catalog, by package rewrite.
// It is immutable. A nil Policy admits nobody.
type Policy struct {
	File   string
	Digest string // "sha256:" and 64 hex digits, of the file's bytes
	Name   string
	Owner  string
	// ReviewBy is the last day on which the policy counts as reviewed, zero if it names none.
	ReviewBy    time.Time
	ReviewByPos Pos

	UnlistedTables  Action // Show or Deny
	UnlistedColumns Action // Show, MaskCell (with null) or Deny

	Regions   []Region // in the file's order, presets first as they are used
	Purposes  map[string]*Purpose
	Classes   map[string]*Class
	Subjects  map[string]*Subject
	Tables    []*Table  // in the file's order
	Schemas   []*Schema // in the file's order
	Functions Functions
	Roles     map[string]*Role
	Rows      []*RowRule
	Rules     []*CellRule
}

// Action is what a rule does. The zero value is none of them: nothing is shown.
type Action uint8

// Actions, from the least to the most that they let a caller see.
const (
	NoAction Action = iota
	Deny            // cells: a statement that uses the column is refused
	Hide            // rows: the row is absent
	MaskCell        // cells: the mask's output stands in the cell
	Show
)

// RegionUnknown is the region of a subject whose country is NULL or in no region, and of a row without a subject.
const RegionUnknown = "unknown"

// Region is a named set of countries (ISO 3166-1 alpha-2) under one regulation.
type Region struct {
	Name       string
	Regulation string
	Countries  []string // sorted
	Pos        Pos
}

// Basis is the legal basis of a purpose, in the words of GDPR article 6.
type Basis string

// Purpose is why a caller runs a query.
type Purpose struct {
	Name  string
	Basis Basis // consent, contract, legal_obligation, vital_interests, public_task, legitimate_interest
	// Consent is the consent that the purpose needs, as the consent table names it; set if and only if Basis is "consent".
	Consent string
	Pos     Pos
}

// NeedsConsent reports whether the purpose's basis is consent.
func (p *Purpose) NeedsConsent() bool { return p != nil && p.Basis == "consent" }

// Class is a kind of personal data.
type Class struct {
	Name string
	Mask Mask // what `then: mask` means when the column names none
	Pos  Pos
}

// Mask is a mask as the policy writes it, such as partial(0, "*", 3). Package rewrite knows which
// masks exist and which types they take.
type Mask struct {
	Name string
	Args []Arg
	Pos  Pos
}

// ArgKind is the kind of a mask's argument.
type ArgKind uint8

// Kinds of arguments.
const (
	ArgInt ArgKind = iota + 1
	ArgFloat
	ArgString
	ArgBool
	ArgNull
)

// Arg is one argument of a mask.
type Arg struct {
	Kind ArgKind
	// Text is the argument's value: digits of a number, the characters of a string, true or false; empty for null.
	Text string
}

// Name is a schema-qualified name. Unqualified names in a policy are in schema public.
type Name struct{ Schema, Name string }

// Subject is a kind of person that rows are about.
type Subject struct {
	Name   string
	Table  Name
	Key    string
	Region string // a column of the table or an SQL expression over its row; empty: all are in region unknown
	// Consent is nil if the subject has none: consent is then missing throughout.
	Consent                     *Consent
	Pos                         Pos
	TablePos, KeyPos, RegionPos Pos
}

// Consent says where a subject's consents are.
type Consent struct {
	Table   Name
	Subject string // column: the subject's key
	Purpose string // column: the name of the consent
	Given   string // SQL expression over the consent's row that holds if the consent is in force

	Pos, TablePos, SubjectPos, PurposePos, GivenPos Pos
}

// Table is a relation that the policy names.
type Table struct {
	Name Name
	// Subject names the kind of subject, empty if the table has none; SubjectColumn is the column that
	// holds the subject's key.
	Subject       string
	SubjectColumn string
	Columns       []*Column
	Write         []string // roles that may write
	Pos           Pos
	SubjectPos    Pos
}

// Column returns the entry of a column, nil if the policy does not name it.
func (t *Table) Column(name string) *Column {
	for _, c := range t.Columns {
		if c.Name == name {
			return c
		}
	}
	return nil
}

// Column is a column that the policy names.
type Column struct {
	Name  string
	Class string
	Mask  *Mask // nil: the class's mask
	// StarOmit leaves the column out of `*` for a caller to whom it is denied, instead of refusing the statement.
	StarOmit bool
	Pos      Pos
}

// Schema is a schema in which roles may make tables, and read and write those that the policy does not name.
type Schema struct {
	Name     string
	Write    []string // the roles; they share what each of them sees
	Purposes []string // for which they may; empty: for all
	Pos      Pos
}

// Functions are the functions that a statement may call beside the safe ones of pg_catalog.
type Functions struct {
	Allow           []FunctionName
	TrustExtensions []Extension
}

// FunctionName is an allowed function: all its overloads.
type FunctionName struct {
	Name
	Pos Pos
}

// Extension is a trusted extension: all its functions.
type Extension struct {
	Name string
	Pos  Pos
}

// Role says who may declare which purposes.
type Role struct {
	Name           string
	Purposes       []string
	DefaultPurpose string
	ReasonRequired bool
	Explain        bool
	Direct         bool
	Pos            Pos
}

// RowRule decides a row. Empty selectors match everything.
type RowRule struct {
	Name     string
	Roles    []string
	Purposes []string
	Subjects []string
	Regions  []string
	Consent  ConsentSelector
	Then     Action // Show or Hide
	Pos      Pos
}

// CellRule decides a cell. Empty selectors match everything.
type CellRule struct {
	Name     string
	Roles    []string
	Purposes []string
	Classes  []string
	Regions  []string
	Consent  ConsentSelector
	Then     Action // Show, MaskCell or Deny
	Mask     *Mask  // for MaskCell: nil means the column's, else the class's
	Pos      Pos
}

// ConsentSelector is a rule's `consent:`.
type ConsentSelector uint8

// Consent selectors.
const (
	AnyConsent ConsentSelector = iota
	ConsentGiven
	ConsentMissing
)
