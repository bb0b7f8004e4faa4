package audit

import (
	"strconv"
	"time"
	"unicode/utf8"
)

// encode appends r to b as one line, newline included. Names, order and omission of the fields are those of Record's tags, to
// which a test holds it. It is written out, as it runs twice for each statement, while all sessions wait.
func encode(b []byte, r *Record) []byte {
	o := object{append(b, '{')}
	o.time("time", &r.Time)
	o.number("seq", r.Seq)
	if r.Closes > 0 {
		o.number("closes", r.Closes)
	}
	o.key("replica")
	o.b = appendText(o.b, r.Replica)
	o.key("event")
	o.b = appendText(o.b, r.Event)
	o.text("session", r.Session)
	o.text("user", r.User)
	o.texts("roles", r.Roles)
	o.text("client", r.Client)
	o.text("application", r.Application)
	o.text("purpose", r.Purpose)
	o.text("reason", r.Reason)
	o.text("database", r.Database)
	o.text("statement", r.Statement)
	o.text("fingerprint", r.Fingerprint)
	o.text("rewritten", r.Rewritten)
	o.text("decision", r.Decision)
	o.texts("relations", r.Relations)
	list(&o, "columns", r.Columns, func(c *Column) {
		o.key("relation")
		o.b = appendText(o.b, c.Relation)
		o.key("column")
		o.b = appendText(o.b, c.Column)
		o.text("class", c.Class)
		o.key("action")
		o.b = appendText(o.b, c.Action)
		o.text("mask", c.Mask)
		o.texts("rules", c.Rules)
		o.texts("shown", c.Shown)
		o.texts("masked", c.Masked)
	})
	list(&o, "hidden", r.Hidden, func(h *HiddenRows) {
		o.key("relation")
		o.b = appendText(o.b, h.Relation)
		o.texts("rules", h.Rules)
		o.texts("regions", h.Regions)
		if h.All {
			o.key("all")
			o.b = append(o.b, "true"...)
		}
	})
	o.text("policy", r.Policy)
	o.count("rows", r.Rows)
	o.count("bytes", r.Bytes)
	o.time("started", r.Started)
	if r.DurationMS != nil {
		o.key("duration_ms")
		o.b = strconv.AppendFloat(o.b, *r.DurationMS, 'f', -1, 64)
	}
	o.text("sqlstate", r.SQLState)
	o.text("rule", r.Rule)
	o.text("detail", r.Detail)
	if r.Alert != nil {
		o.alert(r.Alert)
	}
	if r.Removed != nil {
		o.removed(r.Removed)
	}
	if r.Segment != nil {
		o.start(r.Segment)
	}
	o.text("prev", r.Prev)
	return append(o.b, '}', '\n')
}

// object is a JSON object under way. What is empty is left out, but for what is appended after key.
type object struct{ b []byte }

func (o *object) key(name string) {
	if o.b[len(o.b)-1] != '{' {
		o.b = append(o.b, ',')
	}
	o.b = append(append(append(o.b, '"'), name...), '"', ':')
}

func (o *object) text(name, value string) {
	if value != "" {
		o.key(name)
		o.b = appendText(o.b, value)
	}
}

func (o *object) texts(name string, values []string) {
	if len(values) == 0 {
		return
	}
	o.key(name)
	for i, value := range values {
		o.b = appendText(append(o.b, separator(i)), value)
	}
	o.b = append(o.b, ']')
}

func (o *object) number(name string, n uint64) {
	o.key(name)
	o.b = strconv.AppendUint(o.b, n, 10)
}

func (o *object) count(name string, n *int64) {
	if n != nil {
		o.key(name)
		o.b = strconv.AppendInt(o.b, *n, 10)
	}
}

func (o *object) time(name string, t *time.Time) {
	if t != nil {
		o.key(name)
		o.b = append(t.AppendFormat(append(o.b, '"'), time.RFC3339Nano), '"')
	}
}

func (o *object) removed(r *RemovedLines) {
	o.key("removed")
	o.b = strconv.AppendInt(append(o.b, `{"first_line":`...), r.FirstLine, 10)
	o.b = strconv.AppendInt(append(o.b, `,"last_line":`...), r.LastLine, 10)
	o.number("first_seq", r.FirstSeq)
	o.number("last_seq", r.LastSeq)
	o.texts("files", r.Files)
	o.b = append(o.b, '}')
}

func (o *object) start(s *SegmentStart) {
	o.key("segment")
	o.b = strconv.AppendInt(append(o.b, `{"lines":`...), s.Lines, 10)
	o.b = append(o.b, `,"subtrees":`...)
	for i, h := range s.Subtrees {
		o.b = appendText(append(o.b, separator(i)), h.String())
	}
	o.b = append(o.b, "]}"...)
}

// list appends an array of objects, each of which element fills.
func list[T any](o *object, name string, elements []T, element func(*T)) {
	if len(elements) == 0 {
		return
	}
	o.key(name)
	for i := range elements {
		o.b = append(o.b, separator(i), '{')
		element(&elements[i])
		o.b = append(o.b, '}')
	}
	o.b = append(o.b, ']')
}

// separator is what stands before the element i of an array.
func separator(i int) byte {
	if i == 0 {
		return '['
	}
	return ','
}

// appendText appends a JSON string. Beside what JSON demands, it escapes all that some reader takes for a line's end, or some
// terminal for a command: DEL and the C1 controls, among them U+0085 and U+009B, and U+2028 and U+2029. What is no UTF-8
// becomes U+FFFD.
func appendText(b []byte, s string) []byte {
	b = append(b, '"')
	start := 0 // of what is copied as it is
	for i := 0; i < len(s); {
		if c := s[i]; c >= ' ' && c < 0x7f && c != '"' && c != '\\' {
			i++
			continue
		}
		c, size := utf8.DecodeRuneInString(s[i:])
		if c > 0x9f && c != '\u2028' && c != '\u2029' && (c != utf8.RuneError || size > 1) {
			i += size
			continue
		}
		b = append(b, s[start:i]...)
		if c == '"' || c == '\\' {
			b = append(b, '\\', byte(c))
		} else {
			const hex = "0123456789abcdef"
			b = append(b, '\\', 'u', hex[c>>12&0xf], hex[c>>8&0xf], hex[c>>4&0xf], hex[c&0xf])
		}
		i += size
		start = i
	}
	return append(append(b, s[start:]...), '"')
}
