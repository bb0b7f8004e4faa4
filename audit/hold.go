package audit

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// HoldFile is the file in the log's directory that keeps the log from removing anything, for a legal hold. What is in it is the reason.
const HoldFile = "legal_hold"

// recordedHold is what the log has last recorded of HoldFile.
const recordedHold = HoldFile + ".recorded"

// Hold returns the reason of the legal hold on the log in dir, in one line. There is none if on is false.
func Hold(dir string) (reason string, on bool, err error) {
	b, err := os.ReadFile(filepath.Join(dir, HoldFile))
	if errors.Is(err, fs.ErrNotExist) {
		return "", false, nil
	}
	if err != nil {
		return "", false, fmt.Errorf("audit: legal hold: %w", err)
	}
	return strings.Join(strings.Fields(string(b)), " "), true, nil
}

// SetHold puts the log in dir on hold. The log, if it is open, records it within a checkpoint's interval, and else when it is opened; it removes
// nothing from now on.
func SetHold(dir, reason string) error {
	if err := writeWhole(filepath.Join(dir, HoldFile), []byte(reason+"\n")); err != nil {
		return fmt.Errorf("audit: legal hold: %w", err)
	}
	return nil
}

// ReleaseHold ends the hold.
func ReleaseHold(dir string) error {
	if err := os.Remove(filepath.Join(dir, HoldFile)); err != nil {
		return fmt.Errorf("audit: legal hold: %w", err)
	}
	return syncDir(dir)
}

// noteHold records a change of the hold since it was last recorded.
func (l *Log) noteHold() error {
	reason, on, err := Hold(l.dir)
	if err != nil {
		return err
	}
	now := "off"
	if on {
		now = "on: " + reason
	}
	path := filepath.Join(l.dir, recordedHold)
	recorded, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if string(recorded) == now || !on && len(recorded) == 0 {
		return nil
	}
	if _, err := l.Append(&Record{Event: "hold", Detail: now}); err != nil {
		return err
	}
	return writeWhole(path, []byte(now))
}

// writeWhole puts a small file in place of another, or of none, at once and on disk.
func writeWhole(path string, content []byte) error {
	f, err := os.OpenFile(path+temporarySuffix, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Rename(path+temporarySuffix, path); err != nil {
		return err
	}
	return syncDir(filepath.Dir(path))
}
