package proxy

import (
	"context"
	"crypto/tls"
	"time"

	"github.com/rs/zerolog"

	"github.com/pgscrim/pgscrim/audit"
	"github.com/pgscrim/pgscrim/rewrite"
	"github.com/pgscrim/pgscrim/rules"
)

// Config is what a Server needs to know. Everything in it is resolved: no file is read later.
type Config struct {
	// TLS is the configuration towards clients; nil answers a request for TLS with N.
	TLS *tls.Config
	// TLSRequired refuses clients that do not use TLS.
	TLSRequired bool
	// Users are those who may log in.
	Users []User
	// Upstream is the database's address as a libpq URL or keyword string.
	Upstream string
	// Database is the name that clients must ask for; empty means the upstream database's name.
	Database string
	// Refresh puts a rewriter in force (SetRewriter) that knows the upstream's catalog as it is when Refresh is called, or later. It
	// is called when a session has noticed a change; the error says that the policy is not in force on the catalog as it is.
	// nil means that whoever calls SetRewriter sees to it.
	Refresh func(context.Context) error
	// MaskKey is the secret of keyed masks.
	MaskKey []byte
	// Limits bound what clients can make the server spend.
	Limits Limits
	// Pool bounds the upstream connections that are kept for sessions to come.
	Pool Pool
	// Audit keeps the records. Without one nothing is served.
	Audit Auditor
	// Guard says who is held back; nil holds nobody back.
	Guard Guard
	// Literals say what the records keep of the constants in statements. The zero value keeps them.
	Literals rewrite.Literals
	// Trace, if set, is called when a statement has ended, with its records, which are the same if it was refused, and the traceparent of its
	// comment. Sessions call it concurrently, and wait for it.
	Trace func(begun, ended *audit.Record, traceparent string)
	// Log takes events; it never carries SQL, parameters or rows.
	Log zerolog.Logger
	// Replica names this process in the audit records.
	Replica string
}

// User is one who may log in.
type User struct {
	Name  string
	Roles []string
	// Verifier is the SCRAM-SHA-256 secret in the format of pg_authid, as NewVerifier makes it.
	Verifier string
}

// Limits bound sessions. A zero field means its default.
type Limits struct {
	// MaxConnections is the number of sessions; 0 means 500. Connections that are not authenticated do not count: there may
	// be 100 more of them than MaxConnections, and half of that from one address (a /64 of IPv6). When there are, the
	// oldest is closed for the newest.
	MaxConnections int
	// MaxPreLoginBytes bounds a message before the client has authenticated; 0 means 10,000
	// (PostgreSQL's MAX_STARTUP_PACKET_LENGTH).
	MaxPreLoginBytes int
	// MaxMessageBytes bounds a client's message after login; 0 means 64 MiB.
	MaxMessageBytes int
	// StartupTimeout bounds the time from the connection to the end of the startup packet, the change to TLS included;
	// 0 means 10 seconds. It is at most LoginTimeout.
	StartupTimeout time.Duration
	// LoginTimeout bounds the time from the connection to the end of the login; 0 means one minute
	// (PostgreSQL's authentication_timeout).
	LoginTimeout time.Duration
	// IdleTimeout ends sessions that are idle outside a transaction for so long; 0 means never.
	IdleTimeout time.Duration
}

func (l Limits) withDefaults() Limits {
	if l.MaxConnections <= 0 {
		l.MaxConnections = 500
	}
	if l.MaxPreLoginBytes <= 0 {
		l.MaxPreLoginBytes = 10_000
	}
	if l.MaxMessageBytes <= 0 {
		l.MaxMessageBytes = 64 << 20
	}
	if l.LoginTimeout <= 0 {
		l.LoginTimeout = time.Minute
	}
	if l.StartupTimeout <= 0 {
		l.StartupTimeout = 10 * time.Second
	}
	l.StartupTimeout = min(l.StartupTimeout, l.LoginTimeout)
	return l
}

// Auditor keeps audit records. *audit.Log is one.
type Auditor interface {
	// Write takes a record and returns its sequence number. After an error the record counts as not written.
	Write(*audit.Record) (seq uint64, err error)
	// Wait returns once a record that was written is as durable as it is configured to be, and all before it.
	Wait(seq uint64) error
	// Append is Write and Wait in one.
	Append(*audit.Record) (seq uint64, err error)
}

// Rewriter decides what statements become. *rewrite.Rewriter is one.
type Rewriter interface {
	Rewrite(sql string, s rewrite.Session) *rewrite.Answer
	// Versions are those of the policy and the catalog that answers are made under.
	Versions() (policy, catalog string)
	// Policy is the policy in force.
	Policy() *rules.Policy
	// DefaultSearchPath is the search_path of a session that asks for none.
	DefaultSearchPath() string
}

// The rewriter of package rewrite is what the server is made for.
var (
	_ Rewriter = (*rewrite.Rewriter)(nil)
	_ Tripwire = (*rewrite.Rewriter)(nil)
	_ Auditor  = (*audit.Log)(nil)
)

// Tripwire is what a Rewriter may also be: a second look at what comes back. MustNotAppear reports whether the
// session must not receive the column as it is stored; column is its attribute number.
type Tripwire interface {
	MustNotAppear(s rewrite.Session, table uint32, column int16) bool
}
