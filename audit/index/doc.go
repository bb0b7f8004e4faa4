// Package index answers questions about the audit log without reading all of it.
//
// # Vocabulary
//
// An item is what people ask for: a statement with its end, or a record that is neither. A chunk covers some ten thousand lines of a
// segment and knows of each item where its lines are, which items have a value in a field, which blocks of items have a word in their
// statement, and the tallies of each hour, from which reports are made.
//
// # Invariants
//
//   - The log is the truth, an index can be removed at any time. A chunk only says which lines may answer a question; each is read from the
//     log and held against the question before it is an answer. A chunk that is damaged, or is not of the lines that are there, is made again.
//   - What a chunk covers does not change: chunks are appended to the file of their segment, also while that is being written to. The
//     lines after the last chunk are indexed in memory when a question is asked.
//   - The record of a statement's end may be in another chunk than its beginning. Tallies leave such statements out; both chunks keep what is
//     needed to put them together.
//   - An index holds words of statements: its files are 0600, and go with their segment.
//
// # Layout
//
// decode.go reads lines, words.go takes statements apart, tally.go counts, and build.go makes a chunk of it all; chunk.go and codec.go know its bytes, sidecar.go
// its file. open.go brings the index up to date, lines.go reads the log. query.go is a question; candidates.go, search.go and tallies.go answer.
package index
