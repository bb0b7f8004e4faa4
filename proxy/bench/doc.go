// Package bench measures pgscrim and wears it out. It holds no product code: `make bench` and `make soak` run it, and
// `go test` runs both in a small way, so that the harness does not rot.
//
// [Compare] runs the same work directly on PostgreSQL, through PgBouncer and through pgscrim, in turns, and prints
// ratios. Absolute rates of two runs must not be compared: the machine is rarely one's own. CPU time of the proxy's
// own process is far less noisy than throughput, so each proxy is a process of its own.
//
// [Soak] keeps many sessions busy with everything that clients do, good and bad, keeps a ledger of what they saw
// answered, and checks afterwards that nothing is left over and that the audit log agrees with the ledger.
package bench
