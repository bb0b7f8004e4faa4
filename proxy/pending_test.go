package proxy

import (
	"errors"
	"testing"
)

func TestPending(t *testing.T) {
	p := newPending()
	push := func(kinds string) (sent string) {
		for _, kind := range []byte(kinds) {
			if p.push(&expectation{kind: kind}) {
				sent += string(kind)
			}
		}
		return sent
	}
	queue := func() string {
		var kinds []byte
		for _, e := range p.queue {
			kinds = append(kinds, e.kind)
		}
		return string(kinds)
	}
	check := func(what, got, want string) {
		t.Helper()
		if got != want {
			t.Errorf("%s: %q, want %q", what, got, want)
		}
	}
	push("PBES" + "PBES")
	p.pop()
	skipped := p.fail(true) // of the Bind
	check("after an error in the first segment", queue(), "SPBES")
	check("skipped", string(kindsOf(skipped)), "E")
	p.pop()
	p.pop()
	p.fail(true)
	check("after an error in the second", queue(), "S")
	p.pop()

	push("PB")
	p.fail(true)
	check("sent while skipping", push("BEQPS"), "S")
	check("sent after the Sync", push("Q"), "Q")
	check("queue", queue(), "SQ")
	p.pop()
	p.pop()

	push("ESQ")
	p.copyIn() // upstream ignores the Sync that is under way
	check("queue in COPY", queue(), "EQ")
	check("Sync in COPY", push("S"), "S")
	check("queue after it", queue(), "EQ")
	check("Sync after COPY", push("cS"), "cS")
	p.pop()
	p.pop()
	check("the end of COPY needs no answer", queue(), "SC")
	p.ready()
	p.ready()
	check("which Sync is answered is in doubt", queue(), "SC")
	p.passMark()
	check("behind the mark", queue(), "")

	push("ES")
	p.copyIn()
	p.fail(true)
	check("sent before it is known that COPY was over", push("BdQ"), "")
	p.ready()
	check("sent after it", push("BS"), "BS")
	p.pop()
	p.ready()
	push("EcS")
	p.copyIn()
	check("Sync behind the end of COPY", queue(), "EcS")
	if left := p.close(); len(left) != 3 || !errors.Is(p.wait(0), errStopped) {
		t.Error("close keeps what is left")
	}
}

func kindsOf(es []*expectation) (kinds []byte) {
	for _, e := range es {
		kinds = append(kinds, e.kind)
	}
	return kinds
}
