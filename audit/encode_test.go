package audit

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"
)

// checkLine checks that a record with hostile text is one line without control characters, and reads back as it was,
// but for invalid UTF-8, of which each byte becomes U+FFFD.
func checkLine(t *testing.T, text string) {
	t.Helper()
	in := Record{
		Event: "statement", User: text, Roles: []string{text}, Application: text, Reason: text, Statement: text,
		Columns: []Column{{Relation: text, Mask: text}}, Detail: text,
	}
	var buf bytes.Buffer
	if err := encode(&buf, &in); err != nil {
		t.Fatal(err)
	}
	line, found := strings.CutSuffix(buf.String(), "\n")
	if !found {
		t.Fatalf("%q does not end with a newline", line)
	}
	if i := strings.IndexFunc(line, breaksLine); i >= 0 {
		t.Errorf("%q has %q inside", line, line[i:])
	}
	var out Record
	if err := json.Unmarshal([]byte(line), &out); err != nil {
		t.Fatal(err)
	}
	valid := string([]rune(text))
	want := Record{
		Event: "statement", User: valid, Roles: []string{valid}, Application: valid, Reason: valid, Statement: valid,
		Columns: []Column{{Relation: valid, Mask: valid}}, Detail: valid,
	}
	if diff := cmp.Diff(want, out); diff != "" {
		t.Errorf("round trip (-want +got):\n%s", diff)
	}

	human := Entry{Record: out}.String()
	if i := strings.IndexFunc(human, func(c rune) bool { return breaksLine(c) || unicode.Is(unicode.Cf, c) }); i >= 0 {
		t.Errorf("for people: %q has %q inside", human, human[i:])
	}
}

// breaksLine reports whether some reader takes c for a line's end, or some terminal for a command.
func breaksLine(c rune) bool { return unicode.IsControl(c) || c == '\u2028' || c == '\u2029' }

var hostile = []string{
	"", "SELECT '<a>&'", "a\nb", "a\r\nb", "a\u2028b\u2029c", "a\u0085b", "\x00", "\x7f", "\u009b31m", "\x1b[2J",
	"\"}\n{\"seq\":1}", `\`, `\u000a`, "\xff\xfe", "\xc2", "\xc2\x80", "\xed\xa0\x80", "é\xc2\xa0", "\u202e", "😀",
}

func TestOneLine(t *testing.T) {
	for _, text := range hostile {
		checkLine(t, text)
	}
}

func TestNoHTMLEscapes(t *testing.T) {
	var buf bytes.Buffer
	if err := encode(&buf, &Record{Statement: "a <> b && c"}); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(buf.String(), "a <> b && c") {
		t.Errorf("%s is not readable", buf.String())
	}
}

func FuzzRecord(f *testing.F) {
	for _, text := range hostile {
		f.Add(text)
	}
	f.Fuzz(checkLine)
}
