// Package clienttest holds pgscrim to what clients expect. It holds tests only.
//
// A site is the sample CRM in a database of its own, with a proxy in front of it. What a client does is done twice, through
// the proxy and around it, and comes out the same wherever the policy shows all; where it does not, the tests say what has to
// come out. The clients are psql (its commands, and its line editor on a pseudo-terminal), pgx in all its modes, and lib/pq.
package clienttest
