package oracle

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgproto3"
)

// client is a session with a proxy or a server, message by message.
type client struct {
	conn     *pgconn.HijackedConn
	database string
	status   byte // of the transaction, from the last ReadyForQuery
	// format is that of results in the extended protocol: 1 is binary.
	format int16
}

func connect(ctx context.Context, dsn string, settings map[string]string) (*client, error) {
	cfg, err := pgconn.ParseConfig(dsn)
	if err != nil {
		return nil, err
	}
	// A server's own defaults, whatever the machine has in its environment.
	cfg.RuntimeParams = map[string]string{"application_name": "oracle"}
	maps.Copy(cfg.RuntimeParams, settings)
	conn, err := pgconn.ConnectConfig(ctx, cfg)
	if err != nil {
		return nil, err
	}
	h, err := conn.Hijack()
	return &client{conn: h, database: cfg.Database, status: 'I', format: 1}, err
}

func (c *client) close() { _ = c.conn.Conn.Close() }

// event is one message from the server.
type event struct {
	kind byte   // as in the protocol
	text string // all that it says
}

func (e event) String() string { return string(e.kind) + " " + e.text }

// deadline bounds one exchange.
const deadline = 30 * time.Second

// exchange sends messages and returns the answer, up to ReadyForQuery or the end of the session.
func (c *client) exchange(messages ...pgproto3.FrontendMessage) ([]event, error) {
	_ = c.conn.Conn.SetDeadline(time.Now().Add(deadline))
	for _, m := range messages {
		c.conn.Frontend.Send(m)
	}
	if err := c.conn.Frontend.Flush(); err != nil {
		return nil, err
	}
	var events []event
	for {
		m, err := c.conn.Frontend.Receive()
		if err != nil {
			return append(events, event{'!', "the session has ended"}), err
		}
		e := c.describe(m)
		events = append(events, e)
		switch m := m.(type) {
		case *pgproto3.ReadyForQuery:
			c.status = m.TxStatus
			return events, nil
		case *pgproto3.CopyInResponse:
			if _, sent := messages[len(messages)-1].(*pgproto3.CopyDone); sent {
				continue
			}
			return events, errors.New("the server waits for data")
		}
	}
}

// simple runs a query string in the simple protocol.
func (c *client) simple(sql string) ([]event, error) { return c.exchange(&pgproto3.Query{String: sql}) }

// message sends one message of a statement and leaves the session as it is then.
func (c *client) message(s *statement, by protocol, i int) ([]event, error) {
	sql := strings.ReplaceAll(s.messages[i], "{db}", c.database)
	switch {
	case s.stdin != "" && strings.Contains(sql, "FROM STDIN"):
		return c.exchange(&pgproto3.Query{String: sql}, &pgproto3.CopyData{Data: []byte(s.stdin)}, &pgproto3.CopyDone{})
	case by == simple:
		return c.simple(sql)
	}
	return c.extended(sql, s.args)
}

// extended runs a statement in the extended protocol.
func (c *client) extended(sql string, args []string) ([]event, error) {
	values := make([][]byte, len(args))
	for i, a := range args {
		if a != "NULL" {
			values[i] = []byte(a)
		}
	}
	return c.exchange(&pgproto3.Parse{Query: sql}, &pgproto3.Describe{ObjectType: 'S'}, &pgproto3.Bind{Parameters: values, ResultFormatCodes: []int16{c.format}},
		&pgproto3.Describe{ObjectType: 'P'}, &pgproto3.Execute{}, &pgproto3.Sync{})
}

// reset puts the session into its first state. It does not look at the answers.
func (c *client) reset(discard bool) error {
	if c.status != 'I' {
		if _, err := c.simple("ROLLBACK"); err != nil {
			return err
		}
	}
	if !discard {
		return nil
	}
	_, err := c.simple("DISCARD ALL")
	return err
}

// describe spells all that a message says. The database's name, by which alone two databases may differ, is left out.
func (c *client) describe(m pgproto3.BackendMessage) event {
	var e event
	switch m := m.(type) {
	case *pgproto3.RowDescription:
		e.kind = 'T'
		for _, f := range m.Fields {
			e.text += fmt.Sprintf("%s type %d %d %d format %d from %d.%d; ", f.Name, f.DataTypeOID, f.DataTypeSize, f.TypeModifier, f.Format,
				f.TableOID, f.TableAttributeNumber)
		}
	case *pgproto3.ParameterDescription:
		e = event{'t', fmt.Sprint(m.ParameterOIDs)}
	case *pgproto3.DataRow:
		e.kind = 'D'
		for _, v := range m.Values {
			if v == nil {
				e.text += "NULL|"
			} else {
				e.text += fmt.Sprintf("%q|", v)
			}
		}
	case *pgproto3.CopyData:
		e = event{'d', fmt.Sprintf("%q", m.Data)}
	case *pgproto3.CommandComplete:
		e = event{'C', string(m.CommandTag)}
	case *pgproto3.ErrorResponse:
		e = event{'E', describeError(m)}
	case *pgproto3.NoticeResponse:
		e = event{'N', describeError((*pgproto3.ErrorResponse)(m))}
	case *pgproto3.ReadyForQuery:
		e = event{'Z', string(m.TxStatus)}
	case *pgproto3.ParameterStatus:
		e = event{'S', m.Name + "=" + m.Value}
	case *pgproto3.CopyOutResponse:
		e = event{'H', fmt.Sprint(m.OverallFormat, m.ColumnFormatCodes)}
	default:
		e = event{'.', strings.TrimPrefix(fmt.Sprintf("%T%+v", m, m), "*pgproto3.")}
	}
	e.text = strings.ReplaceAll(e.text, c.database, "the_database")
	return e
}

func describeError(m *pgproto3.ErrorResponse) string {
	return fmt.Sprintf("%s %s: %s | detail %q hint %q position %d schema %q table %q column %q type %q constraint %q where %q",
		m.Severity, m.Code, m.Message, m.Detail, m.Hint, m.Position, m.SchemaName, m.TableName, m.ColumnName, m.DataTypeName, m.ConstraintName, m.Where)
}

// code returns the SQLSTATE of the first error, empty if there is none.
func code(events []event) string {
	i := slices.IndexFunc(events, func(e event) bool { return e.kind == 'E' })
	if i < 0 {
		return ""
	}
	_, rest, _ := strings.Cut(events[i].text, " ")
	return rest[:5]
}
