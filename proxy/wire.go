package proxy

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/jackc/pgproto3/v2"
)

// headerBytes is the length of a message's type byte and length word.
const headerBytes = 5

// Errors of the framing. Each of them ends the connection: the next message's start is unknown.
var (
	errTooLong   = errors.New("message is too long")
	errMalformed = errors.New("invalid message format")
)

// header is the start of a message: its type and the length of what follows the length word.
type header struct {
	kind byte
	size int
}

// reader splits a byte stream into messages. It is the only decoder of bytes from the client: pgproto3 sees
// a message only after its frame has been checked, as it panics on malformed ones.
type reader struct {
	buf   *inBuffer
	limit int     // of a message's size
	kept  *keeper // keeps what is read; nil keeps nothing
}

// newReader reads messages of at most limit bytes. Before it waits for more bytes it calls idle, which
// flushes what the other side must see first, and whose error is the reader's. A read deadline
// that passes only has idle called again: it decides whether it is time to end.
func newReader(r io.Reader, pool *bufferPool, limit int, idle func() error) *reader {
	return &reader{buf: newInBuffer(r, pool, idle), limit: limit}
}

// next reads the start of a message. The error is io.EOF if the stream ends before it.
func (r *reader) next() (header, error) {
	b, err := r.buf.peek(headerBytes)
	if err != nil {
		if len(b) > 0 && errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		return header{}, err
	}
	h := header{kind: b[0]}
	size := binary.BigEndian.Uint32(b[1:])
	switch {
	case size < 4:
		return h, errMalformed
	case int64(size)-4 > int64(r.limit):
		return h, errTooLong
	}
	h.size = int(size) - 4
	r.kept.keep(b)
	r.buf.discard(headerBytes)
	return h, nil
}

// body reads the whole body of a message. The slice is valid until the next read.
func (r *reader) body(h header) ([]byte, error) {
	if h.size <= r.buf.size() {
		b, err := r.buf.peek(h.size)
		if err != nil {
			return nil, unexpected(err)
		}
		r.kept.keep(b)
		r.buf.discard(h.size)
		return b, nil
	}
	// The memory grows with what arrives, not with what the header promises.
	var b bytes.Buffer
	if _, err := io.CopyN(&b, r.buf, int64(h.size)); err != nil {
		return nil, unexpected(err)
	}
	r.kept.keep(b.Bytes())
	return b.Bytes(), nil
}

// start returns the first bytes of a body without consuming them: all of it, or as much as the buffer can hold.
func (r *reader) start(h header) ([]byte, error) {
	b, err := r.buf.peek(min(h.size, r.buf.size()))
	return b, unexpected(err)
}

// skip consumes n bytes.
func (r *reader) skip(n int) error {
	for n > 0 {
		b, err := r.some(n)
		if err != nil {
			return err
		}
		r.consume(b)
		n -= len(b)
	}
	return nil
}

// some returns up to n bytes that are at hand without consuming them, waiting if there are none.
func (r *reader) some(n int) ([]byte, error) {
	if r.buf.buffered() == 0 {
		if _, err := r.buf.peek(1); err != nil {
			return nil, unexpected(err)
		}
	}
	b, err := r.buf.peek(min(n, r.buf.buffered()))
	return b, unexpected(err)
}

// consume moves on behind bytes that some has returned.
func (r *reader) consume(b []byte) {
	r.kept.keep(b)
	r.buf.discard(len(b))
}

// relay copies a message to w as it is, in whatever pieces it arrives. It needs no more memory than the buffers,
// however large the message.
func (r *reader) relay(w *writer, h header) error {
	if err := w.header(h); err != nil {
		return err
	}
	for left := h.size; left > 0; {
		b, err := r.some(left)
		if err != nil {
			return err
		}
		if _, err := w.buf.Write(b); err != nil {
			return err
		}
		r.consume(b)
		left -= len(b)
	}
	return nil
}

// unexpected says that a stream must not end here.
func unexpected(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// writer buffers messages to one side. It is not safe for concurrent use: one goroutine writes to a side.
type writer struct {
	buf     outBuffer
	frame   [headerBytes]byte // here, as an array of its own would escape to the heap
	scratch []byte

	// owed is the audit record that must be on disk before what lies behind the first free bytes of buf leaves; 0 is none.
	owed uint64
	free int
}

func newWriter(w io.Writer, pool *bufferPool) *writer {
	return &writer{buf: outBuffer{dst: w, pool: pool}}
}

func (w *writer) header(h header) error {
	w.frame[0] = h.kind
	binary.BigEndian.PutUint32(w.frame[1:], uint32(h.size+4))
	_, err := w.buf.Write(w.frame[:])
	return err
}

// raw writes a message whose body is at hand.
func (w *writer) raw(kind byte, body []byte) error {
	if err := w.header(header{kind, len(body)}); err != nil {
		return err
	}
	_, err := w.buf.Write(body)
	return err
}

// send encodes and writes a message.
func (w *writer) send(m pgproto3.Message) error {
	b, err := m.Encode(w.scratch[:0])
	if err != nil {
		return fmt.Errorf("encode message: %w", err)
	}
	w.scratch = b
	if cap(b) > 64<<10 {
		w.scratch = nil // do not keep the memory of a rare large message
	}
	_, err = w.buf.Write(b)
	return err
}

// owe keeps what is written from now on back until wait says that the audit record seq is on disk. If it fails, that is dropped, and the
// writer can be used for a last message: what has left ends with a message.
func (w *writer) owe(seq uint64, wait func(seq uint64) error) {
	if w.owed == 0 {
		w.free = w.buf.n
	}
	w.owed = seq
	if w.buf.before == nil {
		w.buf.before = func() (int, error) {
			if w.owed == 0 {
				return 0, nil
			}
			owed := w.owed
			w.owed = 0
			return w.free, wait(owed)
		}
	}
}

func (w *writer) flush() error { return w.buf.flush() }

// decoder reads the fields of a body. After a field that is not there it is bad, and every field is zero.
type decoder struct {
	b   []byte
	bad bool
}

// text reads a string up to its NUL.
func (d *decoder) text() string {
	i := bytes.IndexByte(d.b, 0)
	if i < 0 {
		d.b, d.bad = nil, true
		return ""
	}
	s := string(d.b[:i])
	d.b = d.b[i+1:]
	return s
}

func (d *decoder) bytes(n int) []byte {
	if n < 0 || n > len(d.b) {
		d.b, d.bad = nil, true
		return nil
	}
	b := d.b[:n]
	d.b = d.b[n:]
	return b
}

func (d *decoder) byte() byte {
	if b := d.bytes(1); b != nil {
		return b[0]
	}
	return 0
}

func (d *decoder) uint16() uint16 {
	if b := d.bytes(2); b != nil {
		return binary.BigEndian.Uint16(b)
	}
	return 0
}

func (d *decoder) uint32() uint32 {
	if b := d.bytes(4); b != nil {
		return binary.BigEndian.Uint32(b)
	}
	return 0
}

// complete reports whether every field was there and nothing is left.
func (d *decoder) complete() bool { return !d.bad && len(d.b) == 0 }
