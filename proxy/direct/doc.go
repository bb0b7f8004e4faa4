// Package direct holds pgscrim to PostgreSQL's own answers for roles of `access: direct`. It holds tests only.
//
// Scripts in testdata/direct, in the manner of PostgreSQL's regression suite, run message by message in two sessions: one with a
// server, one through the proxy with a twin of that server, on which the same has been done since initdb. Every byte that comes
// back has to be the same, OIDs and the source lines of errors included. Only process numbers and cancel keys may differ.
//
// A script consists of blocks between empty lines, each of which is one query string. What follows a line `<<<` of a block is sent
// when the server asks for the data of a COPY; a line `<<< text` in its place breaks the copying off with that text. Comments before
// the SQL are directives of the extended protocol: `-- bind: 1, NULL` gives parameters, `-- rows: 2` has portals suspended after
// so many rows.
package direct
