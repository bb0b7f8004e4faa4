package audit

import (
	"errors"
	"fmt"
	"path/filepath"
	"time"
)

// RemovedLines is what a record of the event "retention" says: which lines the log has removed from its beginning, as they were older than it keeps them.
type RemovedLines struct {
	FirstLine int64    `json:"first_line"`
	LastLine  int64    `json:"last_line"`
	FirstSeq  uint64   `json:"first_seq"`
	LastSeq   uint64   `json:"last_seq"`
	Files     []string `json:"files"`
}

// errHeld ends a removal.
var errHeld = errors.New("the log is on legal hold")

// retain removes whole segments that hold nothing younger than what is to be kept. The record of it is on disk and certified before anything is gone,
// so that Verify can tell it from the work of somebody else; the first record of what stays, and the checkpoint that vouches for it, prove
// the rest. If it is cut short, the next run removes what is left, and records that again.
func (l *Log) retain(keep time.Duration) error {
	if keep == 0 {
		return nil
	}
	expired, err := l.expired(time.Now().Add(-keep))
	if err != nil || len(expired) == 0 {
		return err
	}
	if _, on, err := Hold(l.dir); err != nil || on {
		return err
	}
	if expired, err = l.sent(expired); len(expired) == 0 {
		return err
	}
	// Whatever err says of the rest, what has been sent can go.
	removed := &RemovedLines{FirstLine: expired[0].FirstLine, FirstSeq: expired[0].FirstSeq}
	for _, s := range expired {
		removed.LastLine, removed.LastSeq = s.LastLine, s.LastSeq
		removed.Files = append(removed.Files, s.Name)
	}
	detail := fmt.Sprintf("lines %d to %d, older than %v", removed.FirstLine, removed.LastLine, keep)
	if _, err := l.Append(&Record{Event: "retention", Removed: removed, Detail: detail}); err != nil {
		return err
	}
	if err := l.Checkpoint(); err != nil {
		return err
	}
	for _, s := range expired { // oldest first: what is left has no gap
		if _, on, err := Hold(l.dir); err != nil || on {
			return errors.Join(errHeld, err)
		}
		if err := l.disk.remove(filepath.Join(l.dir, s.Name)); err != nil {
			return err
		}
	}
	return errors.Join(err, l.disk.syncDir(l.dir))
}

// sent returns those segments at the beginning that have been sent whole. The error says which is kept on that account.
func (l *Log) sent(segments []Segment) ([]Segment, error) {
	if l.opts.Sent == nil {
		return segments, nil
	}
	upTo := l.opts.Sent()
	for i, s := range segments {
		if s.LastSeq > upTo {
			return segments[:i], fmt.Errorf("audit: %s is older than it is to be kept, but stays until it has been sent: a sink has yet to confirm record %d", s.Name, upTo+1)
		}
	}
	return segments, nil
}

// expired returns the segments that hold nothing younger than limit.
func (l *Log) expired(limit time.Time) ([]Segment, error) {
	sealed, err := sealedSegments(l.dir)
	if err != nil || len(sealed) < 1 {
		return nil, err
	}
	var expired []Segment
	for i, s := range sealed {
		next := FileName
		if i+1 < len(sealed) {
			next = sealed[i+1].Name
		}
		after, err := describeSegment(l.dir, next)
		if err != nil {
			return nil, err
		}
		if after.FirstLine <= s.FirstLine || !after.FirstTime.Before(limit) { // it is about to be sealed, or young
			break
		}
		if s, err = describeSegment(l.dir, s.Name); err != nil {
			return nil, err
		}
		s.Name = sealed[i].Name
		s.LastLine, s.LastSeq = after.FirstLine-1, after.FirstSeq-1
		expired = append(expired, s)
	}
	return expired, nil
}
