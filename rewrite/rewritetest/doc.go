// Package rewritetest runs golden files: what a Rewriter makes of statements, for people to read and for tests to hold fast.
//
// A file is a list of cases. A case is a line `=== name`, directives, an empty line, the SQL text, a line
// `----`, and what is expected:
//
//	=== a pseudonym hides a name
//	role: analyst
//
//	SELECT name FROM crm.customers
//	----
//	SELECT: rewrite
//	sql: SELECT name FROM (SELECT ...) AS "customers"
//	relations: crm.customers
//	column: crm.customers.name mask pseudonym by others
//
// Directives before the first case hold for all cases of the file; a case adds to them or replaces them:
//
//	role: a, b          the caller's roles
//	purpose: p          the session's purpose; without it, the roles' default
//	reason: r           the session's reason
//	search_path: a, b   the session's search_path; without it, the database's
//
// Lines that begin with # before the first case and between directives are comments.
package rewritetest
