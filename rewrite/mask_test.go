package rewrite

import (
	"context"
	gohmac "crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/pgscrim/pgscrim/proxy/cluster/clustertest"
	"github.com/pgscrim/pgscrim/rewrite/catalog"
	"github.com/pgscrim/pgscrim/rules"
)

// maskSchema has a column of each type that a mask may be given, in a table that has nothing else.
const maskSchema = `
CREATE SCHEMA m; CREATE EXTENSION citext;
CREATE TYPE m.mood AS ENUM ('calm', 'it''s "odd"');
CREATE DOMAIN m.tag AS varchar(30) CHECK (VALUE <> 'never');
CREATE DOMAIN m.short_tag AS m.tag;
CREATE DOMAIN m.cents AS bigint CHECK (VALUE > -100);
CREATE DOMAIN m.birthday AS date;
CREATE TABLE m.t (
    c_text text, c_varchar varchar, c_varchar30 varchar(30), c_varchar3 varchar(3), c_char char(40), c_char1 char(1), c_citext citext,
    c_tag m.tag, c_short_tag m.short_tag, c_int2 int2, c_int4 int4, c_int8 int8, c_cents m.cents,
    c_numeric numeric, c_numeric10_2 numeric(10, 2), c_numeric2_2 numeric(2, 2), c_numeric5 numeric(5), c_float4 float4, c_float8 float8,
    c_date date, c_birthday m.birthday, c_timestamp timestamp, c_timestamp0 timestamp(0), c_timestamptz timestamptz,
    c_uuid uuid, c_bool bool, c_mood m.mood, c_json json, c_jsonb jsonb, c_bytea bytea, c_inet inet, c_array text[], c_interval interval, c_xml xml)`

// nasty are values to try, as SQL expressions, by the base type of the column that they go into.
func nasty() map[string][]string {
	texts := []string{"''", "' '", "'a'", "'ab'", "'é'", "'東京'", "'🙂🙂🙂'", "'@'", "'a@'", "'@b'", "'a@b@c.de'", "'\"x@y\"@z.org'", "'O''Neil'", `E'a\\b'`, `E'line\nbreak\ttab'`,
		"repeat('x', 30)", "repeat('é', 29)", "'%s %d'", "'NULL'", "E'\\x01'", "chr(1114111)", "chr(65039)"}
	long := []string{"repeat('x', 1000000)", "repeat('東', 350000)", "repeat('a@', 500000)"}
	numbers := []string{"0", "1", "-1", "9", "10", "999", "-999"}
	floats := append([]string{"'NaN'", "'Infinity'", "'-Infinity'", "1e-30", "-1e-30", "0.1", "1e30", "-1e30", "3.4e38", "-3.4e38", "1.2e-38", "'-0'"}, numbers...)
	dates := []string{"'infinity'", "'-infinity'", "'4713-01-01 BC'", "'0001-01-01'", "'0001-12-31 BC'", "'9999-12-31'", "'10000-01-01'", "'2024-02-29'", "'1970-01-01'", "'1999-12-31'"}
	times := append([]string{"'294276-12-31 23:59:59.999999'", "'0001-01-01 00:00:00'", "'9999-12-31 23:59:59.999999'", "'2024-03-31 02:30:00'", "'1969-12-31 23:59:59.9'"}, dates...)
	return map[string][]string{
		"text": append(long, texts...), "varchar": append(long, texts...), "bpchar": texts, "citext": texts,
		"int2": append([]string{"32767", "-32768"}, numbers...), "int4": append([]string{"2147483647", "-2147483648"}, numbers...),
		"int8":    append([]string{"9223372036854775807", "-9223372036854775808"}, numbers...),
		"numeric": append([]string{"'NaN'", "'Infinity'", "'-Infinity'", "0.005", "-0.005", "0.99", "-0.99", "99999999.99", "-99999999.99", "99999", "-99999", "1e1000", "-1e1000", "1e131000", "1e131071", "-1e131071", "1e-16000"}, numbers...),
		"float4":  floats, "float8": append([]string{"1e308", "-1e308", "4.9e-324", "-4.9e-324", "1e-300"}, floats...),
		"date": append([]string{"'5874897-12-31'", "'4714-11-24 BC'"}, dates...), "timestamp": times, "timestamptz": append([]string{"'2024-01-01 00:30:00+14'", "'10000-01-01 00:00:00+12'", "'0001-01-01 00:00:00-12'"}, times...),
		"uuid": {"'00000000-0000-0000-0000-000000000000'", "'ffffffff-ffff-ffff-ffff-ffffffffffff'"}, "bool": {"true", "false"}, "m.mood": {"'calm'", "'it''s \"odd\"'"},
		"json": {"'{}'", "'null'", "'\"a\"'"}, "jsonb": {"'{}'", "'null'"}, "bytea": {"''", `'\x00ff'`}, "inet": {"'::1'"}, "_text": {"'{}'", "'{NULL,a}'"}, "interval": {"'1 year'"}, "xml": {"'<a/>'"},
	}
}

func arg(kind rules.ArgKind, text string) rules.Arg { return rules.Arg{Kind: kind, Text: text} }

// uses are the ways in which each mask may be written.
func uses() map[string][][]rules.Arg {
	i, f, s := rules.ArgInt, rules.ArgFloat, rules.ArgString
	return map[string][][]rules.Arg{
		"null": {nil}, "pseudonym": {nil}, "year": {nil}, "month": {nil}, "email": {nil}, "generalize": {nil},
		"constant": {{arg(s, "x")}, {arg(s, "calm")}, {arg(s, `it's \ "odd"`)}, {arg(i, "5")}, {arg(i, "-40000")}, {arg(f, "0.5")}, {arg(rules.ArgNull, "")}, {arg(rules.ArgBool, "true")},
			{arg(s, "2020-02-02")}, {arg(s, "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11")}, {arg(s, "NaN")}, {arg(s, "0x1p-2")}, {arg(s, "1_000")}, {arg(s, "1e400")}, {arg(s, "0.996")}, {arg(s, "0000-01-01")}},
		"redact":   {nil, {arg(s, "")}, {arg(s, `it's \`)}},
		"partial":  {nil, {arg(i, "0"), arg(s, "*"), arg(i, "3")}, {arg(i, "2"), arg(s, ""), arg(i, "0")}, {arg(i, "1000"), arg(s, "<é>"), arg(i, "1000")}, {arg(i, "0"), arg(s, "#"), arg(i, "0")}},
		"age_band": {nil, {arg(i, "1")}, {arg(i, "7")}, {arg(i, "100")}},
		"bucket":   {{arg(i, "10")}, {arg(i, "1000000000000")}, {arg(f, "0.000001")}, {arg(f, "2.5")}, {arg(f, "1e3")}},
		"prefix":   {{arg(i, "1")}, {arg(i, "1000")}},
	}
}

type maskFixture struct {
	conn    *pgx.Conn
	snap    *catalog.Snapshot
	columns []catalog.Column
}

func maskSetup(t *testing.T) *maskFixture {
	t.Helper()
	conn := connect(t, clustertest.DSN(t, maskSchema))
	snap, err := catalog.Load(context.Background(), conn)
	if err != nil {
		t.Fatal(err)
	}
	return &maskFixture{conn, snap, snap.Relation("m", "t").Columns}
}

// TestMasksAreTotal runs each mask on each type that it takes over nasty values: none may raise an error, and all
// give the column's own base type and modifier.
func TestMasksAreTotal(t *testing.T) {
	f := maskSetup(t)
	ctx := context.Background()
	known := uses()
	if _, err := f.conn.Exec(ctx, "SET timezone = 'America/New_York'"); err != nil {
		t.Fatal(err)
	}
	taken := map[string]int{}
	for i := range f.columns {
		c := &f.columns[i]
		typ := typeOf(f.snap, c)
		values := nasty()[typ.name]
		if values == nil {
			t.Errorf("no values for %s", typ.name)
		}
		// Values that the column does not take are left out; so are those that it would cut.
		if _, err := f.conn.Exec(ctx, "TRUNCATE m.t; INSERT INTO m.t ("+c.Name+") VALUES (NULL)"); err != nil {
			if _, err = f.conn.PgConn().Exec(ctx, "TRUNCATE m.t; INSERT INTO m.t ("+c.Name+") VALUES (NULL)").ReadAll(); err != nil {
				t.Fatal(err)
			}
		}
		stored := 0
		for _, v := range values {
			if _, err := f.conn.PgConn().Exec(ctx, fmt.Sprintf("INSERT INTO m.t (%s) SELECT %s", c.Name, untyped(v, typ.sql))).ReadAll(); err == nil {
				stored++
			}
		}
		if stored == 0 {
			t.Errorf("%s: no value is stored", c.Name)
		}
		plain, err := f.conn.Prepare(ctx, "", fmt.Sprintf("SELECT %s::%s FROM m.t", c.Name, typ.sql))
		if err != nil {
			t.Fatal(err)
		}
		for _, kind := range masks() {
			if known[kind.name] == nil {
				t.Errorf("mask %s is not tried", kind.name)
			}
			for _, args := range known[kind.name] {
				if kind.check(args, typ) != "" {
					continue
				}
				taken[kind.name]++
				m := rules.Mask{Name: kind.name, Args: args}
				x := typ.cast(kind.sql(typ.base("s."+quote(c.Name)), args, typ, keyed{"reporting"}))
				masked, err := f.conn.Prepare(ctx, "", fmt.Sprintf("SELECT %s FROM m.t AS s", x))
				if err != nil {
					t.Errorf("%s on %s: %v\n%s", m, c.TypeSQL, err, x)
					continue
				}
				if g, w := masked.Fields[0], plain.Fields[0]; g.DataTypeOID != w.DataTypeOID || g.TypeModifier != w.TypeModifier {
					t.Errorf("%s on %s gives type %d(%d), not %d(%d)", m, c.TypeSQL, g.DataTypeOID, g.TypeModifier, w.DataTypeOID, w.TypeModifier)
				}
				for _, style := range []string{"ISO, MDY", "German", "SQL, DMY", "Postgres, YMD"} {
					if !typ.isDate() && style != "ISO, MDY" {
						continue
					}
					sql := fmt.Sprintf("SET datestyle = '%s'; SELECT count(*), count(v) FROM (SELECT %s AS v FROM m.t AS s OFFSET 0) x", style, x)
					if _, err := f.conn.PgConn().Exec(ctx, sql).ReadAll(); err != nil {
						t.Errorf("%s on %s raises %v%s", m, c.TypeSQL, err, f.culprit(c, x))
						break
					}
				}
			}
		}
	}
	for _, kind := range masks() {
		if taken[kind.name] == 0 {
			t.Errorf("mask %s was taken by no type", kind.name)
		}
	}
}

// untyped casts a value to a type but for texts, which an assignment must not cut.
func untyped(v, typ string) string {
	if strings.Contains(typ, "char") || strings.Contains(typ, "text") {
		return v
	}
	return "(" + v + ")::" + typ
}

// culprit finds the value on which a mask raises an error.
func (f *maskFixture) culprit(c *catalog.Column, x string) string {
	ctx := context.Background()
	rows, err := f.conn.PgConn().Exec(ctx, "SELECT ctid FROM m.t").ReadAll()
	if err != nil {
		return ""
	}
	for _, r := range rows[0].Rows {
		if _, err := f.conn.PgConn().Exec(ctx, fmt.Sprintf("SELECT %s FROM m.t AS s WHERE ctid = '%s'", x, r[0])).ReadAll(); err != nil {
			v, err := f.conn.PgConn().Exec(ctx, fmt.Sprintf("SELECT left(%s::text, 60) FROM m.t AS s WHERE ctid = '%s'", c.Name, r[0])).ReadAll()
			if err == nil {
				return " on " + string(v[0].Rows[0][0])
			}
		}
	}
	return ""
}

// TestMaskOutputs compares what masks give with what people expect.
func TestMaskOutputs(t *testing.T) {
	f := maskSetup(t)
	i, fl, s := rules.ArgInt, rules.ArgFloat, rules.ArgString
	for _, c := range []struct {
		mask   string
		args   []rules.Arg
		column string
		value  string // an SQL expression
		want   string // as text, ∅ for NULL
	}{
		{"null", nil, "c_text", "'a'", "∅"},
		{"constant", []rules.Arg{arg(s, "(withheld)")}, "c_text", "NULL", "(withheld)"},
		{"constant", []rules.Arg{arg(s, "(withheld)")}, "c_varchar3", "'x'", "(wi"},
		{"constant", []rules.Arg{arg(i, "7")}, "c_numeric10_2", "1", "7.00"},
		{"redact", nil, "c_text", "'a'", "[redacted]"},
		{"redact", nil, "c_text", "''", "[redacted]"},
		{"redact", nil, "c_text", "NULL", "∅"},
		{"redact", nil, "c_varchar3", "'abc'", "[re"},
		{"partial", nil, "c_text", "'Wilson'", "W****n"},
		{"partial", nil, "c_text", "'東京都'", "東*都"},
		{"partial", nil, "c_text", "'ab'", "**"},
		{"partial", nil, "c_text", "''", ""},
		{"partial", nil, "c_text", "NULL", "∅"},
		{"partial", []rules.Arg{arg(i, "0"), arg(s, "*"), arg(i, "3")}, "c_varchar30", "'555-0100'", "*****100"},
		{"partial", []rules.Arg{arg(i, "0"), arg(s, "*"), arg(i, "3")}, "c_varchar30", "'100'", "***"},
		{"partial", []rules.Arg{arg(i, "2"), arg(s, "xy"), arg(i, "0")}, "c_text", "'abcd'", "abxyxy"},
		{"partial", nil, "c_tag", "'Wilson'", "W****n"},
		{"email", nil, "c_text", "'ann@example.org'", "***@example.org"},
		{"email", nil, "c_text", `'"a@b"@example.org'`, "***@example.org"},
		{"email", nil, "c_text", "'no address'", "***"},
		{"email", nil, "c_text", "''", "***"},
		{"email", nil, "c_text", "NULL", "∅"},
		{"email", nil, "c_citext", "'Ann@Example.org'", "***@Example.org"},
		{"prefix", []rules.Arg{arg(i, "2")}, "c_text", "'東京都'", "東京"},
		{"prefix", []rules.Arg{arg(i, "2")}, "c_text", "NULL", "∅"},
		{"year", nil, "c_date", "'1987-06-05'", "1987-01-01"},
		{"year", nil, "c_timestamp", "'1987-06-05 12:13:14'", "1987-01-01 00:00:00"},
		{"year", nil, "c_timestamptz", "'2023-12-31 23:30:00-05'", "2024-01-01 00:00:00+00"},
		{"year", nil, "c_date", "'infinity'", "∅"},
		{"year", nil, "c_date", "'0044-03-15 BC'", "∅"},
		{"month", nil, "c_date", "'1987-06-05'", "1987-06-01"},
		{"month", nil, "c_birthday", "'2024-02-29'", "2024-02-01"},
		{"age_band", nil, "c_date", "'1987-06-05'", "1980-01-01"},
		{"age_band", []rules.Arg{arg(i, "5")}, "c_date", "'1987-06-05'", "1985-01-01"},
		{"age_band", nil, "c_int4", "37", "30"},
		{"age_band", nil, "c_timestamptz", "'1990-01-01 00:00:00+00'", "1990-01-01 00:00:00+00"},
		{"age_band", []rules.Arg{arg(i, "100")}, "c_date", "'0007-06-05'", "0001-01-01"},
		{"bucket", []rules.Arg{arg(i, "1000")}, "c_numeric10_2", "4321.50", "4000.00"},
		{"bucket", []rules.Arg{arg(i, "1000")}, "c_int4", "-1", "-1000"},
		{"bucket", []rules.Arg{arg(i, "1000")}, "c_int4", "NULL", "∅"},
		{"bucket", []rules.Arg{arg(i, "1000")}, "c_int2", "-32768", "-32767"},
		{"bucket", []rules.Arg{arg(fl, "2.5")}, "c_float8", "7.4", "5"},
		{"bucket", []rules.Arg{arg(fl, "2.5")}, "c_float8", "'NaN'", "∅"},
		{"generalize", nil, "c_date", "'1987-06-05'", "1987-01-01"},
		{"generalize", nil, "c_int8", "1234", "1230"},
		{"generalize", nil, "c_text", "'20095'", "20"},
		{"pseudonym", nil, "c_text", "NULL", "∅"},
	} {
		if got := f.mask(t, c.mask, c.args, c.column, c.value, "reporting"); got != c.want {
			t.Errorf("%s of %s %s: %q, not %q", rules.Mask{Name: c.mask, Args: c.args}, c.column, c.value, got, c.want)
		}
	}
}

// mask runs a mask on a value and returns the result as text.
func (f *maskFixture) mask(t *testing.T, name string, args []rules.Arg, column, value, purpose string) string {
	t.Helper()
	c := f.snap.Relation("m", "t").Column(column)
	typ := typeOf(f.snap, c)
	kind, ok := findMask(name)
	if msg := kind.check(args, typ); !ok || msg != "" {
		t.Fatalf("%s on %s: %s", name, column, msg)
	}
	x := typ.cast(kind.sql(typ.base("s.x"), args, typ, keyed{purpose}))
	sql := fmt.Sprintf("SET timezone = 'UTC'; SET datestyle = ISO; SELECT %s FROM (SELECT (%s)::%s AS x) AS s", x, value, c.TypeSQL)
	results, err := f.conn.PgConn().Exec(context.Background(), sql).ReadAll()
	if err != nil {
		t.Fatalf("%s of %s: %v", name, value, err)
	}
	cell := results[len(results)-1].Rows[0][0]
	if cell == nil {
		return "∅"
	}
	return string(cell)
}

// TestPseudonym compares pseudonyms with an HMAC that Go computes.
func TestPseudonym(t *testing.T) {
	f := maskSetup(t)
	mac := func(purpose, value string) string {
		h := gohmac.New(sha256.New, []byte(testKey))
		h.Write([]byte(purpose + "\x1f" + value))
		return hex.EncodeToString(h.Sum(nil))
	}
	for _, value := range []string{"", "a", "Müller", "東京", strings.Repeat("x", 100_000), `it's \ "odd"`} {
		got := f.mask(t, "pseudonym", nil, "c_text", literal(value), "reporting")
		if want := mac("reporting", value)[:24]; got != want {
			t.Errorf("%.20q: %q, not %q", value, got, want)
		}
		if again := f.mask(t, "pseudonym", nil, "c_varchar", literal(value), "reporting"); again != got {
			t.Errorf("%.20q: %q as varchar, %q as text: joins would break", value, again, got)
		}
		if other := f.mask(t, "pseudonym", nil, "c_text", literal(value), "campaign"); other == got {
			t.Errorf("%.20q: two purposes have the pseudonym %q", value, other)
		}
	}
	const id = "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"
	if got, want := strings.ReplaceAll(f.mask(t, "pseudonym", nil, "c_uuid", literal(id), "reporting"), "-", ""), mac("reporting", id)[:32]; got != want {
		t.Errorf("uuid: %q, not %q", got, want)
	}
	for column, most := range map[string]string{"c_int2": "32767", "c_int4": "2147483647", "c_int8": "9223372036854775807"} {
		got := f.mask(t, "pseudonym", nil, column, "42", "reporting")
		if strings.HasPrefix(got, "-") || len(got) > len(most) || got == "42" {
			t.Errorf("%s: %s", column, got)
		}
		if again := f.mask(t, "pseudonym", nil, column, "42", "reporting"); again != got {
			t.Errorf("%s: %s, then %s", column, got, again)
		}
	}
	// Keys longer than a block are hashed first, as RFC 2104 says.
	long := strings.Repeat("k", 100)
	a, b := KeySettings([]byte(long)), sha256.Sum256([]byte(long))
	if a[settingInnerKey] != KeySettings(b[:])[settingInnerKey] {
		t.Error("a long key is not hashed")
	}
}
