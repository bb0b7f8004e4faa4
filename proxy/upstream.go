package proxy

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/pgscrim/pgscrim/rewrite"
)

// upstream is the database's side of a session.
type upstream struct {
	conn     net.Conn
	in       *reader
	out      *writer
	statuses map[string]string // the settings that PostgreSQL reports, as they were at the start
	version  int               // the server's major version
	// login is what cancel requests are made of.
	login *pgconn.HijackedConn
	// changed are the names of those that are not as they were at the start.
	changed map[string]struct{}
	// settings is the key of what it was started with (see pool), born when; kept is when its last session ended.
	settings   string
	born, kept time.Time
	// idle is called before a read waits.
	idle func() error
}

// maxUpstreamMessage is the longest message there can be: PostgreSQL's values end at 1 GB.
const maxUpstreamMessage = 1<<31 - 5

// connect opens an upstream connection with the given settings. Of the unlisted ones, all of which are
// refused, it finds out whether they exist. The error is a *rewrite.Refusal, joined with its cause.
func (s *Server) connect(ctx context.Context, settings map[string]string, unlisted []string) (*upstream, error) {
	cfg := s.upstream.Copy()
	for name, value := range settings {
		cfg.RuntimeParams[name] = value
	}
	for _, name := range unlisted {
		delete(cfg.RuntimeParams, name)
	}
	conn, err := pgconn.ConnectConfig(ctx, cfg)
	if err != nil {
		return nil, errors.Join(connectRefusal(err), err)
	}
	if len(unlisted) > 0 {
		err := unlistedRefusal(ctx, conn, unlisted[0])
		return nil, errors.Join(err, conn.Close(ctx))
	}
	if err := conn.SyncConn(ctx); err != nil {
		return nil, errors.Join(connectRefusal(err), err, conn.Close(ctx))
	}
	hijacked, err := conn.Hijack()
	if err != nil {
		return nil, errors.Join(connectRefusal(err), err, conn.Close(ctx))
	}
	hijacked.Frontend = nil // it has buffers
	setKeepAlive(hijacked.Conn)
	u := &upstream{
		conn: hijacked.Conn, out: newWriter(hijacked.Conn, s.buffers),
		settings: settingsKey(settings), born: time.Now(), statuses: hijacked.ParameterStatuses, login: hijacked,
		version: majorVersion(hijacked.ParameterStatuses["server_version"]),
	}
	u.in = newReader(u.conn, s.buffers, maxUpstreamMessage, func() error { return u.idle() })
	return u, nil
}

// implicitBlocks reports whether the server makes an implicit transaction block of what follows an Execute, a Query included, as from
// PostgreSQL 18 on (start_xact_command). Neither the Query nor a Sync behind it ends that.
func (u *upstream) implicitBlocks() bool { return u.version >= 18 }

// majorVersion is the number that a server_version begins with, 0 if it begins with none.
func majorVersion(version string) int {
	digits := strings.IndexFunc(version, func(r rune) bool { return r < '0' || r > '9' })
	if digits < 0 {
		digits = len(version)
	}
	n, err := strconv.Atoi(version[:digits])
	if err != nil {
		return 0
	}
	return n
}

// cancel interrupts what the connection has under way. It does not touch conn, and returns when the server has closed the
// connection of the request, which it does after it has sent the signal.
func (u *upstream) cancel(ctx context.Context) error {
	canceler, err := pgconn.Construct(u.login)
	if err != nil {
		return err
	}
	return canceler.CancelRequest(ctx)
}

// connectRefusal says why there is no upstream connection. Errors about the client's own settings, and that the
// server is starting or full, are PostgreSQL's; all others could tell of the proxy's account.
func connectRefusal(err error) *rewrite.Refusal {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		class := pg.Code[:min(2, len(pg.Code))]
		if class == "22" || class == "53" || pg.Code == codeUndefinedObject || pg.Code == codeCannotConnectNow {
			return &rewrite.Refusal{Code: pg.Code, Message: pg.Message, Detail: pg.Detail, Hint: pg.Hint}
		}
		return &rewrite.Refusal{
			Code: codeConnectionFailure, Message: "could not log in to the database server",
			Hint: "Ask the administrator of pgscrim to check the upstream account.",
		}
	}
	return &rewrite.Refusal{
		Code: codeConnectionFailure, Message: "could not connect to the database server",
		Hint: "Is the database server running? Ask the administrator of pgscrim.",
	}
}

// unlistedRefusal refuses a startup setting in PostgreSQL's words if it does not exist, else in pgscrim's.
func unlistedRefusal(ctx context.Context, conn *pgconn.PgConn, name string) error {
	const query = "SELECT WHERE pg_catalog.current_setting($1, true) IS NULL"
	result := conn.ExecParams(ctx, query, [][]byte{[]byte(name)}, nil, nil, nil).Read()
	var pg *pgconn.PgError
	switch {
	case result.Err != nil && !errors.As(result.Err, &pg): // an error of PostgreSQL's own: it exists, but may not be seen
		return errors.Join(connectRefusal(result.Err), result.Err)
	case result.Err == nil && len(result.Rows) == 1:
		return &rewrite.Refusal{Code: codeUndefinedObject, Message: fmt.Sprintf("unrecognized configuration parameter %q", name)}
	}
	return &rewrite.Refusal{
		Code: codeInsufficient, Message: fmt.Sprintf("parameter %q cannot be set at startup", name),
		Hint: "Leave it out of the connection's options.",
	}
}
