package sink

import (
	"context"
	"fmt"
	"net"
	"net/url"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/pgscrim/pgscrim/audit"
)

// Sink is one place outside.
type Sink interface {
	// Send hands over records in their order and returns once the other side has confirmed all of them. After an error any of them may have
	// arrived, and the same batch comes again. It is not called concurrently.
	Send(ctx context.Context, batch []audit.Entry) error
	// Close gives up what the sink holds.
	Close() error
}

// Kind is what a sink speaks.
type Kind struct {
	Type string
	// Delivery is what is promised beyond that nothing is lost, how often a record arrives: the end of a sentence in Markdown.
	Delivery string
	Keys     []Key
	open     func(values) (Sink, error)
}

// Key is one setting of a sink.
type Key struct {
	Name     string // tls.ca is ca in the mapping tls
	Default  string
	Usage    string
	Required bool
	Path     bool // of a file
	// Secret says that the value is read from the file that NAME_file names, or from the environment: it never stands in the server file.
	Secret bool
	check  func(string) error // nil: any text
}

// Kinds is the table of what sinks can speak.
func Kinds() []Kind {
	return []Kind{
		{
			Type: "stdout", Delivery: "once, and after a crash the last batch again", open: openStdout,
		},
		{
			Type: "syslog", Delivery: "once, and after a cut the batch under way again; the parameter `seq` tells. Over udp nothing is confirmed, so that records can be lost", open: openSyslog,
			Keys: append([]Key{
				{Name: "address", Required: true, Usage: "host:port of the receiver (6514 is its port for TLS)", check: isAddress},
				{Name: "network", Default: "tls", Usage: "tls (RFC 5425), tcp (RFC 6587, octet counting) or udp (RFC 5426)", check: oneOf("tls", "tcp", "udp")},
			}, tlsKeys()...),
		},
		{
			Type: "nats", Delivery: "once; after a cut in the middle of a batch that lasts longer than the stream's duplicate window (an hour, if pgscrim makes the stream), that batch again. `Nats-Msg-Id` is `replica/seq`", open: openNATS,
			Keys: append([]Key{
				{Name: "address", Required: true, Usage: "URL of the server: tls://host:4222, or nats:// without TLS; several with commas", check: isURL("tls", "nats", "ws", "wss")},
				{Name: "stream", Default: "PGSCRIM_AUDIT", Usage: "JetStream stream; made if it is not there"},
				{Name: "subject", Default: "pgscrim.audit", Usage: "subject; the replica is appended as a token"},
				{Name: "credentials", Path: true, Usage: "credentials file (JWT and seed)"},
				{Name: "user", Usage: "user name"},
				{Name: "password", Secret: true, Usage: "the user's password"},
			}, tlsKeys()...),
		},
		{
			Type: "kafka", Delivery: "once, for consumers with `isolation.level=read_committed`. A batch is a transaction, `pgscrim-NAME-REPLICA`; the group of the same name keeps the position", open: openKafka,
			Keys: append([]Key{
				{Name: "address", Required: true, Usage: "host:port of a broker; several with commas", check: each(isAddress)},
				{Name: "network", Default: "tls", Usage: "tls or tcp", check: oneOf("tls", "tcp")},
				{Name: "topic", Default: "pgscrim-audit", Usage: "topic; records are keyed by replica"},
				{Name: "user", Usage: "user name (SASL)"},
				{Name: "mechanism", Default: "scram-sha-512", Usage: "plain, scram-sha-256 or scram-sha-512", check: oneOf("plain", "scram-sha-256", "scram-sha-512")},
				{Name: "password", Secret: true, Usage: "the user's password"},
			}, tlsKeys()...),
		},
		{
			Type: "postgres", Delivery: "once. The primary key is (replica, seq), and INSERT is all that the role needs when the table is there", open: openPostgres,
			Keys: []Key{
				{Name: "address", Required: true, Usage: "the database: libpq URL or keywords; PGPASSFILE works", check: isDSN},
				{Name: "table", Default: "public.pgscrim_audit", Usage: "schema.table; made if it is not there"},
			},
		},
		{
			Type: "otlp", Delivery: "once, and after a cut the batch under way again; the attribute `pgscrim.seq` tells", open: openOTLP,
			Keys: append([]Key{
				{Name: "address", Required: true, Usage: "URL of the collector, such as https://host:4318/v1/logs", check: isURL("https", "http")},
				{Name: "authorization", Secret: true, Usage: "value of the header Authorization"},
			}, tlsKeys()...),
		},
	}
}

// tlsKeys are the settings of TLS towards a sink.
func tlsKeys() []Key {
	return []Key{
		{Name: "tls.ca", Path: true, Usage: "certificates of authorities; empty: the system's"},
		{Name: "tls.cert", Path: true, Usage: "certificate of pgscrim"},
		{Name: "tls.key", Path: true, Usage: "key of the certificate"},
		{Name: "tls.server_name", Usage: "name in the other side's certificate; empty: the host of address"},
	}
}

func isAddress(s string) error {
	_, _, err := net.SplitHostPort(s)
	return err
}

func isDSN(s string) error {
	_, err := pgx.ParseConfig(s) // the error has no password in it
	return err
}

func isURL(schemes ...string) func(string) error {
	return each(func(s string) error {
		u, err := url.Parse(s)
		if err != nil || u.Host == "" {
			return fmt.Errorf("must be a URL, such as %s://host:port", schemes[0])
		}
		if u.User != nil {
			return fmt.Errorf("must hold no user or password")
		}
		return oneOf(schemes...)(u.Scheme)
	})
}

// each checks each part of a list with commas.
func each(check func(string) error) func(string) error {
	return func(s string) error {
		for part := range strings.SplitSeq(s, ",") {
			if err := check(part); err != nil {
				return err
			}
		}
		return nil
	}
}

func oneOf(words ...string) func(string) error {
	return func(s string) error {
		for _, word := range words {
			if s == word {
				return nil
			}
		}
		return fmt.Errorf("%q is not one of %s", s, strings.Join(words, ", "))
	}
}
