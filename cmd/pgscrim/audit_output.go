package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/spf13/pflag"

	"github.com/pgscrim/pgscrim/audit"
	"github.com/pgscrim/pgscrim/audit/index"
)

// searchOutput is the form in which what is found is printed.
type searchOutput struct{ asJSON, asCSV bool }

func (o *searchOutput) add(flags *pflag.FlagSet) {
	flags.BoolVar(&o.asJSON, "json", false, "print one JSON object a line: the first record, with the end of the statement")
	flags.BoolVar(&o.asCSV, "csv", false, "print CSV with a heading")
}

// searchPrinter prints what is found.
type searchPrinter interface {
	begin() error
	print(*index.Found) error
	end() error
}

func (o *searchOutput) printer(w io.Writer) (searchPrinter, error) {
	switch {
	case o.asJSON && o.asCSV:
		return nil, errors.New("--json and --csv exclude each other")
	case o.asJSON:
		return &jsonPrinter{w: w}, nil
	case o.asCSV:
		return &csvPrinter{w: csv.NewWriter(w)}, nil
	}
	return &linePrinter{w: w}, nil
}

// linePrinter prints for people, as audit tail does.
type linePrinter struct{ w io.Writer }

func (p *linePrinter) begin() error {
	_, err := fmt.Fprintln(p.w, audit.Heading())
	return err
}

func (p *linePrinter) print(f *index.Found) error {
	_, err := fmt.Fprintln(p.w, f.Joined())
	return err
}

func (p *linePrinter) end() error { return nil }

// jsonPrinter prints an object for each statement.
type jsonPrinter struct{ w io.Writer }

// foundJSON is the first record of a statement with how it ended.
type foundJSON struct {
	audit.Record
	EndedSeq uint64     `json:"ended_seq,omitempty"` // of the record that closes it
	Ended    *time.Time `json:"ended,omitempty"`
}

func newFoundJSON(f *index.Found) foundJSON {
	j := foundJSON{Record: f.Record}
	j.Prev = "" // it is of the line, which this is not
	if e := f.Ended; e != nil {
		j.EndedSeq, j.Ended = e.Seq, &e.Time
		j.Rows, j.Bytes, j.DurationMS, j.SQLState, j.Detail = e.Rows, e.Bytes, e.DurationMS, e.SQLState, e.Detail
	}
	return j
}

func (p *jsonPrinter) begin() error { return nil }

func (p *jsonPrinter) print(f *index.Found) error {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(newFoundJSON(f)); err != nil {
		return err
	}
	_, err := p.w.Write(escapeControls(b.Bytes()))
	return err
}

func (p *jsonPrinter) end() error { return nil }

// escapeControls escapes in JSON what encoding/json does not, but terminals obey: DEL and the C1 controls.
func escapeControls(b []byte) []byte {
	isControl := func(c rune) bool { return c >= 0x7f && c <= 0x9f }
	if !bytes.ContainsFunc(b, isControl) {
		return b
	}
	out := make([]byte, 0, len(b)+16)
	for _, c := range string(b) {
		if isControl(c) {
			out = fmt.Appendf(out, `\u%04x`, c)
		} else {
			out = utf8.AppendRune(out, c)
		}
	}
	return out
}

// csvPrinter prints for spreadsheets.
type csvPrinter struct{ w *csv.Writer }

func (p *csvPrinter) begin() error {
	return p.w.Write([]string{
		"began", "ended", "seq", "event", "session", "user", "roles", "client", "application", "database", "purpose", "reason", "decision", "sqlstate", "rule",
		"rows", "bytes", "duration_ms", "relations", "shown", "masked", "statement", "detail",
	})
}

func (p *csvPrinter) print(f *index.Found) error {
	j := newFoundJSON(f)
	ended := ""
	if j.Ended != nil {
		ended = moment(*j.Ended)
	}
	number := func(n *int64) string {
		if n == nil {
			return ""
		}
		return strconv.FormatInt(*n, 10)
	}
	duration := ""
	if j.DurationMS != nil {
		duration = strconv.FormatFloat(*j.DurationMS, 'f', 3, 64)
	}
	cells := []string{
		moment(j.Time), ended, strconv.FormatUint(j.Seq, 10), j.Event, j.Session, j.User, strings.Join(j.Roles, " "), j.Client, j.Application, j.Database,
		j.Purpose, j.Reason, j.Decision, j.SQLState, j.Rule, number(j.Rows), number(j.Bytes), duration, strings.Join(j.Relations, " "),
		columnsWith(j.Columns, "show"), columnsWith(j.Columns, "mask"), j.Statement, j.Detail,
	}
	for i := range cells {
		cells[i] = csvCell(cells[i])
	}
	return p.w.Write(cells)
}

func (p *csvPrinter) end() error {
	p.w.Flush()
	return p.w.Error()
}

func moment(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

// columnsWith lists the columns to which an action was applied, for some rows at least.
func columnsWith(columns []audit.Column, action string) string {
	var names []string
	for _, c := range columns {
		if strings.Contains(c.Action, action) {
			names = append(names, c.Relation+"."+c.Column)
		}
	}
	return strings.Join(names, " ")
}

// csvCell makes a cell harmless: spreadsheets take what begins so for a formula (OWASP, CSV Injection), and terminals obey control characters.
func csvCell(s string) string {
	s = audit.Printable(s)
	if first, _ := utf8.DecodeRuneInString(s); s != "" && strings.ContainsRune("=+-@＝＋－＠", first) {
		return "'" + s
	}
	return s
}
