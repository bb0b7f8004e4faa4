package main

import (
	"errors"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/pgscrim/pgscrim/audit/sink"
	"github.com/pgscrim/pgscrim/rules"
)

// readSinks reads the list of places that the audit log is carried to.
func (f *serverFile) readSinks(n *yaml.Node) {
	if n.Kind != yaml.SequenceNode {
		f.problem(n, `- {name: siem, type: syslog, address: "siem.internal:6514"}`, "audit.sinks must be a list")
		return
	}
	lines := map[string]int{}
	for _, item := range n.Content {
		c := f.readSink(item)
		if line, twice := lines[c.Name]; twice && c.Name != "" {
			f.problem(item, "", "sink %q is listed twice, first in line %d", c.Name, line)
		}
		lines[c.Name] = item.Line
		f.sinks = append(f.sinks, c)
	}
}

// readSink reads a sink; which keys it may have depends on its type.
func (f *serverFile) readSink(n *yaml.Node) sink.Config {
	c := sink.Config{Values: map[string]string{}}
	kind, known := f.kindOf(n)
	if !known {
		return c
	}
	c.Kind = kind
	readers := map[string]func(*yaml.Node){
		"type": func(*yaml.Node) {}, // it is read
		"name": func(n *yaml.Node) {
			c.Name = f.text(n, "name")
			if err := sink.CheckName(c.Name); err != nil && c.Name != "" {
				f.problem(n, "", "%v", err)
			}
		},
	}
	groups := map[string]map[string]func(*yaml.Node){}
	for _, k := range kind.Keys {
		group, key, grouped := strings.Cut(k.Name, ".")
		switch {
		case k.Secret:
			readers[k.Name] = func(n *yaml.Node) {
				f.problem(n, "write "+k.Name+"_file, or set "+c.EnvName(k), "%s must not stand in the server file", k.Name)
			}
			readers[k.Name+"_file"] = f.sinkPath(c, k.Name+"_file")
		case !grouped:
			readers[k.Name] = f.sinkValue(c, k)
		default:
			if groups[group] == nil {
				groups[group] = map[string]func(*yaml.Node){}
				readers[group] = func(n *yaml.Node) { f.readMapping(n, group, groups[group]) }
			}
			groups[group][key] = f.sinkValue(c, k)
		}
	}
	f.readMapping(n, "a sink", readers)
	if c.Name == "" {
		f.problem(n, "", "a sink needs a name")
	}
	for _, k := range kind.Keys {
		if k.Required && c.Values[k.Name] == "" {
			f.problem(n, k.Usage, "a sink of type %s needs %s", kind.Type, k.Name)
		}
	}
	return c
}

// kindOf finds the type of a sink.
func (f *serverFile) kindOf(n *yaml.Node) (sink.Kind, bool) {
	for i := 0; n.Kind == yaml.MappingNode && i+1 < len(n.Content); i += 2 {
		if value := n.Content[i+1]; n.Content[i].Value == "type" {
			kind, err := sink.KindOf(value.Value)
			if err != nil {
				var types []string
				for _, k := range sink.Kinds() {
					types = append(types, k.Type)
				}
				f.problem(value, rules.Suggest(value.Value, "types", types), "there is no sink of type %q", value.Value)
			}
			return kind, err == nil
		}
	}
	f.problem(n, `- {name: siem, type: syslog, address: "siem.internal:6514"}`, "a sink needs a type")
	return sink.Kind{}, false
}

// sinkValue reads a setting of a sink.
func (f *serverFile) sinkValue(c sink.Config, k sink.Key) func(*yaml.Node) {
	if k.Path {
		return f.sinkPath(c, k.Name)
	}
	return func(n *yaml.Node) {
		value := f.text(n, k.Name)
		if err := k.Check(value); err != nil && value != "" {
			f.problem(n, "", "%s: %v", k.Name, err)
		}
		c.Values[k.Name] = value
	}
}

// sinkPath reads the path of a file.
func (f *serverFile) sinkPath(c sink.Config, key string) func(*yaml.Node) {
	return func(n *yaml.Node) {
		path, err := absolute(f.text(n, key), f.name)
		if err != nil {
			f.problem(n, "", "%s: %v", key, err)
		}
		c.Values[key] = path
	}
}

// openSinks makes the sinks, and so reads the files that they name, and gives them up again.
func (c *Config) openSinks() error {
	var errs []error
	for _, s := range c.Audit.Sinks {
		opened, err := s.Open()
		if err == nil {
			err = opened.Close()
		}
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}
