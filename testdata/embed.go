// Package testdata embeds the sample CRM, which the demo, the tests, the benchmarks and the documentation share.
package testdata

import "embed"

// CRM is the sample CRM: its schema and the queries that make its data, the policy and the server file.
//
//go:embed all:crm
var CRM embed.FS
