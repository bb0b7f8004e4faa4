package oracle

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// tableView is what a caller may see of a table.
type tableView struct {
	*table
	dropped []bool       // columns that are denied and left out of *
	denied  []bool       // columns that no statement may use
	cells   [][]decision // of each row; nil for a row that is hidden
	visible []row        // the rows that are shown, masked
}

// see computes a caller's view of a table.
func (db *database) see(p *policy, c caller, t *table) *tableView {
	v := &tableView{table: t, dropped: make([]bool, len(t.columns)), denied: make([]bool, len(t.columns))}
	rules := make([]columnRule, len(t.columns))
	if _, named := p.Tables[t.entry]; !named { // and unlisted tables are shown
		v.visible = t.rows
		return v
	}
	subject, _ := p.subjectOf(t.entry)
	for i := range t.columns {
		rules[i] = p.column(t.entry, t.columns[i].name)
		// Whether a statement is refused does not depend on the rows: any row that could be shown counts.
		for _, region := range p.allRegions() {
			for _, consented := range []bool{true, false} {
				f := facts{region, p.given(c, consented)}
				if p.showsRow(c, subject, f) && p.decideColumn(c, rules[i], f).action == "deny" {
					v.denied[i] = true
					v.dropped[i] = rules[i].omit
				}
			}
		}
	}
	for _, r := range t.rows {
		f := db.facts(p, c, t, r)
		if !p.showsRow(c, subject, f) {
			v.cells = append(v.cells, nil)
			continue
		}
		shown, cells := make(row, len(r)), make([]decision, len(r))
		for i := range r {
			cells[i] = p.decideColumn(c, rules[i], f)
			switch {
			case v.denied[i]:
				cells[i] = decision{action: "deny"}
			case cells[i].action == "show":
				shown[i] = r[i]
			default:
				shown[i] = applyMask(cells[i].mask, r[i], t.columns[i].typ, c.purpose)
			}
		}
		v.cells, v.visible = append(v.cells, cells), append(v.visible, shown)
	}
	return v
}

// materialise turns a copy of the database into the caller's visible database.
func (db *database) materialise(ctx context.Context, conn *pgx.Conn, p *policy, c caller) error {
	// The proxy gives a masked column of a domain the type that the domain is built on.
	if _, err := conn.Exec(ctx, "ALTER DOMAIN lab.zip DROP CONSTRAINT zip_check"); err != nil {
		return err
	}
	views := map[*table]*tableView{}
	for _, t := range db.tables {
		views[t] = db.see(p, c, t)
		if err := views[t].relax(ctx, conn); err != nil {
			return fmt.Errorf("%s: %w", t.name, err)
		}
	}
	if err := db.replace(ctx, conn, func(t *table) ([]row, func(int) bool) {
		v := views[t]
		return v.visible, func(i int) bool { return v.dropped[i] || t.columns[i].generated && !v.masked(i) }
	}); err != nil {
		return err
	}
	_, err := conn.Exec(ctx, "ALTER DOMAIN lab.zip ADD CONSTRAINT zip_check CHECK (VALUE ~ '^[0-9]{5}$') NOT VALID")
	return err
}

// masked reports whether a cell of the column is not shown as it is.
func (v *tableView) masked(column int) bool {
	for _, cells := range v.cells {
		if cells != nil && cells[column].action != "show" {
			return true
		}
	}
	return false
}

// relax removes what the masks' output would violate. It changes no result of a query.
func (v *tableView) relax(ctx context.Context, conn *pgx.Conn) error {
	for i, c := range v.columns {
		if !v.dropped[i] && !v.masked(i) {
			continue
		}
		// What a child inherits is changed in the parent.
		target := v.name
		inherited, err := texts(ctx, conn, "SELECT 1 FROM pg_attribute WHERE attrelid = $1::text::regclass AND attname = $2", v.entry, c.name)
		if err != nil {
			return err
		}
		if len(inherited) > 0 {
			target = v.entry
		}
		var sql string
		switch {
		case v.dropped[i]:
			sql = fmt.Sprintf("ALTER TABLE %s DROP COLUMN IF EXISTS %s CASCADE", target, quote(c.name))
		case c.generated:
			sql = fmt.Sprintf("ALTER TABLE %s ALTER COLUMN %s DROP EXPRESSION", target, quote(c.name))
		case c.notNull:
			sql = fmt.Sprintf("ALTER TABLE %s ALTER COLUMN %s DROP NOT NULL", target, quote(c.name))
		}
		if sql != "" {
			if _, err := conn.Exec(ctx, sql); err != nil {
				return err
			}
		}
		if c.unique {
			if _, err := conn.Exec(ctx, fmt.Sprintf(`DO $do$ DECLARE c text; BEGIN
				FOR c IN SELECT conname FROM pg_constraint JOIN pg_attribute ON attrelid = conrelid AND attnum = ANY (conkey)
					WHERE conrelid = %[1]s::regclass AND contype = 'u' AND attname = %[2]s
				LOOP EXECUTE format('ALTER TABLE %%s DROP CONSTRAINT %%I', %[1]s, c); END LOOP; END $do$`, literal(v.name), literal(c.name))); err != nil {
				return err
			}
		}
	}
	return nil
}
