package rewrite

import (
	mac "crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"strings"
	"unicode/utf8"

	pg_query "github.com/pganalyze/pg_query_go/v5"
)

// Literals say what becomes of the constants of a statement where it is kept: they are personal data, too. The zero value keeps them.
type Literals struct {
	mode literalsMode
	key  []byte
}

type literalsMode uint8

const (
	keepLiterals literalsMode = iota
	hashLiterals
	dropLiterals
)

// ParseLiterals reads what becomes of constants as the server file writes it: keep, hash or drop.
func ParseLiterals(s string) (Literals, error) {
	switch s {
	case "keep":
		return Literals{mode: keepLiterals}, nil
	case "hash":
		return Literals{mode: hashLiterals}, nil
	case "drop":
		return Literals{mode: dropLiterals}, nil
	}
	return Literals{mode: dropLiterals}, fmt.Errorf("%q is not one of keep, hash, drop", s)
}

// WithKey derives the key of hashes from the mask key. That is secret, the same on all replicas and after a restart, and never in the
// database; a constant's hash is no mask's pseudonym, as the key is another one.
func (l Literals) WithKey(maskKey []byte) Literals {
	h := mac.New(sha256.New, maskKey)
	h.Write([]byte("pgscrim audit.literals"))
	l.key = h.Sum(nil)
	return l
}

// Keeps reports whether texts stay as they are.
func (l Literals) Keeps() bool { return l.mode == keepLiterals }

// hashBytes of a hash are kept: enough to tell a log's constants apart.
const hashBytes = 8

// Placeholder is what stands for a constant of a value: for '7' and 7 the same.
func (l Literals) Placeholder(value string) string { return l.placeholders().of(value) }

// placeholders makes the placeholders of one text.
type placeholders struct{ keyed hash.Hash } // nil: all are alike

func (l Literals) placeholders() placeholders {
	if l.mode != hashLiterals {
		return placeholders{}
	}
	return placeholders{mac.New(sha256.New, l.key)}
}

func (p placeholders) of(value string) string {
	if p.keyed == nil {
		return "?"
	}
	p.keyed.Reset()
	_, _ = io.WriteString(p.keyed, value) // a hash takes everything
	var sum [sha256.Size]byte
	b := append(make([]byte, 0, 3+2*hashBytes), "'#"...)
	return string(append(hex.AppendEncode(b, p.keyed.Sum(sum[:0])[:hashBytes]), '\''))
}

// constant is the placeholder of a constant as it is written. The value is that of a plain string or number, and else the whole token.
func (p placeholders) constant(token string) string {
	if mark := token[0]; len(token) > 1 && (mark == '\'' || mark == '"') && token[len(token)-1] == mark {
		token = token[1 : len(token)-1]
		if strings.IndexByte(token, mark) >= 0 {
			token = strings.ReplaceAll(token, string([]byte{mark, mark}), string(mark))
		}
	}
	return p.of(token)
}

// Statement is a text without its comments, and with a placeholder for each constant, among them quoted names that are no plain ones:
// who mixes up the quotes writes a value there. Of a text whose constants are not found for certain, only its kind and length are left.
func (l Literals) Statement(text string) string {
	if l.mode == keepLiterals || text == "" {
		return text
	}
	var room [32]constant
	var shaped [1024]byte
	if _, constants, ok := shape(text, shaped[:0], room[:0]); ok {
		return l.plain(text, constants)
	}
	if out, ok := l.scanned(text); ok {
		return out
	}
	return Unreadable(text)
}

// Message is a refusal's message about a statement whose text without constants is given. What it quotes stays if that shows it as well. Of
// a message in another language, whose quotes may be others, what is behind the first letter that is not ASCII goes.
func (l Literals) Message(message, statement string) string {
	if l.mode == keepLiterals {
		return message
	}
	if i := strings.IndexFunc(message, func(c rune) bool { return c >= utf8.RuneSelf || c == '\'' || c == '`' }); i >= 0 {
		message = message[:i] + "?"
	}
	rest := message
	for {
		_, after, found := strings.Cut(rest, `"`)
		if !found {
			return message
		}
		quoted, behind, closed := strings.Cut(after, `"`)
		if !closed || !isPlainName(quoted) || !strings.Contains(statement, quoted) {
			before, _, _ := strings.Cut(message, `"`) // quotes inside of what is quoted are not doubled: where it ends is not known
			return before + `"?"`
		}
		rest = behind
	}
}

// Unreadable stands for a text whose constants cannot be told from the rest: the word that it begins with, if that is one of SQL's, and
// its length.
func Unreadable(text string) string {
	word := strings.TrimLeft(text, " \t\r\n(")
	end := strings.IndexFunc(word, func(c rune) bool { return c > utf8.RuneSelf || lexemes[byte(c)] != letter })
	if end >= 0 {
		word = word[:end]
	}
	word = strings.ToUpper(word)
	if len(word) > len("DEALLOCATE") || !strings.Contains(beginnings, " "+word+" ") {
		word = "text"
	}
	return fmt.Sprintf("(%s of %d bytes whose constants cannot be told from the rest)", word, len(text))
}

// beginnings are the words that a statement may begin with.
const beginnings = " ABORT ALTER ANALYZE BEGIN CALL CHECKPOINT CLOSE CLUSTER COMMENT COMMIT COPY CREATE DEALLOCATE DECLARE DELETE DISCARD DO DROP END EXECUTE EXPLAIN " +
	"FETCH GRANT IMPORT INSERT LISTEN LOAD LOCK MERGE MOVE NOTIFY PREPARE REASSIGN REFRESH REINDEX RELEASE RESET REVOKE ROLLBACK SAVEPOINT SECURITY SELECT SET SHOW " +
	"START TABLE TRUNCATE UNLISTEN UPDATE VACUUM VALUES WITH "

// plain is the statement of a text that has a shape, and so only plain strings, numbers, names and comments.
func (l Literals) plain(text string, constants []constant) string {
	p := l.placeholders()
	var b strings.Builder
	b.Grow(len(text))
	next, copied := 0, 0
	for i := 0; i < len(text); {
		end, placeholder := i+1, ""
		switch c := text[i]; {
		case next < len(constants) && i == constants[next].start:
			end, placeholder = constants[next].end, p.constant(text[i:constants[next].end])
			next++
		case c == '"':
			if end = closed(text, i); isPlainName(text[i+1 : end-1]) {
				i = end
				continue
			}
			placeholder = p.constant(text[i:end])
		case (c == '-' || c == '/') && (strings.HasPrefix(text[i:], "--") || strings.HasPrefix(text[i:], "/*")):
			end, placeholder = comment(text, i), " "
		default:
			i = end
			continue
		}
		b.WriteString(text[copied:i])
		b.WriteString(placeholder)
		i, copied = end, end
	}
	b.WriteString(text[copied:])
	return strings.TrimSpace(b.String())
}

// maxScanned bounds the texts that PostgreSQL's scanner looks at for their constants.
const maxScanned = 1 << 20

// scanned is the statement of any text. ok is false if the scanner does not understand all of it.
func (l Literals) scanned(text string) (_ string, ok bool) {
	if len(text) > maxScanned || !utf8.ValidString(text) || strings.IndexByte(text, 0) >= 0 || tangled(text) {
		return "", false
	}
	scan, err := pg_query.Scan(text)
	if err != nil {
		return "", false
	}
	p := l.placeholders()
	var b strings.Builder
	at := 0
	for _, t := range tokensOf(text, scan.Tokens) {
		if t.start < at || t.end < t.start || t.end > len(text) || strings.Trim(text[at:t.start], " \t\r\n\v\f") != "" {
			return "", false
		}
		b.WriteString(text[at:t.start])
		word := text[t.start:t.end]
		switch at = t.end; t.kind {
		case pg_query.Token_C_COMMENT, pg_query.Token_SQL_COMMENT:
			b.WriteByte(' ')
		case pg_query.Token_SCONST, pg_query.Token_USCONST, pg_query.Token_BCONST, pg_query.Token_XCONST, pg_query.Token_ICONST,
			pg_query.Token_FCONST, pg_query.Token_UIDENT:
			b.WriteString(p.constant(word))
		default:
			if word[0] == '"' && !isPlainName(word[1:len(word)-1]) {
				word = p.constant(word)
			}
			b.WriteString(word)
		}
	}
	if strings.Trim(text[at:], " \t\r\n\v\f") != "" {
		return "", false
	}
	return strings.TrimSpace(b.String()), true
}

// isPlainName reports whether a quoted name is one that programs give to tables and columns, perhaps with capitals.
func isPlainName(name string) bool {
	for i := range len(name) {
		switch c := name[i]; {
		case c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z':
		case i > 0 && (c == '$' || c == '.' || c >= '0' && c <= '9'):
		default:
			return false
		}
	}
	return name != ""
}
