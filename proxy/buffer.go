package proxy

import (
	"errors"
	"io"
	"net"
	"os"
	"syscall"
)

// bufferSize is the size of all buffers of sessions, in bytes.
const bufferSize = 32 << 10

// bufferPool keeps buffers that nobody needs at the moment: a session has one for each way only while there is data on it, as most
// sessions are idle most of the time.
type bufferPool struct {
	size int
	free chan *[]byte
}

// spareBuffers bounds the buffers that are kept.
const spareBuffers = 256

func newBufferPool(size int) *bufferPool {
	return &bufferPool{size: size, free: make(chan *[]byte, spareBuffers)}
}

func (p *bufferPool) take() *[]byte {
	select {
	case b := <-p.free:
		return b
	default:
		b := make([]byte, p.size)
		return &b
	}
}

// give takes a buffer back. The caller keeps no part of it.
func (p *bufferPool) give(b *[]byte) {
	select {
	case p.free <- b:
	default: // there are enough
	}
}

// inBuffer buffers what is read. While it waits with nothing in it, it holds no memory, if the source is a plain socket.
type inBuffer struct {
	src  io.Reader
	raw  syscall.RawConn // of src, nil if it is no socket
	pool *bufferPool
	// idle is called before each read: so output is written when there is no more input at hand, and not before.
	idle func() error

	held     *[]byte // what is buffered is held[from:to]; nil if nothing is
	from, to int
	// got and err are what the last attempt to read from raw has come to.
	got     int
	err     error
	attempt func(fd uintptr) bool
}

func newInBuffer(src io.Reader, pool *bufferPool, idle func() error) *inBuffer {
	b := &inBuffer{src: src, pool: pool, idle: idle}
	b.attempt = b.tryRead // made once: a method value is an allocation
	switch conn := src.(type) {
	case *net.TCPConn:
		b.raw, b.err = conn.SyscallConn()
	case *net.UnixConn:
		b.raw, b.err = conn.SyscallConn()
	}
	if b.err != nil { // it is closed, which the first read shows
		b.raw, b.err = nil, nil
	}
	return b
}

// size is the number of bytes that the buffer can hold.
func (b *inBuffer) size() int { return b.pool.size }

// buffered is the number of bytes that can be read without waiting.
func (b *inBuffer) buffered() int { return b.to - b.from }

// peek returns the next n bytes without consuming them, fewer only with an error. They are valid until the next read.
func (b *inBuffer) peek(n int) ([]byte, error) {
	for b.buffered() < n {
		if err := b.fill(); err != nil {
			if b.buffered() == 0 {
				return nil, err
			}
			return (*b.held)[b.from:b.to], err
		}
	}
	if n == 0 {
		return nil, nil
	}
	return (*b.held)[b.from : b.from+n], nil
}

// discard moves on by n bytes that are buffered.
func (b *inBuffer) discard(n int) { b.from += n }

// Read makes it an io.Reader.
func (b *inBuffer) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	if _, err := b.peek(1); err != nil {
		return 0, err
	}
	n := copy(p, (*b.held)[b.from:b.to])
	b.discard(n)
	return n, nil
}

// fill reads once. A read deadline that passes only has idle called again: it decides whether it is time to end.
func (b *inBuffer) fill() error {
	if b.from > 0 {
		b.to = copy(*b.held, (*b.held)[b.from:b.to])
		b.from = 0
	}
	for {
		if err := b.idle(); err != nil {
			return err
		}
		n, err := b.read()
		b.to += n
		switch {
		case n > 0:
			return nil
		case err == nil:
			return io.ErrNoProgress
		case !errors.Is(err, os.ErrDeadlineExceeded):
			return err
		}
	}
}

func (b *inBuffer) read() (int, error) {
	if b.raw == nil {
		b.hold()
		return b.src.Read((*b.held)[b.to:])
	}
	if err := b.raw.Read(b.attempt); err != nil { // the deadline, or it is closed
		b.release()
		return 0, err
	}
	return b.got, b.err
}

// tryRead reads from a socket that does not block. It returns false if there is nothing to read: then it is called again when
// there is, and needs no memory until then.
func (b *inBuffer) tryRead(fd uintptr) bool {
	b.hold()
	for {
		n, err := syscall.Read(int(fd), (*b.held)[b.to:])
		switch {
		case errors.Is(err, syscall.EINTR):
			continue
		case errors.Is(err, syscall.EAGAIN):
			b.release()
			return false
		case err != nil:
			b.got, b.err = 0, os.NewSyscallError("read", err)
		case n == 0:
			b.got, b.err = 0, io.EOF
		default:
			b.got, b.err = n, nil
		}
		return true
	}
}

func (b *inBuffer) hold() {
	if b.held == nil {
		b.held = b.pool.take()
	}
}

// release gives the memory back if nothing is in it.
func (b *inBuffer) release() {
	if b.held != nil && b.to == 0 {
		b.pool.give(b.held)
		b.held = nil
	}
}

// outBuffer buffers what is to be written. It holds memory only while there is something.
type outBuffer struct {
	dst  io.Writer
	pool *bufferPool
	// before is called with the number of bytes that are about to be written. If it fails, they are dropped but for the first keep.
	before func() (keep int, err error)

	held *[]byte
	n    int
	err  error // of a write: final
}

// Write makes it an io.Writer.
func (b *outBuffer) Write(p []byte) (int, error) {
	written := len(p)
	for b.n+len(p) > b.pool.size {
		if b.n == 0 { // in one piece, without a copy
			return written, b.write(p)
		}
		n := copy((*b.held)[b.n:], p)
		b.n, p = b.n+n, p[n:]
		if err := b.flush(); err != nil {
			return 0, err
		}
	}
	if b.err != nil {
		return 0, b.err
	}
	if b.held == nil {
		b.held = b.pool.take()
	}
	b.n += copy((*b.held)[b.n:], p)
	return written, nil
}

// flush writes what is buffered.
func (b *outBuffer) flush() error {
	if b.held == nil {
		return b.err
	}
	held, n := b.held, b.n
	b.held, b.n = nil, 0
	defer b.pool.give(held)
	return b.write((*held)[:n])
}

func (b *outBuffer) write(p []byte) error {
	if b.err != nil {
		return b.err
	}
	if b.before != nil {
		if keep, err := b.before(); err != nil {
			_, writeErr := b.dst.Write(p[:keep])
			return errors.Join(err, writeErr)
		}
	}
	_, b.err = b.dst.Write(p)
	return b.err
}
