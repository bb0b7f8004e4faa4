package rewrite

import (
	"slices"
	"strings"
)

// A template is an answer in which the constants of a text can be replaced by those of another text of its shape. Positions in the
// answer move with the lengths of the constants before them; what an edit replaces or puts in is the same.
type template struct {
	answer    Answer // to the first text, without what is its own
	statement Statement
	slots     []slot // one for each constant
	edits     []movingEdit
	start     int // the byte offset of the statement, and the bytes behind it
	tail      int
	bytes     int // what it takes in memory
}

// slot is the place of a constant. Its state is changed under the lock of the templates.
type slot struct {
	text  string // of the first text
	state slotState
	asked []question // of its value, to which that of another text must give the same answers
}

// fits reports whether another text has a value with the same properties as the first text's in a slot.
func (s *slot) fits(text string) bool {
	if len(s.asked) == 0 {
		return true
	}
	value := strings.ReplaceAll(text[1:len(text)-1], "''", "'")
	return !slices.ContainsFunc(s.asked, func(q question) bool { return q.property(value) != q.answer })
}

// slotState says which values a template holds for in a slot.
type slotState byte

const (
	fixed   slotState = iota // that of the first text only
	assumed                  // likewise, until the answer to a text with another value has shown that it holds for that
	free                     // any
)

// movingEdit is an edit, without its place, from bytes behind the end of constant number after (counted from 0; -1 is the start of the text).
type movingEdit struct {
	after, from, length int
	// texts are what it puts in. Between two of them stands the copy of a constant.
	texts  []string
	copied []copiedConstant
}

// copiedConstant is the constant of a number, with its sign and what is between them, in bytes.
type copiedConstant struct{ number, sign int }

// copies takes the places of copies out of the texts. It reports whether each is that of a constant.
func (m *movingEdit) copies(constants []constant) bool {
	parts := m.texts
	m.texts = parts[:1:1]
	for k := 1; k+1 < len(parts); k += 2 {
		start, end := copiedPlace(parts[k])
		i := slices.IndexFunc(constants, func(c constant) bool { return c.end == end })
		if i < 0 || constants[i].start < start {
			return false
		}
		m.copied = append(m.copied, copiedConstant{i, constants[i].start - start})
		m.texts = append(m.texts, parts[k+1])
	}
	return true
}

// text is what the edit puts into a text.
func (m *movingEdit) text(sql string, constants []constant) string {
	if len(m.copied) == 0 {
		return m.texts[0]
	}
	var b strings.Builder
	for i, c := range m.copied {
		b.WriteString(m.texts[i])
		b.WriteString(sql[constants[c.number].start-c.sign : constants[c.number].end])
	}
	b.WriteString(m.texts[len(m.copied)])
	return b.String()
}

// newTemplate makes a template of the answer to a text, nil if it cannot be one: of statements that are refused, or have an effect
// on the session, and of those without a constant that may vary.
func newTemplate(p *parsed, constants []constant, a *Answer) *template {
	if a.Refusal != nil || len(a.Statements) != 1 {
		return nil
	}
	st := a.Statements[0]
	if st.Refusal != nil || st.Effect != (Effect{}) || st.Steps != (Steps{}) || st.CommandTag != "" || st.OnError != nil && st.OnError.Position != 0 {
		return nil
	}
	start, end := p.extent(p.stmts[0])
	if len(constants) == 0 || constants[0].start < start {
		return nil
	}
	t := &template{answer: *a, statement: st, slots: make([]slot, len(constants)), start: start, tail: len(p.src) - end}
	t.answer.SQL, t.answer.original, t.answer.edits, t.answer.Statements = "", "", nil, nil
	t.statement.Text, t.statement.Rewritten = "", ""
	may := varyingConstants(p, constants)
	next := 0 // the first constant that does not start before the edit
	for _, e := range p.edits {
		for ; next < len(constants) && constants[next].start < e.start; next++ {
		}
		m := movingEdit{after: next - 1, from: e.start, length: e.end - e.start, texts: strings.Split(e.text, copyMark)}
		if !m.copies(constants) {
			return nil
		}
		if next > 0 {
			m.from -= constants[next-1].end
		}
		if m.from < 0 {
			return nil // it cuts a constant
		}
		for i := next; i < len(constants) && constants[i].start < e.end; i++ {
			may[i] = false // its text is replaced
		}
		t.edits = append(t.edits, m)
	}
	varies := false
	for i, c := range constants {
		t.slots[i].text = c.text(p.src)
		if c.class == classText {
			t.slots[i].asked = p.asked[c.start]
		}
		if may[i] {
			t.slots[i].state, varies = assumed, true
		}
	}
	if !varies {
		return nil
	}
	return t
}

// instance is an answer made from a template, in one piece of memory.
type instance struct {
	Answer
	statements [1]Statement
	room       [4]edit
}

// answerTo gives the answer to a text of the template's shape.
func (t *template) answerTo(sql string, constants []constant) *Answer {
	x := &instance{Answer: t.answer, statements: [1]Statement{t.statement}}
	a, st := &x.Answer, &x.statements[0]
	a.SQL, a.original, a.Statements = sql, sql, x.statements[:]
	st.Text = sql[t.start : len(sql)-t.tail]
	st.Rewritten = st.Text
	if len(t.edits) == 0 {
		return a
	}
	a.edits = x.room[:0]
	for i := range t.edits {
		m := &t.edits[i]
		at := m.from
		if m.after >= 0 {
			at += constants[m.after].end
		}
		a.edits = append(a.edits, edit{at, at + m.length, m.text(sql, constants)})
	}
	a.SQL, _ = splice(sql, a.edits)
	st.Rewritten = a.SQL[t.start : len(a.SQL)-t.tail]
	return a
}

// holds reports whether the template is the answer to a text. differ are the assumed slots in which another value stands: it may
// be the answer if there are any.
func (t *template) holds(sql string, constants []constant) (holds bool, differ []int) {
	for i := range t.slots {
		s := &t.slots[i]
		text := constants[i].text(sql)
		switch {
		case s.text == text:
			continue
		case s.state == fixed, !s.fits(text):
			return false, nil
		case s.state == free:
			continue
		}
		differ = append(differ, i)
	}
	return len(differ) == 0, differ
}

// size estimates the memory of the template, in bytes.
func (t *template) size() int {
	n := 1024 + 40*len(t.slots) + len(t.statement.Fingerprint) + 128*(len(t.statement.Columns)+len(t.statement.Relations)+len(t.statement.Hidden))
	for i := range t.slots {
		n += len(t.slots[i].text)
	}
	for i := range t.edits {
		for _, text := range t.edits[i].texts {
			n += 64 + len(text)
		}
	}
	return n
}
