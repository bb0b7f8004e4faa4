package proxy

import (
	"errors"
	"strings"
	"testing"

	"github.com/pgscrim/pgscrim/proxy/cluster/clustertest"
	"github.com/pgscrim/pgscrim/rewrite"
)

func refusalCode(err error) string {
	var r *rewrite.Refusal
	if errors.As(err, &r) {
		return r.Code
	}
	return ""
}

func TestVerifier(t *testing.T) {
	v, err := NewVerifier("pässword", 0)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := ParseVerifier(v)
	if err != nil || parsed.Iters != 4096 || len(parsed.Salt) != 16 {
		t.Fatal(v, parsed, err)
	}
	if other, _ := NewVerifier("pässword", 0); other == v {
		t.Error("two verifiers have the same salt")
	}
	if _, err := NewVerifier("", 0); err == nil {
		t.Error("an empty password is taken")
	}
	for _, bad := range []string{
		"", "md5abc", "pencil", strings.Replace(v, "4096", "0", 1), strings.Replace(v, "4096", "x", 1),
		strings.Replace(v, "SHA-256", "SHA-1", 1), v + "$x", v[:len(v)-4], strings.ReplaceAll(v, ":", ";"),
	} {
		if _, err := ParseVerifier(bad); err == nil {
			t.Errorf("verifier %q is taken", bad)
		}
	}
}

// PostgreSQL itself is the judge of a verifier's format and keys.
func TestVerifierIsPostgreSQLs(t *testing.T) {
	v, err := NewVerifier("x y", 5000)
	if err != nil {
		t.Fatal(err)
	}
	conn := connectTo(t, clustertest.DSN(t))
	role := "pgscrim_verifier_test"
	if _, err := exec(t, conn, "CREATE ROLE "+role+" PASSWORD '"+v+"'"); err != nil {
		t.Fatal(err)
	}
	defer func() { _, _ = exec(t, conn, "DROP ROLE "+role) }()
	got, err := exec(t, conn, "SELECT rolpassword FROM pg_authid WHERE rolname = '"+role+"'")
	if err != nil || got[0] != v {
		t.Fatal(got, err)
	}
}

func TestMockCredentials(t *testing.T) {
	v, _ := NewVerifier("x", 7000)
	a, err := newAuthenticator([]User{{Name: "a", Verifier: v}}, []byte("s"))
	if err != nil {
		t.Fatal(err)
	}
	again, _ := newAuthenticator([]User{{Name: "a", Verifier: v}}, []byte("s"))
	one, two := a.mockCredentials("one"), a.mockCredentials("two")
	if one.Salt == two.Salt || one.Salt != again.mockCredentials("one").Salt || one.Iters != 7000 || len(one.Salt) != 16 {
		t.Error("a user that does not exist can be told from one that does")
	}
	if _, err := newAuthenticator([]User{{Name: "a", Verifier: v}, {Name: "a", Verifier: v}}, nil); err == nil {
		t.Error("a user is named twice")
	}
}
