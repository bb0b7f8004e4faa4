// Package mutants proves that the proof notices faults. It holds tests only.
//
// A mutant is pgscrim with one fault, made on purpose: a text of a source file is replaced by another (list_test.go). The go command
// builds the tests over the changed file (-overlay), so that the sources stay as they are and the product has no hooks. Each
// mutant must fail the oracles (package oracle), or the named tests if it breaks what no answer shows: a second line of defence,
// or what is beside the answer. A mutant that passes is a gap in the proof: add the statement that tells.
//
// `make mutants` runs all of them, in minutes, and prints which test noticed each. Continuous integration runs a few, other ones each
// day (SAMPLE=6); `make test` only looks whether each fault still has its place.
package mutants
