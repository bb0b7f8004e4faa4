package witness

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// Table is a witness that is a table of a PostgreSQL database. Its user needs no more than INSERT on it; if it is not there, it is made.
type Table struct {
	table  string
	config *pgx.ConnConfig
}

// NewTable is a witness in the table, given as schema.name, of the database at dsn.
func NewTable(dsn, table string) (*Table, error) {
	schema, name, ok := strings.Cut(table, ".")
	if !ok || schema == "" || name == "" {
		return nil, fmt.Errorf("table %q must be schema.name", table)
	}
	config, err := pgx.ParseConfig(dsn)
	if err != nil {
		return nil, err
	}
	return &Table{pgx.Identifier{schema, name}.Sanitize(), config}, nil
}

// Deliver inserts the checkpoint. It connects for each: there is one a minute.
func (t *Table) Deliver(ctx context.Context, checkpoint []byte) error {
	conn, err := pgx.ConnectConfig(ctx, t.config)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(ctx) }()
	err = t.insert(ctx, conn, checkpoint)
	var refused *pgconn.PgError
	if errors.As(err, &refused) && refused.Code == "42P01" { // undefined_table
		create := "CREATE TABLE IF NOT EXISTS " + t.table + " (received timestamptz NOT NULL DEFAULT now(), checkpoint text PRIMARY KEY)"
		if _, err := conn.Exec(ctx, create); err != nil {
			return err
		}
		err = t.insert(ctx, conn, checkpoint)
	}
	return err
}

// insert inserts the checkpoint. That it is there already, from a delivery of which the answer was lost, is no error.
func (t *Table) insert(ctx context.Context, conn *pgx.Conn, checkpoint []byte) error {
	_, err := conn.Exec(ctx, "INSERT INTO "+t.table+" (checkpoint) VALUES ($1)", string(checkpoint))
	var refused *pgconn.PgError
	if errors.As(err, &refused) && refused.Code == "23505" { // unique_violation; ON CONFLICT would need the right to SELECT
		return nil
	}
	return err
}

func (t *Table) String() string { return "table " + t.table }
