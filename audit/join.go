package audit

import (
	"maps"
	"slices"
)

// Joiner puts the two records of a statement together for people to read. It takes the entries of a log in their order. Its zero
// value is ready for use.
type Joiner struct {
	open map[uint64]Entry // by Seq: records of statements that have not ended
}

// Add takes the next entry and returns those to show: none for a statement that has yet to end, and one for it when it ends.
// A record that closes what was never added stands for itself.
func (j *Joiner) Add(e Entry) []Entry {
	switch {
	case e.Err != nil:
	case e.Event == "start": // what was open before ended with the process
		return append(j.Rest(), e)
	case e.Event != "statement":
	case e.Closes > 0:
		if opened, ok := j.open[e.Closes]; ok {
			delete(j.open, e.Closes)
			return []Entry{joined(opened, e)}
		}
	case e.SQLState == "": // else it was refused, and has ended where it began
		if j.open == nil {
			j.open = make(map[uint64]Entry)
		}
		j.open[e.Seq] = e
		return nil
	}
	return []Entry{e}
}

// Rest returns the statements that have not ended, oldest first, and forgets them.
func (j *Joiner) Rest() []Entry {
	var rest []Entry
	for _, seq := range slices.Sorted(maps.Keys(j.open)) {
		rest = append(rest, j.open[seq])
	}
	j.open = nil
	return rest
}

// joined is what opened says of a statement, with its end. Its Line is that of the end.
func joined(opened, closed Entry) Entry {
	e := closed
	e.Record = opened.Record
	e.Seq, e.Time = closed.Seq, closed.Time
	e.Rows, e.Bytes, e.DurationMS = closed.Rows, closed.Bytes, closed.DurationMS
	e.SQLState, e.Detail = closed.SQLState, closed.Detail
	return e
}
