package sink

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"regexp"
	"strings"
)

// Config is what the server file says of one sink.
type Config struct {
	// Name tells sinks apart, in the server's log, in metrics, and in the name of the file that keeps the position.
	Name string
	Kind Kind
	// Values are what is set of the kind's keys. Paths are absolute; of a secret, NAME_file is the path of its file.
	Values map[string]string
}

// KindOf returns the kind with that type.
func KindOf(name string) (Kind, error) {
	var types []string
	for _, k := range Kinds() {
		if k.Type == name {
			return k, nil
		}
		types = append(types, k.Type)
	}
	return Kind{}, fmt.Errorf("%q is not one of %s", name, strings.Join(types, ", "))
}

// CheckName refuses a name that cannot be part of a file's name or of a variable's.
func CheckName(name string) error {
	if !regexp.MustCompile(`^[a-z][a-z0-9_-]{0,39}$`).MatchString(name) {
		return fmt.Errorf("%q is no name for a sink: write lower-case letters, digits, - and _, at most 40", name)
	}
	return nil
}

// Check checks the value of a key.
func (k Key) Check(value string) error {
	if k.check == nil {
		return nil
	}
	return k.check(value)
}

// Open reads the files that the configuration names and makes a sink of it. It does not connect.
func (c Config) Open() (Sink, error) {
	s, err := c.open()
	if err != nil {
		return nil, fmt.Errorf("audit sink %s: %w", c.Name, err)
	}
	return s, nil
}

func (c Config) open() (Sink, error) {
	if err := CheckName(c.Name); err != nil {
		return nil, err
	}
	v := values{"name": c.Name}
	for _, k := range c.Kind.Keys {
		value, err := c.value(k)
		if err != nil {
			return nil, err
		}
		if value != "" {
			if err := k.Check(value); err != nil {
				return nil, fmt.Errorf("%s: %w", k.Name, err)
			}
		} else if k.Required {
			return nil, fmt.Errorf("%s is not set", k.Name)
		}
		v[k.Name] = value
	}
	return c.Kind.open(v)
}

// value is that of a key, its default if it is not set.
func (c Config) value(k Key) (string, error) {
	switch path := c.Values[k.Name+"_file"]; {
	case !k.Secret && c.Values[k.Name] != "":
		return c.Values[k.Name], nil
	case !k.Secret:
		return k.Default, nil
	case path != "":
		text, err := os.ReadFile(path)
		return strings.TrimRight(string(text), "\r\n"), err
	}
	return os.Getenv(c.EnvName(k)), nil
}

// EnvName is the variable that a secret is read from if no file is named.
func (c Config) EnvName(k Key) string {
	return "PGSCRIM_AUDIT_SINKS_" + strings.ToUpper(strings.ReplaceAll(c.Name, "-", "_")+"_"+k.Name)
}

// values are the settings of a sink, defaults and secrets included.
type values map[string]string

// tls makes the configuration of TLS towards the host.
func (v values) tls(host string) (*tls.Config, error) {
	c := &tls.Config{MinVersion: tls.VersionTLS12, ServerName: v["tls.server_name"]}
	if c.ServerName == "" {
		c.ServerName = host
	}
	if path := v["tls.ca"]; path != "" {
		text, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		c.RootCAs = x509.NewCertPool()
		if !c.RootCAs.AppendCertsFromPEM(text) {
			return nil, fmt.Errorf("tls.ca: %s holds no certificate", path)
		}
	}
	if (v["tls.cert"] == "") != (v["tls.key"] == "") {
		return nil, errors.New("tls.cert and tls.key belong together: one of them is not set")
	}
	if v["tls.cert"] != "" {
		pair, err := tls.LoadX509KeyPair(v["tls.cert"], v["tls.key"])
		if err != nil {
			return nil, fmt.Errorf("tls: %w", err)
		}
		c.Certificates = []tls.Certificate{pair}
	}
	return c, nil
}
