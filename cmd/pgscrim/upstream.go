package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/rs/zerolog"

	"github.com/pgscrim/pgscrim/rewrite"
	"github.com/pgscrim/pgscrim/rewrite/catalog"
	"github.com/pgscrim/pgscrim/rules"
)

// catalogSource reads the upstream database's catalog over a connection that it opens when it needs it and keeps.
// It is not safe for concurrent use.
type catalogSource struct {
	address     string // libpq URL or keywords
	conn        *pgx.Conn
	fingerprint string // of the catalog at the last load
	moment      string // at which the fingerprint was last found to be that
}

// upstreamPatience is how long a start waits for an upstream that is not there yet.
const upstreamPatience = 10 * time.Second

// catalogTimeout bounds one look at the catalog: an upstream that hangs must not hold up a reload.
const catalogTimeout = 30 * time.Second

// connect returns the connection, a new one if it is lost.
func (s *catalogSource) connect(ctx context.Context) (*pgx.Conn, error) {
	if s.conn != nil && !s.conn.IsClosed() {
		return s.conn, nil
	}
	cfg, err := pgx.ParseConfig(s.address)
	if err != nil {
		return nil, fmt.Errorf("upstream: %w", err)
	}
	if cfg.RuntimeParams["application_name"] == "" {
		cfg.RuntimeParams["application_name"] = "pgscrim"
	}
	if s.conn, err = pgx.ConnectConfig(ctx, cfg); err != nil {
		return nil, fmt.Errorf("upstream: %w", err)
	}
	return s.conn, nil
}

// load reads the catalog. The fingerprint is taken before: a change in between is seen at the next look.
func (s *catalogSource) load(ctx context.Context) (*catalog.Snapshot, error) {
	ctx, cancel := context.WithTimeout(ctx, catalogTimeout)
	defer cancel()
	conn, err := s.connect(ctx)
	if err != nil {
		return nil, err
	}
	fingerprint, err := catalog.Fingerprint(ctx, conn)
	if err != nil {
		return nil, err
	}
	snap, err := catalog.Load(ctx, conn)
	if err != nil {
		return nil, err
	}
	s.fingerprint, s.moment = fingerprint, ""
	return snap, nil
}

// changed reports whether the catalog may have changed since the last load.
func (s *catalogSource) changed(ctx context.Context) (bool, error) {
	ctx, cancel := context.WithTimeout(ctx, catalogTimeout)
	defer cancel()
	conn, err := s.connect(ctx)
	if err != nil {
		return false, err
	}
	moment, err := catalog.Moment(ctx, conn)
	if err != nil || moment == s.moment {
		return false, err
	}
	fingerprint, err := catalog.Fingerprint(ctx, conn)
	if err != nil || fingerprint != s.fingerprint {
		return true, err
	}
	s.moment = moment
	return false, nil
}

// forget has the next look find a change.
func (s *catalogSource) forget() { s.fingerprint, s.moment = "", "" }

// waitForCatalog loads the catalog, and tries again for a while if the upstream cannot be reached.
func (s *catalogSource) waitForCatalog(ctx context.Context, log zerolog.Logger) (*catalog.Snapshot, error) {
	patience, cancel := context.WithTimeout(ctx, upstreamPatience)
	defer cancel()
	for {
		snap, err := s.load(patience)
		if err == nil {
			return snap, nil
		}
		if !mayPass(err) {
			return nil, err
		}
		log.Warn().Err(err).Str("event", "upstream").Msg("cannot read the upstream's catalog, trying again")
		select {
		case <-patience.Done():
			if ctx.Err() != nil {
				return nil, ctx.Err()
			}
			return nil, fmt.Errorf("gave up after %s: %w", upstreamPatience, err)
		case <-time.After(time.Second):
		}
	}
}

// mayPass reports whether waiting may mend an error: the server cannot be reached, or is starting or stopping (class
// 57). A wrong password or a database that is not there stays so.
func mayPass(err error) bool {
	refused, ok := errors.AsType[*pgconn.PgError](err)
	return !ok || strings.HasPrefix(refused.Code, "57")
}

func (s *catalogSource) close(ctx context.Context) error {
	if s.conn == nil {
		return nil
	}
	return s.conn.Close(ctx)
}

// loadCatalog reads the upstream database's catalog once.
func loadCatalog(ctx context.Context, upstream string) (*catalog.Snapshot, error) {
	source := &catalogSource{address: upstream}
	defer func() { _ = source.close(context.WithoutCancel(ctx)) }() // read-only: nothing is lost
	return source.load(ctx)
}

// bind binds a policy to a catalog. The error holds all problems of its fit to the database and of the users' roles. onFault,
// if not nil, hears of a wrong answer in the rewriter's cache.
func (c *Config) bind(policy *rules.Policy, snap *catalog.Snapshot, onFault func(fingerprint string)) (*rewrite.Rewriter, error) {
	rewriter, err := rewrite.New(policy, snap, rewrite.Options{MaxStatementBytes: c.StatementBytes, OnFault: onFault})
	if ps := c.checkRoles(policy); len(ps) > 0 {
		err = errors.Join(err, ps)
	}
	return rewriter, err
}
