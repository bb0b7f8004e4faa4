package rewritetest

import (
	"fmt"
	"slices"
	"strings"
)

// File is a golden file.
type File struct {
	Path string
	// Header is the text before the first case, with the directives of all cases.
	Header string
	Cases  []*Case

	defaults map[string]string
}

// Case is one query string and what is expected of it.
type Case struct {
	Name string
	Line int // of its `===`
	// Directives are the case's own, as they are written, comments included.
	Directives string
	SQL        string
	Expected   string

	values map[string]string
}

const (
	caseMark = "=== "
	outMark  = "----"
)

// directives are those that a file or case may hold.
var directives = []string{"role", "purpose", "reason", "search_path"}

// Parse reads a golden file.
func Parse(path, text string) (*File, error) {
	f := &File{Path: path}
	lines := strings.SplitAfter(text, "\n")
	i := 0
	for i < len(lines) && !strings.HasPrefix(lines[i], caseMark) {
		i++
	}
	f.Header = strings.Join(lines[:i], "")
	var err error
	if f.defaults, err = f.directives(lines[:i], 1); err != nil {
		return nil, err
	}
	for i < len(lines) {
		start := i
		for i++; i < len(lines) && !strings.HasPrefix(lines[i], caseMark); {
			i++
		}
		c, err := f.parseCase(lines[start:i], start+1)
		if err != nil {
			return nil, err
		}
		f.Cases = append(f.Cases, c)
	}
	return f, nil
}

func (f *File) parseCase(lines []string, line int) (*Case, error) {
	c := &Case{Name: strings.TrimSpace(strings.TrimPrefix(lines[0], caseMark)), Line: line}
	lines = lines[1:]
	blank := slices.IndexFunc(lines, func(l string) bool { return strings.TrimSpace(l) == "" })
	if blank < 0 {
		return nil, fmt.Errorf("%s:%d: case %q has no empty line before its SQL", f.Path, line, c.Name)
	}
	out := slices.IndexFunc(lines, func(l string) bool { return strings.TrimRight(l, "\r\n") == outMark })
	if out < blank {
		return nil, fmt.Errorf("%s:%d: case %q has no line %s behind its SQL", f.Path, line, c.Name, outMark)
	}
	c.Directives = strings.Join(lines[:blank], "")
	c.SQL = strings.TrimSuffix(strings.Join(lines[blank+1:out], ""), "\n")
	c.Expected = strings.TrimSpace(strings.Join(lines[out+1:], ""))
	var err error
	c.values, err = f.directives(lines[:blank], line+1)
	return c, err
}

func (f *File) directives(lines []string, line int) (map[string]string, error) {
	values := map[string]string{}
	for i, l := range lines {
		l = strings.TrimSpace(l)
		if l == "" || strings.HasPrefix(l, "#") {
			continue
		}
		key, value, found := strings.Cut(l, ":")
		if !found || !slices.Contains(directives, key) {
			return nil, fmt.Errorf("%s:%d: %q is no directive: there are %s", f.Path, line+i, l, strings.Join(directives, ", "))
		}
		values[key] = strings.TrimSpace(value)
	}
	return values, nil
}

// Value returns a directive of the case, or of the file.
func (f *File) Value(c *Case, key string) (string, bool) {
	if v, ok := c.values[key]; ok {
		return v, true
	}
	v, ok := f.defaults[key]
	return v, ok
}

// String spells the file. Parsing it gives the same file again.
func (f *File) String() string {
	var b strings.Builder
	b.WriteString(f.Header)
	for _, c := range f.Cases {
		fmt.Fprintf(&b, "%s%s\n%s\n%s\n%s\n%s\n\n", caseMark, c.Name, c.Directives, c.SQL, outMark, c.Expected)
	}
	return strings.TrimRight(b.String(), "\n") + "\n"
}
