package witness

import (
	"context"
	"errors"
	"os"
)

// File is a witness that is a file, to which each checkpoint is appended, as in the log's own file of them. It should be on another machine's disk.
type File struct{ Path string }

// Deliver appends the checkpoint, and returns when it is on disk.
func (f File) Deliver(_ context.Context, checkpoint []byte) error {
	out, err := os.OpenFile(f.Path, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o644)
	if err != nil {
		return err
	}
	_, err = out.Write(checkpoint)
	return errors.Join(err, out.Sync(), out.Close())
}

func (f File) String() string { return f.Path }
