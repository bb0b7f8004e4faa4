package index

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"sort"

	"github.com/RoaringBitmap/roaring/v2"

	"github.com/pgscrim/pgscrim/audit"
)

// Found is an answer: a statement with its end, or another record.
type Found struct {
	audit.Entry              // the first record
	Ended       *audit.Entry // the record that closes it; nil if it has not ended, was refused, or is no statement
}

// Joined is the record with its end, as [audit.Joiner] puts them together.
func (f *Found) Joined() audit.Entry {
	if f.Ended == nil {
		return f.Entry
	}
	var j audit.Joiner
	j.Add(f.Entry)
	if whole := j.Add(*f.Ended); len(whole) == 1 {
		return whole[0]
	}
	return f.Entry
}

// place is an item in its chunk.
type place struct {
	part  *part
	chunk *stored
	item  int
}

// Search yields the answers to a question, in the order in which statements began, or the newest first. An error ends it.
func (ix *Index) Search(ctx context.Context, q *Query, newestFirst bool) iter.Seq2[Found, error] {
	return func(yield func(Found, error) bool) {
		err := ix.search(ctx, q, newestFirst, func(f Found) bool { return yield(f, nil) })
		if err != nil {
			yield(Found{}, err)
		}
	}
}

func (ix *Index) search(ctx context.Context, q *Query, newestFirst bool, yield func(Found) bool) error {
	earlier := make(map[*stored]*roaring.Bitmap) // candidates by their ends, in later chunks
	if q.asksForEnd() {
		if err := ix.byEnd(ctx, q, earlier); err != nil {
			return err
		}
	}
	for p, c := range ix.chunks(newestFirst) {
		if err := ctx.Err(); err != nil {
			return err
		}
		found, err := mend(ix, p, c, func() (candidates, error) { return c.candidates(q) })
		if err != nil {
			return err
		}
		items := found.items
		if more := earlier[c]; more != nil {
			items.Or(more)
		}
		if items.IsEmpty() {
			continue
		}
		if err := ix.loadItems(p, c); err != nil {
			return err
		}
		list := items.ToArray()
		if newestFirst {
			slices.Reverse(list)
		}
		for _, i := range list {
			f, ok, err := ix.answer(place{p, c, int(i)}, q)
			if err != nil {
				return err
			}
			if ok && !yield(f) {
				return nil
			}
		}
		c.items = nil // there may be many
	}
	return nil
}

// chunks yields the chunks in their order, or backwards.
func (ix *Index) chunks(newestFirst bool) iter.Seq2[*part, *stored] {
	return func(yield func(*part, *stored) bool) {
		for i := range ix.parts {
			if newestFirst {
				i = len(ix.parts) - 1 - i
			}
			p := ix.parts[i]
			for k := range p.chunks {
				if newestFirst {
					k = len(p.chunks) - 1 - k
				}
				if !yield(p, p.chunks[k]) {
					return
				}
			}
		}
	}
}

// byEnd finds statements of which the end, in a later chunk, is what is asked for.
func (ix *Index) byEnd(ctx context.Context, q *Query, into map[*stored]*roaring.Bitmap) error {
	for p, c := range ix.chunks(false) {
		if err := ctx.Err(); err != nil {
			return err
		}
		found, err := mend(ix, p, c, func() (candidates, error) { return c.candidates(q) })
		if err != nil {
			return err
		}
		if found.ends.IsEmpty() {
			continue
		}
		halves, err := mend(ix, p, c, c.halves)
		if err != nil {
			return err
		}
		for _, h := range halves {
			if h.Record.Closes == 0 || !found.ends.Contains(uint32(h.Item)) {
				continue
			}
			at, ok, err := ix.find(h.Record.Closes)
			if err != nil {
				return err
			}
			if ok {
				if into[at.chunk] == nil {
					into[at.chunk] = roaring.New()
				}
				into[at.chunk].Add(uint32(at.item))
			}
		}
	}
	return nil
}

// find returns the item whose first record has a sequence number.
func (ix *Index) find(seq uint64) (place, bool, error) {
	for p, c := range ix.chunks(true) {
		if c.firstSeq > seq || c.lastSeq < seq {
			continue
		}
		if err := ix.loadItems(p, c); err != nil {
			return place{}, false, err
		}
		i := sort.Search(len(c.items), func(i int) bool { return c.items[i].seq >= seq })
		if i < len(c.items) && c.items[i].seq == seq {
			return place{p, c, i}, true, nil
		}
	}
	return place{}, false, nil
}

// answer reads an item, and reports whether it is what is asked for.
func (ix *Index) answer(at place, q *Query) (f Found, ok bool, err error) {
	it := at.chunk.items[at.item]
	var r, ended audit.Record
	if err := ix.record(at.part, it.offset, &r); err != nil {
		return f, false, err
	}
	if r.Seq != it.seq {
		return f, false, fmt.Errorf("audit index: record %d is not where it was: pgscrim audit verify tells why", it.seq)
	}
	end, hasEnd := place{}, false
	switch {
	case it.orphan: // it stands for itself only if its beginning is no more
		if _, there, err := ix.find(r.Closes); there || err != nil {
			return f, false, err
		}
	case it.end > 0:
		end, hasEnd = at, true
	case it.pending:
		if end, hasEnd, err = ix.endOf(it.seq); err != nil {
			return f, false, err
		}
	}
	if hasEnd {
		if err := ix.record(end.part, end.endOffset(), &ended); err != nil {
			return f, false, err
		}
		r.SQLState = ended.SQLState
	}
	if !q.Matches(&r, ended.Seq) {
		return f, false, nil
	}
	if f.Entry, err = ix.entry(at.part, it.offset); err == nil && hasEnd {
		var e audit.Entry
		e, err = ix.entry(end.part, end.endOffset())
		f.Ended = &e
	}
	return f, err == nil, err
}

// endOffset is that of the record that closes the item, or that the item is.
func (p place) endOffset() int64 {
	it := p.chunk.items[p.item]
	return max(it.end, it.offset)
}

// endOf finds the record that closes a statement that does not end in its chunk.
func (ix *Index) endOf(seq uint64) (place, bool, error) {
	if ix.ends == nil {
		ix.ends = make(map[uint64]place)
		for p, c := range ix.chunks(false) {
			halves, err := mend(ix, p, c, c.halves)
			if err != nil {
				return place{}, false, err
			}
			for _, h := range halves {
				if h.Record.Closes > 0 {
					ix.ends[h.Record.Closes] = place{p, c, h.Item}
				}
			}
		}
	}
	at, ok := ix.ends[seq]
	if !ok {
		return place{}, false, nil
	}
	return at, true, ix.loadItems(at.part, at.chunk)
}
