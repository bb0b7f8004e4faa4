package catalog

import (
	"strings"
	"unicode/utf8"
)

// Path returns the schemas that a search_path setting means, in the order in which names are looked up:
// pg_catalog first unless the setting names it, "$user" replaced, schemas that do not exist left out.
// See "The Schema Search Path" in the PostgreSQL manual. The schema of temporary tables is not in it.
// ok is false if the setting cannot be read or moves pg_catalog behind another schema, so that
// names of the system's own functions and types could mean something else.
func (s *Snapshot) Path(setting string) (schemas []string, ok bool) {
	names, ok := splitIdentifiers(setting)
	if !ok || strings.ContainsRune(setting, '\v') {
		return nil, false
	}
	schemas = []string{"pg_catalog"}
	for i, name := range names {
		switch name {
		case "pg_catalog":
			if i > 0 {
				return nil, false
			}
			continue
		case "pg_temp":
			return nil, false
		case "$user":
			name = s.User
		}
		if s.schemas[name] {
			schemas = append(schemas, name)
		}
	}
	return schemas, true
}

// splitIdentifiers splits a list of identifiers as SplitIdentifierString of PostgreSQL's varlena.c does.
func splitIdentifiers(list string) (names []string, ok bool) {
	rest := strings.Trim(list, space)
	if rest == "" {
		return nil, true
	}
	for {
		var name string
		if strings.HasPrefix(rest, `"`) {
			end := 1
			for {
				i := strings.IndexByte(rest[end:], '"')
				if i < 0 {
					return nil, false
				}
				end += i + 1
				if !strings.HasPrefix(rest[end:], `"`) {
					break
				}
				end++
			}
			name, rest = strings.ReplaceAll(rest[1:end-1], `""`, `"`), rest[end:]
		} else {
			end := strings.IndexAny(rest, ","+space)
			if end < 0 {
				end = len(rest)
			}
			name, rest = lower(rest[:end]), rest[end:]
			if name == "" {
				return nil, false
			}
		}
		names = append(names, cut(name))
		rest = strings.TrimLeft(rest, space)
		if rest == "" {
			return names, true
		}
		if rest[0] != ',' {
			return nil, false
		}
		rest = strings.TrimLeft(rest[1:], space)
	}
}

// space are the characters that PostgreSQL's scanner_isspace takes for white space (\v is one from version 16 on: a
// list that holds it cannot be read).
const space = " \t\n\r\f"

// lower folds the letters of ASCII, as PostgreSQL folds identifiers in a database of encoding UTF8.
func lower(s string) string {
	return strings.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, s)
}

// cut shortens an identifier to the 63 bytes that PostgreSQL keeps (NAMEDATALEN less the NUL), at a whole character.
func cut(name string) string {
	const most = 63
	if len(name) <= most {
		return name
	}
	end := most
	for end > 0 && !utf8.RuneStart(name[end]) {
		end--
	}
	return name[:end]
}
