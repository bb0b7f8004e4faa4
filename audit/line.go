package audit

import (
	"bufio"
	"errors"
	"io"
)

// lineReader reads lines of any length.
type lineReader struct {
	in   *bufio.Reader
	long []byte
}

func newLineReader(r io.Reader) *lineReader { return &lineReader{in: bufio.NewReaderSize(r, 1<<20)} }

// next returns the next line without its newline; the slice is valid until the next call. A last line without a newline is one,
// and io.EOF comes alone.
func (r *lineReader) next() ([]byte, error) {
	r.long = r.long[:0]
	for {
		part, err := r.in.ReadSlice('\n')
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			r.long = append(r.long, part...)
			continue
		case err == nil:
			part = part[:len(part)-1]
		case !errors.Is(err, io.EOF) || len(part)+len(r.long) == 0:
			return nil, err
		}
		if len(r.long) == 0 {
			return part, nil
		}
		r.long = append(r.long, part...)
		return r.long, nil
	}
}
