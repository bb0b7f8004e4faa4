package clienttest

import "testing"

// clientTest is a test that leaves a site as it finds it.
type clientTest struct {
	name string
	run  func(*testing.T, *site)
}

func TestPsql(t *testing.T) {
	runOn(t, []clientTest{
		{"Describe", testDescribe},
		{"Tools", testTools},
		{"Sizes", testSizes},
		{"Scripts", testScripts},
		{"CopyToFile", testCopyToFile},
		{"CommandLine", testCommandLine},
		{"Connection", testConnection},
		{"Completion", testCompletion},
		{"Interrupt", testInterrupt},
		{"Watch", testWatch},
		{"Password", testPassword},
	})
}

func TestDrivers(t *testing.T) {
	runOn(t, []clientTest{
		{"Modes", testModes},
		{"Batch", testBatch},
		{"Copy", testCopy},
		{"Listen", testListen},
		{"Context", testContext},
		{"Pool", testPool},
		{"PQ", testPQ},
		{"Goodbye", testGoodbye},
	})
}

func TestVisible(t *testing.T) {
	runOn(t, []clientTest{
		{"Analyst", testAnalyst},
		{"Star", testStar},
		{"Marketer", testMarketer},
	})
}

// runOn runs tests on one site.
func runOn(t *testing.T, tests []clientTest) {
	t.Helper()
	s := newSite(t)
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) { test.run(t, s) })
	}
}
