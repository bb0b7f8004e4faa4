package proxy

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/pgscrim/pgscrim/rewrite"
)

// mayStart reports whether a client may choose a setting in the startup packet. Those settings change how values look, how
// long things may take and how the planner works, but not what a statement means or may see.
func mayStart(name string) bool {
	switch name {
	case "application_name", "bytea_output", "client_encoding", "client_min_messages", "datestyle",
		"default_transaction_deferrable", "default_transaction_isolation", "default_transaction_read_only",
		"extra_float_digits", "geqo", "idle_in_transaction_session_timeout", "idle_session_timeout", "intervalstyle", "jit",
		"lc_monetary", "lc_numeric", "lc_time", "lock_timeout", "quote_all_identifiers", "search_path",
		"standard_conforming_strings", "statement_timeout", "synchronize_seqscans", "tcp_keepalives_count",
		"tcp_keepalives_idle", "tcp_keepalives_interval", "tcp_user_timeout", "timezone", "transaction_timeout", "work_mem",
		"xmlbinary", "xmloption":
		return true
	}
	return false
}

// ownPrefix starts the names of pgscrim's settings.
const ownPrefix = "pgscrim."

// clientSettings returns the settings that a startup packet asks for, by lower-case name; those of its own parameters
// win over those of its options string, as in PostgreSQL.
func clientSettings(packet map[string]string) (map[string]string, error) {
	settings := make(map[string]string)
	pairs, err := parseOptions(packet["options"])
	if err != nil {
		return nil, err
	}
	for _, p := range pairs {
		settings[strings.ToLower(p[0])] = p[1]
	}
	for name, value := range packet {
		switch name {
		case "user", "database", "options", "replication":
		default:
			if !strings.HasPrefix(name, "_pq_.") {
				settings[strings.ToLower(name)] = value
			}
		}
	}
	return settings, nil
}

// parseOptions reads the settings of an options string (-c name=value, -cname=value, --name=value). White space
// separates words; a backslash takes the next character as it is (PostgreSQL's pg_split_opts).
func parseOptions(options string) ([][2]string, error) {
	var pairs [][2]string
	words := splitOptions(options)
	for i := 0; i < len(words); i++ {
		word := words[i]
		var assignment, form string
		switch {
		case word == "-c" && i+1 < len(words):
			i++
			assignment, form = words[i], "-c "
		case strings.HasPrefix(word, "-c") && len(word) > 2:
			assignment, form = word[2:], "-c "
		case strings.HasPrefix(word, "--") && len(word) > 2:
			assignment, form = word[2:], "--"
		default:
			return nil, &rewrite.Refusal{
				Code: codeSyntaxError, Message: "invalid command-line argument for server process: " + word,
				Hint: "The options may hold -c name=value and --name=value.",
			}
		}
		name, value, ok := strings.Cut(assignment, "=")
		if !ok {
			return nil, &rewrite.Refusal{Code: codeSyntaxError, Message: form + assignment + " requires a value"}
		}
		pairs = append(pairs, [2]string{strings.ReplaceAll(name, "-", "_"), value})
	}
	return pairs, nil
}

func splitOptions(options string) []string {
	var words []string
	var word strings.Builder
	inWord := false
	for i := 0; i < len(options); i++ {
		switch c := options[i]; {
		case strings.IndexByte(" \t\n\v\f\r", c) >= 0: // isspace in the C locale
			if inWord {
				words = append(words, word.String())
				word.Reset()
				inWord = false
			}
		default:
			if c == '\\' && i+1 < len(options) {
				i++
				c = options[i]
			}
			word.WriteByte(c)
			inWord = true
		}
	}
	if inWord {
		words = append(words, word.String())
	}
	return words
}

// checkSettings refuses settings that would change what a statement means or may see. It returns the names of which only
// the upstream server can say whether they exist: all of them are to be refused.
func checkSettings(settings map[string]string) (unlisted []string, err error) {
	for name, value := range settings {
		switch {
		case name == "client_encoding":
			if !isUTF8(value) {
				return nil, &rewrite.Refusal{
					Code: codeInvalidParameter, Message: fmt.Sprintf("client_encoding %q is not supported", value),
					Hint: "Set client_encoding to UTF8.",
				}
			}
		case name == "standard_conforming_strings":
			if on, known := parseBool(value); !known || !on {
				return nil, &rewrite.Refusal{
					Code: codeInvalidParameter, Message: "standard_conforming_strings must be on",
					Hint: "Leave the setting out.",
				}
			}
		case name == "client_min_messages":
			if !slices.Contains([]string{"notice", "warning", "error"}, strings.ToLower(value)) {
				return nil, &rewrite.Refusal{
					Code: codeInvalidParameter, Message: fmt.Sprintf("client_min_messages %q is not supported", value),
					Hint: "Set it to notice, warning or error.",
				}
			}
		case name == rewrite.SettingNotices:
			if !slices.Contains([]string{"off", "on", "verbose"}, value) {
				return nil, &rewrite.Refusal{
					Code: codeInvalidParameter, Message: fmt.Sprintf("invalid value for parameter %q: %q", name, value),
					Hint: "Available values: off, on, verbose.",
				}
			}
		case strings.HasPrefix(name, ownPrefix):
			if name != rewrite.SettingPurpose && name != rewrite.SettingReason {
				return nil, &rewrite.Refusal{
					Code: codeInsufficient, Message: fmt.Sprintf("parameter %q cannot be set", name),
					Hint: "A client may set pgscrim.purpose, pgscrim.reason and pgscrim.notices.",
				}
			}
		case strings.Contains(name, "."): // a placeholder or an extension's setting
		case !mayStart(name):
			unlisted = append(unlisted, name)
		}
	}
	slices.Sort(unlisted)
	return unlisted, nil
}

// isUTF8 reports whether PostgreSQL takes the name of an encoding for UTF8: case and punctuation do not
// matter (clean_encoding_name), and unicode is an alias.
func isUTF8(encoding string) bool {
	clean := strings.Map(func(r rune) rune {
		switch {
		case r >= 'A' && r <= 'Z':
			return r + 'a' - 'A'
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			return r
		}
		return -1
	}, encoding)
	return clean == "utf8" || clean == "unicode"
}

// parseBool reads a boolean as PostgreSQL's parse_bool does: unique prefixes count.
func parseBool(value string) (b, ok bool) {
	v := strings.ToLower(value)
	prefix := func(word string, least int) bool { return len(v) >= least && strings.HasPrefix(word, v) }
	switch {
	case v == "1", prefix("true", 1), prefix("yes", 1), prefix("on", 2):
		return true, true
	case v == "0", prefix("false", 1), prefix("no", 1), prefix("off", 2):
		return false, true
	}
	n, err := strconv.Atoi(v)
	return n != 0, err == nil
}
