package catalog

import (
	"maps"
	"slices"
)

// Snapshot is the catalog at one moment. It is immutable once loaded and safe for concurrent use.
type Snapshot struct {
	Version       string // digest of the contents: equal contents, equal version
	ServerVersion int    // server_version_num, such as 150018
	Database      string
	User          string // the upstream role that sessions run as
	SearchPath    string // the search_path that a new session of User starts with

	// Checked is true if there is a type to which casts run functions outside pg_catalog (Type.Calls).
	Checked bool

	schemas    map[string]bool
	relations  map[Name]*Relation
	byOID      map[uint32]*Relation
	inherits   map[uint32][]Inheritance // by either end
	types      map[uint32]*Type
	typeByName map[Name]*Type
	functions  map[string][]*Function
	functionID map[uint32]*Function
	operators  map[string][]*Operator
	settings   map[string]bool
	extensions map[string]bool
}

// Name is a schema-qualified name.
type Name struct{ Schema, Name string }

// Kind is a relation's kind: pg_class.relkind.
type Kind byte

// Kinds of relations.
const (
	Table            Kind = 'r'
	PartitionedTable Kind = 'p'
	View             Kind = 'v'
	MaterializedView Kind = 'm'
	ForeignTable     Kind = 'f'
	Sequence         Kind = 'S'
)

// Relation is a table, view, materialized view, foreign table or sequence.
type Relation struct {
	OID     uint32
	Name    Name
	Kind    Kind
	Columns []Column // in the order of `*`, dropped columns left out
	// Parents are the relations that this one inherits from or is a partition of; Children the reverse.
	Parents, Children []uint32
	// Definition is a view's or materialized view's query with every name qualified, as
	// pg_get_viewdef gives it under an empty search_path; empty for other kinds and for system views.
	Definition string
	// Rule is the version (pg_rewrite.xmin) of a view's or materialized view's definition.
	Rule            string
	SecurityBarrier bool
	// Readable is true if the role that sessions run as may read every column.
	Readable  bool
	Extension string // the extension that owns it, empty if none
	// Unique are the column sets of its unique, valid, immediate, non-partial indexes over plain columns.
	Unique [][]string
	// ForeignKeys are its foreign keys; Exclusion is true if it has an exclusion constraint.
	ForeignKeys []ForeignKey
	Exclusion   bool
	// OtherUnique is true if it has a unique index that is not in Unique: partial, deferrable or over an expression.
	OtherUnique bool
	// Referenced are the foreign keys of other relations to this one.
	Referenced []Reference
	// Computed are the columns that something is computed on when a row is written.
	Computed []Computed
	// Calls are the functions outside pg_catalog that run when a row is written: of triggers, defaults, checks and indexes.
	Calls []uint32
	// Rules is true if it has rules other than a view's.
	Rules bool
	// PrimaryKey are the columns of its primary key, nil if it has none.
	PrimaryKey []string
}

// Computed are columns that a check, a generated column, an index or a partition key computes on together, which may fail.
type Computed struct {
	Columns []string
	// Unproven is true for a check that rows may violate already (NOT VALID).
	Unproven bool
}

// Inheritance is a row of pg_inherits.
type Inheritance struct{ Parent, Child uint32 }

// ForeignKey is a foreign key to the columns ToColumns of the relation with OID To.
type ForeignKey struct {
	Columns   []string
	To        uint32
	ToColumns []string
	Firm      bool // it holds for the rows that are there, and after each statement
}

// Reference is a foreign key of the relation with OID From to the columns of another.
type Reference struct {
	From        uint32
	FromColumns []string
	Columns     []string // that it refers to
	Acts        bool     // it changes or deletes the referring rows: CASCADE, SET NULL, SET DEFAULT
}

// Column returns the named column, nil if there is none.
func (r *Relation) Column(name string) *Column {
	for i := range r.Columns {
		if r.Columns[i].Name == name {
			return &r.Columns[i]
		}
	}
	return nil
}

// UniqueOn reports whether no two rows can agree on all of the given columns.
func (r *Relation) UniqueOn(columns ...string) bool {
	return slices.ContainsFunc(r.Unique, func(key []string) bool {
		return !slices.ContainsFunc(key, func(c string) bool { return !slices.Contains(columns, c) })
	})
}

// Column is a column of a relation.
type Column struct {
	Num       int16
	Name      string
	Type      uint32
	Typmod    int32
	TypeSQL   string // schema-qualified, with its type modifier: pg_catalog.varchar(100)
	Generated bool
	Virtual   bool     // it is generated when it is read, from PostgreSQL 18 on
	From      []string // the columns that it is generated from
	Collation string   // schema-qualified, empty if it is the type's own
}

// Type is a data type.
type Type struct {
	OID       uint32
	Name      Name
	Kind      byte // pg_type.typtype: b, c, d, e, m, p or r
	Category  byte // pg_type.typcategory: N, S, D, ...
	Base      uint32
	BaseSQL   string // of a domain: its base type with the modifier, schema-qualified
	Extension string
	Labels    []string // of an enum
	// Calls are the functions outside pg_catalog that a cast to the type may run: of CREATE CAST, or of a domain's CHECK.
	Calls []uint32
	Elem  uint32 // of an array: the type of its elements
}

// Function is a function, procedure, aggregate or window function.
type Function struct {
	OID       uint32
	Name      Name
	Kind      byte // pg_proc.prokind: f, p, a or w
	Volatile  byte // pg_proc.provolatile: i, s or v
	Leakproof bool
	Set       bool // it returns a set
	Extension string
}

// Operator is an operator.
type Operator struct {
	Name        Name
	Left, Right uint32 // types; Left is 0 for a prefix operator
	Leakproof   bool   // of its function
	Extension   string
}

// Relation looks a relation up by its qualified name; nil if there is none.
func (s *Snapshot) Relation(schema, name string) *Relation { return s.relations[Name{schema, name}] }

// RelationByOID looks a relation up by its OID; nil if there is none.
func (s *Snapshot) RelationByOID(oid uint32) *Relation { return s.byOID[oid] }

// Inheritances returns the rows of pg_inherits with the relation at either end, in no order.
func (s *Snapshot) Inheritances(oid uint32) []Inheritance { return s.inherits[oid] }

// Relations calls f for every relation, in no order.
func (s *Snapshot) Relations(f func(*Relation)) {
	for _, r := range s.relations {
		f(r)
	}
}

// Type looks a type up by its OID; nil if there is none.
func (s *Snapshot) Type(oid uint32) *Type { return s.types[oid] }

// TypeByName looks a type up by its qualified name; nil if there is none.
func (s *Snapshot) TypeByName(schema, name string) *Type { return s.typeByName[Name{schema, name}] }

// BaseType follows domains down to the type that they are built on.
func (s *Snapshot) BaseType(oid uint32) *Type {
	t := s.types[oid]
	for t != nil && t.Kind == 'd' {
		t = s.types[t.Base]
	}
	return t
}

// Within returns the type that a type is made of: a domain's base type, an array's element type; nil for others.
func (s *Snapshot) Within(t *Type) *Type {
	switch {
	case t.Kind == 'd':
		return s.types[t.Base]
	case t.Category == 'A' && t.Elem != 0:
		return s.types[t.Elem]
	}
	return nil
}

// Functions returns all functions of that name, in every schema.
func (s *Snapshot) Functions(name string) []*Function { return s.functions[name] }

// Function looks a function up by its OID; nil if there is none.
func (s *Snapshot) Function(oid uint32) *Function { return s.functionID[oid] }

// Operators returns all operators of that name, in every schema.
func (s *Snapshot) Operators(name string) []*Operator { return s.operators[name] }

// HasSetting reports whether the server knows the run-time parameter (lower case).
func (s *Snapshot) HasSetting(name string) bool { return s.settings[name] }

// HasExtension reports whether the extension is installed.
func (s *Snapshot) HasExtension(name string) bool { return s.extensions[name] }

// HasSchema reports whether the schema exists.
func (s *Snapshot) HasSchema(name string) bool { return s.schemas[name] }

// Schemas returns the names of all schemas that the role may use, sorted.
func (s *Snapshot) Schemas() []string { return slices.Sorted(maps.Keys(s.schemas)) }
