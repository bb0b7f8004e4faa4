package bench

import (
	"context"
	"errors"
	"fmt"
	"net/url"
)

// Names of what is measured.
const (
	direct    = "direct"
	handView  = "masked view"
	barrier   = "security_barrier view"
	pgbouncer = "PgBouncer"
	pgpool    = "pgpool-II"
	haproxy   = "HAProxy, TCP"
	floor     = "Go relay that only frames"
	strict    = "pgscrim"
	relaxed   = "pgscrim, relaxed audit"
)

// barrierSuffix ends the names of the schemas with security_barrier views.
const barrierSuffix = "_barrier"

// target is one way to the data.
type target struct {
	name    string
	address string
	pid     int // of the proxy, 0 if there is none
	// login returns as whom a caller of the policy logs in here.
	login func(caller string) (user, password string)
	// schema returns in which schema the caller finds the tables that are protected.
	schema func(caller string) string
}

// dsn is the address for a caller.
func (t *target) dsn(caller string) string {
	user, password := t.login(caller)
	u := url.URL{Scheme: "postgres", User: url.UserPassword(user, password), Host: t.address, Path: "/" + database, RawQuery: "sslmode=disable"}
	return u.String()
}

// targets starts the proxies and returns the ways to the data. The first is the direct one, which the others are
// compared to.
func (st *site) targets(ctx context.Context, opts Options) ([]*target, error) {
	asRole := func(string) (string, string) { return role, st.password }
	asCaller := func(caller string) (string, string) { return users()[caller], users()[caller] } // the sample's passwords
	tables := func(string) string { return "crm" }
	all := []*target{
		{name: direct, address: st.address, login: asRole, schema: tables},
		{name: handView, address: st.address, login: asRole, schema: func(caller string) string { return caller }},
		{name: barrier, address: st.address, login: asRole, schema: func(caller string) string { return caller + barrierSuffix }},
	}
	for _, peer := range peers() {
		binary, err := peer.find(ctx, opts.Install, opts.Messages)
		if errors.Is(err, errNoPeer) {
			fmt.Fprintf(opts.Messages, "%s: %v: measuring without it\n", peer.name, err)
			continue
		}
		if err != nil {
			return nil, err
		}
		p, address, err := st.startPeer(ctx, peer, binary)
		if err != nil {
			return nil, err
		}
		all = append(all, &target{name: peer.name, address: address, pid: p.pid(), login: asRole, schema: tables})
	}
	p, address, err := st.startFloor(ctx)
	if err != nil {
		return nil, err
	}
	all = append(all, &target{name: floor, address: address, pid: p.pid(), login: asRole, schema: tables})
	for _, variant := range []struct{ name, durability string }{{strict, "strict"}, {relaxed, "relaxed"}} {
		p, address, _, err := st.startPgscrim(ctx, opts.Binary, variant.durability)
		if err != nil {
			return nil, err
		}
		all = append(all, &target{name: variant.name, address: address, pid: p.pid(), login: asCaller, schema: tables})
	}
	return all, nil
}

// users are the sample's users by role.
func users() map[string]string {
	return map[string]string{"analyst": "ana", "marketer": "mara"}
}
