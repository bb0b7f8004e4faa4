package catalog

import "strings"

// Path returns the schemas that a search_path setting means, in the order in which names are looked up:
// pg_catalog first unless the setting names it, "$user" replaced, schemas that do not exist left out.
// See "The Schema Search Path" in the PostgreSQL manual. The schema of temporary tables is not in it.
// ok is false if the setting cannot be read or moves pg_catalog behind another schema, so that
// names of the system's own functions and types could mean something else.
func (s *Snapshot) Path(setting string) (schemas []string, ok bool) {
	names, ok := splitIdentifiers(setting)
	if !ok {
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
	rest := strings.TrimSpace(list)
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
			end := strings.IndexAny(rest, ", \t\n\r\f\v")
			if end < 0 {
				end = len(rest)
			}
			name, rest = strings.ToLower(rest[:end]), rest[end:]
			if name == "" {
				return nil, false
			}
		}
		names = append(names, name)
		rest = strings.TrimSpace(rest)
		if rest == "" {
			return names, true
		}
		if rest[0] != ',' {
			return nil, false
		}
		rest = strings.TrimSpace(rest[1:])
	}
}
