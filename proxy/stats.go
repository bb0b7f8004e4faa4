package proxy

import "sync/atomic"

// Stats is what a Server is doing, and has done since it was made.
type Stats struct {
	Sessions, MaxSessions int
	Lobby                 int // connections that are not authenticated
	Pooled                int // upstream connections that are kept

	Connected, Reused uint64 // upstream connections that sessions were given: new ones, and those that were kept
	Refreshes         uint64 // looks at the catalog that sessions asked for
	ChecksFailed      uint64 // checks that found the catalog changed
	Resent            uint64 // segments that were answered and sent again
	Renewed           uint64 // prepared statements that were answered again
}

// counters are those of Stats. Each is added to where it happens.
type counters struct {
	connected, reused, refreshes, checksFailed, resent, renewed atomic.Uint64
}

// Stats returns what the server is doing.
func (s *Server) Stats() Stats {
	c := &s.counters
	stats := Stats{
		Sessions: s.Sessions(), MaxSessions: s.cfg.Limits.MaxConnections,
		Connected: c.connected.Load(), Reused: c.reused.Load(), Refreshes: c.refreshes.Load(),
		ChecksFailed: c.checksFailed.Load(), Resent: c.resent.Load(), Renewed: c.renewed.Load(),
	}
	s.lobby.mu.Lock()
	stats.Lobby = len(s.lobby.guests)
	s.lobby.mu.Unlock()
	s.pool.mu.Lock()
	stats.Pooled = len(s.pool.kept)
	s.pool.mu.Unlock()
	return stats
}
