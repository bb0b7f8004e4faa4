package proxy

import (
	"slices"
	"strings"
	"testing"
)

func TestParseOptions(t *testing.T) {
	for _, test := range []struct {
		options string
		want    []string
		code    string
	}{
		{"", nil, ""},
		{"-c a=b", []string{"a=b"}, ""},
		{"-ca=b --c-d=e", []string{"a=b", "c_d=e"}, ""},
		{`  -c  a=b\ c\\d  -c x=`, []string{`a=b c\d`, "x="}, ""},
		{`--search_path=a,\ b`, []string{"search_path=a, b"}, ""},
		{"-c a=b=c", []string{"a=b=c"}, ""},
		{"-c a", nil, codeSyntaxError},
		{"-c", nil, codeSyntaxError},
		{"--a", nil, codeSyntaxError},
		{"-d 5", nil, codeSyntaxError},
		{"a=b", nil, codeSyntaxError},
	} {
		pairs, err := parseOptions(test.options)
		var got []string
		for _, p := range pairs {
			got = append(got, p[0]+"="+p[1])
		}
		if refusalCode(err) != test.code || err == nil && !slices.Equal(got, test.want) {
			t.Errorf("%q: %q, %v; want %q, %s", test.options, got, err, test.want, test.code)
		}
	}
}

func TestCheckSettings(t *testing.T) {
	for _, test := range []struct{ name, value, code, unlisted string }{
		{"datestyle", "ISO", "", ""},
		{"client_encoding", "utf-8", "", ""},
		{"client_encoding", "UNICODE", "", ""},
		{"client_encoding", "SQL_ASCII", codeInvalidParameter, ""},
		{"client_encoding", "latin1", codeInvalidParameter, ""},
		{"standard_conforming_strings", "on", "", ""},
		{"standard_conforming_strings", "tru", "", ""},
		{"standard_conforming_strings", "off", codeInvalidParameter, ""},
		{"standard_conforming_strings", "o", codeInvalidParameter, ""},
		{"client_min_messages", "WARNING", "", ""},
		{"client_min_messages", "debug5", codeInvalidParameter, ""},
		{"pgscrim.purpose", "x", "", ""},
		{"pgscrim.notices", "verbose", "", ""},
		{"pgscrim.notices", "loud", codeInvalidParameter, ""},
		{"pgscrim.caller", "root", codeInsufficient, ""},
		{"pgscrim.roles", "dba", codeInsufficient, ""},
		{"pgscrim.policy", "x", codeInsufficient, ""},
		{"pgscrim.key", "x", codeInsufficient, ""},
		{"app.tenant", "7", "", ""},
		{"role", "postgres", "", "role"},
		{"session_authorization", "postgres", "", "session_authorization"},
		{"row_security", "off", "", "row_security"},
	} {
		unlisted, err := checkSettings(map[string]string{test.name: test.value})
		if refusalCode(err) != test.code || strings.Join(unlisted, " ") != test.unlisted {
			t.Errorf("%s=%s: %v, %v", test.name, test.value, unlisted, err)
		}
	}
}
