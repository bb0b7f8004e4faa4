// Package rewrite turns the SQL that a client sends into SQL that reads only the caller's visible
// database, and says what it decided and why. It is pure: no socket, clock, log, file or context.
//
// # Vocabulary
//
// The visible database is what a policy leaves of a database for one caller: hidden rows are absent,
// masked cells hold the mask's output, everything else is as it is. A relation is protected if the policy
// hides a row or masks or denies a cell of it for this caller. A fragment is the subquery
// that stands for a protected relation. An edit replaces a span of the client's text with a fragment.
//
// # How a statement is rewritten
//
// The client's text is kept; only the references to protected relations (and a few functions and catalogs)
// are replaced in it. So names, formats, comments, and the positions in error messages stay the client's own.
//
//	guard      bound the depth before the C parser sees the text            (parse.go)
//	parse      pg_query's parse tree                                        (parse.go)
//	resolve    which relation, column, function does each name mean         (scope.go, walk.go)
//	decide     which rows and cells of it may this caller see               (decide.go, package rules)
//	substitute replace each protected reference by its fragment             (relation.go, mask.go)
//	verify     parse the result again: nothing protected outside a fragment (verify.go)
//
// # Invariants
//
// What is not understood is refused. The zero Answer, Decision and Rewriter refuse. A statement that
// nothing changes is forwarded byte for byte. Everything that a fragment names is schema-qualified.
package rewrite
