package proxy

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/jackc/pgproto3/v2"
)

func noIdle() error { return nil }

// encode is the bytes of a message.
func encode(t testing.TB, messages ...pgproto3.Message) []byte {
	t.Helper()
	var b []byte
	for _, m := range messages {
		var err error
		if b, err = m.Encode(b); err != nil {
			t.Fatal(err)
		}
	}
	return b
}

func TestReaderCutAtEveryByte(t *testing.T) {
	stream := encode(t,
		&pgproto3.Query{String: "SELECT 1"},
		&pgproto3.Parse{Name: "s", Query: "SELECT $1", ParameterOIDs: []uint32{23}},
		&pgproto3.Sync{},
		&pgproto3.Query{String: strings.Repeat("x", 100)})
	for cut := range len(stream) {
		for _, source := range []io.Reader{bytes.NewReader(stream[:cut]), iotest.OneByteReader(bytes.NewReader(stream[:cut]))} {
			r := newReader(source, newBufferPool(64), 1000, noIdle)
			var err error
			var read []byte
			for err == nil {
				var h header
				if h, err = r.next(); err != nil {
					break
				}
				var body []byte
				if body, err = r.body(h); err == nil {
					read = append(read, encodeRaw(h.kind, body)...)
				}
			}
			whole := bytes.HasPrefix(stream, read)
			atBoundary := len(read) == cut
			if !whole || errors.Is(err, io.EOF) != atBoundary || !atBoundary && !errors.Is(err, io.ErrUnexpectedEOF) {
				t.Fatalf("cut at %d: read %d bytes, error %v", cut, len(read), err)
			}
		}
	}
}

func encodeRaw(kind byte, body []byte) []byte {
	b := binary.BigEndian.AppendUint32([]byte{kind}, uint32(len(body)+4))
	return append(b, body...)
}

func TestReaderLimits(t *testing.T) {
	for _, test := range []struct {
		size uint32
		want error
	}{{0, errMalformed}, {3, errMalformed}, {1 << 31, errTooLong}, {1<<32 - 1, errTooLong}, {4 + 101, errTooLong}, {4 + 100, io.EOF}} {
		frame := binary.BigEndian.AppendUint32([]byte{'Q'}, test.size)
		r := newReader(bytes.NewReader(frame), newBufferPool(64), 100, noIdle)
		h, err := r.next()
		if err == nil {
			_, err = r.body(h)
			if !errors.Is(err, io.ErrUnexpectedEOF) {
				t.Errorf("size %d: body of a frame without one: %v", test.size, err)
			}
			continue
		}
		if !errors.Is(err, test.want) {
			t.Errorf("size %d: error %v, want %v", test.size, err, test.want)
		}
	}
}

func TestReaderRelaysLargeMessagesInPieces(t *testing.T) {
	const size = 1 << 20
	stream := encodeRaw('D', bytes.Repeat([]byte{7}, size))
	var out bytes.Buffer
	r := newReader(iotest.HalfReader(bytes.NewReader(stream)), newBufferPool(128), 1<<30, noIdle)
	w := newWriter(&out, newBufferPool(64))
	h, err := r.next()
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(r.relay(w, h), w.flush()); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(out.Bytes(), stream) {
		t.Fatal("the relayed message differs")
	}
	if allocated := testing.AllocsPerRun(1, func() {
		r := newReader(bytes.NewReader(stream), newBufferPool(128), 1<<30, noIdle)
		w := newWriter(io.Discard, newBufferPool(64))
		h, _ := r.next()
		_ = r.relay(w, h)
	}); allocated > 20 {
		t.Errorf("relaying a large message allocates %v times", allocated)
	}
}

func TestReaderFlushesBeforeItWaits(t *testing.T) {
	stream := encode(t, &pgproto3.Sync{}, &pgproto3.Sync{})
	waits := 0
	r := newReader(bytes.NewReader(stream), newBufferPool(64), 100, func() error { waits++; return nil })
	for range 2 {
		if _, err := r.next(); err != nil {
			t.Fatal(err)
		}
	}
	if waits != 1 {
		t.Errorf("waited %d times for two messages in one read", waits)
	}
}

func TestDecoder(t *testing.T) {
	body := []byte("name\x00\x01\x02\x00\x00\x00\x05hello")
	for cut := range len(body) + 1 {
		d := decoder{b: body[:cut]}
		name, short := d.text(), d.uint16()
		data := d.bytes(int(int32(d.uint32())))
		if d.complete() != (cut == len(body)) {
			t.Errorf("cut at %d: complete is %v", cut, d.complete())
		}
		if cut == len(body) && (name != "name" || short != 0x102 || string(data) != "hello") {
			t.Errorf("got %q, %d, %q", name, short, data)
		}
	}
	d := decoder{b: []byte{0xff, 0xff, 0xff, 0xff, 1}}
	if d.bytes(int(int32(d.uint32()))); !d.bad {
		t.Error("a negative length is taken")
	}
	if d = (decoder{b: []byte("a\x00b\x00")}); d.text() != "a" || d.complete() {
		t.Error("bytes behind the string are overlooked")
	}
}

func TestErrorFields(t *testing.T) {
	good := encode(t, &pgproto3.ErrorResponse{Severity: "ERROR", Code: "42P01", Message: "m", Position: 7})[headerBytes:]
	for cut := range good {
		if _, err := errorFields(good[:cut]); err == nil {
			t.Errorf("an error message cut at %d of %d is taken", cut, len(good))
		}
	}
	e, err := errorFields(good)
	if err != nil || e.Position != 7 {
		t.Fatal(e, err)
	}
}

// FuzzWire feeds arbitrary bytes to every decoder of what a client sends.
func FuzzWire(f *testing.F) {
	f.Add([]byte{}, true)
	f.Add(encode(f, &pgproto3.Query{String: "SELECT 1"}, &pgproto3.Terminate{}), false)
	f.Add(encode(f, &pgproto3.Parse{Query: "x", ParameterOIDs: []uint32{1}}, &pgproto3.Bind{Parameters: [][]byte{{1}}}), false)
	f.Add([]byte{'B', 0, 0, 0, 8, 0, 0, 0xff, 0xff}, false)
	f.Add([]byte{'p', 0, 0, 0, 5, 'S'}, false)
	f.Add(encode(f, &pgproto3.StartupMessage{ProtocolVersion: protocol3, Parameters: map[string]string{"user": "u", "options": `-c a=b\ c`}}), true)
	f.Fuzz(func(t *testing.T, stream []byte, startup bool) {
		r := newReader(bytes.NewReader(stream), newBufferPool(64), 1000, noIdle)
		if startup {
			c := &client{in: r}
			if len(stream) > 0 && stream[0] == tlsRecordHandshake {
				return
			}
			if _, body, err := c.startupMessage(1000); err == nil {
				if parameters, err := startupParameters(body); err == nil {
					if settings, err := clientSettings(parameters); err == nil {
						_, _ = checkSettings(settings)
					}
				}
			}
			return
		}
		var seen []byte
		for {
			h, err := r.next()
			if err != nil {
				break
			}
			if h.size > 1000 {
				t.Fatal("a message above the limit")
			}
			if start, err := r.start(h); err != nil || len(start) > h.size {
				break
			}
			body, err := r.body(h)
			if err != nil {
				break
			}
			seen = append(seen, encodeRaw(h.kind, body)...)
			d := decoder{b: body}
			_, _ = d.text(), d.text()
			for n := d.uint16(); n > 0 && !d.bad; n-- {
				_ = d.uint32()
			}
			_, _ = errorFields(body)
		}
		if !bytes.HasPrefix(stream, seen) {
			t.Fatal("messages differ from the stream")
		}
	})
}
