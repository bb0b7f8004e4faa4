// Package report makes of an audit log what its owner reads once a month: who saw which class of which market for which purpose, and what else
// happened.
//
// report.go is the contract, make.go counts, text.go and html.go render.
package report
