package audit

import (
	"bytes"
	"cmp"
	"slices"
)

// Testimony is what a witness has of a log's checkpoints: signed notes, one after another.
type Testimony struct {
	Witness string // its name in faults
	Notes   []byte
}

// addTestimony puts the checkpoints of witnesses among the log's own. What those vouch for holds even if the log and its own checkpoints were
// written anew with the log's key.
func (c *verifier) addTestimony() error {
	v := c.verdict
	v.Witnessed = 0
	for _, t := range c.Against {
		notes, rest, err := splitNotes(bytes.NewReader(t.Notes))
		if err != nil {
			return err
		}
		if len(bytes.TrimSpace(rest)) > 0 {
			v.fault(t.Witness, 0, "what it says ends in the middle of a checkpoint, or is none")
		} else if len(notes) == 0 {
			v.fault(t.Witness, 0, "it has no checkpoint")
		}
		for i, signed := range notes {
			p, err := openCheckpoint(bytes.TrimLeft(signed, "\r\n"), c.key) // a program that listed them may have set them apart
			if err != nil {
				v.fault(t.Witness, 0, "its checkpoint %d is not by this log: %v", i+1, err)
				continue
			}
			p.by = t.Witness
			v.Witnessed = max(v.Witnessed, p.lines)
			c.checkpoints = append(c.checkpoints, p)
		}
	}
	slices.SortStableFunc(c.checkpoints, func(a, b *checkpoint) int { return cmp.Compare(a.lines, b.lines) })
	return nil
}

// vouches says who does.
func (p *checkpoint) vouches() string {
	if p.by == "" {
		return ""
	}
	return " that " + p.by + " has"
}
