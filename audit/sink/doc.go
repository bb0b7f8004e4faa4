// Package sink carries the audit log to places outside: it reads what is on the local disk for good and hands it on.
//
// # Vocabulary
//
// A [Sink] is one place outside; its [Kind] is what it speaks. A runner reads the log for one sink, in batches, from the position after the
// last record that the sink has confirmed. The position is the record's Seq; it is kept in a file of its own in the log's directory. A sink's lag is
// what is on the local disk and not yet confirmed.
//
// # Invariants
//
//   - A record goes outside only after the local disk has it: what a crash takes from the local log was never sent.
//   - A runner only reads. No sink, however slow or dead, holds up the local log or a statement; nothing is kept in memory but the batch under way.
//   - The position moves only when the sink has confirmed every record up to it, so that nothing is lost, whatever ends the process or the
//     connection. A batch that may or may not have arrived is sent again: whether that shows depends on the kind, see [Kind].
//   - Records arrive in the order of the log; a damaged line, which is no record, is passed over.
//
// To add a kind: one file with its Sink, one entry in the table in kinds.go.
package sink
