package misuse

import "time"

// slots is how many parts a window has: what falls out of it falls out part by part, so that it spans between 11/12 and all
// of its time.
const slots = 12

// evidenceSeqs is how many records an alert names.
const evidenceSeqs = 10

// window counts over the time that has just passed.
type window struct {
	Sums   [slots]int64 `json:"sums"`
	Newest int64        `json:"newest"` // number of the slot that is being filled, since 1970
	// Seqs are the last records that counted, oldest first.
	Seqs []uint64 `json:"seqs,omitempty"`
}

// add counts n at a time, of a record, and returns the sum of the window that ends then.
func (w *window) add(at time.Time, length time.Duration, n int64, seq uint64) int64 {
	slot := at.UnixNano() / (int64(length) / slots)
	if slot-w.Newest >= slots {
		*w = window{Newest: slot, Seqs: w.Seqs[:0]}
	}
	for ; w.Newest < slot; w.Newest++ {
		w.Sums[(w.Newest+1)%slots] = 0
	}
	w.Sums[w.Newest%slots] += n
	if len(w.Seqs) == evidenceSeqs {
		w.Seqs = append(w.Seqs[:0], w.Seqs[1:]...)
	}
	w.Seqs = append(w.Seqs, seq)
	var sum int64
	for _, s := range w.Sums {
		sum += s
	}
	return sum
}

// lookups counts the statements of one shape that ask for what has not been asked for just before.
type lookups struct {
	Window window   `json:"window"`
	Seen   []uint32 `json:"seen,omitempty"` // hashes of the last texts that differ, oldest first
	Used   uint64   `json:"used"`           // the last record of this shape
}

// seenTexts is how many texts of one shape a person may go round in without looking anything up: a dashboard's filters.
const seenTexts = 64

// isNew reports whether a text has not been there lately, and remembers it.
func (l *lookups) isNew(hash uint32) bool {
	for _, seen := range l.Seen {
		if seen == hash {
			return false
		}
	}
	if len(l.Seen) == seenTexts {
		l.Seen = append(l.Seen[:0], l.Seen[1:]...)
	}
	l.Seen = append(l.Seen, hash)
	return true
}
