package rewrite

import (
	"slices"
	"strings"
)

// temporary is the temporary tables that a session has made, in a form that can be compared: Values holds it, so that it
// rolls back as settings do and is part of what an answer depends on. A table's name and its columns' names are
// separated by NUL, tables by U+0001; neither can be in a name that came through the parser.
type temporary string

const (
	temporaryNames   = "\x00"
	temporaryTables  = "\x01"
	temporaryGuessed = "\x02" // before a column's name that was not in the text
)

func (t temporary) tables() []string {
	if t == "" {
		return nil
	}
	return strings.Split(string(t), temporaryTables)
}

// find returns the columns of a table.
func (t temporary) find(name string) (columns []column, ok bool) {
	for _, table := range t.tables() {
		parts := strings.Split(table, temporaryNames)
		if parts[0] != name {
			continue
		}
		for _, c := range parts[1:] {
			c, guessed := strings.CutPrefix(c, temporaryGuessed)
			columns = append(columns, column{name: c, guessed: guessed})
		}
		return columns, true
	}
	return nil, false
}

// with adds a table, unless there is one of that name already.
func (t temporary) with(name string, columns []string) temporary {
	if _, ok := t.find(name); ok {
		return t
	}
	table := strings.Join(append([]string{name}, columns...), temporaryNames)
	return temporary(strings.Join(append(t.tables(), table), temporaryTables))
}

// without removes a table.
func (t temporary) without(name string) temporary {
	kept := slices.DeleteFunc(t.tables(), func(table string) bool {
		own, _, _ := strings.Cut(table, temporaryNames)
		return own == name
	})
	return temporary(strings.Join(kept, temporaryTables))
}

// altered replaces a table, if it is there.
func (t temporary) altered(name, entry string) temporary {
	tables := t.tables()
	for i, table := range tables {
		if own, _, _ := strings.Cut(table, temporaryNames); own == name {
			tables[i] = entry
		}
	}
	return temporary(strings.Join(tables, temporaryTables))
}
