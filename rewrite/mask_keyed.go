package rewrite

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"github.com/pgscrim/pgscrim/rules"
)

// The settings that carry the mask key upstream: the two padded key blocks of HMAC (RFC 2104, section 2), in hex.
const (
	settingInnerKey = "pgscrim.key_inner"
	settingOuterKey = "pgscrim.key_outer"
)

// KeySettings returns the settings (names and values, for the startup packet) through which keyed masks read
// the mask key upstream. They are placeholders that PostgreSQL shows neither in pg_settings nor in SHOW ALL, and
// the rewriter refuses every other way to read them. Sessions of a direct caller get none.
func KeySettings(maskKey []byte) map[string]string {
	const blockSize = sha256.BlockSize
	if len(maskKey) > blockSize {
		sum := sha256.Sum256(maskKey)
		maskKey = sum[:]
	}
	inner, outer := make([]byte, blockSize), make([]byte, blockSize)
	copy(inner, maskKey)
	copy(outer, maskKey)
	for i := range blockSize {
		inner[i] ^= 0x36
		outer[i] ^= 0x5c
	}
	return map[string]string{settingInnerKey: hex.EncodeToString(inner), settingOuterKey: hex.EncodeToString(outer)}
}

// hmac spells HMAC-SHA-256 (RFC 2104) of a text expression under the mask key, as bytea. The key's blocks are read
// once for a query, since a subquery without outer references is an InitPlan. The purpose is part of the
// message, so that the pseudonyms of two purposes cannot be linked without the key.
func hmac(x string, k keyed) string {
	block := func(setting string) string {
		return fmt.Sprintf("(SELECT pg_catalog.decode(pg_catalog.current_setting('%s'), 'hex'))", setting)
	}
	message := fmt.Sprintf("pg_catalog.convert_to(pg_catalog.concat(%s, pg_catalog.chr(31), %s), 'UTF8')", literal(k.purpose), x)
	return fmt.Sprintf("pg_catalog.sha256(%s OPERATOR(pg_catalog.||) pg_catalog.sha256(%s OPERATOR(pg_catalog.||) %s))",
		block(settingOuterKey), block(settingInnerKey), message)
}

func pseudonymMask() maskKind {
	return maskKind{
		name: "pseudonym", usage: "pseudonym",
		summary: "a keyed hash, the same for equal values within a purpose (joins still work), unlinkable between purposes",
		check: func(args []rules.Arg, t maskedType) string {
			if msg := wantArgs("pseudonym", args); msg != "" {
				return msg
			}
			if mod := t.modifier(); t.isText() && len(mod) > 0 && mod[0] < 16 {
				return "needs a text of at least 16 characters, not " + t.sql
			}
			return onlyTypes(t, t.isText() || t.isInteger() || t.name == "uuid", "text, a whole number or a uuid")
		},
		sql: func(x string, _ []rules.Arg, t maskedType, k keyed) string {
			hash := fmt.Sprintf("pg_catalog.encode(%s, 'hex')", hmac(x+"::pg_catalog.text", k))
			var value string
			switch t.name {
			case "uuid":
				value = fmt.Sprintf("pg_catalog.left(%s, 32)::pg_catalog.uuid", hash)
			case "int8":
				value = integer(hash, 64, "9223372036854775807", "int8")
			case "int4":
				value = integer(hash, 32, "2147483647", "int4")
			case "int2":
				value = integer(hash, 32, "32767", "int4")
			default:
				value = fmt.Sprintf("pg_catalog.left(%s, 24)", hash)
			}
			return fmt.Sprintf("CASE WHEN %s IS NOT NULL THEN %s END", x, value)
		},
		preimage: func(_ []rules.Arg, t maskedType) preimage {
			return textsOnly(t, func(v string) string { return v + " OPERATOR(pg_catalog.~) '^[0-9a-f]{0,24}$'" })
		},
	}
}

// integer takes the leading bits of a hex text as a number that is not negative.
func integer(hash string, bits int, most, typ string) string {
	return fmt.Sprintf("pg_catalog.concat('x', pg_catalog.left(%[1]s, %[2]d))::pg_catalog.bit(%[3]d)::pg_catalog.%[5]s OPERATOR(pg_catalog.&) %[4]s::pg_catalog.%[5]s",
		hash, bits/4, bits, most, typ)
}
