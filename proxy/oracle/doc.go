// Package oracle proves the two contracts of pgscrim on a corpus of statements. It holds tests only.
//
// # Vocabulary
//
// The model is a second, plain implementation of what a policy means (model_test.go, masks_test.go). It shares no code
// with packages rules and rewrite, so that a mistake has to be made twice to go unnoticed.
// The visible database of a caller is what the model leaves of the database: real tables with the same names, in a
// database of its own (visible_test.go). The twin of a database is one that differs from it in hidden rows and masked
// cells only, so that the caller's visible database is the same (twin_test.go).
//
// # The oracles
//
//	equivalence       a statement sent through the proxy is answered as the visible database answers it: rows, column
//	                  names, types, command tags, errors with their positions        (testdata/oracle/*.sql)
//	non-interference  a database and its twin give the same answers, byte by byte    (the same, and testdata/oracle/attacks/*.sql)
//	bypass            every known evasion is refused or answered as a list says      (testdata/bypass/*.txt)
//	sessions          what BI tools, drivers and analysts send on a connection is all answered, as the visible database
//	                  answers it                                                     (testdata/sessions/*.sql)
//	foreign clients   programs in other languages print the same                     (testdata/clients, make test-clients)
//
// Statements come from the corpus and from a generator with fixed seeds (generate_test.go). They run for each caller in the
// simple and in the extended protocol (with binary results); over twins the protocols take turns. That the oracles do
// notice faults is itself tested: TestComparison, and the mutations in contracts_test.go.
//
// Two things are left to the plan, as in PostgreSQL itself, and are not compared between twins: the order of rows that
// have none, and how many visible rows come before an error that one of them raises.
//
// Databases are copies of one template, so that even OIDs are the same, and their names have the same length.
package oracle
