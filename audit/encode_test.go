package audit

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"
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
	line, found := strings.CutSuffix(string(encode(nil, &in)), "\n")
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
	if line := string(encode(nil, &Record{Statement: "a <> b && c"})); !strings.Contains(line, "a <> b && c") {
		t.Errorf("%s is not readable", line)
	}
}

// TestEncodeKeepsToTheTags encodes records of which each field is set, and of which none is, as encoding/json does.
func TestEncodeKeepsToTheTags(t *testing.T) {
	var full Record
	fill(t, reflect.ValueOf(&full).Elem())
	for _, r := range []*Record{&full, {}} {
		want, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		if got := string(encode(nil, r)); got != string(want)+"\n" {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
}

// fill sets each field, and each list to two elements.
func fill(t *testing.T, v reflect.Value) {
	t.Helper()
	if v.Type() == reflect.TypeFor[time.Time]() {
		v.Set(reflect.ValueOf(time.Date(2026, 1, 2, 3, 4, 5, 678_900_000, time.UTC)))
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			fill(t, v.Field(i))
		}
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(t, v.Elem())
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		for i := range v.Len() {
			fill(t, v.Index(i))
		}
	case reflect.Array:
		for i := range v.Len() {
			fill(t, v.Index(i))
		}
	case reflect.String:
		v.SetString("a text")
	case reflect.Uint8:
		v.SetUint(0xfb)
	case reflect.Uint64:
		v.SetUint(1 << 63)
	case reflect.Int64:
		v.SetInt(1 << 62)
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Float64:
		v.SetFloat(0.125)
	default:
		t.Fatalf("a field of type %s is new to this test", v.Type())
	}
}

func FuzzRecord(f *testing.F) {
	for _, text := range hostile {
		f.Add(text)
	}
	f.Fuzz(checkLine)
}
