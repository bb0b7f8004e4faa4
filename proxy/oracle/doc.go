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
// Statements come from the corpus and from a generator (generate_test.go), which follows the grammar of SELECT over the sample's
// relations, writes and locks those that the caller may write (generate_write_test.go), sends some statements again with other
// constants, keeps track of types, and makes mistakes on purpose now and then. The corpus runs for each caller in the simple and
// in the extended protocol (with binary results); over twins, and for generated statements, the protocols take turns. A run of
// the generator has a random seed, which it prints, and a time; a statement that violates a contract is reduced to a small
// one, and told with its three answers. To run one for longer, or again:
//
//	go test ./proxy/oracle -run TestContracts/generated -v -args -generate.time=10m -generate.seed=7
//
// That the oracles do notice faults is itself tested: TestComparison, the mutations of the model in contracts_test.go, and
// those of the product (package mutants).
//
// Three things are left to the plan, as in PostgreSQL itself: the order of rows that have none, how many visible rows come
// before an error that one of them raises, and which of several rows that fail is met first, if any. A generated statement that fails
// on one side only is let pass if the visible database itself is seen to answer both ways, under different plans (TestByPlan). So is one
// that fails otherwise if it has two mistakes: each is then found again, alone, with the same error on both sides (mistakes in contracts_test.go).
//
// Databases are copies of one template, so that even OIDs are the same, and their names have the same length.
package oracle
