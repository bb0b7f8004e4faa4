package rewrite

import (
	"fmt"
	"testing"
)

// TestTraceParent: each statement has the traceparent of its own comment, also when its answer comes from a cache.
func TestTraceParent(t *testing.T) {
	rw, _ := setup(t)
	s := rw.as("analyst")
	for i := range 6 {
		parent := fmt.Sprintf("00-%032d-%016d-01", i/2+1, 7)
		sql := fmt.Sprintf("SELECT email FROM customers WHERE id = %d /*route='%%2Fx',traceparent='%s'*/", i, parent)
		for range 2 {
			if a := rw.Rewrite(sql, s); a.Refusal != nil || len(a.Statements) != 1 || a.Statements[0].TraceParent != parent {
				t.Errorf("%s: %+v", sql, a)
			}
		}
	}
	if a := rw.Rewrite("SELECT '/*traceparent=''x''*/'", s); a.Statements[0].TraceParent != "" {
		t.Errorf("a text is taken for a comment: %+v", a)
	}
}
