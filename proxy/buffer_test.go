package proxy

import (
	"bytes"
	"errors"
	"io"
	"net"
	"testing"
	"time"
)

// socketPair returns the two ends of a TCP connection.
func socketPair(t *testing.T) (near, far net.Conn) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = ln.Close() }()
	if near, err = net.Dial("tcp", ln.Addr().String()); err != nil {
		t.Fatal(err)
	}
	if far, err = ln.Accept(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = errors.Join(near.Close(), far.Close()) })
	return near, far
}

func TestBuffersAreHeldOnlyWhileThereIsData(t *testing.T) {
	near, far := socketPair(t)
	pool := newBufferPool(64)
	w := newWriter(near, pool)
	waits := 0
	in := newInBuffer(far, pool, func() error {
		if waits++; waits == 3 { // the deadline has passed
			return errStopped
		}
		return nil
	})
	if err := errors.Join(w.raw('Q', []byte("some text")), w.flush()); err != nil {
		t.Fatal(err)
	}
	if w.buf.held != nil {
		t.Error("a writer holds a buffer after a flush")
	}
	b, err := in.peek(14)
	if err != nil || !bytes.Equal(b, encodeRaw('Q', []byte("some text"))) {
		t.Fatalf("%q, %v", b, err)
	}
	in.discard(14)
	if err := far.SetReadDeadline(time.Now().Add(20 * time.Millisecond)); err != nil {
		t.Fatal(err)
	}
	if _, err := in.peek(1); !errors.Is(err, errStopped) || in.held != nil {
		t.Errorf("after waiting in vain: %v, a buffer is held: %v", err, in.held != nil)
	}
	if err := errors.Join(far.SetReadDeadline(time.Time{}), near.Close()); err != nil {
		t.Fatal(err)
	}
	if _, err := in.peek(1); !errors.Is(err, io.EOF) {
		t.Errorf("at the end: %v", err)
	}
	_ = far.Close()
	if _, err := in.peek(1); !errors.Is(err, net.ErrClosed) {
		t.Errorf("closed: %v", err)
	}
}

func TestWriterKeepsOrder(t *testing.T) {
	for size := 8; size < 40; size++ {
		var got, want bytes.Buffer
		w := newWriter(&got, newBufferPool(size))
		for n := range 60 {
			body := bytes.Repeat([]byte{byte(n)}, n)
			want.Write(encodeRaw('D', body))
			if err := w.raw('D', body); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.flush(); err != nil || !bytes.Equal(got.Bytes(), want.Bytes()) {
			t.Fatalf("buffer of %d bytes: what was written differs (%v)", size, err)
		}
	}
}
