// Package rules is the policy language: it loads a policy file strictly and decides what a caller sees.
//
// # Vocabulary
//
// A subject is the person a row is about. A row has two facts that rules look at: the region its subject lives in, and
// whether the subject has given the consent that the caller's purpose needs; one combination of them is an atom. A class
// is a kind of personal data, and each protected column has one. A rule selects cells by role, purpose, class, region and
// consent; a row rule selects rows in the same way. The first rule that matches decides.
//
// # How a policy is loaded
//
//	parse    YAML nodes, each with its line and column; no aliases, anchors, tags, second documents   (parse.go, node.go)
//	load     section by section, each after those whose names it uses                                 (load*.go)
//	report   every problem of the file at once, in its order, with what to do                         (problem.go, suggest.go)
//
// # How a caller is decided
//
// Roles, purpose and class are known before a statement runs; region and consent are not. So a decision is one outcome per
// atom: package rewrite writes the expression that picks among them for each row, or none if they agree. Roles
// are decided one by one, and the most that one of them shows is shown.
//
// # Invariants
//
// A Policy from Load is consistent in itself: every name resolves, every action is set. It is never changed after that.
// A nil or zero Policy shows nothing to anybody. What a policy does not say is denied, hidden or masked with null.
// The package knows no database: whether tables, columns, masks and expressions exist is found out by package rewrite.
package rules
