package misuse

import (
	"math"
	"slices"
	"time"
)

// historyDays is how many of a person's active days a baseline remembers: about a quarter of a year of work, so that three ends of a
// month are among them.
const historyDays = 65

// consistent makes of a median absolute deviation an estimate of the standard deviation of normally distributed values: 1/Φ⁻¹(3/4).
const consistent = 1.4826

// history is what a person's days were like in one respect.
type history struct {
	Peaks []peak `json:"peaks,omitempty"` // of active days, oldest first
	Day   int32  `json:"day"`             // the day under way
	Peak  int64  `json:"peak"`            // of that day
	Limit int64  `json:"limit"`           // of that day; noLimit if it has none
}

// peak is the highest sum of a day.
type peak struct {
	Day int32 `json:"day"`
	Sum int64 `json:"sum"`
}

// settling is how many days, or the window's if that is more, a day is old before it counts as the past: who takes a little more each day
// must not be able to raise the limit as fast.
const settling = 7

// noLimit is the limit of those of whom nothing is known, where the rule has none for them.
const noLimit = math.MaxInt64

// limit returns what a sum must exceed on a day to be misuse.
func (h *history) limit(w *When, day int32) int64 {
	if day == h.Day {
		return h.Limit
	}
	if h.Peak > 0 {
		if len(h.Peaks) == historyDays {
			h.Peaks = append(h.Peaks[:0], h.Peaks[1:]...)
		}
		// A day that was too much counts no more than what was allowed: the past must not vouch for a theft, but does follow
		// somebody whose work has changed.
		h.Peaks = append(h.Peaks, peak{h.Day, min(h.Peak, h.Limit)})
	}
	h.Day, h.Peak = day, 0
	last := day - max(settling, int32(w.Within/(24*time.Hour)))
	var past []int64
	for _, p := range h.Peaks {
		if p.Day < last {
			past = append(past, p.Sum)
		}
	}
	h.Limit = max(w.Over, w.Baseline.limit(past))
	return h.Limit
}

// limit returns what the past allows; 0 without a baseline.
func (b *Baseline) limit(peaks []int64) int64 {
	switch {
	case b == nil:
		return 0
	case len(peaks) < b.Learn && b.AtFirst > 0:
		return b.AtFirst
	case len(peaks) < b.Learn:
		return noLimit
	}
	sorted := slices.Sorted(slices.Values(peaks))
	middle := median(sorted)
	deviations := make([]int64, len(sorted))
	for i, p := range sorted {
		deviations[i] = max(p-middle, middle-p)
	}
	slices.Sort(deviations)
	usual := float64(middle) + b.MAD*consistent*float64(median(deviations))
	return int64(max(usual, b.Peak*float64(sorted[len(sorted)-1])))
}

// median returns the middle of values that are sorted and not empty, the upper one of two.
func median(sorted []int64) int64 { return sorted[len(sorted)/2] }
