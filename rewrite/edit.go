package rewrite

import (
	"sort"
	"strings"
	"unicode/utf8"
)

// edit replaces the bytes [start, end) of a text; start == end inserts.
type edit struct {
	start, end int
	text       string
}

// sortEdits orders edits by place; insertions at one place keep the order in which they were made, and come before what is
// replaced there.
func sortEdits(edits []edit) {
	sort.SliceStable(edits, func(i, j int) bool {
		a, b := edits[i], edits[j]
		insertion := a.start == a.end
		return a.start < b.start || a.start == b.start && insertion && b.start < b.end
	})
}

// splice applies sorted edits to a text. ok is false if two of them overlap.
func splice(src string, edits []edit) (out string, ok bool) {
	size := len(src)
	for _, e := range edits {
		size += len(e.text) - (e.end - e.start)
	}
	var b strings.Builder
	b.Grow(max(0, size))
	at := 0
	for _, e := range edits {
		if e.start < at || e.end < e.start || e.end > len(src) {
			return "", false
		}
		b.WriteString(src[at:e.start])
		b.WriteString(e.text)
		at = e.end
	}
	b.WriteString(src[at:])
	return b.String(), true
}

// spans returns where the replacement texts of sorted edits stand in the spliced text.
func spans(edits []edit) [][2]int {
	out := make([][2]int, len(edits))
	shift := 0
	for i, e := range edits {
		out[i] = [2]int{e.start + shift, e.start + shift + len(e.text)}
		shift += len(e.text) - (e.end - e.start)
	}
	return out
}

// OriginalPosition maps a 1-based position in characters in a.SQL, as an upstream error reports it, to the
// client's query string. A position inside a replacement maps to where the replaced text began.
// It returns 0 where there is no counterpart.
func (a *Answer) OriginalPosition(pos int) int {
	if !a.Changed || pos <= 0 {
		return pos
	}
	if a.Refusal != nil && a.Unknown == nil {
		return 0
	}
	at := byteOffset(a.SQL, pos)
	shift := 0
	for _, e := range a.edits {
		start := e.start + shift
		if at < start {
			break
		}
		if at < start+len(e.text) || at == start && e.text == "" { // a name whose schema was left out
			return charPosition(a.original, e.start)
		}
		shift += len(e.text) - (e.end - e.start)
	}
	return charPosition(a.original, at-shift)
}

// charPosition returns the 1-based position in characters of a byte offset.
func charPosition(s string, offset int) int {
	if offset < 0 || offset > len(s) {
		return 0
	}
	return utf8.RuneCountInString(s[:offset]) + 1
}

// byteOffset returns the byte offset of a 1-based position in characters.
func byteOffset(s string, pos int) int {
	for i := range s {
		if pos--; pos == 0 {
			return i
		}
	}
	return len(s)
}

// quote spells a name as a quoted identifier.
func quote(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

// literal spells a text as a string constant that means the same whatever standard_conforming_strings says.
func literal(s string) string {
	q := "'" + strings.ReplaceAll(s, "'", "''") + "'"
	if strings.Contains(s, `\`) {
		return "E" + strings.ReplaceAll(q, `\`, `\\`)
	}
	return q
}
