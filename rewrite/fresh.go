package rewrite

import (
	"slices"
	"strings"
)

// fresh is the tables that a session has made in writable schemas, in a form that can be compared, as temporary is: the catalog is read
// again some time after they are committed. Each is a schema and a name, separated and ended as there. Those that the present transaction
// has dropped are marked: they may be in the catalog still.
type fresh string

const (
	// maxFresh is how many tables are remembered: those before them are in the catalog by then.
	maxFresh  = 64
	freshGone = "\x02" // before a table that has been dropped
)

func (f fresh) list() []string {
	if f == "" {
		return nil
	}
	return strings.Split(string(f), temporaryTables)
}

func freshOf(list []string) fresh { return fresh(strings.Join(list, temporaryTables)) }

func (f fresh) has(schema, name string) bool {
	return slices.Contains(f.list(), schema+temporaryNames+name)
}

// gone reports whether the present transaction has dropped a table.
func (f fresh) gone(schema, name string) bool {
	return slices.Contains(f.list(), freshGone+schema+temporaryNames+name)
}

// plus adds all tables of another, and forgets the oldest if they are too many.
func (f fresh) plus(more fresh) fresh {
	list := append(f.minus(more).list(), more.list()...)
	return freshOf(list[max(0, len(list)-maxFresh):])
}

// minus removes all tables of another.
func (f fresh) minus(less fresh) fresh {
	gone := less.list()
	return freshOf(slices.DeleteFunc(f.list(), func(t string) bool { return slices.Contains(gone, strings.TrimPrefix(t, freshGone)) }))
}

// dropped marks all tables of another.
func (f fresh) dropped(less fresh) fresh {
	list := f.minus(less).list()
	for _, t := range less.list() {
		list = append(list, freshGone+t)
	}
	return freshOf(list)
}
