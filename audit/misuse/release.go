package misuse

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/pgscrim/pgscrim/audit"
)

// Release is what somebody asks for who releases a person.
type Release struct {
	User   string `json:"user"`
	By     string `json:"by"` // the account of the operating system
	Reason string `json:"reason"`
}

// Ask leaves a release beside the log in dir, for the process that writes the log. It returns the file, which is gone once the release is
// on record.
func (r Release) Ask(dir string) (path string, err error) {
	dir = filepath.Join(dir, dirName, releaseName)
	text, err := json.Marshal(r)
	if err != nil {
		return "", err
	}
	f, err := os.CreateTemp(dir, "*.new")
	if err != nil {
		return "", fmt.Errorf("misuse: release: %w", err)
	}
	_, err = f.Write(text)
	path = strings.TrimSuffix(f.Name(), ".new") + ".json"
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return "", fmt.Errorf("misuse: release: %w", errors.Join(err, os.Remove(f.Name())))
	}
	return path, nil
}

// HeldNow returns who is held back, by the state of the log in dir. Where pgscrim runs, that is at most a minute old, and never older
// than the last alert that holds somebody back.
func HeldNow(dir string, now time.Time) (map[string]Held, error) {
	_, people, err := readState(filepath.Join(dir, dirName, stateName))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("misuse: read state: %w", err)
	}
	held := map[string]Held{}
	for name, p := range people {
		if h := p.Held.at(now); h != (Held{}) {
			held[name] = h
		}
	}
	return held, nil
}

// Times between two looks at what was asked for, and between two saves.
const (
	releaseInterval = time.Second
	saveInterval    = time.Minute
)

// upkeep takes in releases, and saves the state: at intervals, and when it has changed who is held back.
func (w *Watch) upkeep(ctx context.Context) {
	tick := time.NewTicker(releaseInterval)
	defer tick.Stop()
	var saved time.Time
	var last map[string]Held
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if err := w.release(); err != nil {
			w.opts.Problem(fmt.Errorf("misuse: release: %w", err))
		}
		if held := *w.held.Load(); time.Since(saved) >= saveInterval || !maps.Equal(held, last) {
			if err := w.save(); err != nil {
				w.opts.Problem(err)
			}
			saved, last = time.Now(), held
		}
	}
}

// release puts on record what was asked for, which the record brings about.
func (w *Watch) release() error {
	files, err := filepath.Glob(filepath.Join(w.dir, releaseName, "*.json"))
	for _, file := range slices.Sorted(slices.Values(files)) {
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		var r Release
		if err := json.Unmarshal(text, &r); err != nil || r.User == "" {
			return errors.Join(err, fmt.Errorf("%s is no release", file), os.Rename(file, file+".bad"))
		}
		if _, err := w.write(&audit.Record{Event: "release", User: r.User, Reason: r.Reason, Detail: "released by " + r.By}); err != nil {
			return err
		}
		if err := os.Remove(file); err != nil {
			return err
		}
		if w.opts.Changed != nil {
			w.opts.Changed(r.User)
		}
	}
	return err
}
