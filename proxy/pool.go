package proxy

import (
	"crypto/tls"
	"errors"
	"maps"
	"net"
	"os"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/jackc/pgproto3/v2"
)

// Pool bounds the upstream connections that are kept for sessions to come. A zero field means its default.
type Pool struct {
	// Idle is how many connections are kept at most; 0 means 20, less than 0 none.
	Idle int
	// IdleTimeout is how long one is kept without use; 0 means 5 minutes.
	IdleTimeout time.Duration
	// Lifetime is how old one may be to be kept; 0 means an hour.
	Lifetime time.Duration
}

func (p Pool) withDefaults() Pool {
	if p.Idle == 0 {
		p.Idle = 20
	}
	if p.IdleTimeout <= 0 {
		p.IdleTimeout = 5 * time.Minute
	}
	if p.Lifetime <= 0 {
		p.Lifetime = time.Hour
	}
	return p
}

// pool keeps upstream connections whose sessions have ended, for sessions that start with the very same settings: the user,
// its roles, the purpose and the policy are among them, so that none serves another identity. What a session leaves behind is discarded before
// (DISCARD ALL), and a connection that says anything unexpected is closed.
type pool struct {
	limits Pool

	mu     sync.Mutex
	kept   []*upstream // the longest unused first
	timer  *time.Timer // to expire
	closed bool
}

func newPool(limits Pool) *pool {
	p := &pool{limits: limits.withDefaults()}
	p.timer = time.AfterFunc(time.Hour, p.tick)
	p.timer.Stop()
	return p
}

// settingsKey identifies the settings that a connection was started with.
func settingsKey(settings map[string]string) string {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(settings)) {
		b.WriteString(name + "\x00" + settings[name] + "\x00") // neither can hold a NUL: the protocol ends them with it
	}
	return b.String()
}

// take returns a connection that was started with the settings, nil if there is none.
func (p *pool) take(key string) *upstream {
	for {
		u := p.pick(key)
		if u == nil || u.silent() {
			return u
		}
		_ = u.conn.Close() // PostgreSQL has ended it
	}
}

// pick removes the connection that was used last from those that fit, and closes what has been kept for too long.
func (p *pool) pick(key string) *upstream {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.expire(time.Now())
	for i, u := range slices.Backward(p.kept) {
		if u.settings == key {
			p.kept = slices.Delete(p.kept, i, i+1)
			return u
		}
	}
	return nil
}

// expire closes the connections that have been kept for too long. The caller holds mu.
func (p *pool) expire(now time.Time) {
	p.kept = slices.DeleteFunc(p.kept, func(u *upstream) bool {
		old := now.Sub(u.kept) > p.limits.IdleTimeout || now.Sub(u.born) > p.limits.Lifetime
		if old {
			u.terminate()
		}
		return old
	})
}

// give keeps a connection, or closes it. Its session must have ended between two statements, outside a transaction.
func (p *pool) give(u *upstream) {
	if p.limits.Idle < 0 || time.Since(u.born) > p.limits.Lifetime || u.discardAll() != nil {
		u.terminate()
		return
	}
	u.kept = time.Now()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.expire(u.kept)
	if p.closed {
		u.terminate()
		return
	}
	if p.kept = append(p.kept, u); len(p.kept) > p.limits.Idle {
		p.kept[0].terminate()
		p.kept = slices.Delete(p.kept, 0, 1)
	}
	p.timer.Reset(p.interval())
}

// close closes all connections, those that are given later included.
func (p *pool) close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed = true
	p.timer.Stop()
	for _, u := range p.kept {
		u.terminate()
	}
	p.kept = nil
}

// tick closes what has been kept for too long, and comes again while there is anything.
func (p *pool) tick() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.expire(time.Now())
	if len(p.kept) > 0 {
		p.timer.Reset(p.interval())
	}
}

// interval is the time between two looks at what is kept.
func (p *pool) interval() time.Duration {
	return min(p.limits.IdleTimeout/2, p.limits.Lifetime/2, time.Minute)
}

// resetTimeout bounds DISCARD ALL.
const resetTimeout = 5 * time.Second

// errNotReset says that a connection cannot be used again.
var errNotReset = errors.New("connection is not as it was at its start")

// discardAll brings the connection back to how it started, and makes sure that it is: nothing unread, no transaction, and of the
// settings that PostgreSQL reports the values of the start.
func (u *upstream) discardAll() error {
	if u.in.buf.buffered() > 0 {
		return errNotReset
	}
	deadline := time.Now().Add(resetTimeout)
	u.idle = func() error {
		if !time.Now().Before(deadline) {
			return os.ErrDeadlineExceeded
		}
		return u.out.flush()
	}
	if err := u.conn.SetDeadline(deadline); err != nil {
		return err
	}
	if err := u.run("DISCARD ALL", "DISCARD ALL"); err != nil {
		return err
	}
	// The session's schema of temporary tables stays, empty, and shows in current_schemas.
	if err := u.run("SELECT WHERE pg_catalog.pg_my_temp_schema() OPERATOR(pg_catalog.<>) 0", "SELECT 0"); err != nil {
		return err
	}
	if len(u.changed) > 0 || u.in.buf.buffered() > 0 {
		return errNotReset
	}
	return u.conn.SetDeadline(time.Time{})
}

// run runs a statement without a result that matters, and makes sure of its command tag, and that it leaves no transaction open.
func (u *upstream) run(sql, tag string) error {
	if err := u.out.send(&pgproto3.Query{String: sql}); err != nil {
		return err
	}
	done := false
	for {
		h, err := u.in.next()
		if err != nil {
			return err
		}
		body, err := u.in.body(h)
		if err != nil {
			return err
		}
		switch h.kind {
		case 'A': // for a LISTEN that DISCARD ALL ends
		case 'S':
			d := decoder{b: body}
			u.report(d.text(), d.text())
		case 'C':
			done = string(body) == tag+"\x00"
		case 'T':
		case 'Z':
			if !done || string(body) != "I" {
				return errNotReset
			}
			return nil
		default:
			return errNotReset
		}
	}
}

// report follows a setting that PostgreSQL reports.
func (u *upstream) report(name, value string) {
	if u.statuses[name] == value {
		delete(u.changed, name)
		return
	}
	if u.changed == nil {
		u.changed = make(map[string]struct{})
	}
	u.changed[name] = struct{}{}
}

// silent reports whether a connection that waits for its next session is as it was left: PostgreSQL says something only to end it.
func (u *upstream) silent() bool {
	encrypted, ok := u.conn.(*tls.Conn)
	if !ok {
		return nothingToRead(u.conn)
	}
	if !nothingToRead(encrypted.NetConn()) || encrypted.SetReadDeadline(time.Now()) != nil {
		return false
	}
	var one [1]byte
	n, err := encrypted.Read(one[:]) // what it has read from the socket, but not handed out
	return n == 0 && errors.Is(err, os.ErrDeadlineExceeded) && encrypted.SetReadDeadline(time.Time{}) == nil
}

// nothingToRead reports whether a socket is open and has nothing to read.
func nothingToRead(conn net.Conn) bool {
	socket, ok := conn.(syscall.Conn)
	if !ok {
		return false
	}
	raw, err := socket.SyscallConn()
	if err != nil {
		return false
	}
	nothing := false
	err = raw.Control(func(fd uintptr) {
		var one [1]byte
		_, _, err := syscall.Recvfrom(int(fd), one[:], syscall.MSG_PEEK|syscall.MSG_DONTWAIT)
		nothing = errors.Is(err, syscall.EAGAIN)
	})
	return err == nil && nothing
}

// terminate ends the connection as a client does.
func (u *upstream) terminate() {
	_ = u.conn.SetWriteDeadline(time.Now().Add(farewell))
	_ = errors.Join(u.out.send(&pgproto3.Terminate{}), u.out.flush(), u.conn.Close()) // it may be gone
}
