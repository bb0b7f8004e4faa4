package bench

import (
	"encoding/binary"
	"net"
	"sync/atomic"
)

// witness is a client's connection that takes note of each result of which a byte has arrived, also of one that then breaks off.
type witness struct {
	net.Conn
	// begun counts the results since the last reset of which there was a byte; bare says that the last one was an error from its first byte on.
	// They are read by the client's goroutine, while another one of the driver's may still read.
	begun    atomic.Int64
	bare     atomic.Bool
	extended bool // a RowDescription is the answer to a Describe, which is no statement
	bound    bool // what comes next is of a statement that runs, and no error of Parse or Bind, before there is anything to record
	inside   bool // a result
	header   [5]byte
	read     int   // bytes of the header
	body     int64 // bytes of the message that are yet to come
}

// reset starts to count anew. Nothing of what was asked for before may be under way.
func (w *witness) reset() {
	w.begun.Store(0)
	w.inside, w.extended, w.bound = false, false, false
}

func (w *witness) Read(p []byte) (int, error) {
	n, err := w.Conn.Read(p)
	for b := p[:n]; len(b) > 0; {
		if w.body > 0 {
			skip := min(w.body, int64(len(b)))
			w.body, b = w.body-skip, b[skip:]
			continue
		}
		if w.read == 0 {
			w.message(b[0])
		}
		copied := copy(w.header[w.read:], b)
		w.read, b = w.read+copied, b[copied:]
		if w.read == len(w.header) {
			w.body, w.read = int64(binary.BigEndian.Uint32(w.header[1:]))-4, 0
		}
	}
	return n, err
}

// message takes in the first byte of a message.
func (w *witness) message(kind byte) {
	switch kind {
	case '1', '2': // ParseComplete, BindComplete
		w.extended, w.bound = true, kind == '2'
	case 'T', 'D', 'H', 'G', 'd', 'C', 'E', 'I', 's':
		if kind == 'T' && w.extended || kind == 'E' && w.extended && !w.bound {
			return
		}
		if !w.inside {
			w.begun.Add(1)
			w.bare.Store(kind == 'E')
		}
		if w.inside = kind != 'C' && kind != 'E' && kind != 'I' && kind != 's'; !w.inside {
			w.bound = false
		}
	}
}
