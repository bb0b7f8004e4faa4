package index

import (
	"slices"
	"strings"

	"github.com/RoaringBitmap/roaring/v2"
)

// candidates are the items of a chunk that a question may mean, as far as the index can tell. Ends are those that end what began in an
// earlier chunk, and may make that an answer.
type candidates struct{ items, ends *roaring.Bitmap }

func (c *stored) candidates(q *Query) (candidates, error) {
	switch {
	case c.numItems == 0,
		q.Seq > 0 && (q.Seq < c.firstSeq || q.Seq > c.lastSeq),
		!q.Since.IsZero() && c.latest < q.Since.UnixMilli(),
		!q.Until.IsZero() && c.earliest > q.Until.UnixMilli() && !q.asksForEnd():
		return candidates{roaring.New(), roaring.New()}, nil
	}
	f := &finder{stored: c, found: roaring.New()}
	f.found.AddRange(0, uint64(c.numItems))
	// Both records of a statement have these.
	f.oneOf(fieldEvent, q.Events)
	f.oneOf(fieldUser, q.Users)
	f.oneOf(fieldRole, q.Roles)
	f.oneOf(fieldPurpose, q.Purposes)
	f.oneOf(fieldDatabase, q.Databases)
	f.oneOf(fieldApplication, q.Applications)
	f.oneOf(fieldDecision, q.Decisions)
	f.named(fieldClient, q.Clients, isClient)
	f.words(q.terms()...)
	f.oneOf(fieldSQLState, q.SQLStates)
	ends := roaring.New()
	if f.err == nil && q.asksForEnd() && !f.found.IsEmpty() {
		if f.err = c.loadItems(); f.err == nil {
			ends = f.take(func(it item) bool { return it.orphan && (q.Seq == 0 || it.seq == q.Seq) })
		}
	}
	// The first one only has these.
	f.oneOf(fieldRule, q.Rules)
	f.named(fieldRelation, q.Tables, isNamed)
	if q.Reads != nil {
		f.named(fieldRelation, []string{""}, func(_ []string, value string) bool { return q.Reads(value) })
	}
	f.named(fieldColumn, q.Columns, isNamed)
	if len(q.Classes)+len(q.Actions)+len(q.Markets) > 0 {
		f.named(fieldTouch, []string{""}, func(_ []string, value string) bool { return q.mayTouch(value) })
	}
	f.words(q.needles()...)
	if f.err == nil && (!q.Since.IsZero() || !q.Until.IsZero() || q.Seq > 0) && !f.found.IsEmpty() {
		f.err = c.loadItems()
		f.found = f.take(func(it item) bool {
			return (q.Since.IsZero() || it.time >= q.Since.UnixMilli()) && (q.Until.IsZero() || it.time <= q.Until.UnixMilli()) &&
				(q.Seq == 0 || it.seq == q.Seq || it.endSeq == q.Seq)
		})
	}
	return candidates{f.found, ends}, f.err
}

// mayTouch reports whether a value of fieldTouch is one asked for.
func (q *Query) mayTouch(value string) bool {
	rest, market := cutLast(value)
	class, action := cutLast(rest)
	return isOne(q.Classes, class) && isOne(q.Actions, action) && (market == anyMarket || isOne(q.Markets, market))
}

// cutLast cuts a text at its last slash.
func cutLast(s string) (before, after string) {
	i := strings.LastIndexByte(s, '/')
	return s[:max(i, 0)], s[i+1:]
}

// asksForEnd reports whether the end of a statement says something that its beginning does not.
func (q *Query) asksForEnd() bool { return len(q.SQLStates) > 0 || q.Seq > 0 }

// terms are those of the index of words that both records of a statement have.
func (q *Query) terms() []string {
	var terms []string
	if q.Session != "" {
		terms = append(terms, "\n"+sessionTerm(q.Session)+"\n")
	}
	if q.Fingerprint != "" {
		terms = append(terms, "\n"+fingerprintTerm(q.Fingerprint)+"\n")
	}
	return terms
}

// needles are what the words of the text look like that is asked for.
func (q *Query) needles() []string {
	var needles []string
	for _, p := range pieces(q.Text) {
		needles = append(needles, p.needle())
	}
	slices.SortStableFunc(needles, func(a, b string) int { return len(b) - len(a) }) // the rarest is likely to be long
	return needles
}

// finder narrows down which items of a chunk are meant.
type finder struct {
	*stored
	all   *values
	found *roaring.Bitmap
	err   error
}

// oneOf keeps the items with one of the values, if any are asked for.
func (f *finder) oneOf(field field, asked []string) {
	f.named(field, asked, slices.Contains[[]string, string])
}

// named keeps the items with a value that is meant, if any are asked for.
func (f *finder) named(field field, asked []string, meant func(asked []string, value string) bool) {
	if len(asked) == 0 || f.err != nil || f.found.IsEmpty() {
		return
	}
	if f.all == nil {
		if f.all, f.err = f.values(); f.err != nil {
			return
		}
	}
	either := roaring.New()
	for _, v := range f.all[field] {
		if !meant(asked, v.value) {
			continue
		}
		items, err := f.with(v)
		if err != nil {
			f.err = err
			return
		}
		either.Or(items)
	}
	f.found.And(either)
}

// words keeps the items near which there are words that have the needles.
func (f *finder) words(needles ...string) {
	if len(needles) == 0 || f.err != nil || f.found.IsEmpty() {
		return
	}
	var near *roaring.Bitmap
	if near, f.err = f.search(needles); f.err == nil {
		f.found.And(near)
	}
}

// take returns those of the items found for which a condition holds.
func (f *finder) take(condition func(item) bool) *roaring.Bitmap {
	taken := roaring.New()
	for i := range roaring.Values(f.found) {
		if int(i) < len(f.items) && condition(f.items[i]) {
			taken.Add(i)
		}
	}
	return taken
}
