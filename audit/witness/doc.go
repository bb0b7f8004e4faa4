// Package witness carries the signed checkpoints of an audit log to where who can write the log cannot: a file on another machine's disk, an HTTP
// service, a table. With those, `pgscrim audit verify --against` finds a log that was written anew with the log's own key.
//
// # Invariants
//
//   - A witness that is slow, full or gone blocks nobody, and holds up no other witness.
//   - Of several checkpoints that a witness has not taken it gets the newest: that vouches for all lines that the others do.
//   - A checkpoint may arrive twice, never changed.
package witness
