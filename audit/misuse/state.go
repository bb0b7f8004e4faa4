package misuse

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/pgscrim/pgscrim/audit"
)

// stateVersion is that of the state file. Another one is not read: the state is made anew from the log.
const stateVersion = 1

// stateHead is the first line of the state file; each of the others is a person.
type stateHead struct {
	Version int `json:"version"`
	// Seq is the last record that all people have taken in; each may have taken in more.
	Seq uint64 `json:"seq"`
	// Fired are the alerts that are not on record yet.
	Fired []*Alert `json:"fired,omitempty"`
}

// rebuildRecords bounds how much of a log is read where there is no state: a minute's work or two.
const rebuildRecords = 5_000_000

// resume takes up the saved state and catches up with the log.
func (w *Watch) resume() error {
	logDir := filepath.Dir(w.dir)
	tail, err := audit.Tail(logDir, 1)
	if errors.Is(err, fs.ErrNotExist) || err == nil && len(tail) == 0 {
		return nil // a new log
	}
	if err != nil {
		return err
	}
	head, people, err := readState(filepath.Join(w.dir, stateName))
	if last := tail[0].Seq; err == nil && tail[0].Err == nil && head.Seq > last {
		err = fmt.Errorf("it is of record %d, the log ends with %d", head.Seq, last)
	}
	if err == nil {
		w.engine.people, w.engine.seq, w.fired = people, head.Seq, head.Fired
		return w.catchUp(logDir, head.Seq+1)
	}
	if !errors.Is(err, fs.ErrNotExist) {
		w.opts.Problem(fmt.Errorf("misuse: the state cannot be read and is made anew from the log: %w", err))
	}
	return w.rebuild(logDir, max(tail[0].Seq, rebuildRecords)-rebuildRecords)
}

// catchUp takes in what was written after the state was saved. An alert that has not come on record since then is due.
func (w *Watch) catchUp(logDir string, from uint64) error {
	recorded := map[string]bool{}
	err := w.replay(logDir, from, func(r *audit.Record, alerts []*Alert) {
		w.fired = append(w.fired, alerts...)
		if r.Alert != nil {
			recorded[r.Alert.ID] = true
		}
	})
	w.fired = slices.DeleteFunc(w.fired, func(a *Alert) bool { return recorded[a.ID] })
	return err
}

// rebuild makes the state of the log alone. What the rules find in it is past: it is not raised, and holds nobody back who is not
// held back on record.
func (w *Watch) rebuild(logDir string, from uint64) error {
	held := map[string]Held{}
	err := w.replay(logDir, from, func(r *audit.Record, _ []*Alert) {
		switch {
		case r.Event == "release":
			delete(held, r.User)
		case r.Alert != nil:
			held[r.User] = held[r.User].with(r.Alert)
		}
	})
	for name, p := range w.engine.people {
		p.Held = held[name]
	}
	return err
}

// replay takes in the log from a record on. No session has outlived it.
func (w *Watch) replay(logDir string, from uint64, each func(*audit.Record, []*Alert)) error {
	for e, err := range audit.Entries(logDir, from) {
		if err != nil {
			return err
		}
		if e.Err == nil {
			each(&e.Record, w.engine.Observe(&e.Record))
		}
	}
	for _, p := range w.engine.people {
		clear(p.Open)
	}
	return nil
}

// save writes the state in one step: after a crash it is the old one or the new one. Only its owner can read it. The log waits for one
// person at a time.
func (w *Watch) save() (err error) {
	path := filepath.Join(w.dir, stateName)
	f, err := os.CreateTemp(w.dir, stateName+".new-*") // 0600
	if err != nil {
		return fmt.Errorf("misuse: save state: %w", err)
	}
	defer func() {
		if err != nil {
			err = fmt.Errorf("misuse: save state: %w", errors.Join(err, os.Remove(f.Name())))
		}
	}()
	if err := errors.Join(w.writeState(f), f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

func (w *Watch) writeState(f *os.File) error {
	w.mu.Lock()
	head := stateHead{Version: stateVersion, Seq: w.engine.seq, Fired: slices.Clone(w.fired)}
	names := slices.Sorted(maps.Keys(w.engine.people))
	w.mu.Unlock()
	buf := bufio.NewWriter(f)
	encoder := json.NewEncoder(buf)
	if err := encoder.Encode(head); err != nil {
		return err
	}
	for _, name := range names {
		w.mu.Lock()
		p := w.engine.people[name]
		var line []byte
		var err error
		if p != nil {
			line, err = json.Marshal(p)
		}
		w.mu.Unlock()
		if err != nil {
			return err
		}
		if _, err := buf.Write(append(line, '\n')); err != nil {
			return err
		}
	}
	return buf.Flush()
}

// readState reads the people of a state file.
func readState(path string) (head stateHead, people map[string]*person, err error) {
	f, err := os.Open(path)
	if err != nil {
		return head, nil, err
	}
	defer f.Close()
	d := json.NewDecoder(bufio.NewReader(f))
	if err := d.Decode(&head); err != nil {
		return head, nil, err
	}
	if head.Version != stateVersion {
		return head, nil, fmt.Errorf("version %d", head.Version)
	}
	people = map[string]*person{}
	for {
		p := newPerson("")
		err := d.Decode(p)
		switch {
		case errors.Is(err, io.EOF):
			return head, people, nil
		case err != nil:
			return head, nil, err
		}
		people[p.Name] = p
	}
}
