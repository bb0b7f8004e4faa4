package catalog

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"

	"github.com/jackc/pgx/v5"
)

// Load reads a snapshot over a connection of the role that sessions will run as. It reads in
// one repeatable-read transaction, so the snapshot is consistent in itself.
func Load(ctx context.Context, conn *pgx.Conn) (*Snapshot, error) {
	tx, err := conn.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly})
	if err != nil {
		return nil, fmt.Errorf("catalog: %w", err)
	}
	defer func() { _ = tx.Rollback(ctx) }() // read-only: nothing is lost
	l := loader{ctx: ctx, tx: tx, digest: sha256.New(), snap: &Snapshot{
		schemas: map[string]bool{}, inherits: map[uint32][]Inheritance{}, relations: map[Name]*Relation{}, byOID: map[uint32]*Relation{},
		types: map[uint32]*Type{}, typeByName: map[Name]*Type{}, functions: map[string][]*Function{}, functionID: map[uint32]*Function{},
		operators: map[string][]*Operator{}, settings: map[string]bool{}, extensions: map[string]bool{},
	}}
	for _, step := range []func() error{
		l.session, l.names, l.loadTypes, l.loadRelations, l.loadColumns, l.loadInheritance, l.loadKeys, l.loadConstraints, l.loadWrites,
		l.loadFunctions, l.loadOperators,
	} {
		if err := step(); err != nil {
			return nil, fmt.Errorf("catalog: %w", err)
		}
	}
	l.snap.Version = "sha256:" + hex.EncodeToString(l.digest.Sum(nil))
	return l.snap, nil
}

// Moment returns a text that stays the same as long as no transaction has written anything: then Fingerprint
// would be the same, too. It costs next to nothing.
func Moment(ctx context.Context, conn *pgx.Conn) (moment string, err error) {
	if err = conn.QueryRow(ctx, "SELECT pg_catalog.pg_current_snapshot()::text").Scan(&moment); err != nil {
		err = fmt.Errorf("catalog: %w", err)
	}
	return moment, err
}

// Fingerprint returns a text that changes whenever a snapshot would, for far less work than Load: a proxy asks
// for it whenever something was written. It counts rows and sums the transactions that wrote them, over the catalogs that Load reads.
func Fingerprint(ctx context.Context, conn *pgx.Conn) (string, error) {
	var fp string
	err := conn.QueryRow(ctx, fingerprintSQL).Scan(&fp)
	if err != nil {
		return "", fmt.Errorf("catalog: %w", err)
	}
	return fp, nil
}

type loader struct {
	ctx    context.Context
	tx     pgx.Tx
	digest hash.Hash
	snap   *Snapshot
}

// rows runs a query and calls scan for each row; what scan reads goes into the digest through note.
func (l *loader) rows(sql string, scan func(pgx.Rows) error) error {
	rows, err := l.tx.Query(l.ctx, sql)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

func (l *loader) note(v ...any) { fmt.Fprintf(l.digest, "%q\n", fmt.Sprint(v...)) }

func (l *loader) session() error {
	s := l.snap
	var encoding string
	// The search_path is read before it is emptied, which makes the server qualify all names in definitions.
	err := l.tx.QueryRow(l.ctx, `SELECT pg_catalog.current_setting('server_version_num')::int, pg_catalog.current_database()::text,
		session_user::text, pg_catalog.current_setting('search_path'), pg_catalog.current_setting('server_encoding')`).
		Scan(&s.ServerVersion, &s.Database, &s.User, &s.SearchPath, &encoding)
	if err != nil {
		return err
	}
	if encoding != "UTF8" {
		return fmt.Errorf("database %q has encoding %s: only UTF8 is supported", s.Database, encoding)
	}
	l.note(s.ServerVersion, s.Database, s.User, s.SearchPath)
	// Definitions are read under locks: who changes a relation may himself wait for a session that waits for this.
	_, err = l.tx.Exec(l.ctx, `SET LOCAL search_path = ''; SET LOCAL lock_timeout = '1s'`)
	return err
}

func (l *loader) names() error {
	sets := []map[string]bool{l.snap.schemas, l.snap.extensions, l.snap.settings}
	return l.rows(namesSQL, func(r pgx.Rows) error {
		var kind int
		var name string
		if err := r.Scan(&kind, &name); err != nil {
			return err
		}
		sets[kind][name] = true
		l.note(kind, name)
		return nil
	})
}

func (l *loader) loadTypes() error {
	return l.rows(typesSQL, func(r pgx.Rows) error {
		t := new(Type)
		if err := r.Scan(&t.OID, &t.Name.Schema, &t.Name.Name, &t.Kind, &t.Category, &t.Base, &t.BaseSQL, &t.Extension, &t.Labels, &t.Calls, &t.Elem); err != nil {
			return err
		}
		l.snap.types[t.OID] = t
		l.snap.Checked = l.snap.Checked || len(t.Calls) > 0
		l.snap.typeByName[t.Name] = t
		l.note(*t)
		return nil
	})
}

func (l *loader) loadRelations() error {
	return l.rows(relationsSQL, func(r pgx.Rows) error {
		rel := new(Relation)
		var kind byte
		if err := r.Scan(&rel.OID, &rel.Name.Schema, &rel.Name.Name, &kind, &rel.SecurityBarrier, &rel.Extension, &rel.Definition, &rel.Rule, &rel.Readable); err != nil {
			return err
		}
		rel.Kind = Kind(kind)
		l.snap.relations[rel.Name] = rel
		l.snap.byOID[rel.OID] = rel
		l.note(*rel)
		return nil
	})
}

func (l *loader) loadColumns() error {
	return l.rows(columnsSQL, func(r pgx.Rows) error {
		var oid uint32
		var c Column
		if err := r.Scan(&oid, &c.Num, &c.Name, &c.Type, &c.Typmod, &c.TypeSQL, &c.Generated, &c.Virtual, &c.From, &c.Collation); err != nil {
			return err
		}
		if rel := l.snap.byOID[oid]; rel != nil {
			rel.Columns = append(rel.Columns, c)
			l.note(oid, c)
		}
		return nil
	})
}

func (l *loader) loadInheritance() error {
	return l.rows(`SELECT inhrelid, inhparent FROM pg_catalog.pg_inherits ORDER BY inhrelid, inhseqno`, func(r pgx.Rows) error {
		var child, parent uint32
		if err := r.Scan(&child, &parent); err != nil {
			return err
		}
		c, p := l.snap.byOID[child], l.snap.byOID[parent]
		if c == nil && p == nil { // indexes inherit too
			return nil
		}
		l.note(child, parent)
		for _, end := range []uint32{child, parent} {
			l.snap.inherits[end] = append(l.snap.inherits[end], Inheritance{parent, child})
		}
		if c != nil && p != nil { // a temporary table of another session is not known here
			c.Parents = append(c.Parents, parent)
			p.Children = append(p.Children, child)
		}
		return nil
	})
}

func (l *loader) loadKeys() error {
	return l.rows(keysSQL, func(r pgx.Rows) error {
		var oid uint32
		var primary, plain bool
		var columns []string
		if err := r.Scan(&oid, &primary, &plain, &columns); err != nil {
			return err
		}
		rel := l.snap.byOID[oid]
		switch {
		case rel == nil:
			return nil
		case !plain:
			rel.OtherUnique = true
		default:
			rel.Unique = append(rel.Unique, columns)
			if primary {
				rel.PrimaryKey = columns
			}
		}
		l.note(oid, primary, plain, columns)
		return nil
	})
}

func (l *loader) loadConstraints() error {
	return l.rows(constraintsSQL, func(r pgx.Rows) error {
		var oid uint32
		var exclusion bool
		var key ForeignKey
		reference := Reference{}
		if err := r.Scan(&oid, &exclusion, &key.To, &key.Columns, &reference.Columns, &reference.Acts, &key.Firm); err != nil {
			return err
		}
		key.ToColumns = reference.Columns
		if to := l.snap.byOID[key.To]; to != nil {
			reference.From, reference.FromColumns = oid, key.Columns
			to.Referenced = append(to.Referenced, reference)
		}
		rel := l.snap.byOID[oid]
		switch {
		case rel == nil:
			return nil
		case exclusion:
			rel.Exclusion = true
		default:
			rel.ForeignKeys = append(rel.ForeignKeys, key)
		}
		l.note(oid, exclusion, key, reference)
		return nil
	})
}

func (l *loader) loadWrites() error {
	const proven, unproven, calls, rules = 0, 1, 2, 3 // as in writesSQL
	return l.rows(writesSQL, func(r pgx.Rows) error {
		var oid, function uint32
		var kind int
		var columns []string
		if err := r.Scan(&oid, &kind, &columns, &function); err != nil {
			return err
		}
		rel := l.snap.byOID[oid]
		if rel == nil {
			return nil
		}
		switch kind {
		case proven, unproven:
			rel.Computed = append(rel.Computed, Computed{columns, kind == unproven})
		case calls:
			rel.Calls = append(rel.Calls, function)
		case rules:
			rel.Rules = true
		}
		l.note(oid, kind, columns, function)
		return nil
	})
}

func (l *loader) loadFunctions() error {
	return l.rows(functionsSQL, func(r pgx.Rows) error {
		f := new(Function)
		if err := r.Scan(&f.OID, &f.Name.Schema, &f.Name.Name, &f.Kind, &f.Volatile, &f.Leakproof, &f.Set, &f.Extension); err != nil {
			return err
		}
		l.snap.functionID[f.OID] = f
		l.snap.functions[f.Name.Name] = append(l.snap.functions[f.Name.Name], f)
		l.note(*f)
		return nil
	})
}

func (l *loader) loadOperators() error {
	return l.rows(operatorsSQL, func(r pgx.Rows) error {
		o := new(Operator)
		if err := r.Scan(&o.Name.Schema, &o.Name.Name, &o.Left, &o.Right, &o.Leakproof, &o.Extension); err != nil {
			return err
		}
		l.snap.operators[o.Name.Name] = append(l.snap.operators[o.Name.Name], o)
		l.note(*o)
		return nil
	})
}
