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
//
// Each statement runs in the simple and in the extended protocol (with binary results), for each caller.
// Databases are copies of one template, so that even OIDs are the same, and their names have the same length.
package oracle
