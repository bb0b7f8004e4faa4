package clienttest

import (
	"io"
	"testing"
	"time"
)

// testGoodbye shows that a session which the client ends is over without a word, as PostgreSQL does it: some drivers read on,
// and take any word for a failure.
func testGoodbye(t *testing.T, s *site) {
	for name, dsn := range map[string]string{"directly": s.direct, "through the proxy": s.as("ana")} {
		conn := connect(t, dsn)
		mustExec(t, conn, "SELECT 1")
		hijacked, err := conn.PgConn().Hijack()
		if err != nil {
			t.Fatal(err)
		}
		defer hijacked.Conn.Close()
		if _, err := hijacked.Conn.Write([]byte{'X', 0, 0, 0, 4}); err != nil {
			t.Fatal(err)
		}
		if err := hijacked.Conn.SetReadDeadline(time.Now().Add(10 * time.Second)); err != nil {
			t.Fatal(err)
		}
		if last, err := io.ReadAll(hijacked.Conn); err != nil || len(last) > 0 {
			t.Errorf("%s: %q, %v", name, last, err)
		}
	}
}
