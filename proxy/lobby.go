package proxy

import (
	"net"
	"net/netip"
	"slices"
	"sync"
)

// lobbyReserve is how many connections beyond MaxConnections may be logging in: all clients may come
// back at once, beside cancel requests and health checks.
const lobbyReserve = 100

// lobby holds the connections whose users are not authenticated yet. They have a budget of their own, so that
// those who say nothing keep nobody out: the newest always gets in, and the oldest has to go for it. A client that
// logs in stays for milliseconds; who fills the lobby with silence holds the oldest places.
type lobby struct {
	mu     sync.Mutex
	places int
	share  int      // how many of the places one network may have
	guests []*guest // oldest first
}

// guest is a connection that waits to log in.
type guest struct {
	conn    net.Conn
	network netip.Prefix
}

func newLobby(maxConnections int) *lobby {
	places := maxConnections + lobbyReserve
	return &lobby{places: places, share: places / 2}
}

// enter lets a connection in. If its network has its share already, the network's oldest guest is closed; if
// the lobby is full, the oldest of all.
func (l *lobby) enter(conn net.Conn) *guest {
	g := &guest{conn: conn, network: networkOf(conn.RemoteAddr())}
	l.mu.Lock()
	defer l.mu.Unlock()
	var kin []*guest
	for _, other := range l.guests {
		if other.network == g.network {
			kin = append(kin, other)
		}
	}
	switch {
	case len(kin) >= l.share:
		l.evict(kin[0])
	case len(l.guests) >= l.places:
		l.evict(l.guests[0])
	}
	l.guests = append(l.guests, g)
	return g
}

// evict closes a guest's connection, at which its goroutine ends.
func (l *lobby) evict(g *guest) {
	_ = g.conn.Close()
	l.remove(g)
}

// leave takes a guest out, who has logged in or is gone. It may have been evicted.
func (l *lobby) leave(g *guest) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.remove(g)
}

func (l *lobby) remove(g *guest) {
	l.guests = slices.DeleteFunc(l.guests, func(other *guest) bool { return other == g })
}

// networkOf returns what counts as one client address: an IPv4 address, or the /64 of an IPv6 address, which is what
// a single host is given (RFC 6177). Unix sockets are one network.
func networkOf(addr net.Addr) netip.Prefix {
	tcp, ok := addr.(*net.TCPAddr)
	if !ok {
		return netip.Prefix{}
	}
	ip := tcp.AddrPort().Addr().Unmap()
	bits := 32
	if ip.Is6() {
		bits = 64
	}
	network, _ := ip.Prefix(bits) // fails for no address at all, which is a network of its own
	return network
}
