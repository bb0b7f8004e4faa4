package index

import (
	"encoding/binary"
	"errors"
)

// encoder appends numbers and texts to bytes.
type encoder []byte

func (e *encoder) uint(n uint64)  { *e = binary.AppendUvarint(*e, n) }
func (e *encoder) int(n int64)    { *e = binary.AppendVarint(*e, n) }
func (e *encoder) bytes(b []byte) { *e = append(*e, b...) }
func (e *encoder) text(s string) {
	e.uint(uint64(len(s)))
	*e = append(*e, s...)
}

// errDamaged says that bytes are not what an encoder has written.
var errDamaged = errors.New("damaged index")

// unpacker reads what an encoder has written. After an error it reads zeros.
type unpacker struct {
	rest []byte
	err  error
}

func (u *unpacker) uint() uint64 {
	n, size := binary.Uvarint(u.rest)
	return n * u.skip(size)
}

func (u *unpacker) int() int64 {
	n, size := binary.Varint(u.rest)
	return n * int64(u.skip(size))
}

// skip goes on behind a number. It returns 0 if there was none.
func (u *unpacker) skip(size int) uint64 {
	if size <= 0 {
		u.err, u.rest = errDamaged, nil
		return 0
	}
	u.rest = u.rest[size:]
	return 1
}

// count reads how many elements follow, each of which takes a byte at least.
func (u *unpacker) count() int {
	n := u.uint()
	if n > uint64(len(u.rest)) {
		u.err, u.rest = errDamaged, nil
		return 0
	}
	return int(n)
}

func (u *unpacker) bytes(n int) []byte {
	if n > len(u.rest) {
		u.err, u.rest = errDamaged, nil
		return make([]byte, n)
	}
	b := u.rest[:n]
	u.rest = u.rest[n:]
	return b
}

func (u *unpacker) text() string { return string(u.bytes(u.count())) }
