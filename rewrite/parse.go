package rewrite

import (
	"errors"
	"fmt"
	"sort"
	"strconv"
	"strings"
	"unicode/utf8"

	pg_query "github.com/pganalyze/pg_query_go/v5"
	"github.com/pganalyze/pg_query_go/v5/parser"
)

// maxDepth bounds the depth of a parse tree, which the C parser walks by recursion: a chain of some 30,000
// operators makes it overrun its stack and kills the process. Statements that people and tools write stay
// below 40. See FuzzGuard, which tries the bound in a child process.
const maxDepth = 1000

// token is one token of a text, by its byte offsets.
type token struct {
	start, end int
	kind       pg_query.Token
}

// comment reports whether the token is a comment of either form.
func (t token) comment() bool {
	return t.kind == pg_query.Token_C_COMMENT || t.kind == pg_query.Token_SQL_COMMENT
}

// parsed is a text with its tokens and parse tree.
type parsed struct {
	src    string
	tokens []token
	stmts  []*pg_query.RawStmt
	client bool               // it is what the client sent, and no definition of a view
	params map[int]int        // how often each parameter stands in it, once asked for
	looked map[int]bool       // the byte offsets of constants whose values were read
	asked  map[int][]question // what was asked of the values of constants, by their byte offsets
	edits  []edit             // of the rewritten text, in order, before copies of constants are pasted into them
}

// times returns how often $n stands in the text.
func (p *parsed) times(n int) int {
	if p.params == nil {
		p.params = map[int]int{}
		for _, t := range p.tokens {
			if t.kind == pg_query.Token_PARAM {
				number, _ := strconv.Atoi(p.src[t.start+1 : t.end])
				p.params[number]++
			}
		}
	}
	return p.params[n]
}

// parse scans, guards and parses a text. Nothing that has not passed it reaches the C parser. Beside a refusal it returns what is known of
// the text if the parser itself has refused it, else nil.
func parse(src string, maxBytes int) (*parsed, *Refusal) {
	if len(src) > maxBytes {
		return nil, &Refusal{Code: "54000", Message: fmt.Sprintf("statement is too long: %d bytes", len(src)),
			Detail: fmt.Sprintf("The limit is %d bytes.", maxBytes), Hint: "Send values as parameters, or split the statement."}
	}
	if !utf8.ValidString(src) || strings.Contains(src, "\x00") { // the C parser would see only what stands before a NUL
		return nil, &Refusal{Code: "22021", Message: `invalid byte sequence for encoding "UTF8"`}
	}
	if tangled(src) {
		return nil, &Refusal{Code: "54001", Message: "statement is too complex",
			Detail: fmt.Sprintf("More than %d operator characters follow one another.", maxOperatorRun)}
	}
	scan, err := pg_query.Scan(src)
	if err != nil {
		return &parsed{src: src}, syntaxRefusal(err)
	}
	if n := len(scan.Tokens); n > maxTokens {
		return nil, &Refusal{Code: "54000", Message: fmt.Sprintf("statement is too long: %d tokens", n),
			Detail: fmt.Sprintf("The limit is %d tokens.", maxTokens), Hint: "Send values as parameters, an array, or by COPY into a temporary table."}
	}
	p := &parsed{src: src, tokens: tokensOf(src, scan.Tokens)}
	if depth := estimateDepth(p.tokens); depth > maxDepth {
		return nil, &Refusal{Code: "54001", Message: "statement is too complex",
			Detail: fmt.Sprintf("Its expressions nest about %d deep; the limit is %d.", depth, maxDepth),
			Hint:   "Use IN (...), = ANY (...) or VALUES in place of long chains of operators."}
	}
	if p.stmts, err = parseTree(src); err != nil {
		return p, syntaxRefusal(err)
	}
	return p, nil
}

// parseTree parses a text whose depth is known to be bounded.
func parseTree(src string) ([]*pg_query.RawStmt, error) {
	tree, err := pg_query.Parse(src)
	return tree.GetStmts(), err
}

// maxTokens bounds the tokens of a text: each takes some kilobytes in its parse tree.
const maxTokens = 1_000_000

// maxOperatorRun bounds how many operator characters may follow one another: the scanner takes quadratic time for them.
const maxOperatorRun = 1000

// tangled reports whether a text is over maxOperatorRun. It looks at bytes, whether or not they stand in a string.
func tangled(src string) bool {
	const operators = "~!@#^&|`?+-*/%<>=" // self of PostgreSQL's scan.l
	run := 0
	for i := range len(src) {
		if strings.IndexByte(operators, src[i]) < 0 {
			run = 0
		} else if run++; run > maxOperatorRun {
			return true
		}
	}
	return false
}

// tokensOf takes over the scanner's tokens. The scanner gives U&"..." and U&'...' one byte only, and their UESCAPE as tokens of its
// own: here each is one token with all of it.
func tokensOf(src string, scanned []*pg_query.ScanToken) []token {
	tokens := make([]token, 0, len(scanned))
	escaped := -1 // the index of such a token that a UESCAPE may follow
	for _, t := range scanned {
		next := token{int(t.Start), int(t.End), t.Token}
		switch {
		case (next.kind == pg_query.Token_UIDENT || next.kind == pg_query.Token_USCONST) && next.start+2 < len(src):
			next.end = quotedEnd(src, next.start+2)
			escaped = len(tokens)
		case escaped >= 0 && next.comment():
		case escaped >= 0 && next.kind == pg_query.Token_UESCAPE:
			tokens = append(tokens[:escaped+1], next)
			continue
		case escaped >= 0 && next.kind == pg_query.Token_SCONST && tokens[len(tokens)-1].kind == pg_query.Token_UESCAPE:
			tokens = tokens[:escaped+1]
			tokens[escaped].end = next.end
			escaped = -1
			continue
		default:
			escaped = -1
		}
		tokens = append(tokens, next)
	}
	return tokens
}

// quotedEnd returns the offset behind a quoted text that starts at i, where a doubled quote stands for one.
func quotedEnd(src string, i int) int {
	for j := i + 1; j < len(src); j++ {
		if src[j] != src[i] {
			continue
		}
		if j+1 >= len(src) || src[j+1] != src[i] {
			return j + 1
		}
		j++
	}
	return len(src)
}

// syntaxRefusal words a parser's error as PostgreSQL does.
func syntaxRefusal(err error) *Refusal {
	r := &Refusal{Code: "42601", Message: err.Error()}
	var perr *parser.Error
	if errors.As(err, &perr) {
		r.Message = perr.Message
		r.Position = perr.Cursorpos // in characters
	}
	r.Message = strings.ToValidUTF8(r.Message, "") // the parser may have cut a character
	for prefix, code := range map[string]string{"invalid byte sequence for encoding": "22021", "invalid Unicode escape": "22025"} {
		if strings.HasPrefix(r.Message, prefix) {
			r.Code = code
		}
	}
	return r
}

// estimateDepth bounds from above how deep the parse tree of the tokens can be. Each nesting by brackets or CASE
// is a level; within one, operators of the same expression, joins of the same FROM and set operations may each
// make the tree one deeper, while commas, AND, OR and the arms of a CASE make it wider.
func estimateDepth(tokens []token) int {
	type level struct {
		opener                           pg_query.Token
		operators, joins, sets, betweens int
	}
	levels := []level{{}}
	base, deepest := 0, 0
	at := func() *level { return &levels[len(levels)-1] }
	cost := func(l *level) int { return l.operators + l.joins + l.sets + 1 }
	before := pg_query.Token_NUL
	for _, t := range tokens {
		l := at()
		switch t.kind {
		case pg_query.Token_ASCII_40, pg_query.Token_ASCII_91, pg_query.Token_CASE: // ( [ CASE
			base += cost(l)
			levels = append(levels, level{opener: t.kind})
		case pg_query.Token_ASCII_41, pg_query.Token_ASCII_93, pg_query.Token_END_P: // ) ] END
			name := t.kind == pg_query.Token_END_P && (before == pg_query.Token_ASCII_46 || before == pg_query.Token_AS)
			if closes(l.opener, t.kind) && !name {
				levels = levels[:len(levels)-1]
				base -= cost(at())
				at().operators++ // what follows a closed bracket may be one deeper: f(x)(y), a[1][2]
			} else {
				l.operators++
			}
		case pg_query.Token_BETWEEN:
			l.betweens++
			l.operators++
		case pg_query.Token_AND:
			if l.betweens > 0 { // the AND of a BETWEEN is no conjunction
				l.betweens--
			} else {
				l.operators = 0
			}
		case pg_query.Token_ASCII_44, pg_query.Token_OR: // ,
			l.operators, l.betweens = 0, 0
		case pg_query.Token_WHEN, pg_query.Token_THEN, pg_query.Token_ELSE:
			if l.opener == pg_query.Token_CASE {
				l.operators, l.betweens = 0, 0
			}
		case pg_query.Token_ASCII_59: // ;
			levels, base = append(levels[:0], level{}), 0
		case pg_query.Token_JOIN:
			l.joins++
			l.operators = 0
		case pg_query.Token_UNION, pg_query.Token_INTERSECT, pg_query.Token_EXCEPT:
			l.sets++
			l.operators, l.joins = 0, 0
		case pg_query.Token_IDENT, pg_query.Token_ICONST, pg_query.Token_FCONST, pg_query.Token_SCONST, pg_query.Token_PARAM,
			pg_query.Token_ASCII_46, pg_query.Token_C_COMMENT, pg_query.Token_SQL_COMMENT: // names, constants, dots
		default:
			l.operators++
		}
		before = t.kind
		deepest = max(deepest, base+cost(at()))
	}
	return deepest
}

// closes reports whether a token closes the level that an opener has begun.
func closes(opener, closer pg_query.Token) bool {
	switch opener {
	case pg_query.Token_ASCII_40:
		return closer == pg_query.Token_ASCII_41
	case pg_query.Token_ASCII_91:
		return closer == pg_query.Token_ASCII_93
	case pg_query.Token_CASE:
		return closer == pg_query.Token_END_P
	}
	return false
}

// fingerprint identifies the shape of a text without its constants; empty if it has none.
func fingerprint(src string) string {
	fp, err := pg_query.Fingerprint(src)
	if err != nil {
		return ""
	}
	return fp
}

// tokenAt returns the index of the token that starts at a byte offset, -1 if none does.
func (p *parsed) tokenAt(offset int) int {
	if i := p.firstToken(offset); i < len(p.tokens) && p.tokens[i].start == offset {
		return i
	}
	return -1
}

// firstToken returns the index of the first token that starts at a byte offset or behind it.
func (p *parsed) firstToken(offset int) int {
	return sort.Search(len(p.tokens), func(i int) bool { return p.tokens[i].start >= offset })
}

// skip returns the index of the next token from i in direction step (1 or -1) that is not a comment, -1 past the ends.
func (p *parsed) skip(i, step int) int {
	for i += step; i >= 0 && i < len(p.tokens); i += step {
		if !p.tokens[i].comment() {
			return i
		}
	}
	return -1
}

// is reports whether token i exists and is of the kind.
func (p *parsed) is(i int, kind pg_query.Token) bool {
	return i >= 0 && i < len(p.tokens) && p.tokens[i].kind == kind
}

// isLabel reports whether token i is a name by its place, whatever the word: t.end, AS case.
func (p *parsed) isLabel(i int) bool {
	before := p.skip(i, -1)
	return !p.is(i, pg_query.Token_ASCII_40) && (p.is(before, pg_query.Token_ASCII_46) || p.is(before, pg_query.Token_AS))
}

// outside visits the tokens from i on that are neither in brackets, CASE included, nor labels, until visit returns true. Brackets that
// open are visited, and so are those that close what has been opened before i.
func (p *parsed) outside(i int, visit func(i int) bool) {
	var openers []pg_query.Token
	for ; i >= 0 && i < len(p.tokens); i = p.skip(i, 1) {
		if p.isLabel(i) {
			continue
		}
		kind := p.tokens[i].kind
		if len(openers) == 0 && visit(i) {
			return
		}
		switch {
		case kind == pg_query.Token_ASCII_40 || kind == pg_query.Token_ASCII_91 || kind == pg_query.Token_CASE:
			openers = append(openers, kind)
		case len(openers) > 0 && closes(openers[len(openers)-1], kind):
			openers = openers[:len(openers)-1]
		}
	}
}

// closing returns the index of the bracket that closes the one at i, -1 if there is none.
func (p *parsed) closing(i int) int {
	depth := 0
	for ; i >= 0 && i < len(p.tokens); i++ {
		switch p.tokens[i].kind {
		case pg_query.Token_ASCII_40:
			depth++
		case pg_query.Token_ASCII_41:
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return -1
}

// qualifiedName returns the index of the last token of the dotted name that starts at token i.
func (p *parsed) qualifiedName(i int) int {
	for i = p.escaped(i); ; i = p.escaped(i) {
		dot := p.skip(i, 1)
		if dot < 0 || !p.is(dot, pg_query.Token_ASCII_46) {
			return i
		}
		part := p.skip(dot, 1)
		if part < 0 || p.is(part, pg_query.Token_ASCII_42) {
			return i
		}
		i = part
	}
}

// escaped returns the last token of the identifier that begins at token i: U&"..." may be followed by UESCAPE '!'.
func (p *parsed) escaped(i int) int {
	if word := p.skip(i, 1); p.is(i, pg_query.Token_UIDENT) && p.is(word, pg_query.Token_UESCAPE) {
		if escape := p.skip(word, 1); p.is(escape, pg_query.Token_SCONST) {
			return escape
		}
	}
	return i
}

// extent returns the byte offsets of a raw statement, without leading and trailing comments and space.
func (p *parsed) extent(raw *pg_query.RawStmt) (start, end int) {
	from, to := p.bounds(raw)
	start, end = to, from
	for i := p.firstToken(from); i < len(p.tokens) && p.tokens[i].end <= to; i++ {
		if t := p.tokens[i]; !t.comment() {
			start, end = min(start, t.start), max(end, t.end)
		}
	}
	if start > end {
		return from, to
	}
	return start, end
}

// bounds returns the byte offsets of a raw statement as the parser gives them.
func (p *parsed) bounds(raw *pg_query.RawStmt) (from, to int) {
	from = int(raw.StmtLocation)
	if raw.StmtLen == 0 {
		return from, len(p.src)
	}
	return from, from + int(raw.StmtLen)
}

// names returns the string fields of a name list; ok is false if another node is among them.
func names(nodes []*pg_query.Node) (out []string, ok bool) {
	for _, n := range nodes {
		s, isString := n.Node.(*pg_query.Node_String_)
		if !isString {
			return nil, false
		}
		out = append(out, s.String_.Sval)
	}
	return out, true
}

// fieldName is a name's part, empty if the node is none.
func fieldName(n *pg_query.Node) string { return n.GetString_().GetSval() }

// dotted spells a name for a message, as PostgreSQL's NameListToString does.
func dotted(parts []string) string { return strings.Join(parts, ".") }
