package oracle

import (
	"slices"
	"strings"
	"time"
)

// shrinkFor bounds the search for a smaller statement.
const shrinkFor = 2 * time.Minute

// shrink looks for a smaller statement with the same fault: one that violates the contract with the same SQLSTATEs.
func (w *trio) shrink(s *generated, by protocol, found *fault) *generated {
	return reduce(s, func(try *generated) bool {
		f, err := w.check(try, by, newTally())
		return err == nil && f != nil && f.contract == found.contract && f.codes == found.codes
	})
}

// reduce drops messages of a statement, then spans of tokens, long ones first, as long as it keeps a property.
func reduce(s *generated, keeps func(*generated) bool) *generated {
	deadline := time.Now().Add(shrinkFor)
	small := *s
	small.messages = slices.Clone(s.messages)
	fails := func(messages []string) bool {
		if time.Now().After(deadline) {
			return false
		}
		try := small
		try.messages = messages
		return keeps(&try)
	}
	for i := len(small.messages) - 1; i >= 0; i-- {
		less := slices.Delete(slices.Clone(small.messages), i, i+1)
		if len(less) > 0 && fails(less) {
			small.messages = less
		}
	}
	for again := true; again; {
		again = false
		for i := range small.messages {
			try := func(words []string) bool {
				with := slices.Clone(small.messages)
				with[i] = strings.TrimSpace(strings.Join(words, ""))
				return fails(with)
			}
			before := tokens(small.messages[i])
			after := shorten(before, try)
			if len(after) < len(before) {
				small.messages[i], again = strings.TrimSpace(strings.Join(after, "")), true
			}
		}
	}
	return &small
}

// shorten drops spans of words as long as the rest fails: what is in brackets, the brackets themselves, and any others. Constants become NULL.
func shorten(words []string, fails func([]string) bool) []string {
	without := func(i, j int) []string { return slices.Delete(slices.Clone(words), i, j) }
	smaller := func(size int) int {
		if size > 16 {
			return size / 2
		}
		return size - 1
	}
	for size := len(words) / 2; size > 0; size = smaller(size) {
		for i := 0; i < len(words); {
			if closing := closingOf(words, i); closing > 0 {
				inner := slices.Clone(words[i+1 : closing])
				kept := slices.Concat(words[:i], inner, words[closing+1:])
				if rest := slices.Concat(words[:i], []string{"(NULL) "}, words[closing+1:]); len(rest) < len(words) && fails(rest) {
					words = rest
					continue
				}
				if fails(kept) {
					words = kept
					continue
				}
			}
			if strings.HasPrefix(words[i], "'") { // a constant, which may be the mistake that is not looked for
				rest := slices.Clone(words)
				if rest[i] = "NULL "; fails(rest) {
					words = rest
					continue
				}
			}
			if i+size <= len(words) {
				if rest := without(i, i+size); len(rest) > 0 && fails(rest) {
					words = rest
					continue
				}
			}
			i++
		}
	}
	return words
}

// closingOf returns the place of the bracket that closes the one at i, 0 if there is none.
func closingOf(words []string, i int) int {
	if strings.TrimSpace(words[i]) != "(" {
		return 0
	}
	depth := 0
	for j := i; j < len(words); j++ {
		switch strings.TrimSpace(words[j]) {
		case "(":
			depth++
		case ")":
			if depth--; depth == 0 {
				return j
			}
		}
	}
	return 0
}
