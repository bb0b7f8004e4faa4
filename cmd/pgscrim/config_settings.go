package main

import (
	"fmt"
	"net"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/spf13/pflag"

	"github.com/pgscrim/pgscrim/audit"
	"github.com/pgscrim/pgscrim/rewrite"
	"github.com/pgscrim/pgscrim/rules"
)

// setting is one key of the server file that holds one value. The table of them is what the server file, the
// environment, the flags and the table in docs/configuration.md are checked against.
type setting struct {
	key   string
	value string // the default
	usage string
	flag  string // empty: it has no flag
	path  bool
	words []string           // values of a path that are none
	get   func() string      // empty: not set
	set   func(string) error // parses and stores
}

// settings returns the table, bound to c.
func (c *Config) settings() []setting {
	text := func(key, value, usage string, p *string, check func(string) error) setting {
		return setting{key: key, value: value, usage: usage, get: func() string { return *p }, set: func(s string) error {
			*p = s
			return check(s)
		}}
	}
	path := func(key, usage string, p *string) setting {
		s := text(key, "", usage, p, anything)
		s.path = true
		return s
	}
	words := func(s setting, words ...string) setting {
		s.value, s.words = words[0], words
		return s
	}
	flag := func(name string, s setting) setting {
		s.flag = name
		return s
	}
	return []setting{
		flag("listen", text("listen", "127.0.0.1:6432", "address for clients", &c.Listen, isAddress)),
		flag("admin", text("admin", "", "address for /metrics, /healthz and /readyz; empty: none", &c.Admin, isAddress)),
		flag("policy", path("policy", "the policy file", &c.Policy)),
		flag("upstream", text("upstream", "", "the database: libpq URL or keywords; PGPASSFILE works", &c.Upstream, isUpstream)),
		path("tls.cert", "certificate towards clients; empty: no TLS", &c.TLS.Cert),
		path("tls.key", "key of the certificate", &c.TLS.Key),
		text("tls.client_ca", "", "reserved: certificate authentication is not supported", new(string), noClientCA),
		parsed("tls.required", "false", "refuse clients without TLS", &c.TLS.Required, parseBool),
		path("mask_key_file", "secret key of keyed masks, at least 32 bytes", &c.MaskKeyFile),
		flag("audit-dir", path("audit.dir", "directory of the audit log", &c.Audit.Dir)),
		parsed("audit.durability", "strict", "strict: fsync before a result leaves; relaxed: write only", &c.Audit.Durability, audit.ParseDurability),
		parsed("audit.checkpoint_interval", "1m", "time between signed checkpoints of the audit log", &c.Audit.Interval, parseInterval),
		parsed("audit.rotate_bytes", "256MB", "size at which the audit log goes on in a new file; the old one is compressed", &c.Audit.RotateBytes, parseBytes),
		parsed("audit.rotate_interval", "24h", "age at which it does", &c.Audit.RotateInterval, parseInterval),
		parsed("audit.keep", "forever", "how long records are kept, such as 400d; older files of them are removed, unless there is a legal hold", &c.Audit.Keep, parseKeep),
		parsed("audit.literals", "keep", "constants in recorded statements; keep: as they were sent; hash: a keyed hash in the place of each; drop: ?", &c.Audit.Literals, rewrite.ParseLiterals),
		words(path("audit.misuse", "file with rules that find misuse, beside those that ship; default: those alone; off: none", &c.Audit.Misuse), "default", "off"),
		parsed("limits.connections", "500", "sessions at a time; as many and 100 more may be logging in", &c.Limits.MaxConnections, parsePositive),
		parsed("limits.startup_timeout", "10s", "time from the connection to the end of the startup packet", &c.Limits.StartupTimeout, time.ParseDuration),
		parsed("limits.login_timeout", "60s", "time to log in", &c.Limits.LoginTimeout, time.ParseDuration),
		parsed("limits.idle_timeout", "0s", "time without a statement after which a session ends; 0s: never", &c.Limits.IdleTimeout, time.ParseDuration),
		parsed("limits.pre_login_bytes", "10000", "longest message before login", &c.Limits.MaxPreLoginBytes, parseBytes),
		parsed("limits.message_bytes", "64MB", "longest message after login", &c.Limits.MaxMessageBytes, parseBytes),
		parsed("limits.statement_bytes", "8MB", "longest query string", &c.StatementBytes, parseBytes),
		parsed("limits.drain_timeout", "30s", "time that sessions have to end at shutdown", &c.DrainTimeout, time.ParseDuration),
		parsed("pool.idle", "20", "upstream connections kept for sessions to come with the same user, purpose and settings; 0: none", &c.Pool.Idle, parseIdle),
		parsed("pool.idle_timeout", "5m", "time that one is kept without use", &c.Pool.IdleTimeout, parseInterval),
		parsed("pool.lifetime", "1h", "age at which one is not kept any more", &c.Pool.Lifetime, parseInterval),
		text("tracing.endpoint", "", "OTLP over HTTP for spans of statements, such as https://host:4318/v1/traces; empty: none", &c.Tracing.Endpoint, isEndpoint),
		parsed("tracing.ratio", "0.01", "share of statements that get one, from 0 to 1; of those with a traceparent in a comment, the caller decides", &c.Tracing.Ratio, parseRatio),
		flag("log-level", text("log.level", "info", "debug, info, warn or error", &c.Log.Level, oneOf("debug", "info", "warn", "error"))),
		flag("log-format", text("log.format", "text", "text or json", &c.Log.Format, oneOf("text", "json"))),
	}
}

// parsed is a setting that is no text. It always has a value.
func parsed[T any](key, value, usage string, p *T, parse func(string) (T, error)) setting {
	return setting{key: key, value: value, usage: usage, get: func() string { return value }, set: func(s string) (err error) {
		*p, err = parse(s)
		return err
	}}
}

func anything(string) error { return nil }

func isAddress(s string) error {
	_, _, err := net.SplitHostPort(s)
	return err
}

func isUpstream(s string) error {
	_, err := pgconn.ParseConfig(s) // the error has no password in it
	return err
}

func noClientCA(string) error {
	return fmt.Errorf("authentication by client certificate is not supported yet (leave it out; users log in with a password)")
}

func oneOf(words ...string) func(string) error {
	return func(s string) error {
		if !slices.Contains(words, s) {
			return fmt.Errorf("%q is not one of %s", s, strings.Join(words, ", "))
		}
		return nil
	}
}

func parseBool(s string) (bool, error) {
	switch s {
	case "true", "on", "yes":
		return true, nil
	case "false", "off", "no":
		return false, nil
	}
	return false, fmt.Errorf("%q is not true or false", s)
}

func isEndpoint(s string) error {
	if u, err := url.Parse(s); err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return fmt.Errorf("%q is not a URL of http or https", s)
	}
	return nil
}

func parseRatio(s string) (float64, error) {
	r, err := strconv.ParseFloat(s, 64)
	if err != nil || !(r >= 0 && r <= 1) {
		return 0, fmt.Errorf("%q is not a number from 0 to 1", s)
	}
	return r, nil
}

func parsePositive(s string) (int, error) {
	n, err := strconv.Atoi(s)
	if err != nil || n <= 0 {
		return 0, fmt.Errorf("%q is not a number above 0", s)
	}
	return n, nil
}

// parseIdle reads how many connections are kept; proxy.Pool has less than 0 for none.
func parseIdle(s string) (int, error) {
	n, err := strconv.Atoi(s)
	switch {
	case err != nil || n < 0:
		return 0, fmt.Errorf("%q is not a number from 0", s)
	case n == 0:
		return -1, nil
	}
	return n, nil
}

// parseInterval reads a time that something takes between two times.
func parseInterval(s string) (time.Duration, error) {
	d, err := time.ParseDuration(s)
	if err != nil || d <= 0 {
		return 0, fmt.Errorf("%q is not a time above 0, such as 90s", s)
	}
	return d, nil
}

// parseKeep reads how long something is kept: days, a time, or forever, which is 0.
func parseKeep(s string) (time.Duration, error) {
	if s == "forever" {
		return 0, nil
	}
	if days, ok := strings.CutSuffix(s, "d"); ok {
		n, err := strconv.Atoi(days)
		if err != nil || n <= 0 || n > 36500 {
			return 0, fmt.Errorf("%q is not a number of days from 1d to 36500d", s)
		}
		return time.Duration(n) * 24 * time.Hour, nil
	}
	d, err := time.ParseDuration(s)
	if err != nil || d <= 0 {
		return 0, fmt.Errorf("%q is not a time above 0, such as 400d, and not forever", s)
	}
	return d, nil
}

// parseBytes reads a size as PostgreSQL's configuration writes it: kB, MB and GB are powers of 1024.
func parseBytes(s string) (int, error) {
	number, unit := s, 1
	for suffix, bytes := range map[string]int{"kB": 1 << 10, "MB": 1 << 20, "GB": 1 << 30} {
		if digits, ok := strings.CutSuffix(s, suffix); ok {
			number, unit = digits, bytes
		}
	}
	n, err := strconv.Atoi(strings.TrimSpace(number))
	if err != nil || n <= 0 || n > 1<<30/unit {
		return 0, fmt.Errorf("%q is not a size from 1 to 1GB (write it as 64kB or 16MB)", s)
	}
	return n * unit, nil
}

// envName is the environment form of a key.
func envName(key string) string {
	return "PGSCRIM_" + strings.ToUpper(strings.ReplaceAll(key, ".", "_"))
}

// origin is where a value comes from: a place in the server file, or the name of a variable or flag.
type origin struct {
	name string
	pos  rules.Pos
	file string // the server file if the value stands there
}

// origin says where the value of a setting comes from, in viper's order of precedence.
func (c *Config) origin(s setting, flags *pflag.FlagSet) origin {
	if f := flags.Lookup(s.flag); f != nil && f.Changed {
		return origin{name: "--" + s.flag}
	}
	if os.Getenv(envName(s.key)) != "" {
		return origin{name: envName(s.key)}
	}
	pos := c.places[s.key]
	return origin{pos: pos, file: pos.File}
}

// errorf makes an error that says where the value stands.
func (o origin) errorf(format string, args ...any) error {
	err := fmt.Errorf(format, args...)
	if o.file == "" {
		return fmt.Errorf("%s: %w", o.name, err)
	}
	return rules.Problem{Pos: o.pos, Message: err.Error()}
}
