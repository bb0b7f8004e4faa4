package sink

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Dir is the directory in that of the log which keeps the positions of sinks.
const Dir = "sinks"

// position is how far a sink has confirmed the log.
type position struct {
	Seq uint64 `json:"seq"` // of the last record that is confirmed
}

// positionPath is the file that keeps the position of a sink.
func positionPath(auditDir, name string) string {
	return filepath.Join(auditDir, Dir, name+".json")
}

// loadPosition reads a position; that of a sink which has none is 0, before the first record.
func loadPosition(path string) (position, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return position{}, nil
	}
	var p position
	if err == nil {
		err = json.Unmarshal(text, &p)
	}
	if err != nil {
		return position{}, fmt.Errorf("read position %s: %w", path, err)
	}
	return p, nil
}

// store replaces the file at once and for good: after a crash the position is the old or the new one.
func (p position) store(path string) error {
	text, err := json.Marshal(p)
	if err == nil {
		err = replaceFile(path, append(text, '\n'))
	}
	if err != nil {
		return fmt.Errorf("store position: %w", err)
	}
	return nil
}

func replaceFile(path string, text []byte) error {
	f, err := os.OpenFile(path+".new", os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	// The directory is not synced: a machine that crashes may come back with the old position, from which a part is sent again.
	return os.Rename(path+".new", path)
}
