// Package tracing makes a span of each statement, for OpenTelemetry.
//
// A span is made when its statement has ended, of its audit records; so that tracing is off costs a statement nothing, and that it is on, little. A
// traceparent in a comment of sqlcommenter's form is continued, also in whether it is sampled. No attribute is a text, a value or a user.
package tracing

import (
	"context"
	"fmt"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"github.com/pgscrim/pgscrim/audit"
)

// Tracer makes spans. A nil one makes none.
type Tracer struct {
	provider *sdktrace.TracerProvider
	tracer   trace.Tracer
}

// New makes a tracer that sends to an OTLP endpoint, such as https://host:4318/v1/traces. Of the statements that continue no trace it takes
// the ratio, from 0 to 1. Headers and certificates are read from OTEL_EXPORTER_OTLP_HEADERS and OTEL_EXPORTER_OTLP_CERTIFICATE.
func New(ctx context.Context, endpoint string, ratio float64, version string) (*Tracer, error) {
	exporter, err := otlptracehttp.New(ctx, otlptracehttp.WithEndpointURL(endpoint))
	if err != nil {
		return nil, fmt.Errorf("tracing: %w", err)
	}
	return newTracer(sdktrace.WithBatcher(exporter), ratio, version), nil
}

func newTracer(spans sdktrace.TracerProviderOption, ratio float64, version string) *Tracer {
	provider := sdktrace.NewTracerProvider(spans,
		sdktrace.WithSampler(sdktrace.ParentBased(sdktrace.TraceIDRatioBased(ratio))),
		sdktrace.WithResource(resource.NewSchemaless(attribute.String("service.name", "pgscrim"), attribute.String("service.version", version))))
	return &Tracer{provider: provider, tracer: provider.Tracer("github.com/pgscrim/pgscrim")}
}

// Statement makes the span of a statement that has ended: of its records, which are one and the same if it was refused, and of the traceparent
// in its comment, empty if there was none.
func (t *Tracer) Statement(begun, ended *audit.Record, traceparent string) {
	if t == nil || begun.Started == nil {
		return
	}
	ctx := context.Background()
	if traceparent != "" {
		ctx = propagation.TraceContext{}.Extract(ctx, propagation.MapCarrier{"traceparent": traceparent})
	}
	end := *begun.Started
	if ended.DurationMS != nil {
		end = end.Add(time.Duration(*ended.DurationMS * float64(time.Millisecond)))
	}
	_, span := t.tracer.Start(ctx, "statement", trace.WithTimestamp(*begun.Started), trace.WithSpanKind(trace.SpanKindServer))
	if span.IsRecording() {
		span.SetAttributes(attributes(begun, ended)...)
		if ended.SQLState != "" {
			span.SetStatus(codes.Error, ended.SQLState)
		}
	}
	span.End(trace.WithTimestamp(end))
}

// attributes are named as OpenTelemetry's conventions for databases do where they have a name.
func attributes(begun, ended *audit.Record) []attribute.KeyValue {
	a := []attribute.KeyValue{
		attribute.String("db.system.name", "postgresql"), attribute.String("db.namespace", begun.Database),
		attribute.String("pgscrim.decision", begun.Decision), attribute.String("pgscrim.purpose", begun.Purpose),
		attribute.String("pgscrim.fingerprint", begun.Fingerprint), attribute.Int64("pgscrim.audit.seq", int64(begun.Seq)),
	}
	if ended.Rows != nil {
		a = append(a, attribute.Int64("db.response.returned_rows", *ended.Rows))
	}
	if ended.Bytes != nil {
		a = append(a, attribute.Int64("pgscrim.bytes", *ended.Bytes))
	}
	if ended.SQLState != "" {
		a = append(a, attribute.String("db.response.status_code", ended.SQLState))
	}
	return a
}

// Close sends what has yet to be sent, until ctx ends.
func (t *Tracer) Close(ctx context.Context) error {
	if t == nil {
		return nil
	}
	if err := t.provider.Shutdown(ctx); err != nil {
		return fmt.Errorf("tracing: %w", err)
	}
	return nil
}
