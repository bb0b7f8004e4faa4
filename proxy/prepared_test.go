package proxy

import (
	"strings"
	"testing"
)

func TestNamespace(t *testing.T) {
	n := newNamespace[prepared]()
	one, two := &prepared{sql: "1"}, &prepared{sql: "2"}
	find := func(segment int, want *prepared, unsure bool) {
		t.Helper()
		if got, u := n.find("a", segment); got != want || u != unsure {
			t.Errorf("got %v, %v; want %v, %v", got, u, want, unsure)
		}
	}
	find(0, nil, false)
	n.send("a", one, 0)
	find(0, one, false)
	find(1, one, true) // its Parse may have failed
	n.settle("a", one)
	n.forget()
	find(1, one, false)
	n.send("a", nil, 1)
	find(1, nil, false)
	find(2, nil, true)
	n.forget()
	n.replace("a", two, two) // another object: nothing happens
	find(2, one, false)
	n.replace("a", one, two)
	find(2, two, false)
	n.drop(func(p *prepared) bool { return p != two })
	find(2, two, false)
	n.drop(nil)
	find(2, nil, false)
	if objectName(strings.Repeat("x", 70)) != strings.Repeat("x", 63) {
		t.Error("names differ behind the length that PostgreSQL looks at")
	}
}
