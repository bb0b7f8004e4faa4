package oracle

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math"
	"math/big"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// columnType is a column's type with domains replaced by what they are built on.
type columnType struct {
	name string // pg_type.typname
	mod  int    // the length of char(n) and varchar(n), 0 if there is none
}

// maskKey is the secret of keyed masks in these tests.
const maskKey = "the key of the oracles"

var maskForm = regexp.MustCompile(`^(\w+)(?:\((.*)\))?$`)

// maskArg finds the arguments of a mask: texts in quotes, or words.
var maskArg = regexp.MustCompile(`"([^"]*)"|([^,\s]+)`)

// applyMask computes what a mask makes of a value in PostgreSQL's text form, nil for NULL, written from the summaries that
// `pgscrim` prints of masks.
func applyMask(mask string, value *string, t columnType, purpose string) *string {
	form := maskForm.FindStringSubmatch(mask)
	var args []string
	for _, m := range maskArg.FindAllStringSubmatch(form[2], -1) {
		args = append(args, m[1]+m[2])
	}
	switch {
	case form[1] == "constant" && args[0] != "null":
		return fit(args[0], t)
	case value == nil || form[1] == "null" || form[1] == "constant":
		return nil
	}
	x := *value
	if t.name == "bpchar" {
		x = strings.TrimRight(x, " ")
	}
	out, ok := "", true
	switch form[1] {
	case "redact":
		out = "[redacted]"
		if args != nil {
			out = args[0]
		}
	case "partial":
		out = partial(x, args)
	case "email":
		out = "***"
		if i := strings.LastIndex(x, "@"); i >= 0 {
			out = "***@" + x[i+1:]
		}
	case "pseudonym":
		out = pseudonym(x, t, purpose)
	case "prefix":
		out = prefix(x, number(args[0]))
	case "year":
		out, ok = truncateDate(x, t, func(y, _ int) string { return fmt.Sprintf("%04d-01-01", y) })
	case "month":
		out, ok = truncateDate(x, t, func(y, m int) string { return fmt.Sprintf("%04d-%02d-01", y, m) })
	case "age_band":
		n := number(args[0])
		out, ok = truncateDate(x, t, func(y, _ int) string { return fmt.Sprintf("%04d-01-01", max(1, y/n*n)) })
	case "bucket":
		out, ok = bucket(x, args[0], t)
	case "generalize":
		switch t.name {
		case "date", "timestamp", "timestamptz":
			return applyMask("year", value, t, purpose)
		case "text", "varchar", "bpchar":
			return applyMask("prefix(2)", value, t, purpose)
		}
		return applyMask("bucket(10)", value, t, purpose)
	default:
		panic("the model does not know mask " + mask)
	}
	if !ok {
		return nil
	}
	return fit(out, t)
}

// fit cuts a text to the length of its type, as a cast does.
func fit(x string, t columnType) *string {
	if t.mod > 0 {
		x = prefix(x, t.mod)
	}
	return &x
}

func number(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		panic(err)
	}
	return n
}

func prefix(s string, n int) string {
	r := []rune(s)
	return string(r[:min(n, len(r))])
}

func partial(x string, args []string) string {
	start, fill, end := 1, "*", 1
	if args != nil {
		start, fill, end = number(args[0]), args[1], number(args[2])
	}
	r := []rune(x)
	if len(r) <= start+end {
		return strings.Repeat(fill, len(r))
	}
	return string(r[:start]) + strings.Repeat(fill, len(r)-start-end) + string(r[len(r)-end:])
}

// pseudonym is HMAC-SHA-256 over the purpose and the value.
func pseudonym(x string, t columnType, purpose string) string {
	mac := hmac.New(sha256.New, []byte(maskKey))
	mac.Write([]byte(purpose + "\x1f" + x))
	hash := hex.EncodeToString(mac.Sum(nil))
	integer := func(digits int, most uint64) string {
		n, err := strconv.ParseUint(hash[:digits], 16, 64)
		if err != nil {
			panic(err)
		}
		return strconv.FormatUint(n&most, 10)
	}
	switch t.name {
	case "int2":
		return integer(8, math.MaxInt16)
	case "int4":
		return integer(8, math.MaxInt32)
	case "int8":
		return integer(16, math.MaxInt64)
	case "uuid":
		return hash[:8] + "-" + hash[8:12] + "-" + hash[12:16] + "-" + hash[16:20] + "-" + hash[20:32]
	}
	return hash[:24]
}

var dateForm = regexp.MustCompile(`^(\d{4})-(\d\d)-\d\d([^B]*)$`)

// truncateDate works on the years 1 to 9999 and makes anything else NULL. Its input is in UTC.
func truncateDate(x string, t columnType, to func(year, month int) string) (string, bool) {
	m := dateForm.FindStringSubmatch(x)
	if m == nil {
		return "", false
	}
	out := to(number(m[1]), number(m[2]))
	if t.name == "timestamptz" {
		out += " 00:00:00+00"
	}
	return out, true
}

// bucket rounds down to a multiple of the width. What is not a finite number becomes NULL.
func bucket(x, width string, t columnType) (string, bool) {
	if strings.HasPrefix(t.name, "float") {
		f, err := strconv.ParseFloat(x, 64)
		w, werr := strconv.ParseFloat(width, 64)
		if err != nil || werr != nil || math.IsNaN(f) || math.IsInf(f, 0) {
			return "", false
		}
		return strconv.FormatFloat(math.Floor(f/w)*w, 'g', -1, 64), true
	}
	v, ok := new(big.Rat).SetString(x)
	w, wok := new(big.Rat).SetString(width)
	if !ok || !wok {
		return "", false
	}
	q := new(big.Rat).Quo(v, w)
	n := new(big.Int).Div(q.Num(), q.Denom()) // Euclidean, and the denominator is positive: rounds down
	out := new(big.Rat).Mul(new(big.Rat).SetInt(n), w)
	return strings.TrimRight(strings.TrimRight(out.FloatString(6), "0"), "."), true
}

// TestModelMasks pins the model to values that were worked out by hand or with openssl.
func TestModelMasks(t *testing.T) {
	text := columnType{name: "text"}
	for _, c := range []struct{ mask, in, want string }{
		{"partial(0, \"*\", 3)", "+49 30 1234", "********234"},
		{"partial", "é", "*"},
		{"partial(2, \"ß\", 0)", "abcd", "abßß"},
		{"email", "a@b@c.example", "***@c.example"},
		{"prefix(2)", "日本語", "日本"},
		{"redact", "", "[redacted]"},
		// printf 'reporting\x1fx' | openssl dgst -sha256 -hmac 'the key of the oracles'
		{"pseudonym", "x", "a2cc1d7d3453d1e39b573270"},
	} {
		if got := applyMask(c.mask, &c.in, text, "reporting"); got == nil || *got != c.want {
			t.Errorf("%s of %q: %v, want %q", c.mask, c.in, got, c.want)
		}
	}
	for in, want := range map[string]string{"-0.01": "-10", "9.99": "0", "20": "20"} {
		if got, _ := bucket(in, "10", columnType{name: "numeric"}); got != want {
			t.Errorf("bucket(10) of %s: %s, want %s", in, got, want)
		}
	}
}
