// Package audit keeps the record of who saw what: an append-only log of JSON lines in one directory.
//
// # Vocabulary
//
// A [Record] is one line. A statement that runs has two of them: one that is on disk before, and one that closes it with
// its rows, bytes and outcome. A statement that is refused has one. Seq counts the records of a replica from 1 without gaps,
// across restarts.
//
// # Invariants
//
//   - One record is one line, whatever a client sends: every control character and line separator is escaped.
//   - When [Log.Append], or [Log.Wait] after [Log.Write], returns without an error under [Strict], the record has survived the machine's
//     power; under [Relaxed] the process, and a fifth of a second later the machine. A record that closes another goes with the next one, or
//     a few milliseconds later.
//   - Every failure of the disk is returned to the caller, who must not let the statement run.
//   - Each record names the hash of the line before it, whatever that is; a checkpoint is about lines that are on disk.
//   - A sealed segment does not change any more, but for being compressed as a whole. Each segment but the first begins with a record that names the
//     tree of the lines before it, and a checkpoint vouches for that.
//   - What a failure leaves of a record is removed before the next one is written; what a crash leaves is ended
//     with a newline and kept, as evidence.
//
// # Layout
//
// record.go and alert.go are the contract, encode.go turns a record into its line, log.go writes, file.go and line.go know the file. rotate.go seals it, disk.go
// moves it, pack.go compresses it, segment.go knows them all. tree.go hashes the lines, checkpoint.go signs what they amount to, certify.go does so at
// intervals, outage.go sees the log through failures of the disk, verify.go and scan.go hold the one against the other. reader.go
// reads, format.go and join.go render records for people, one line a statement.
package audit
