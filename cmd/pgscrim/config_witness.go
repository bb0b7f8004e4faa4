package main

import (
	"path/filepath"

	"go.yaml.in/yaml/v3"

	"github.com/pgscrim/pgscrim/audit/witness"
)

// readWitnesses reads audit.witness: where the audit log's checkpoints go. A path is relative to the server file.
func (f *serverFile) readWitnesses(n *yaml.Node) {
	const example = "- {file: /mnt/other/checkpoints}, - {url: https://witness.example.com/}, - {table: audit.checkpoints, dsn: postgres://...}"
	if n.Kind != yaml.SequenceNode {
		f.problem(n, example, "audit.witness must be a list")
		return
	}
	for _, item := range n.Content {
		found := map[string]string{}
		keys := map[string]func(*yaml.Node){}
		for _, key := range []string{"file", "url", "table", "dsn"} {
			keys[key] = func(n *yaml.Node) { found[key] = f.text(n, key) }
		}
		before := len(f.problems)
		f.readMapping(item, "a witness", keys)
		if len(f.problems) > before {
			continue
		}
		w, err := f.newWitness(found)
		switch {
		case err != nil:
			f.problem(item, "", "witness: %v", err)
		case w == nil:
			f.problem(item, example, "a witness is a file, a url, or a table and the dsn of its database")
		default:
			f.witnesses = append(f.witnesses, w)
		}
	}
}

// newWitness makes a witness of the values of its keys. None is nil: they do not fit together.
func (f *serverFile) newWitness(values map[string]string) (witness.Witness, error) {
	file, url, table, dsn := values["file"], values["url"], values["table"], values["dsn"]
	switch {
	case len(values) == 1 && file != "":
		if !filepath.IsAbs(file) {
			file = filepath.Join(filepath.Dir(f.name), file)
		}
		return witness.File{Path: file}, nil
	case len(values) == 1 && url != "":
		return witness.NewHTTP(url)
	case len(values) == 2 && table != "" && dsn != "":
		return witness.NewTable(dsn, table)
	}
	return nil, nil
}
