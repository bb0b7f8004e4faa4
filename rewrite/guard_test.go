package rewrite

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pgscrim/pgscrim/proxy/cluster/clustertest"
)

// childEnv makes the test binary a process that parses what it reads: when the C parser overruns its
// stack, it takes the process with it.
const childEnv = "PGSCRIM_TEST_PARSE_CHILD"

func TestMain(m *testing.M) {
	if os.Getenv(childEnv) != "" {
		if err := parseChild(os.Stdin, os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	clustertest.Main(m)
}

// parseChild answers each text (its length in decimal and a newline before it) with a line: "accepted" or the refusal's SQLSTATE.
func parseChild(in io.Reader, out io.Writer) error {
	r := bufio.NewReader(in)
	for {
		line, err := r.ReadString('\n')
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		n, err := strconv.Atoi(strings.TrimSpace(line))
		if err != nil {
			return err
		}
		text := make([]byte, n)
		if _, err := io.ReadFull(r, text); err != nil {
			return err
		}
		answer := "accepted"
		if p, refusal := parse(string(text), defaultMaxStatementBytes); refusal != nil {
			answer = refusal.Code
		} else {
			for _, raw := range p.stmts {
				start, end := p.extent(raw)
				fingerprint(p.src[start:end])
			}
		}
		if _, err := fmt.Fprintln(out, answer); err != nil {
			return err
		}
	}
}

// parser is a child process that parses.
type parserProcess struct {
	mu  sync.Mutex
	cmd *exec.Cmd
	in  io.WriteCloser
	out *bufio.Reader
}

func (p *parserProcess) start() error {
	p.cmd = exec.Command(os.Args[0], "-test.run=^$")
	p.cmd.Env = append(os.Environ(), childEnv+"=1")
	var err error
	if p.in, err = p.cmd.StdinPipe(); err != nil {
		return err
	}
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		return err
	}
	p.out = bufio.NewReader(out)
	return p.cmd.Start()
}

func (p *parserProcess) stop() {
	if p.cmd != nil {
		_ = p.in.Close()
		_ = p.cmd.Wait()
		p.cmd = nil
	}
}

// parse parses a text in the child, which it starts if need be. The error says that the child has died of it.
func (p *parserProcess) parse(text string) (string, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.cmd == nil {
		if err := p.start(); err != nil {
			return "", err
		}
	}
	// The child may die before it has read all.
	_, _ = io.WriteString(p.in, strconv.Itoa(len(text))+"\n"+text)
	answer, err := p.out.ReadString('\n')
	if err != nil {
		_ = p.in.Close()
		died := p.cmd.Wait()
		p.cmd = nil
		return "", fmt.Errorf("the parser has died: %w", died)
	}
	return strings.TrimSpace(answer), nil
}

func chain(first, link string, n int, end ...string) string {
	return "SELECT " + first + strings.Repeat(link, n) + strings.Join(end, "")
}

func nested(open, inner, closing string, n int) string {
	return "SELECT " + strings.Repeat(open, n) + inner + strings.Repeat(closing, n)
}

// TestBombs parses texts that are deeper than the C parser's stack, and some that only look like it.
func TestBombs(t *testing.T) {
	const n = 30_000
	bombs := map[string]string{
		"plus":                    chain("1", "+1", n),
		"plus, long":              chain("1", "+1", 100_000),
		"concatenate":             chain("'a'", "||'a'", n),
		"casts":                   chain("1", "::int", n),
		"is null":                 chain("1", " IS NULL", n),
		"isnull":                  chain("1", " ISNULL", n),
		"is true":                 chain("true", " IS TRUE", n),
		"collate":                 chain("a", ` COLLATE "C"`, n, " FROM t"),
		"at time zone":            chain("a", " AT TIME ZONE 'UTC'", n, " FROM t"),
		"operator()":              chain("1", " OPERATOR(pg_catalog.+) 1", n),
		"comparisons":             chain("true", " = (1 < 2)", n),
		"minus signs":             chain("", "- ", n, "1"),
		"not":                     chain("", "NOT ", n, "true"),
		"prefix operators":        chain("", "@ ", n, "1"),
		"parentheses":             nested("(", "1", ")", n),
		"parentheses with sum":    nested("(1+", "1", ")", n),
		"functions":               nested("abs(", "1", ")", n),
		"functions, second":       nested("coalesce(1,", "1", ")", n),
		"arrays":                  nested("ARRAY[", "1", "]", n),
		"array after comma":       nested("ARRAY[1,", "1", "]", n),
		"subscripts":              nested("a[", "1", "]", n),
		"rows":                    nested("ROW(1,", "1", ")", n),
		"case":                    nested("CASE WHEN true THEN ", "1", " END", n),
		"case arg":                nested("CASE ", "1", " WHEN 1 THEN 1 END", n),
		"case else":               nested("CASE WHEN a AND b THEN 1 ELSE ", "1", " END", n),
		"subqueries":              nested("(SELECT ", "1", ")", n),
		"subqueries in FROM":      nested("1 FROM (SELECT ", "1", ") x", n),
		"exists":                  nested("EXISTS (SELECT ", "1", ")", n),
		"in":                      nested("1 IN (", "1", ")", n),
		"in after comma":          nested("1 IN (1, ", "1", ")", n),
		"any":                     nested("1 = ANY (", "1", ")", n),
		"between and not":         chain("", "1 BETWEEN 1 AND NOT ", n, "true"),
		"between, is null":        chain("1", " BETWEEN 1 AND 2 IS NULL", n),
		"not between, is true":    chain("1", " NOT BETWEEN SYMMETRIC 1 AND 2 IS NOT TRUE", n),
		"and not":                 chain("", "true AND NOT ", n, "true"),
		"or not":                  chain("", "true OR NOT ", n, "true"),
		"between, nested":         nested("1 BETWEEN 1 AND (", "1", ")", n),
		"END as a name":           "SELECT " + strings.Repeat("(SELECT 1 AS end, ", n) + "1" + strings.Repeat(")", n),
		"END as a column":         "SELECT " + strings.Repeat("(t.end, ", n) + "1" + strings.Repeat(")", n),
		"END before parenthesis":  "SELECT " + strings.Repeat("(t.end + ", n) + "1" + strings.Repeat(")", n),
		"CASE as a name, then )":  "SELECT " + strings.Repeat("(SELECT t.end, t.end, ", n) + "1" + strings.Repeat(")", n),
		"END as a function":       "SELECT " + strings.Repeat("t.end(", n) + "1" + strings.Repeat(")", n),
		"END as a label, UNION":   "SELECT 1" + strings.Repeat(" AS end UNION SELECT 1", n),
		"cross join":              "SELECT 1 FROM t" + strings.Repeat(" CROSS JOIN t", n),
		"natural join":            "SELECT 1 FROM t" + strings.Repeat(" NATURAL JOIN t", n),
		"join on":                 "SELECT 1 FROM t" + strings.Repeat(" JOIN t ON a AND b", n),
		"join, nested right":      "SELECT 1 FROM t" + strings.Repeat(" JOIN t", n) + strings.Repeat(" ON true", n),
		"join, parentheses":       "SELECT 1 FROM " + strings.Repeat("(", n) + "t" + strings.Repeat(" JOIN t ON true)", n),
		"union all":               "SELECT 1" + strings.Repeat(" UNION ALL SELECT 1", n),
		"union all, where":        "SELECT 1" + strings.Repeat(" UNION ALL SELECT 1 FROM a, b WHERE a AND b OR c", n),
		"values union":            "VALUES (1)" + strings.Repeat(" UNION VALUES (1)", n),
		"intersect":               "SELECT 1" + strings.Repeat(" INTERSECT SELECT 1", n),
		"union, parentheses":      strings.Repeat("(", n) + "SELECT 1" + strings.Repeat(" UNION SELECT 1)", n),
		"with":                    strings.Repeat("WITH a AS (", n) + "SELECT 1" + strings.Repeat(") SELECT 1", n),
		"with after comma":        strings.Repeat("WITH b AS (SELECT 1), a AS (", n) + "SELECT 1" + strings.Repeat(") SELECT 1", n),
		"with, nested prefix":     strings.Repeat("WITH a AS (SELECT 1) (", n) + "SELECT 1" + strings.Repeat(")", n),
		"explain":                 strings.Repeat("EXPLAIN ", n) + "SELECT 1",
		"functions BEGIN ATOMIC":  strings.Repeat("CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; ", n) + strings.Repeat(" END;", n),
		"rule":                    "CREATE RULE r AS ON INSERT TO t DO (" + strings.Repeat("SELECT 1;", n) + "SELECT 1" + strings.Repeat("+1", n) + ")",
		"indirection":             "SELECT (a)" + strings.Repeat(".b", n),
		"indices":                 "SELECT (a)" + strings.Repeat("[1]", n),
		"indices, slices":         "SELECT (a)" + strings.Repeat("[1:2]", n),
		"names":                   "SELECT a" + strings.Repeat(".b", n),
		"json":                    nested("json_object('a': ", "1", ")", n),
		"json arrays":             nested("json_array(1, ", "1", ")", n),
		"xml":                     nested("xmlelement(name a, ", "1", ")", n),
		"filter":                  nested("count(*) FILTER (WHERE ", "true", ")", n),
		"window":                  nested("count(*) OVER (PARTITION BY ", "1", ")", n),
		"order by":                nested("count(DISTINCT 1 ORDER BY 1, ", "1", ")", n),
		"grouping sets":           "SELECT 1 GROUP BY " + strings.Repeat("GROUPING SETS (1, ", n) + "1" + strings.Repeat(")", n),
		"type modifiers":          "SELECT 1::" + strings.Repeat("a(1::", n) + "int" + strings.Repeat(")", n),
		"array types":             "SELECT 1::int" + strings.Repeat("[]", n),
		"lateral":                 "SELECT 1 FROM " + strings.Repeat("LATERAL (SELECT 1 FROM a, ", n) + "t" + strings.Repeat(") x", n),
		"rows from":               "SELECT 1 FROM " + strings.Repeat("ROWS FROM (f((SELECT 1 FROM ", n) + "t" + strings.Repeat(")))", n),
		"copy":                    strings.Repeat("COPY (", n) + "SELECT 1" + strings.Repeat(") TO STDOUT", n),
		"prepare":                 strings.Repeat("PREPARE a AS ", n) + "SELECT 1",
		"create schema":           strings.Repeat("CREATE SCHEMA a ", n),
		"like escape":             chain("'a'", " LIKE 'a' ESCAPE 'a'", n),
		"unary minus after comma": nested("least(1, - ", "1", ")", n),
		"distinct from":           chain("1", " IS DISTINCT FROM 1", n),
		"is document":             chain("1", " IS DOCUMENT", n),
		"is json":                 chain("'1'", " IS JSON", n),
		"interval":                chain("1", " + INTERVAL '1' DAY", n),
		"unclosed":                "SELECT " + strings.Repeat("(", n),
		"closed":                  "SELECT " + strings.Repeat(")", n),
		"END alone":               strings.Repeat("END ", n),
		"semicolons":              strings.Repeat("SELECT 1;", n/10),
		"empty statements":        strings.Repeat(";", n),
	}
	var p parserProcess
	t.Cleanup(p.stop)
	for name, text := range bombs {
		answer, err := p.parse(text)
		if err != nil {
			t.Errorf("%s (%.60s...): %v", name, text, err)
			continue
		}
		t.Logf("%-24s %s", name, answer)
	}
}

// TestWide parses texts that are wide, not deep: they must be accepted.
func TestWide(t *testing.T) {
	const n = 50_000
	list := func(item string) string { return item + strings.Repeat(", "+item, n) }
	for name, text := range map[string]string{
		"and":                        "SELECT 1 FROM t WHERE a = 1" + strings.Repeat(" AND a = 1", n),
		"or":                         "SELECT 1 FROM t WHERE a = 1" + strings.Repeat(" OR a = 1", n),
		"or of ands":                 "SELECT 1 FROM t WHERE a = 1" + strings.Repeat(" OR a = 1 AND b = 2", n),
		"and of ors":                 "SELECT 1 FROM t WHERE a = 1" + strings.Repeat(" AND (a = 1 OR b = 2)", n),
		"in":                         "SELECT 1 FROM t WHERE a IN (" + list("1") + ")",
		"in texts":                   "SELECT 1 FROM t WHERE a IN (" + list("'it''s'") + ")",
		"in parameters":              "SELECT 1 FROM t WHERE a IN (" + list("$1") + ")",
		"in negative":                "SELECT 1 FROM t WHERE a IN (" + list("-1") + ")",
		"in casts":                   "SELECT 1 FROM t WHERE a IN (" + list("'a'::text") + ")",
		"in rows":                    "SELECT 1 FROM t WHERE (a, b) IN (" + list("(1, 'x')") + ")",
		"values":                     "VALUES " + list("(1, 'a', NULL, true)"),
		"target list":                "SELECT " + list("a.b AS c") + " FROM a",
		"functions":                  "SELECT " + list("coalesce(a, b) + 1 AS c"),
		"cases":                      "SELECT " + list("CASE WHEN a THEN 1 ELSE 2 END"),
		"when":                       "SELECT CASE" + strings.Repeat(" WHEN a THEN 1", 5000) + " END",
		"from":                       "SELECT 1 FROM " + list("t"),
		"array":                      "SELECT ARRAY[" + list("1") + "]",
		"statements":                 strings.Repeat("SELECT 1;", n/10),
		"between":                    "SELECT 1 WHERE true" + strings.Repeat(" AND a BETWEEN 1 AND 2", n),
		"not":                        "SELECT 1 WHERE true" + strings.Repeat(" AND NOT a", n),
		"not in":                     "SELECT 1 WHERE true" + strings.Repeat(" AND a NOT IN (1, 2)", n),
		"is null or":                 "SELECT 1 WHERE true" + strings.Repeat(" OR a IS NULL", n),
		"with":                       "WITH " + list("a AS (SELECT 1)") + " SELECT 1",
		"joins":                      "SELECT 1 FROM t" + strings.Repeat(" JOIN t ON t.a = t.b AND t.c", 60),
		"unions":                     "SELECT 1" + strings.Repeat(" UNION ALL SELECT a, b FROM t WHERE a = 1", 60),
		"concatenations":             "SELECT 'a'" + strings.Repeat(" || ', ' || a", 100),
		"columns named END and CASE": `SELECT t.end, t."case" AS "end", t.case FROM t WHERE t.end IS NOT NULL`,
	} {
		if _, refusal := parse(text, defaultMaxStatementBytes); refusal != nil {
			t.Errorf("%s (%.60s...): %s %s %s", name, text, refusal.Code, refusal.Message, refusal.Detail)
		}
	}
}

// TestSlowTexts parses texts on which a lexer may take time that grows with the square of their length.
func TestSlowTexts(t *testing.T) {
	const n = 50_000
	for name, text := range map[string]string{
		"nested comments":  "SELECT 1" + strings.Repeat("/*", n) + strings.Repeat("*/", n),
		"unclosed comment": "SELECT 1" + strings.Repeat("/*", n),
		"signs":            "SELECT -" + strings.Repeat("+", n) + " 1",
		"operators":        "SELECT 1 " + strings.Repeat("@-", n) + " 1",
		"stars":            "SELECT 1 /*" + strings.Repeat("*", n) + "*/",
		"quotes":           "SELECT '" + strings.Repeat("''", n) + "'",
		"escapes":          "SELECT E'" + strings.Repeat(`\n`, n) + "'",
		"dollars":          "SELECT $a$" + strings.Repeat("$b", n) + "$a$",
		"strings in lines": "SELECT 'a'" + strings.Repeat("\n'a'", n),
		"comment lines":    strings.Repeat("--\n", n) + "SELECT 1",
		"parameters":       "SELECT 1" + strings.Repeat(", $1", n),
	} {
		began := time.Now()
		_, _ = parse(text, defaultMaxStatementBytes)
		if took := time.Since(began); took > 5*time.Second {
			t.Errorf("%s (%d bytes): %v", name, len(text), took)
		}
	}
}

// TestGuardLimits parses, for each way to nest, the deepest text that the guard lets pass.
func TestGuardLimits(t *testing.T) {
	var p parserProcess
	t.Cleanup(p.stop)
	for _, w := range [][3]string{
		{"(", "1", ")"}, {"(1+", "1", ")"}, {"abs(", "1", ")"}, {"(SELECT ", "1", ")"}, {"CASE WHEN true THEN ", "1", " END"},
		{"EXISTS (SELECT 1 FROM t WHERE ", "true", ")"}, {"json_object('a': ", "1", ")"}, {"xmlelement(name a, ", "1", ")"},
		{"(WITH a AS (SELECT 1) SELECT ", "1", ")"}, {"count(*) FILTER (WHERE ", "true", ")"}, {"NOT ", "true", ""}, {"ARRAY[", "1", "]"},
		{"", "1", "+1"}, {"", "1", "::int"}, {"", "1", " UNION ALL SELECT 1"}, {"", "1 FROM t", " CROSS JOIN t"}, {"1 IN (1,", "1", ")"},
	} {
		lo, hi := 1, 20_000 // the guard accepts lo and refuses hi
		for hi-lo > 1 {
			mid := (lo + hi) / 2
			answer, err := p.parse(nested(w[0], w[1], w[2], mid))
			if err != nil {
				t.Errorf("%s...%s, %d deep: %v", w[0], w[2], mid, err)
				break
			}
			if answer == "54001" {
				hi = mid
			} else {
				lo = mid
			}
		}
		t.Logf("%-40s %d", w[0]+w[1]+w[2], lo)
		if lo < 100 {
			t.Errorf("%s...%s: only %d levels pass", w[0], w[2], lo)
		}
	}
}

// FuzzGuard parses random chains and mutations in a child process, which must not die.
func FuzzGuard(f *testing.F) {
	f.Add("SELECT a FROM t WHERE b = 1 ORDER BY c", uint64(1))
	f.Add("SELECT CASE WHEN a AND b THEN 1 ELSE 2 END AS end FROM a JOIN b USING (c)", uint64(2))
	f.Add("WITH a AS (SELECT 1) SELECT (SELECT 1 AS end, 1) UNION SELECT 1 BETWEEN 1 AND NOT true", uint64(3))
	f.Add("CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; END", uint64(4))
	var p parserProcess
	f.Cleanup(p.stop)
	f.Fuzz(func(t *testing.T, text string, seed uint64) {
		if strings.ContainsRune(text, 0) || len(text) > 1<<16 {
			return
		}
		for _, bomb := range []string{text, repeatTokens(text, seed), randomChain(seed)} {
			start := time.Now()
			if _, err := p.parse(bomb); err != nil {
				t.Fatalf("%.200s...: %v", bomb, err)
			}
			if took := time.Since(start); took > 20*time.Second {
				t.Errorf("%.200s...: took %v", bomb, took)
			}
		}
	})
}

// repeatTokens repeats a run of the text's words many times, and closes what was opened.
func repeatTokens(text string, seed uint64) string {
	words := strings.Fields(text)
	if len(words) == 0 {
		return text
	}
	rnd := rand.New(rand.NewPCG(seed, 1))
	i := rnd.IntN(len(words))
	j := i + 1 + rnd.IntN(min(4, len(words)-i))
	run := strings.Join(words[i:j], " ") + " "
	n := 1 + rnd.IntN(30_000)
	var tail string
	if open := strings.Count(run, "(") - strings.Count(run, ")"); open > 0 {
		tail = strings.Repeat(strings.Repeat(")", open), n)
	}
	return strings.Join(words[:i], " ") + " " + strings.Repeat(run, n) + strings.Join(words[j:], " ") + tail
}

// randomChain nests random constructs.
func randomChain(seed uint64) string {
	rnd := rand.New(rand.NewPCG(seed, 2))
	wrappers := [][2]string{
		{"(", ")"}, {"1+", ""}, {"", "+1"}, {"", "::int"}, {"NOT ", ""}, {"CASE WHEN true THEN ", " END"}, {"CASE WHEN a AND b THEN 1 ELSE ", " END"},
		{"(SELECT 1 AS end, ", ")"}, {"f(1, ", ")"}, {"1 BETWEEN 1 AND NOT ", ""}, {"(SELECT 1 FROM a JOIN b ON ", ")"}, {"ARRAY[t.end, ", "]"},
		{"", " IS NULL"}, {"true AND ", ""}, {"true OR NOT ", ""}, {"(SELECT 1 UNION SELECT ", ")"}, {"- ", ""}, {"t.end + ", ""}, {"1 IN (1, ", ")"},
		{"(t.end, ", ")"}, {"ROW(a.case, ", ")"}, {"(WITH x AS (SELECT 1) SELECT ", ")"}, {"", "[1]"}, {"", " AT TIME ZONE 'x'"},
	}
	few := make([][2]string, 1+rnd.IntN(4))
	for i := range few {
		few[i] = wrappers[rnd.IntN(len(wrappers))]
	}
	n := 1 + rnd.IntN(30_000)
	var open strings.Builder
	closing := make([]string, n)
	open.WriteString("SELECT ")
	for i := range n {
		w := few[rnd.IntN(len(few))]
		open.WriteString(w[0])
		closing[n-1-i] = w[1]
	}
	return open.String() + "1" + strings.Join(closing, "")
}
