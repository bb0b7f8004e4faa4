package sink

import (
	"net"
	"strconv"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/pgscrim/pgscrim/proxy/cluster/clustertest"
)

func TestMain(m *testing.M) { clustertest.Main(m) }

func TestPostgres(t *testing.T) {
	dsn := clustertest.DSN(t)
	conn, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	target := conn.Config()
	real := net.JoinHostPort(target.Host, strconv.Itoa(int(target.Port)))
	wire := newCutter(t, real)
	tryDelivery(t, place{
		kind: "postgres", values: map[string]string{"address": strings.Replace(dsn, real, wire.Addr().String(), 1)}, cut: wire.cut,
		arrived: func() []uint64 {
			rows, err := conn.Query(t.Context(), `SELECT record::text FROM public.pgscrim_audit WHERE replica = 'replica.one' AND "time" >= '2026-11-24 12:00Z' ORDER BY seq`)
			if err != nil {
				t.Fatal(err)
			}
			lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
			if err != nil {
				t.Fatal(err)
			}
			var b inbox
			for _, line := range lines {
				b.take([]byte(line))
			}
			return b.arrived()
		},
	})
}
