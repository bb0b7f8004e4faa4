package rewrite

import (
	"strings"
	"unicode/utf8"
)

// A shape is a text with its constants taken out. Two texts of one shape have the same tokens but for the values of their
// constants, and so the same parse tree. It is found without PostgreSQL's scanner, by one that knows the plain spellings of SQL only:
// whatever is unusual has no shape (see FuzzShape, which compares the two).

// constant is one constant of a text, by its byte offsets.
type constant struct {
	start, end int
	class      class
}

// text is the constant's text in the text that it is of.
func (c constant) text(sql string) string { return sql[c.start:c.end] }

// class is all that the type of a constant depends on. Its value stands for a constant in a shape, where no other byte is that low.
type class byte

const (
	classInt4 class = iota + 1
	classInt8
	classNumeric
	classText
)

const (
	// maxShape bounds the length of a shape in bytes, and maxConstants the constants of its text: of longer statements few come twice.
	maxShape     = 64 << 10
	maxConstants = 4096
)

// lexeme is what a byte begins, or goes on with, outside quotes.
type lexeme byte

const (
	unusual    lexeme = iota // control characters, braces and backslashes
	blank                    // space, tab, line breaks
	letter                   // of a name; what is not ASCII is one too
	digit                    //
	punctuator               // that ends a constant before it
	opener                   // a punctuator that does not
	dot
	dollar
	quoteMark
	doubleQuote
)

var lexemes = lexemesOf()

func lexemesOf() (table [256]lexeme) {
	for b := range table {
		switch c := byte(b); {
		case c == ' ' || c == '\t' || c == '\n' || c == '\r':
			table[b] = blank
		case c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || c >= utf8.RuneSelf:
			table[b] = letter
		case c >= '0' && c <= '9':
			table[b] = digit
		case strings.IndexByte("),;:]+-*/<>=~!@#%^&|`?", c) >= 0:
			table[b] = punctuator
		case c == '(' || c == '[':
			table[b] = opener
		case c == '.':
			table[b] = dot
		case c == '$':
			table[b] = dollar
		case c == '\'':
			table[b] = quoteMark
		case c == '"':
			table[b] = doubleQuote
		}
	}
	return table
}

// shape appends the shape of a text to key, and its constants in order to constants. ok is false if the text has no shape.
func shape(sql string, key []byte, constants []constant) (_ []byte, _ []constant, ok bool) {
	if strings.IndexByte(sql, '\\') >= 0 || strings.IndexByte(sql, 0) >= 0 || !utf8.ValidString(sql) || len(sql) > maxOperatorRun && tangled(sql) {
		return key, constants, false
	}
	base, copied := len(key), 0
	afterText := false // a string after a string may be part of it
	for i := 0; i < len(sql); {
		start, what := i, lexemes[sql[i]]
		var found class
		switch what {
		case blank:
			i++
			continue
		case letter:
			for i++; i < len(sql) && (lexemes[sql[i]] == letter || lexemes[sql[i]] == digit || lexemes[sql[i]] == dollar); i++ {
			}
			if i < len(sql) && sql[i] == '\'' { // E'...' and the like
				return key, constants, false
			}
		case digit:
			i, found = number(sql, i)
			if found == 0 || !ends(sql, i) {
				return key, constants, false
			}
		case dollar: // a parameter
			for i++; i < len(sql) && lexemes[sql[i]] == digit; i++ {
			}
			if i == start+1 || !ends(sql, i) {
				return key, constants, false
			}
		case quoteMark:
			i, found = closed(sql, i), classText
			if i < 0 || afterText || !ends(sql, i) {
				return key, constants, false
			}
		case doubleQuote:
			if i = closed(sql, i); i < 0 || i == start+2 || !plain(sql[start:i]) {
				return key, constants, false
			}
		case dot:
			if i++; i < len(sql) && lexemes[sql[i]] == digit {
				return key, constants, false
			}
		case punctuator, opener:
			next := byte(0)
			if i++; i < len(sql) {
				next = sql[i]
			}
			switch {
			case sql[start] == '-' && next == '-', sql[start] == '/' && next == '*':
				if i = comment(sql, start); i < 0 {
					return key, constants, false
				}
				continue
			case sql[start] == '&' && (next == '\'' || next == '"'): // U&'...' and U&"..."
				return key, constants, false
			}
		default:
			return key, constants, false
		}
		afterText = found == classText
		if found == 0 {
			continue
		}
		if len(constants) == maxConstants || len(key)-base+start-copied > maxShape {
			return key, constants, false
		}
		key = append(append(key, sql[copied:start]...), byte(found))
		constants = append(constants, constant{start, i, found})
		copied = i
	}
	if len(key)-base+len(sql)-copied > maxShape {
		return key, constants, false
	}
	return append(key, sql[copied:]...), constants, true
}

// ends reports whether a constant or parameter may end at i: what follows is no part of it.
func ends(sql string, i int) bool {
	return i >= len(sql) || lexemes[sql[i]] == blank || lexemes[sql[i]] == punctuator
}

// number returns the end and the class of the number at i; the class is 0 for one that is left to PostgreSQL's scanner. Whole
// numbers have the smallest type that holds them.
func number(sql string, i int) (end int, c class) {
	start := i
	for ; i < len(sql) && lexemes[sql[i]] == digit; i++ {
	}
	whole := sql[start:i]
	if i < len(sql) && sql[i] == '.' {
		fraction := i + 1
		for i = fraction; i < len(sql) && lexemes[sql[i]] == digit; i++ {
		}
		if i == fraction || i < len(sql) && sql[i] == '.' {
			return i, 0
		}
		return i, classNumeric
	}
	const largest = "2147483647" // of an integer
	switch n := len(whole); {
	case n < len(largest):
		return i, classInt4
	case whole[0] == '0' || n > len("999999999999999999"):
		return i, 0
	case n == len(largest) && whole <= largest:
		return i, classInt4
	}
	return i, classInt8
}

// closed returns the offset behind the quoted text at i, where a doubled quote stands for one, negative if it does not end.
func closed(sql string, i int) int {
	mark := sql[i]
	for i++; ; i += 2 {
		n := strings.IndexByte(sql[i:], mark)
		if n < 0 {
			return -1
		}
		if i += n; i+1 == len(sql) || sql[i+1] != mark {
			return i + 1
		}
	}
}

// comment returns the offset behind the comment at i, negative if it does not end, has another in it, or is not plain.
func comment(sql string, i int) int {
	start := i
	if sql[i] == '-' {
		for ; i < len(sql) && sql[i] != '\n' && sql[i] != '\r'; i++ {
		}
	} else {
		for i += 2; !strings.HasPrefix(sql[i:], "*/"); i++ {
			if i+1 >= len(sql) || strings.HasPrefix(sql[i:], "/*") {
				return -1
			}
		}
		i += 2
	}
	if !plain(sql[start:i]) {
		return -1
	}
	return i
}

// plain reports whether a text has no byte that stands for a constant in a shape.
func plain(text string) bool {
	for i := range len(text) {
		if text[i] <= byte(classText) {
			return false
		}
	}
	return true
}
