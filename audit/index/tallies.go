package index

import (
	"context"
	"time"

	"github.com/pgscrim/pgscrim/audit"
)

// Tallies yields what was counted in the hours that begin from since on, before until; zero if it does not matter. The same key may come several
// times. A statement counts in the hour in which it began.
func (ix *Index) Tallies(ctx context.Context, since, until time.Time, yield func(Tally)) error {
	within := func(hour int64) bool {
		return (since.IsZero() || hour >= since.Unix()) && (until.IsZero() || hour < until.Unix())
	}
	apart := make(tallies)                  // of statements that end in another chunk
	began := make(map[uint64]*audit.Record) // such that have not ended yet
	for p, c := range ix.chunks(false) {
		if err := ctx.Err(); err != nil {
			return err
		}
		before := !since.IsZero() && c.latest < since.UnixMilli()
		after := !until.IsZero() && c.earliest >= until.UnixMilli()
		if before || after && len(began) == 0 {
			continue
		}
		if !after {
			list, err := mend(ix, p, c, c.tallies)
			if err != nil {
				return err
			}
			for _, t := range list {
				if within(t.Hour) {
					yield(t)
				}
			}
		}
		halves, err := mend(ix, p, c, c.halves)
		if err != nil {
			return err
		}
		for _, h := range halves {
			first, ok := began[h.Record.Closes]
			switch {
			case ok && h.Record.Closes > 0:
				delete(began, h.Record.Closes)
				apart.count(join(first, h.Record))
			case h.Record.Closes == 0:
				began[h.Record.Seq] = h.Record
			}
		}
	}
	for _, r := range began {
		apart.count(r)
	}
	for _, t := range apart {
		if within(t.Hour) {
			yield(*t)
		}
	}
	return nil
}
