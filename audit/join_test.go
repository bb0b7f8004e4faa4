package audit

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

func TestJoiner(t *testing.T) {
	rows := int64(3)
	statement := func(seq uint64, text string) Entry {
		return Entry{Record: Record{Seq: seq, Event: "statement", User: "ana", Purpose: "reporting", Decision: "rewrite", Statement: text}}
	}
	closing := func(seq, closes uint64, sqlstate string) Entry {
		return Entry{Record: Record{Seq: seq, Event: "statement", User: "ana", Decision: "rewrite", Closes: closes, Rows: &rows, SQLState: sqlstate}}
	}
	refused := statement(6, "SELECT secret")
	refused.Decision, refused.SQLState, refused.Detail = "deny", "42501", "no"
	for _, tt := range []struct {
		name    string
		entries []Entry
		want    string // of each: seq, decision, statement, rows, SQLSTATE
		rest    string
	}{
		{"one after the other", []Entry{statement(1, "a"), closing(2, 1, ""), statement(3, "b"), closing(4, 3, "22012")}, "2 rewrite a 3; 4 rewrite b 3 22012", ""},
		{"side by side", []Entry{statement(1, "a"), statement(2, "b"), closing(3, 1, ""), closing(4, 2, "")}, "3 rewrite a 3; 4 rewrite b 3", ""},
		{"refused", []Entry{refused}, "6 deny SELECT secret - 42501", ""},
		{"the end of what is not known", []Entry{closing(9, 3, "")}, "9 rewrite closes 3 3", ""},
		{"still running", []Entry{statement(2, "b"), statement(1, "a")}, "", "1 rewrite a -; 2 rewrite b -"},
		{"a crash", []Entry{statement(1, "a"), {Record: Record{Seq: 2, Event: "start"}}}, "1 rewrite a -; 2 start -", ""},
		{"others", []Entry{{Record: Record{Seq: 1, Event: "login"}}, {Err: errors.New("damaged")}}, "1 login -; damaged", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var j Joiner
			var got []Entry
			for _, e := range tt.entries {
				got = append(got, j.Add(e)...)
			}
			if s := brief(got); s != tt.want {
				t.Errorf("got %q, want %q", s, tt.want)
			}
			if s := brief(j.Rest()); s != tt.rest {
				t.Errorf("the rest is %q, want %q", s, tt.rest)
			}
			if len(j.Rest()) > 0 {
				t.Error("the rest is still there")
			}
		})
	}
}

func brief(entries []Entry) string {
	var all []string
	for _, e := range entries {
		if e.Err != nil {
			all = append(all, e.Err.Error())
			continue
		}
		words := []string{fmt.Sprint(e.Seq), e.outcome()}
		if e.Statement != "" {
			words = append(words, e.Statement)
		}
		if e.Closes > 0 {
			words = append(words, fmt.Sprint("closes ", e.Closes))
		}
		rows := "-"
		if e.Rows != nil {
			rows = fmt.Sprint(*e.Rows)
		}
		words = append(words, rows)
		if e.SQLState != "" {
			words = append(words, e.SQLState)
		}
		all = append(all, strings.Join(words, " "))
	}
	return strings.Join(all, "; ")
}
