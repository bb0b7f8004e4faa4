package oracle

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// table is the content of one table of which the policy says something: a leaf, without what its children hold.
type table struct {
	name    string // as SQL writes it
	entry   string // the policy's name of the table whose entry it carries
	columns []tableColumn
	rows    []row
}

type tableColumn struct {
	name      string
	typ       columnType
	generated bool
	notNull   bool
	unique    bool // in a unique index
	fixed     bool // part of a key or foreign key, or what decides visibility: twins have it the same
}

// row is a row in PostgreSQL's text form.
type row []*string

func (t *table) index(column string) int {
	for i := range t.columns {
		if t.columns[i].name == column {
			return i
		}
	}
	return -1
}

// database is what the model knows of one database.
type database struct {
	tables   []*table
	subjects map[string]map[string]*string         // kind of subject -> key -> country
	consents map[string]map[string]map[string]bool // kind of subject -> purpose -> keys
}

// deciding are the columns that decide which rows are visible, beside keys, and those that say in which partition a row is.
var deciding = map[string]bool{"country": true, "land": true, "granted": true, "withdrawn_at": true, "expires_at": true, "ok": true,
	"what": true, "purpose": true, "ordered_at": true}

const leavesSQL = `WITH RECURSIVE leaf AS (
	SELECT to_regclass($1)::oid AS oid UNION ALL SELECT i.inhrelid FROM leaf JOIN pg_inherits i ON i.inhparent = leaf.oid)
	SELECT leaf.oid::regclass::text FROM leaf JOIN pg_class c USING (oid) WHERE relkind = 'r'`

const columnsSQL = `WITH RECURSIVE base AS (
		SELECT attnum, attname, attgenerated <> '' AS generated, attnotnull, atttypid AS typ, atttypmod AS mod
		FROM pg_attribute WHERE attrelid = $1::text::regclass AND attnum > 0 AND NOT attisdropped
		UNION ALL
		SELECT attnum, attname, generated, attnotnull, typbasetype, typtypmod FROM base JOIN pg_type t ON t.oid = typ WHERE typtype = 'd')
	SELECT attname, typname, CASE WHEN typname IN ('bpchar', 'varchar') AND mod > 4 THEN mod - 4 ELSE 0 END, generated, attnotnull,
		EXISTS (SELECT FROM pg_index WHERE indrelid = $1::text::regclass AND indisunique AND attnum = ANY (indkey)),
		EXISTS (SELECT FROM pg_constraint WHERE conrelid = $1::text::regclass AND contype IN ('p', 'f') AND attnum = ANY (conkey))
	FROM base JOIN pg_type t ON t.oid = typ WHERE typtype <> 'd' ORDER BY attnum`

// readDatabase reads what the model has to know.
func readDatabase(ctx context.Context, conn *pgx.Conn, p *policy) (*database, error) {
	db := &database{subjects: map[string]map[string]*string{}, consents: map[string]map[string]map[string]bool{}}
	// Names are to be qualified, and times in UTC.
	if _, err := conn.Exec(ctx, "SET search_path = pg_catalog; SET timezone = 'UTC'"); err != nil {
		return nil, err
	}
	for entry := range p.Tables {
		leaves, err := texts(ctx, conn, leavesSQL, entry)
		if err != nil {
			return nil, err
		}
		for _, leaf := range leaves {
			t, err := readTable(ctx, conn, leaf[0])
			if err != nil {
				return nil, fmt.Errorf("%s: %w", leaf[0], err)
			}
			t.entry = entry
			_, subjectColumn := p.subjectOf(entry)
			for i := range t.columns {
				t.columns[i].fixed = t.columns[i].fixed || t.columns[i].name == subjectColumn || deciding[t.columns[i].name]
			}
			db.tables = append(db.tables, t)
		}
	}
	for name, s := range p.Subjects {
		if err := db.readSubject(ctx, conn, p, name, s); err != nil {
			return nil, fmt.Errorf("subject %s: %w", name, err)
		}
	}
	return db, nil
}

func texts(ctx context.Context, conn *pgx.Conn, sql string, args ...any) ([][]string, error) {
	rows, err := conn.Query(ctx, sql, args...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(r pgx.CollectableRow) ([]string, error) {
		var out []string
		for _, v := range r.RawValues() {
			out = append(out, string(v))
		}
		return out, nil
	})
}

func readTable(ctx context.Context, conn *pgx.Conn, name string) (*table, error) {
	t := &table{name: name}
	rows, err := conn.Query(ctx, columnsSQL, name)
	if err != nil {
		return nil, err
	}
	if t.columns, err = pgx.CollectRows(rows, func(r pgx.CollectableRow) (c tableColumn, err error) {
		return c, r.Scan(&c.name, &c.typ.name, &c.typ.mod, &c.generated, &c.notNull, &c.unique, &c.fixed)
	}); err != nil {
		return nil, err
	}
	t.rows, err = readRows(ctx, conn.PgConn(), "SELECT * FROM ONLY "+name)
	return t, err
}

// readRows runs a query in the simple protocol, which returns texts.
func readRows(ctx context.Context, conn *pgconn.PgConn, sql string) (rows []row, err error) {
	results, err := conn.Exec(ctx, sql).ReadAll()
	if err != nil {
		return nil, err
	}
	for _, values := range results[0].Rows {
		r := make(row, len(values))
		for i, v := range values {
			if v != nil {
				text := string(v)
				r[i] = &text
			}
		}
		rows = append(rows, r)
	}
	return rows, nil
}

func (db *database) readSubject(ctx context.Context, conn *pgx.Conn, p *policy, name string, s subject) error {
	region := s.Region
	if region == "" {
		region = "NULL"
	}
	rows, err := readRows(ctx, conn.PgConn(), fmt.Sprintf("SELECT %s::text, (%s)::text FROM %s", quote(s.Key), region, s.Table))
	if err != nil {
		return err
	}
	db.subjects[name] = map[string]*string{}
	for _, r := range rows {
		db.subjects[name][*r[0]] = r[1]
	}
	db.consents[name] = map[string]map[string]bool{}
	for purpose, spec := range p.Purposes {
		if s.Consent == nil || spec.Consent == "" {
			continue
		}
		rows, err := readRows(ctx, conn.PgConn(), fmt.Sprintf("SELECT %s::text FROM %s WHERE %s = %s AND (%s)",
			quote(s.Consent.Subject), s.Consent.Table, quote(s.Consent.Purpose), literal(spec.Consent), s.Consent.Given))
		if err != nil {
			return err
		}
		keys := map[string]bool{}
		for _, r := range rows {
			if r[0] != nil {
				keys[*r[0]] = true
			}
		}
		db.consents[name][purpose] = keys
	}
	return nil
}

// facts finds the facts of a row: those of its subject.
func (db *database) facts(p *policy, c caller, t *table, r row) facts {
	subject, column := p.subjectOf(t.entry)
	f := facts{region: unknown, given: p.given(c, false)}
	if subject == "" || r[t.index(column)] == nil {
		return f
	}
	key := *r[t.index(column)]
	if country, exists := db.subjects[subject][key]; exists {
		f.region = p.regionOf(country)
		f.given = p.given(c, db.consents[subject][c.purpose][key])
	}
	return f
}

// copyText writes rows in the text format of COPY, without the columns that are left out.
func copyText(rows []row, leftOut func(column int) bool) string {
	escape := strings.NewReplacer("\\", "\\\\", "\n", "\\n", "\r", "\\r", "\t", "\\t")
	var b strings.Builder
	for _, r := range rows {
		separator := ""
		for i, v := range r {
			if leftOut(i) {
				continue
			}
			b.WriteString(separator)
			separator = "\t"
			if v == nil {
				b.WriteString(`\N`)
			} else {
				b.WriteString(escape.Replace(*v))
			}
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// replace replaces the rows of all tables of a database; rows and leftOut give those of each.
func (db *database) replace(ctx context.Context, conn *pgx.Conn, content func(*table) (rows []row, leftOut func(column int) bool)) error {
	var names []string
	for _, t := range db.tables {
		names = append(names, t.name, t.entry)
	}
	// Rows then lie in the order in which they are written.
	if _, err := conn.Exec(ctx, "SET session_replication_role = replica; SET timezone = 'UTC'; TRUNCATE "+strings.Join(names, ", ")); err != nil {
		return fmt.Errorf("truncate: %w", err)
	}
	for _, t := range db.tables {
		rows, leftOut := content(t)
		var columns []string
		for i, c := range t.columns {
			if !leftOut(i) {
				columns = append(columns, quote(c.name))
			}
		}
		if len(columns) == 0 {
			continue
		}
		sql := fmt.Sprintf("COPY %s (%s) FROM STDIN", t.name, strings.Join(columns, ", "))
		if _, err := conn.PgConn().CopyFrom(ctx, strings.NewReader(copyText(rows, leftOut)), sql); err != nil {
			return fmt.Errorf("%s: %w", t.name, err)
		}
	}
	_, err := conn.Exec(ctx, "COMMIT; ANALYZE")
	return err
}
