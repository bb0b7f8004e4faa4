package sink

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestOpen: what a configuration lacks, or names and is not there, is said before anything is served.
func TestOpen(t *testing.T) {
	_, ca := certificate(t)
	notPEM := filepath.Join(t.TempDir(), "ca.crt")
	if err := os.WriteFile(notPEM, []byte("no certificate"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name, kind string
		values     map[string]string
		want       string // part of the error, empty if there is none
	}{
		{"good", "syslog", map[string]string{"address": "a:1", "tls.ca": ca}, ""},
		{"required", "syslog", nil, "address is not set"},
		{"checked", "syslog", map[string]string{"address": "a:1", "network": "unix"}, `network: "unix" is not one of`},
		{"no certificates", "syslog", map[string]string{"address": "a:1", "tls.ca": notPEM}, "holds no certificate"},
		{"no CA", "kafka", map[string]string{"address": "a:1", "tls.ca": "/none"}, "open /none"},
		{"half a pair", "otlp", map[string]string{"address": "https://a", "tls.cert": ca}, "tls.cert and tls.key belong together"},
		{"no pair", "nats", map[string]string{"address": "tls://a", "tls.cert": ca, "tls.key": ca}, "tls: "},
		{"no secret", "kafka", map[string]string{"address": "a:1", "password_file": "/none"}, "open /none"},
		{"DSN", "postgres", map[string]string{"address": "postgres://u:hunter2@%zz/"}, "address: cannot parse"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s, err := place{kind: tt.kind, values: tt.values}.config(t).Open()
			switch {
			case tt.want == "" && err != nil:
				t.Error(err)
			case tt.want == "":
				_ = s.Close()
			case err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "hunter2"):
				t.Errorf("got %v, want %s", err, tt.want)
			}
		})
	}
	if _, err := KindOf("carrier-pigeon"); err == nil {
		t.Error("an unknown type has a kind")
	}
}
