package sink

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"

	collector "go.opentelemetry.io/proto/otlp/collector/logs/v1"
	common "go.opentelemetry.io/proto/otlp/common/v1"
	logs "go.opentelemetry.io/proto/otlp/logs/v1"
	resource "go.opentelemetry.io/proto/otlp/resource/v1"
	"google.golang.org/protobuf/proto"

	"github.com/pgscrim/pgscrim/audit"
)

// collectorSink is an OpenTelemetry collector that takes logs by OTLP over HTTP. OpenTelemetry's own exporter stands behind a processor
// that drops what cannot be sent, and tells nobody; so its messages are sent here.
type collectorSink struct {
	url, authorization string
	client             *http.Client
}

func openOTLP(v values) (Sink, error) {
	u, err := url.Parse(v["address"])
	if err != nil {
		return nil, err
	}
	c, err := v.tls(u.Hostname())
	if err != nil {
		return nil, err
	}
	transport := &http.Transport{TLSClientConfig: c, Proxy: http.ProxyFromEnvironment, ForceAttemptHTTP2: true}
	return &collectorSink{url: v["address"], authorization: v["authorization"], client: &http.Client{Transport: transport}}, nil
}

func (s *collectorSink) Send(ctx context.Context, batch []audit.Entry) error {
	body, err := exportRequest(batch)
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.url, body)
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/x-protobuf")
	req.Header.Set("Content-Encoding", "gzip")
	if s.authorization != "" {
		req.Header.Set("Authorization", s.authorization)
	}
	resp, err := s.client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	if err != nil {
		return err
	}
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("the collector answers %s", resp.Status)
	}
	var answer collector.ExportLogsServiceResponse
	if err := proto.Unmarshal(text, &answer); err != nil {
		return fmt.Errorf("answer of the collector: %w", err)
	}
	// The protocol has it that what was rejected is not sent again; for an audit log that would be lost.
	if n := answer.GetPartialSuccess().GetRejectedLogRecords(); n > 0 {
		return fmt.Errorf("the collector rejects %d records: %s", n, answer.GetPartialSuccess().GetErrorMessage())
	}
	return nil
}

// exportRequest renders a batch. The records of a log come from one replica, but for a machine that was renamed.
func exportRequest(batch []audit.Entry) (io.Reader, error) {
	var req collector.ExportLogsServiceRequest
	for rest := batch; len(rest) > 0; {
		n := 1
		for n < len(rest) && rest[n].Replica == rest[0].Replica {
			n++
		}
		scope := &logs.ScopeLogs{Scope: &common.InstrumentationScope{Name: "github.com/pgscrim/pgscrim/audit"}}
		for i := range rest[:n] {
			record, err := logRecord(&rest[i])
			if err != nil {
				return nil, err
			}
			scope.LogRecords = append(scope.LogRecords, record)
		}
		req.ResourceLogs = append(req.ResourceLogs, &logs.ResourceLogs{
			Resource:  &resource.Resource{Attributes: attributes("service.name", "pgscrim", "service.instance.id", rest[0].Replica)},
			ScopeLogs: []*logs.ScopeLogs{scope},
		})
		rest = rest[n:]
	}
	text, err := proto.Marshal(&req)
	if err != nil {
		return nil, err
	}
	var body bytes.Buffer
	z := gzip.NewWriter(&body)
	_, err = z.Write(text)
	return &body, errors.Join(err, z.Close())
}

// logRecord renders a record: its line is the body, and what one filters by are attributes, named as OpenTelemetry does where it has a name.
func logRecord(e *audit.Entry) (*logs.LogRecord, error) {
	line, err := shorten(e, maxLine)
	if err != nil {
		return nil, err
	}
	severity := logs.SeverityNumber_SEVERITY_NUMBER_INFO
	if isWarning(e) {
		severity = logs.SeverityNumber_SEVERITY_NUMBER_WARN
	}
	a := attributes("user.name", e.User, "db.namespace", e.Database, "db.response.status_code", e.SQLState,
		"pgscrim.decision", e.Decision, "pgscrim.purpose", e.Purpose, "pgscrim.fingerprint", e.Fingerprint)
	a = append(a, &common.KeyValue{Key: "pgscrim.seq", Value: &common.AnyValue{Value: &common.AnyValue_IntValue{IntValue: int64(e.Seq)}}})
	return &logs.LogRecord{
		TimeUnixNano: uint64(e.Time.UnixNano()), ObservedTimeUnixNano: uint64(e.Time.UnixNano()), EventName: "pgscrim.audit." + e.Event,
		SeverityNumber: severity, Body: text(string(line)), Attributes: a,
	}, nil
}

// attributes makes attributes of names and values in turn; empty values are left out.
func attributes(pairs ...string) []*common.KeyValue {
	var out []*common.KeyValue
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			out = append(out, &common.KeyValue{Key: pairs[i], Value: text(pairs[i+1])})
		}
	}
	return out
}

func text(s string) *common.AnyValue {
	return &common.AnyValue{Value: &common.AnyValue_StringValue{StringValue: s}}
}

func (s *collectorSink) Close() error {
	s.client.CloseIdleConnections()
	return nil
}
