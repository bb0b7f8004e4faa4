package index

import (
	"iter"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A term is what stands in the index of words: a word of a statement in small letters, or a session or fingerprint, which no word can be taken for.

func sessionTerm(id string) string     { return "session=" + id }
func fingerprintTerm(id string) string { return "fingerprint=" + id }

// words yields the words of a text in small letters: the longest runs of letters, digits and underscores.
func words(text string) iter.Seq[string] {
	return func(yield func(string) bool) {
		text = fold(text)
		start := -1
		for i, c := range text {
			switch in := isWord(c); {
			case in && start < 0:
				start = i
			case !in && start >= 0:
				if !yield(text[start:i]) {
					return
				}
				start = -1
			}
		}
		if start >= 0 {
			yield(text[start:])
		}
	}
}

// fold makes texts that differ in the case of their letters the same.
func fold(text string) string { return strings.ToLower(text) }

// isWord reports whether a character is part of a word.
func isWord(c rune) bool {
	if c < utf8.RuneSelf {
		return c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
	}
	return unicode.IsLetter(c) || unicode.IsDigit(c)
}

// piece is a part of a text that is looked for: the words that have it are those that may be meant.
type piece struct {
	text       string
	head, tail bool // it starts a word, it ends one
}

// pieces takes a text that is looked for apart. At its ends, words may be cut off.
func pieces(text string) []piece {
	text = fold(text)
	var list []piece
	first, _ := utf8.DecodeRuneInString(text)
	last, _ := utf8.DecodeLastRuneInString(text)
	for word := range words(text) {
		list = append(list, piece{text: word, head: true, tail: true})
	}
	if len(list) > 0 {
		if isWord(first) {
			list[0].head = false
		}
		if isWord(last) {
			list[len(list)-1].tail = false
		}
	}
	return list
}

// needle is what a piece looks like in a list of words that each have a newline before and after.
func (p piece) needle() string {
	text := p.text
	if p.head {
		text = "\n" + text
	}
	if p.tail {
		text += "\n"
	}
	return text
}
