package tracing

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.opentelemetry.io/otel/codes"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/pgscrim/pgscrim/audit"
)

const parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-"

// records are those of a statement, with texts that must not get into a span.
func records(sqlstate string) (begun, ended *audit.Record) {
	started := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	rows, bytes, ms := int64(3), int64(99), 1.5
	return &audit.Record{
			Seq: 7, Event: "statement", User: "secret", Client: "secret", Reason: "secret", Statement: "SELECT 'secret'", Rewritten: "SELECT 'secret'",
			Started: &started, Database: "crm", Decision: "rewrite", Purpose: "reporting", Fingerprint: "f00",
		}, &audit.Record{
			Seq: 8, Closes: 7, Rows: &rows, Bytes: &bytes, DurationMS: &ms, SQLState: sqlstate, Detail: "secret",
		}
}

func TestStatement(t *testing.T) {
	exporter := tracetest.NewInMemoryExporter()
	tracer := newTracer(sdktrace.WithSyncer(exporter), 0, "v1")
	begun, ended := records("")
	tracer.Statement(begun, ended, parent+"01")
	begun, ended = records("42501")
	tracer.Statement(begun, ended, parent+"01")
	tracer.Statement(begun, ended, parent+"00")           // its caller does not sample
	tracer.Statement(begun, ended, "")                    // of those without a caller none is taken
	tracer.Statement(begun, ended, "no traceparent")      // is none
	tracer.Statement(&audit.Record{}, ended, parent+"01") // has not begun
	spans := exporter.GetSpans()
	if len(spans) != 2 {
		t.Fatalf("%d spans", len(spans))
	}
	s := spans[0]
	if s.SpanContext.TraceID().String() != "0af7651916cd43dd8448eb211c80319c" || s.Parent.SpanID().String() != "b7ad6b7169203331" {
		t.Errorf("it continues %v of %v", s.Parent.SpanID(), s.SpanContext.TraceID())
	}
	if took := s.EndTime.Sub(s.StartTime); took != 1500*time.Microsecond || !s.StartTime.Equal(*begun.Started) {
		t.Errorf("from %v for %v", s.StartTime, took)
	}
	var got strings.Builder
	for _, a := range s.Attributes {
		fmt.Fprintf(&got, "%s=%s ", a.Key, a.Value.String())
	}
	want := "db.system.name=postgresql db.namespace=crm pgscrim.decision=rewrite pgscrim.purpose=reporting pgscrim.fingerprint=f00 pgscrim.audit.seq=7 db.response.returned_rows=3 pgscrim.bytes=99 "
	if got.String() != want {
		t.Errorf("attributes\n%s\nwant\n%s", got.String(), want)
	}
	if s.Status.Code != codes.Unset || spans[1].Status.Code != codes.Error || spans[1].Status.Description != "42501" {
		t.Errorf("status %v and %v", s.Status, spans[1].Status)
	}
	for _, s := range spans {
		if text := fmt.Sprint(s); strings.Contains(text, "secret") {
			t.Errorf("in a span: %s", text)
		}
	}
}

func TestRatio(t *testing.T) {
	exporter := tracetest.NewInMemoryExporter()
	tracer := newTracer(sdktrace.WithSyncer(exporter), 1, "v1")
	begun, ended := records("")
	tracer.Statement(begun, ended, "")
	if n := len(exporter.GetSpans()); n != 1 {
		t.Errorf("%d spans", n)
	}
}

// TestNew: what is sampled is at the endpoint when the tracer is closed.
func TestNew(t *testing.T) {
	var posts atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/v1/traces" && r.ContentLength > 0 {
			posts.Add(1)
		}
	}))
	defer server.Close()
	tracer, err := New(t.Context(), server.URL+"/v1/traces", 1, "v1")
	if err != nil {
		t.Fatal(err)
	}
	begun, ended := records("")
	tracer.Statement(begun, ended, "")
	if err := tracer.Close(t.Context()); err != nil || posts.Load() != 1 {
		t.Errorf("%d posts, %v", posts.Load(), err)
	}
	var none *Tracer
	none.Statement(begun, ended, "")
	if err := none.Close(t.Context()); err != nil {
		t.Error(err)
	}
}
