package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/spf13/pflag"
	"github.com/spf13/viper"

	"github.com/pgscrim/pgscrim/audit"
	"github.com/pgscrim/pgscrim/audit/sink"
	"github.com/pgscrim/pgscrim/audit/witness"
	"github.com/pgscrim/pgscrim/proxy"
	"github.com/pgscrim/pgscrim/rewrite"
	"github.com/pgscrim/pgscrim/rules"
)

// Config is the server file, after environment and flags have been laid over it. Paths are absolute.
type Config struct {
	Listen      string
	Admin       string // empty: no admin address
	Policy      string
	Upstream    string
	Database    string // the name that clients ask for, empty: the upstream's
	TLS         TLSConfig
	MaskKeyFile string
	Audit       AuditConfig
	Users       []User
	Limits      proxy.Limits
	Pool        proxy.Pool
	Log         LogConfig
	Tracing     TracingConfig

	StatementBytes int           // longest query string
	DrainTimeout   time.Duration // how long sessions have to end at shutdown

	file   string               // the server file, empty if there is none
	places map[string]rules.Pos // of the keys that it sets
}

// TLSConfig is TLS towards clients. Without a certificate there is none.
type TLSConfig struct {
	Cert, Key string
	Required  bool
}

// AuditConfig is where the audit log is and what it takes for a record to count as written.
type AuditConfig struct {
	Dir        string
	Durability audit.Durability
	Interval   time.Duration // between checkpoints
	// RotateBytes and RotateInterval are the size and the age at which a segment is sealed.
	RotateBytes    int
	RotateInterval time.Duration
	Keep           time.Duration // how long records are kept; 0: forever
	Literals       rewrite.Literals
	// Misuse is the file of the misuse rules, default for those that ship; off or nothing for none.
	Misuse string
	// Witnesses get the log's checkpoints.
	Witnesses []witness.Witness
	Sinks     []sink.Config // where they are carried to beside
}

// LogConfig is the server's own log, on standard error.
type LogConfig struct {
	Level  string
	Format string
}

// TracingConfig is where spans of statements are sent, nowhere if Endpoint is empty, and the share of them that are.
type TracingConfig struct {
	Endpoint string
	Ratio    float64
}

// User is one who may log in.
type User struct {
	proxy.User
	pos, passwordPos rules.Pos
	rolePos          []rules.Pos // one for each role
}

// configFlags defines the flags of a command that reads the server file: --config, and those of settings that are named.
func configFlags(flags *pflag.FlagSet, names ...string) {
	flags.StringP("config", "c", "", "the server file")
	for _, s := range new(Config).settings() {
		if slices.Contains(names, s.flag) {
			flags.String(s.flag, "", s.usage)
		}
	}
}

// loadConfig reads the server file that --config names, if it does, and lays PGSCRIM_... variables and flags over it.
// The error holds everything that is wrong with it. Keys that a command needs are its own to ask for: see require.
func loadConfig(flags *pflag.FlagSet) (*Config, error) {
	file, err := flags.GetString("config")
	if err != nil {
		return nil, err
	}
	if file == "" {
		return new(Config).assemble("", nil, flags)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	return new(Config).assemble(file, text, flags)
}

// assemble fills c from the text of the server file, the environment and the flags.
func (c *Config) assemble(file string, text []byte, flags *pflag.FlagSet) (*Config, error) {
	doc, err := parseServerFile(file, text, c.settings())
	if err != nil {
		return nil, err
	}
	c.file = file
	c.places, c.Users, c.Database, c.Audit.Witnesses = doc.places, doc.users, doc.database, doc.witnesses
	c.Audit.Sinks = doc.sinks

	v := viper.New()
	v.SetConfigType("yaml")
	if err := v.ReadConfig(bytes.NewReader(text)); err != nil {
		return nil, err
	}
	if err := v.MergeConfigMap(doc.flattened); err != nil {
		return nil, err
	}
	var errs []error
	for _, s := range c.settings() {
		v.SetDefault(s.key, s.value)
		if err := v.BindEnv(s.key, envName(s.key)); err != nil {
			return nil, err
		}
		if f := flags.Lookup(s.flag); f != nil {
			if err := v.BindPFlag(s.key, f); err != nil {
				return nil, err
			}
		}
		value := v.GetString(s.key)
		if value == "" {
			continue
		}
		origin := c.origin(s, flags)
		if s.path && !slices.Contains(s.words, value) {
			if value, err = absolute(value, origin.file); err != nil {
				return nil, err
			}
		}
		if err := s.set(value); err != nil {
			errs = append(errs, origin.errorf("%s: %w", s.key, err))
		}
	}
	if err := errors.Join(append(errs, c.check()...)...); err != nil {
		return nil, err
	}
	return c, nil
}

// absolute makes a path absolute: relative to the server file if it stands there, else to the working directory.
func absolute(path, file string) (string, error) {
	if file != "" && !filepath.IsAbs(path) {
		path = filepath.Join(filepath.Dir(file), path)
	}
	return filepath.Abs(path)
}

// require returns an error that names the keys which are not set.
func (c *Config) require(keys ...string) error {
	var errs []error
	for _, s := range c.settings() {
		for _, key := range keys {
			if s.key == key && s.get() == "" {
				how := envName(key)
				if s.flag != "" {
					how += " or --" + s.flag
				}
				errs = append(errs, fmt.Errorf("%s is not set (set it in the server file, or by %s)", key, how))
			}
		}
	}
	return errors.Join(errs...)
}

// requireForServe asks for all that a server cannot do without.
func (c *Config) requireForServe() error {
	err := c.require("policy", "upstream", "mask_key_file", "audit.dir")
	if len(c.Users) == 0 {
		err = errors.Join(err, errors.New("users is not set: nobody could log in (list them in the server file)"))
	}
	return err
}
