package rewrite

import (
	"strings"
)

// unparsedMarker is the relation that is missing in front of a text that the server's parser is to judge.
const unparsedMarker = "pgscrim cannot parse the statement"

// unparsed answers a text that is wrong to the parser here, which is PostgreSQL 16's. The server may be of another version, so its own
// parser judges: the text is sent behind a statement that always fails. A server parses a whole string before it looks at
// any name in it. So if the text is wrong to the server too, its syntax error is the client's answer; if not, the statement in front
// fails, nothing has been run, and Unknown is the answer.
func (p *parsed) unparsed(refusal *Refusal) *Answer {
	front := edit{text: "SELECT " + quote(unparsedMarker) + ".x; "}
	unknown := unknownSyntax(p.newSyntax(), refusal.Position)
	unknown.Marker = unparsedMarker
	return &Answer{SQL: front.text + p.src, Changed: true, original: p.src, edits: []edit{front}, Refusal: refusal, Unknown: &unknown}
}

// unknownSyntax refuses what a server knows and the parser here does not. The name of the syntax may be empty.
func unknownSyntax(name string, position int) Refusal {
	r := Refusal{Code: "0A000", Message: "this syntax is not known to pgscrim, whose parser is that of PostgreSQL 16", Position: position,
		Hint: "Write it in the syntax of PostgreSQL 16."}
	if name != "" {
		r.Message = name + " is not known to pgscrim, whose parser is that of PostgreSQL 16"
	}
	return r
}

// newSyntax are constructs of SQL that came after the parser here: the words that they are recognised by, and their names.
var newSyntax = [][2]string{
	{"json_table", "JSON_TABLE of PostgreSQL 17"},
	{"json_exists", "JSON_EXISTS of PostgreSQL 17"},
	{"json_query", "JSON_QUERY of PostgreSQL 17"},
	{"json_value", "JSON_VALUE of PostgreSQL 17"},
	{"json_scalar", "JSON_SCALAR of PostgreSQL 17"},
	{"json_serialize", "JSON_SERIALIZE of PostgreSQL 17"},
	{"merge by source", "WHEN NOT MATCHED BY SOURCE of PostgreSQL 17"},
	{"merge by target", "WHEN NOT MATCHED BY TARGET of PostgreSQL 17"},
	{"merge returning", "MERGE ... RETURNING of PostgreSQL 17"},
	{"returning with", "RETURNING WITH (OLD AS ..., NEW AS ...) of PostgreSQL 18"},
	{"without overlaps", "WITHOUT OVERLAPS of PostgreSQL 18"},
	{"virtual", "VIRTUAL generated columns of PostgreSQL 18"},
	{"not enforced", "NOT ENFORCED of PostgreSQL 18"},
}

// newSyntax names the first of these whose words the text has in that order; empty if there is none.
func (p *parsed) newSyntax() string {
	for _, s := range newSyntax {
		words := strings.Fields(s[0])
		for _, t := range p.tokens {
			if len(words) > 0 && strings.EqualFold(p.src[t.start:t.end], words[0]) {
				words = words[1:]
			}
		}
		if len(words) == 0 {
			return s[1]
		}
	}
	return ""
}

// newCall names a construct that looks like a call of a function to the parser here; empty if it is none.
func newCall(name string) string {
	for _, s := range newSyntax {
		if s[0] == name {
			return s[1]
		}
	}
	if name == "merge_action" {
		return "MERGE_ACTION of PostgreSQL 17"
	}
	return ""
}
