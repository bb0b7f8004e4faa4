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
// are replaced in it, and names are spelled out. So formats, comments, and the positions in error messages stay the client's own.
//
//	guard      bound the depth before the C parser sees the text            (parse.go)
//	parse      pg_query's parse tree                                        (parse.go)
//	handle     what is done with each kind of statement                     (statement.go, setting.go, create.go, alter.go, write.go)
//	resolve    which relation, column, function does each name mean         (resolve.go, from.go, names.go, expression.go, function.go)
//	complete   nothing in the parse tree was passed over                    (complete.go)
//	decide     which rows and cells of it may this caller see               (bind.go, plan.go, package rules)
//	substitute replace each protected reference by its fragment             (relation.go, system.go, mask*.go)
//	verify     parse the result again: nothing protected outside a fragment (verify.go)
//
// An answer is kept for the next time that its text comes (cache.go), and for texts that differ from it in their constants only:
// these are found by a small lexer (lexer.go), put into the answer as they stand (template.go), and not parsed.
//
// # Hidden rows
//
// A condition of the caller that may fail, or run long, must not meet a row before the row rules have dropped it. So a
// fragment that can hide rows is fenced (OFFSET 0), unless the statement joins nothing and has nothing but comparisons of plain columns
// with values, which PostgreSQL marks leakproof, and aggregates and windows of plain columns. What may fail need not be listed
// (resolver.leak): whatever is not known to be harmless leaks. The planner tries operators on the values in a column's statistics,
// behind a fence too: columns that something leaky may look at are made opaque to it (resolver.expose).
//
// Leakproof conditions, on what a subquery passes through too, are said once more inside the fence, so that indexes serve (narrow.go). What they say of
// masked columns is said of the stored values, in statements that have nothing leaky (narrow_masked.go). There they may meet a hidden row, at the
// cost of an index probe and of the row rule: the time of that is not kept secret, but nothing of the caller's multiplies it.
// Aggregates that PostgreSQL computes before joins, as from version 19 on, would need another look.
//
// # Writes
//
// A session may write to its temporary tables, whose names are part of Values, and where the policy grants it. A write uses only
// columns that the caller sees as they are, cannot change what masks depend on, and stays among visible rows (visible.go). Tables
// of a writable schema are as free as temporary ones, and shared: what is known of them is not relied on (schema.go).
//
// # Invariants
//
// What is not understood is refused. The zero Answer, Decision and Rewriter refuse. Everything that a fragment
// names is schema-qualified, and so is every relation that a statement names.
package rewrite
