// Package proxy speaks PostgreSQL on both sides: it lets clients log in, has their statements rewritten,
// relays what comes back, and sees to it that everything is in the audit log first.
//
// # Vocabulary
//
// The two legs are called client and upstream. A session is one client that is logged in; it has an upstream connection of
// its own and two goroutines: serve reads from the client and writes upstream, relay reads from upstream and writes to the client.
// Between them stands pending, the queue of messages that upstream has yet to answer. A segment is the stretch of messages
// up to a Sync or Query: after an error PostgreSQL skips the rest of it. Who is not authenticated waits in the lobby.
//
// # How a refusal comes about
//
// A statement that is refused is not kept from upstream: a text that PostgreSQL cannot parse goes in its place, and the
// refusal replaces the syntax error. So PostgreSQL itself aborts the transaction, skips to the Sync and reports its
// status; none of that is emulated. What the client sends after it in the same segment cannot run, so it is neither sent nor
// recorded: a refusal has one record.
//
// # Changes under way
//
// Others may change the policy or the catalog between any two messages. A prepared statement is answered again before its next
// use, also one of PREPARE, and made again upstream, unseen. A cursor or portal goes on only if it would be opened in the same way
// now: else a fetch is refused (0A000); the purpose is the one that it was opened under. That the
// catalog upstream is the one that an answer was made for is checked in the statement's own transaction, under its locks (check.go).
// If it is not, the catalog is read anew, and the segment sent again, unseen (attempt.go); in a transaction block, or behind an
// answer that the client has, that cannot be: then it hears 40001, or 0A000 where drivers prepare again. If the policy
// does not fit the catalog any more, what has changed is refused (55000), and the rest goes on.
//
// The checks cover what statements read: relations, their columns, views, inheritance, and names in the search_path. Functions, types
// and keys are followed by Config's owner. Where a query string sets up its own transaction (SET TRANSACTION, BEGIN with
// options, a read behind a COMMIT), a look at the catalog before it stands for the checks. On PostgreSQL 18, where a Query behind
// the checks would not end its transaction, they stand in the string. In a REPEATABLE READ transaction views and
// inheritance are checked as of its snapshot.
//
// # Invariants
//
// No statement is sent before its audit record was written, and none without one. A record is on disk before the statement is sent
// or, if that only reads, before the first byte of its answer leaves: else the session ends (58030). No byte of the client's
// reaches pgproto3 unchecked. A value in a row is never decoded, and no message is held as a whole that need not be. Each
// side is flushed before the other is waited for. What the session is upstream (settings, names) is taken
// from upstream's answers; where the next message depends on an answer that is still to come, it waits.
package proxy
