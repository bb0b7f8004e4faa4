package sink

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/pgscrim/pgscrim/audit"
)

// table is a table of a PostgreSQL database, the place for those who ask in SQL.
type table struct {
	config *pgx.ConnConfig
	name   string
	conn   *pgx.Conn // nil while there is none
}

func openPostgres(v values) (Sink, error) {
	config, err := pgx.ParseConfig(v["address"])
	if err != nil {
		return nil, err
	}
	if _, set := config.RuntimeParams["application_name"]; !set {
		config.RuntimeParams["application_name"] = "pgscrim audit"
	}
	return &table{config: config, name: pgx.Identifier(strings.SplitN(v["table"], ".", 2)).Sanitize()}, nil
}

// Send inserts the batch in one statement, which is a transaction. The primary key passes over what has arrived before.
func (t *table) Send(ctx context.Context, batch []audit.Entry) error {
	if err := t.connect(ctx); err != nil {
		return err
	}
	replicas, seqs, records := make([]string, len(batch)), make([]int64, len(batch)), make([]string, len(batch))
	for i, e := range batch {
		replicas[i], seqs[i], records[i] = e.Replica, int64(e.Seq), string(e.Line)
	}
	_, err := t.conn.Exec(ctx, `INSERT INTO `+t.name+` (replica, seq, "time", record)
		SELECT replica, seq, (record OPERATOR(pg_catalog.->>) 'time')::pg_catalog.timestamptz, record
		FROM ROWS FROM (pg_catalog.unnest($1::pg_catalog.text[]), pg_catalog.unnest($2::pg_catalog.int8[]), pg_catalog.unnest($3::pg_catalog.json[])) AS r (replica, seq, record)
		ON CONFLICT DO NOTHING`, replicas, seqs, records)
	if err != nil {
		t.disconnect()
	}
	return err
}

// connect makes a connection if there is none, and the table if it is not there. A role that may only INSERT is enough when it is.
func (t *table) connect(ctx context.Context) error {
	if t.conn != nil {
		return nil
	}
	conn, err := pgx.ConnectConfig(ctx, t.config)
	if err != nil {
		return err
	}
	var exists bool
	if err = conn.QueryRow(ctx, "SELECT pg_catalog.to_regclass($1) IS NOT NULL", t.name).Scan(&exists); err == nil && !exists {
		// json, not jsonb, keeps the line as it stands, so that its hash can be computed again.
		_, err = conn.Exec(ctx, fmt.Sprintf(`CREATE TABLE IF NOT EXISTS %s (replica text, seq bigint, "time" timestamptz NOT NULL, record json NOT NULL, PRIMARY KEY (replica, seq))`, t.name))
	}
	if err != nil {
		_ = conn.Close(ctx)
		return err
	}
	t.conn = conn
	return nil
}

// disconnect drops a connection of which it is not known how it stands.
func (t *table) disconnect() {
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	_ = t.conn.Close(ended)
	t.conn = nil
}

func (t *table) Close() error {
	if t.conn == nil {
		return nil
	}
	return t.conn.Close(context.Background())
}
