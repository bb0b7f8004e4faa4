package oracle

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"
)

// twist returns rows that differ from a table's only where the caller cannot see it: hidden rows are changed, removed and added,
// masked cells get other values under the same mask. What it puts there is meant to make statements fail or tell.
func (v *tableView) twist(subjects map[string]string, c caller) []row {
	if v.cells == nil { // all of it is shown
		return v.rows
	}
	var out []row
	for i, r := range v.rows {
		if v.cells[i] != nil {
			out = append(out, v.otherwise(i, c))
			continue
		}
		_, isSubject := subjects[v.entry]
		if i%3 == 0 && !isSubject { // without a subject's row, others could become visible
			continue
		}
		changed := v.nasty(r, i)
		out = append(out, changed)
		if i%3 == 1 {
			if more := v.clone(changed, i); more != nil {
				out = append(out, more)
			}
		}
	}
	return out
}

// otherwise changes the masked cells of a visible row.
func (v *tableView) otherwise(i int, c caller) row {
	out := slices.Clone(v.rows[i])
	for j, d := range v.cells[i] {
		col := v.columns[j]
		if d.action == "show" || col.generated || col.fixed {
			continue
		}
		same := func(x *string) bool {
			if d.action == "deny" {
				return true
			}
			a, b := applyMask(d.mask, out[j], col.typ, c.purpose), applyMask(d.mask, x, col.typ, c.purpose)
			return a == b || a != nil && b != nil && *a == *b
		}
		for _, x := range candidates(out[j], col, i) {
			if (x != nil || !col.notNull) && (x == nil || out[j] == nil || *x != *out[j]) && same(x) {
				out[j] = x
				break
			}
		}
	}
	return out
}

// candidates are values to stand in for another. The seed tells rows apart.
func candidates(v *string, col tableColumn, seed int) (out []*string) {
	old := ""
	if v != nil {
		old = *v
	}
	add := func(values ...string) {
		for _, x := range values {
			out = append(out, fit(x, col.typ))
		}
	}
	id := strconv.Itoa(seed)
	switch col.typ.name {
	case "text", "varchar", "bpchar":
		_, domain, isMail := strings.Cut(old, "@")
		r := []rune(strings.TrimRight(old, " "))
		if isMail {
			add("5x"+id+"@"+domain, id+"@"+domain)
		}
		if len(r) > 2 {
			add(string(r[0])+strings.Repeat("5", len(r)-2)+string(r[len(r)-1]), string(r[:2])+strings.Repeat("7", len(r)-2))
		}
		if len(r) > 4 { // phone numbers keep their last three digits
			add(strings.Repeat("5", len(r)-3) + string(r[len(r)-3:]))
			add(string(r[:5]) + strings.Repeat("z", len(r)-5))
		}
		add("5", strings.Repeat("long "+id, 60))
		if len(r) > 2 {
			add(string(r[:2]) + "77" + id)
		}
	case "date", "timestamp", "timestamptz":
		if len(old) >= 10 {
			add(old[:4]+"-12-31"+old[10:], old[:7]+"-05"+old[10:], old[:7]+"-06"+old[10:], old[:4]+"-01-01"+old[10:])
			if y, err := strconv.Atoi(old[:4]); err == nil {
				add(fmt.Sprintf("%04d-07-07%s", y/25*25+3, old[10:]), fmt.Sprintf("%04d-07-07%s", y/10*10+3, old[10:]))
			}
		}
		add("1905-05-05")
	case "int2", "int4", "int8", "numeric", "float8", "float4":
		if f, err := strconv.ParseFloat(old, 64); err == nil {
			for _, by := range []float64{50, 1000, 2500, 7.5, 10, 100, 0.25} {
				floor := float64(int(f/by)) * by // the value itself that the mask shows
				digits := -1
				if strings.HasPrefix(col.typ.name, "int") {
					digits = 0
				}
				add(strconv.FormatFloat(floor, 'f', digits, 64), strconv.FormatFloat(floor+by/2, 'f', digits, 64))
			}
		}
		add("5", "0")
	case "bool":
		add("f", "t")
	case "level":
		add("low", "high")
	case "_text":
		add(`{5,"long"}`)
	case "jsonb":
		add(`{"n": 5}`, `[]`)
	case "address":
		add(`(five,5)`)
	case "inet":
		add("10.5.5.5")
	case "uuid":
		add("55555555-5555-5555-5555-555555555555")
	}
	return append(out, nil)
}

// nasty changes whatever may change of a hidden row.
func (v *tableView) nasty(r row, seed int) row {
	out := slices.Clone(r)
	for j, col := range v.columns {
		if col.fixed || col.generated {
			continue
		}
		if col.unique {
			out[j] = fit("5 nasty "+strconv.Itoa(seed), col.typ)
			continue
		}
		values := candidates(nil, col, seed)
		x := values[seed/3%len(values)] // each third row is removed, whatever it would hold
		if x == nil && col.notNull {
			x = values[0]
		}
		if x == nil && col.notNull { // of a type that has no candidates
			x = r[j]
		}
		if x != nil && strings.HasPrefix(col.name, "zip") {
			x = r[j] // its domain has a check
		}
		out[j] = x
	}
	return out
}

// clone makes another hidden row of one, nil if its key is not a number.
func (v *tableView) clone(r row, seed int) row {
	out := slices.Clone(r)
	for j, col := range v.columns {
		switch {
		case slices.Contains([]string{"id", "Id", "ID"}, col.name) && strings.HasPrefix(col.typ.name, "int"):
			key := strconv.Itoa(5_000_000 + seed)
			out[j] = &key
			return v.unique(out, seed)
		case col.fixed && col.unique:
			return nil
		}
	}
	return out
}

func (v *tableView) unique(r row, seed int) row {
	for j, col := range v.columns {
		if col.unique && !col.fixed {
			r[j] = fit("5 clone "+strconv.Itoa(seed), col.typ)
		}
	}
	return r
}

// makeTwin turns a copy of the database into a twin of it for the caller, and checks that the visible databases are the same. It
// returns how many rows differ.
func (w *world) makeTwin(ctx context.Context, conn *pgx.Conn, p *policy, c caller) (different int, err error) {
	db := w.db
	subjects := map[string]string{}
	for name, s := range p.Subjects {
		subjects[s.Table] = name
	}
	if err := db.replace(ctx, conn, func(t *table) ([]row, func(int) bool) {
		return db.see(p, c, t).twist(subjects, c), func(i int) bool { return t.columns[i].generated }
	}); err != nil {
		return 0, err
	}
	twin, err := readDatabase(ctx, conn, w.policy)
	if err != nil {
		return 0, err
	}
	for _, t := range db.tables {
		i := slices.IndexFunc(twin.tables, func(o *table) bool { return o.name == t.name })
		mine, theirs := db.see(p, c, t).visible, twin.see(p, c, twin.tables[i]).visible
		if len(mine) != len(theirs) {
			return 0, fmt.Errorf("%s has %d visible rows, its twin %d", t.name, len(mine), len(theirs))
		}
		if differences(mine, theirs) > 0 {
			return 0, fmt.Errorf("%s: the twin shows other rows", t.name)
		}
		different += differences(t.rows, twin.tables[i].rows)
	}
	return different, nil
}

func (r row) String() string {
	var b strings.Builder
	for _, v := range r {
		if v == nil {
			b.WriteString("NULL|")
		} else {
			b.WriteString(strconv.Quote(*v) + "|")
		}
	}
	return b.String()
}

// differences counts the rows of b that are not in a.
func differences(a, b []row) (n int) {
	have := map[string]bool{}
	for _, r := range a {
		have[r.String()] = true
	}
	for _, r := range b {
		if !have[r.String()] {
			n++
		}
	}
	return n
}
