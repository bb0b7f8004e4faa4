package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/spf13/pflag"

	"github.com/pgscrim/pgscrim/audit"
)

// verifier is the verifier of the password "secret".
const verifier = "SCRAM-SHA-256$4096:EGijg3ohuKr/fxTdjSZl1g==$5RkPQ5W9DtcxLeR9Eiqc3zKj4u4wgDYihLrqJ35Xg7s=:WupuW2V2gXpeacgh88PLNrl++cxfZOL+jOFPcZ8eL/o="

const goodConfig = `
listen: 127.0.0.1:7000
admin: 127.0.0.1:7001
policy: policy.yaml
upstream: postgres://pgscrim@db.internal:5432/crm?sslmode=verify-full
tls: {cert: server.crt, key: /etc/server.key, required: true}
mask_key_file: mask.key
audit: {dir: audit, durability: relaxed, literals: keep}
users:
  - {name: ana, roles: [analyst, dpo], password: "` + verifier + `"}
limits: {connections: 7, idle_timeout: 15m, message_bytes: 16MB}
log: {level: debug, format: json}
`

// load loads a server file as a command with the given flags does.
func load(t *testing.T, text string, args ...string) (*Config, error) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "pgscrim.yaml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	flags := pflag.NewFlagSet("test", pflag.ContinueOnError)
	configFlags(flags, "listen", "policy", "audit-dir")
	if err := flags.Parse(append(args, "--config", file)); err != nil {
		t.Fatal(err)
	}
	return loadConfig(flags)
}

func TestGoodConfig(t *testing.T) {
	c, err := load(t, goodConfig)
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Dir(c.file)
	for _, tt := range []struct {
		what      string
		got, want any
	}{
		{"listen", c.Listen, "127.0.0.1:7000"},
		{"admin", c.Admin, "127.0.0.1:7001"},
		{"policy", c.Policy, filepath.Join(dir, "policy.yaml")},
		{"upstream", c.Upstream, "postgres://pgscrim@db.internal:5432/crm?sslmode=verify-full"},
		{"tls.cert", c.TLS.Cert, filepath.Join(dir, "server.crt")},
		{"tls.key", c.TLS.Key, "/etc/server.key"},
		{"tls.required", c.TLS.Required, true},
		{"mask_key_file", c.MaskKeyFile, filepath.Join(dir, "mask.key")},
		{"audit.dir", c.Audit.Dir, filepath.Join(dir, "audit")},
		{"audit.durability", c.Audit.Durability, audit.Relaxed},
		{"users", len(c.Users), 1},
		{"name", c.Users[0].Name, "ana"},
		{"roles", strings.Join(c.Users[0].Roles, " "), "analyst dpo"},
		{"password", c.Users[0].Verifier, verifier},
		{"limits.connections", c.Limits.MaxConnections, 7},
		{"limits.idle_timeout", c.Limits.IdleTimeout, 15 * time.Minute},
		{"limits.startup_timeout", c.Limits.StartupTimeout, 10 * time.Second},
		{"limits.login_timeout", c.Limits.LoginTimeout, time.Minute},
		{"limits.message_bytes", c.Limits.MaxMessageBytes, 16 << 20},
		{"limits.drain_timeout", c.DrainTimeout, 30 * time.Second},
		{"log.level", c.Log.Level, "debug"},
		{"log.format", c.Log.Format, "json"},
		{"database", c.Database, ""},
	} {
		if tt.got != tt.want {
			t.Errorf("%s = %v, want %v", tt.what, tt.got, tt.want)
		}
	}
	if err := c.requireForServe(); err != nil {
		t.Error(err)
	}
}

func TestDefaults(t *testing.T) {
	c, err := load(t, "")
	if err != nil {
		t.Fatal(err)
	}
	if c.Listen != "127.0.0.1:6432" || c.Admin != "" || c.Audit.Durability != audit.Strict || c.TLS.Required {
		t.Errorf("defaults: %+v", c)
	}
	err = c.requireForServe()
	for _, key := range []string{"policy", "upstream", "mask_key_file", "audit.dir", "users"} {
		if err == nil || !strings.Contains(err.Error(), key+" is not set") {
			t.Errorf("no word of %s: %v", key, err)
		}
	}
}

func TestPrecedence(t *testing.T) {
	cwd, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("PGSCRIM_LISTEN", "127.0.0.1:8000")
	t.Setenv("PGSCRIM_AUDIT_DIR", "env-audit")
	t.Setenv("PGSCRIM_POLICY", "env.yaml")
	t.Setenv("PGSCRIM_LIMITS_CONNECTIONS", "9")
	c, err := load(t, goodConfig, "--policy", "flag.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if c.Listen != "127.0.0.1:8000" || c.Limits.MaxConnections != 9 {
		t.Errorf("the environment does not go over the file: %s, %d", c.Listen, c.Limits.MaxConnections)
	}
	if want := filepath.Join(cwd, "env-audit"); c.Audit.Dir != want {
		t.Errorf("a path of the environment is %s, want %s", c.Audit.Dir, want)
	}
	if want := filepath.Join(cwd, "flag.yaml"); c.Policy != want {
		t.Errorf("a flag's path is %s, want %s", c.Policy, want)
	}
}

func TestLongForm(t *testing.T) {
	c, err := load(t, "databases:\n  crm: {upstream: host=db dbname=crm_live, policy: p.yaml}\n")
	if err != nil {
		t.Fatal(err)
	}
	if c.Database != "crm" || c.Upstream != "host=db dbname=crm_live" || c.Policy != filepath.Join(filepath.Dir(c.file), "p.yaml") {
		t.Errorf("long form: %q %q %q", c.Database, c.Upstream, c.Policy)
	}
}

func TestSinkConfig(t *testing.T) {
	c, err := load(t, `
audit:
  sinks:
  - {name: siem, type: syslog, address: "siem.internal:6514", tls: {ca: ca.crt}}
  - {type: kafka, name: lake, address: "a:9093,b:9093", user: pgscrim, password_file: /etc/pgscrim/kafka}
`)
	if err != nil {
		t.Fatal(err)
	}
	siem, lake := c.Audit.Sinks[0], c.Audit.Sinks[1]
	for _, tt := range []struct{ got, want string }{
		{siem.Name, "siem"},
		{siem.Kind.Type, "syslog"},
		{siem.Values["address"], "siem.internal:6514"},
		{siem.Values["tls.ca"], filepath.Join(filepath.Dir(c.file), "ca.crt")},
		{lake.Name, "lake"},
		{lake.Values["address"], "a:9093,b:9093"},
		{lake.Values["password_file"], "/etc/pgscrim/kafka"},
	} {
		if tt.got != tt.want {
			t.Errorf("got %q, want %q", tt.got, tt.want)
		}
	}
	if err := c.openSinks(); err == nil || !strings.Contains(err.Error(), "audit sink siem: open ") || !strings.Contains(err.Error(), "audit sink lake: open /etc/pgscrim/kafka") {
		t.Errorf("files that are not there: %v", err)
	}
}

func TestConfigMistakes(t *testing.T) {
	for _, tt := range []struct{ name, text, want string }{
		{"syntax", "listen: [\n", "pgscrim.yaml:1:1: did not find"},
		{"not a mapping", "- a\n", "pgscrim.yaml:1:1: the server file must be a mapping"},
		{"unknown key", "listn: 127.0.0.1:1\n", `pgscrim.yaml:1:1: unknown key "listn" (did you mean "listen"?)`},
		{"unknown nested key", "pool:\n  colour: x\n", `pgscrim.yaml:2:3: unknown key "colour" (known keys: idle, idle_timeout, lifetime)`},
		{"duplicate key", "admin: a:1\nadmin: a:2\n", `pgscrim.yaml:2:1: duplicate key "admin", first in line 1`},
		{"mapping for a value", "listen: {a: 1}\n", "pgscrim.yaml:1:9: listen must be a single value"},
		{"value for a mapping", "audit: x\n", "pgscrim.yaml:1:8: audit must be a mapping"},
		{"address", "listen: localhost\n", "pgscrim.yaml:1:9: listen: address localhost: missing port"},
		{"upstream", "upstream: 'postgres://u:hunter2@%zz/'\n", "pgscrim.yaml:1:11: upstream: cannot parse"},
		{"durability", "audit: {durability: eventual}\n", `durability must be strict or relaxed, not "eventual"`},
		{"witnesses no list", "audit: {witness: {file: a}}\n", "pgscrim.yaml:1:18: audit.witness must be a list"},
		{"witness of two kinds", "audit:\n  witness:\n  - {file: a, url: 'https://b/'}\n", "pgscrim.yaml:3:5: a witness is a file, a url, or a table and the dsn of its database"},
		{"witness without a dsn", "audit: {witness: [{table: a.b}]}\n", "a witness is a file, a url, or a table and the dsn"},
		{"witness at no address", "audit: {witness: [{url: b}]}\n", "pgscrim.yaml:1:19: witness: it must be the address of an https service"},
		{"witness's unknown key", "audit: {witness: [{ulr: b}]}\n", `unknown key "ulr" (did you mean "url"?)`},
		{"days", "audit: {keep: 0d}\n", `pgscrim.yaml:1:15: audit.keep: "0d" is not a number of days from 1d to 36500d`},
		{"keep", "audit: {keep: always}\n", `audit.keep: "always" is not a time above 0, such as 400d, and not forever`},
		{"literals", "audit: {literals: mask}\n", `pgscrim.yaml:1:19: audit.literals: "mask" is not one of keep, hash, drop`},
		{"endpoint", "tracing: {endpoint: 'host:4318'}\n", `pgscrim.yaml:1:21: tracing.endpoint: "host:4318" is not a URL of http or https`},
		{"ratio", "tracing: {ratio: NaN}\n", `pgscrim.yaml:1:18: tracing.ratio: "NaN" is not a number from 0 to 1`},
		{"sinks", "audit: {sinks: {}}\n", `pgscrim.yaml:1:16: audit.sinks must be a list`},
		{"sink's type", "audit: {sinks: [{name: siem, type: sylog}]}\n", `pgscrim.yaml:1:36: there is no sink of type "sylog" (did you mean "syslog"?)`},
		{"sink without a type", "audit: {sinks: [{name: siem}]}\n", `pgscrim.yaml:1:17: a sink needs a type`},
		{"sink's name", "audit: {sinks: [{name: ../x, type: stdout}]}\n", `pgscrim.yaml:1:24: "../x" is no name for a sink`},
		{"nameless sink", "audit: {sinks: [{type: stdout}]}\n", `pgscrim.yaml:1:17: a sink needs a name`},
		{"sink twice", "audit:\n  sinks:\n  - {name: a, type: stdout}\n  - {name: a, type: stdout}\n", `pgscrim.yaml:4:5: sink "a" is listed twice, first in line 3`},
		{"sink's unknown key", "audit: {sinks: [{name: a, type: stdout, adress: x}]}\n", `pgscrim.yaml:1:41: unknown key "adress" (known keys: name, type)`},
		{"sink's nested key", "audit: {sinks: [{name: a, type: syslog, address: 'a:1', tls: {cas: x}}]}\n", `pgscrim.yaml:1:63: unknown key "cas" (did you mean "ca"?)`},
		{"sink's missing key", "audit: {sinks: [{name: a, type: syslog}]}\n", `pgscrim.yaml:1:17: a sink of type syslog needs address (host:port of the receiver (6514 is its port for TLS))`},
		{"sink's value", "audit: {sinks: [{name: a, type: syslog, address: 'a:1', network: unix}]}\n", `pgscrim.yaml:1:66: network: "unix" is not one of tls, tcp, udp`},
		{"sink's URL with a password", "audit: {sinks: [{name: a, type: nats, address: 'nats://u:hunter2@a:1'}]}\n", `pgscrim.yaml:1:48: address: must hold no user or password`},
		{
			"sink's password", "audit: {sinks: [{name: a-b, type: kafka, address: 'a:1', password: hunter2}]}\n",
			`pgscrim.yaml:1:68: password must not stand in the server file (write password_file, or set PGSCRIM_AUDIT_SINKS_A_B_PASSWORD)`,
		},
		{"bool", "tls: {required: maybe}\n", `tls.required: "maybe" is not true or false`},
		{"duration", "limits: {idle_timeout: 5}\n", "limits.idle_timeout: time: missing unit"},
		{"number", "limits: {connections: 0}\n", `"0" is not a number above 0`},
		{"size", "limits: {message_bytes: 2GB}\n", `"2GB" is not a size from 1 to 1GB`},
		{"log level", "log: {level: loud}\n", `"loud" is not one of debug, info, warn, error`},
		{"client_ca", "tls: {client_ca: ca.crt}\n", "authentication by client certificate is not supported yet"},
		{"cert without key", "tls: {cert: a.crt}\n", "tls.cert and tls.key belong together"},
		{"required without cert", "tls: {required: true}\n", "tls.required is set, but tls.cert is not"},
		{"two databases", "databases: {a: {upstream: x}, b: {upstream: y}}\n", "pgscrim.yaml:1:12: databases must name one database"},
		{"database twice", "policy: a\ndatabases: {a: {policy: b}}\n", "pgscrim.yaml:2:25: policy is set twice, first in line 1"},
		{"users no list", "users: {ana: x}\n", "pgscrim.yaml:1:8: users must be a list"},
		{"roles no list", "users: [{name: ana, roles: x, password: y}]\n", "roles must be a list"},
		{"user's unknown key", "users: [{nmae: ana}]\n", `unknown key "nmae" (did you mean "name"?)`},
		{"nameless user", "users:\n- {roles: [a], password: x}\n", "pgscrim.yaml:2:3: a user needs a name"},
		{"no roles", "users:\n- {name: ana, password: '" + verifier + "'}\n", `pgscrim.yaml:2:10: user "ana" has no roles`},
		{
			"plain password", "users:\n- {name: ana, roles: [a], password: hunter2}\n",
			`pgscrim.yaml:2:37: the password of user "ana" must be a SCRAM-SHA-256 verifier (make one with: pgscrim user hash)`,
		},
		{
			"user twice", "users:\n- &a {name: ana, roles: [a], password: '" + verifier + "'}\n- {name: ana, roles: [a], password: '" + verifier + "'}\n",
			`pgscrim.yaml:3:10: user "ana" is listed twice, first in line 2`,
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := load(t, tt.text)
			if err == nil {
				t.Fatal("no error")
			}
			if !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got  %v\nwant %s", err, tt.want)
			}
			if strings.Contains(err.Error(), "hunter2") {
				t.Errorf("a password is in the error: %v", err)
			}
		})
	}
}

func TestMistakeInTheEnvironment(t *testing.T) {
	t.Setenv("PGSCRIM_LIMITS_CONNECTIONS", "many")
	_, err := load(t, goodConfig)
	if err == nil || !strings.HasPrefix(err.Error(), `PGSCRIM_LIMITS_CONNECTIONS: limits.connections: "many"`) {
		t.Errorf("got %v", err)
	}
}

func TestAllMistakesAtOnce(t *testing.T) {
	_, err := load(t, "listen: x\nlog: {level: y}\nusers: [{name: ana, roles: [], password: z}]\n")
	if n := len(problemsOf(err)); n != 4 {
		t.Errorf("%d problems, want 4:\n%v", n, err)
	}
}

func TestMaskKey(t *testing.T) {
	raw := strings.Repeat("\x00\xff", 16)
	for _, tt := range []struct {
		name, content string
		mode          os.FileMode
		want          string // the key, or part of the error
		wantErr       bool
	}{
		{name: "hex", content: strings.Repeat("0a", 32) + "\n", mode: 0o600, want: strings.Repeat("\n", 32)},
		{name: "base64", content: "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n", mode: 0o640, want: "\x00\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19\x1a\x1b\x1c\x1d\x1e\x1f"},
		{name: "raw", content: raw, mode: 0o400, want: raw},
		{name: "short", content: "secret", mode: 0o600, want: "openssl rand -hex 32", wantErr: true},
		{name: "32 hex digits are 16 bytes", content: strings.Repeat("0a", 16), mode: 0o600, want: "holds 16 bytes", wantErr: true},
		{name: "world-readable", content: raw, mode: 0o644, want: "chmod 600", wantErr: true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "mask.key")
			if err := os.WriteFile(file, []byte(tt.content), 0o600); err != nil {
				t.Fatal(err)
			}
			if err := os.Chmod(file, tt.mode); err != nil {
				t.Fatal(err)
			}
			key, err := readMaskKey(file)
			switch {
			case tt.wantErr && (err == nil || !strings.Contains(err.Error(), tt.want)):
				t.Errorf("error %v, want %q", err, tt.want)
			case !tt.wantErr && (err != nil || string(key) != tt.want):
				t.Errorf("key %q, %v", key, err)
			}
		})
	}
	if _, err := readMaskKey(filepath.Join(t.TempDir(), "none")); err == nil || !strings.Contains(err.Error(), "openssl rand") {
		t.Errorf("no file: %v", err)
	}
}
