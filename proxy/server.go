package proxy

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/pgscrim/pgscrim/audit"
	"github.com/pgscrim/pgscrim/rewrite"
)

// Server serves PostgreSQL clients. It must be made by New.
type Server struct {
	cfg       Config
	upstream  *pgconn.Config
	auth      *authenticator
	rewriter  atomic.Pointer[Rewriter]
	refresher refresher
	buffers   *bufferPool
	pool      *pool
	counters  counters

	// dialing ends when the server is closed.
	dialing  context.Context
	stopDial context.CancelFunc
	draining atomic.Bool
	done     sync.WaitGroup

	mu        sync.Mutex
	closed    bool
	listeners map[net.Listener]struct{}
	conns     map[net.Conn]bool // whether it is logged in
	sessions  map[key]*session
	places    int // taken by sessions, those of clients that are authenticated but not yet logged in included

	lobby *lobby // those who are not authenticated
}

// New checks a configuration and makes a server of it. It admits nobody until SetRewriter is called.
func New(cfg Config) (*Server, error) {
	if cfg.Audit == nil {
		return nil, errors.New("no audit log: nothing is served without one")
	}
	upstream, err := pgconn.ParseConfig(cfg.Upstream)
	if err != nil {
		return nil, fmt.Errorf("upstream: %w", err)
	}
	auth, err := newAuthenticator(cfg.Users, cfg.MaskKey)
	if err != nil {
		return nil, err
	}
	if cfg.Database == "" {
		cfg.Database = upstream.Database
	}
	if cfg.Database == "" {
		cfg.Database = upstream.User // as libpq has it
	}
	if cfg.TLS != nil && cfg.TLS.MinVersion < tls.VersionTLS12 {
		cfg.TLS = cfg.TLS.Clone()
		cfg.TLS.MinVersion = tls.VersionTLS12
	}
	if cfg.Trace == nil {
		cfg.Trace = func(_, _ *audit.Record, _ string) {}
	}
	cfg.Limits = cfg.Limits.withDefaults()
	if cfg.Guard == nil {
		cfg.Guard = noGuard{}
	}
	s := &Server{
		cfg: cfg, upstream: upstream, auth: auth, buffers: newBufferPool(bufferSize), pool: newPool(cfg.Pool),
		listeners: make(map[net.Listener]struct{}),
		conns:     make(map[net.Conn]bool),
		sessions:  make(map[key]*session),
		lobby:     newLobby(cfg.Limits.MaxConnections),
	}
	s.dialing, s.stopDial = context.WithCancel(context.Background())
	return s, nil
}

// SetRewriter puts a rewriter, and with it a policy, in force: for each statement that is answered from now on,
// in sessions that are open as well.
func (s *Server) SetRewriter(r Rewriter) { s.rewriter.Store(&r) }

// Sessions returns the number of clients that are logged in.
func (s *Server) Sessions() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.sessions)
}

// Serve accepts clients until the context ends or the server is shut down, which is not an error. It may be called for
// several listeners, and closes them. Sessions outlive it.
func (s *Server) Serve(ctx context.Context, ln net.Listener) error {
	if !s.track(ln) {
		return ln.Close()
	}
	stop := context.AfterFunc(ctx, func() { _ = ln.Close() })
	defer stop()
	defer s.untrack(ln)
	for {
		conn, err := ln.Accept()
		switch {
		case err == nil:
			s.admit(conn)
		case errors.Is(err, net.ErrClosed):
			return nil
		default:
			// Out of file descriptors, for one: sessions that end will mend it.
			s.cfg.Log.Error().Err(err).Str("event", "accept").Msg("cannot accept a connection")
			time.Sleep(100 * time.Millisecond)
		}
	}
}

// Shutdown stops accepting clients, closes connections that are not logged in, and ends each session as soon as it is idle outside a transaction (57P01). When the
// context ends it closes the rest at once and returns the context's error.
func (s *Server) Shutdown(ctx context.Context) error {
	s.draining.Store(true)
	s.pool.close()
	s.closeListeners()
	s.mu.Lock()
	for conn, loggedIn := range s.conns {
		if !loggedIn {
			_ = conn.Close()
		}
	}
	for _, session := range s.sessions {
		session.wake()
	}
	s.mu.Unlock()

	ended := make(chan struct{})
	go func() {
		s.done.Wait()
		close(ended)
	}()
	select {
	case <-ended:
		return nil
	case <-ctx.Done():
		return errors.Join(ctx.Err(), s.Close())
	}
}

// Close ends everything at once.
func (s *Server) Close() error {
	s.draining.Store(true)
	s.stopDial()
	s.pool.close()
	s.closeListeners()
	s.mu.Lock()
	for conn := range s.conns {
		_ = conn.Close()
	}
	for _, session := range s.sessions {
		session.kill()
	}
	s.mu.Unlock()
	s.done.Wait()
	return nil
}

func (s *Server) track(ln net.Listener) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.closed {
		s.listeners[ln] = struct{}{}
	}
	return !s.closed
}

func (s *Server) untrack(ln net.Listener) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.listeners, ln)
	_ = ln.Close()
}

func (s *Server) closeListeners() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	for ln := range s.listeners {
		_ = ln.Close()
	}
}

// admit starts a connection's goroutine.
func (s *Server) admit(conn net.Conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		_ = conn.Close()
		return
	}
	s.conns[conn] = false
	g := s.lobby.enter(conn)
	s.done.Go(func() {
		defer func() {
			_ = conn.Close()
			s.lobby.leave(g)
			s.mu.Lock()
			delete(s.conns, conn)
			s.mu.Unlock()
		}()
		s.handle(g)
	})
}

// handle serves one connection from its first byte to its last.
func (s *Server) handle(g *guest) {
	conn, arrived := g.conn, time.Now()
	log := s.cfg.Log.With().Str("client", conn.RemoteAddr().String()).Logger()
	defer func() {
		// The last line: a fault in one session must not end the others.
		if fault := recover(); fault != nil {
			log.Error().Str("event", "panic").Str("stack", string(debug.Stack())).Msg("a session has failed")
		}
	}()
	setKeepAlive(conn)
	limits := s.cfg.Limits
	c, packet, err := s.negotiate(newClient(conn, s.buffers, limits.MaxPreLoginBytes, arrived.Add(limits.StartupTimeout)))
	var session *session
	if err != nil {
		err = newSession(s, c, packet).loginFailed(err)
	} else {
		c.expire(arrived.Add(limits.LoginTimeout))
		session, err = s.authenticate(c, packet)
	}
	if err == nil {
		s.lobby.leave(g)
		err = s.login(session, packet)
	}
	if packet != nil {
		log = log.With().Str("user", packet.user).Logger()
	}
	var refusal *rewrite.Refusal
	switch {
	case err == nil:
		defer s.leavePlace()
		s.loggedIn(conn)
		session.run()
	case errors.As(err, &refusal):
		log.Info().Str("event", "refused").Str("sqlstate", refusal.Code).Msg("connection refused")
		_ = c.fatal(refusal) // the client may be gone
	default:
		log.Debug().Err(err).Str("event", "startup").Msg("connection ended before login")
	}
}

// loggedIn keeps a connection through a shutdown until its session is idle.
func (s *Server) loggedIn(conn net.Conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.conns[conn] = true
}

// takePlace counts a session that wants to log in. It returns false if there are too many.
func (s *Server) takePlace() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.places >= s.cfg.Limits.MaxConnections {
		return false
	}
	s.places++
	return true
}

func (s *Server) leavePlace() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.places--
}

// setKeepAlive notices peers that are gone. BI tools keep connections idle for hours.
func setKeepAlive(conn net.Conn) {
	if tcp, ok := conn.(*net.TCPConn); ok {
		// An error shows at the next read.
		_ = tcp.SetKeepAliveConfig(net.KeepAliveConfig{Enable: true, Idle: time.Minute, Interval: 15 * time.Second, Count: 4})
	}
}
