package sink

import (
	"compress/gzip"
	"encoding/pem"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	collector "go.opentelemetry.io/proto/otlp/collector/logs/v1"
	"google.golang.org/protobuf/proto"
)

// otlpServer is a collector. What it answers can be set.
type otlpServer struct {
	*httptest.Server
	inbox
	answer *collector.ExportLogsServiceResponse
	ca     string
}

func newOTLPServer(t *testing.T) *otlpServer {
	s := new(otlpServer)
	s.Server = httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer s3cret" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		var req collector.ExportLogsServiceRequest
		z, err := gzip.NewReader(r.Body)
		if err != nil {
			return // the wire was cut
		}
		body, err := io.ReadAll(z)
		if err != nil {
			return
		}
		if err := proto.Unmarshal(body, &req); err != nil {
			t.Error(err)
		}
		for _, resource := range req.GetResourceLogs() {
			for _, scope := range resource.GetScopeLogs() {
				for _, record := range scope.GetLogRecords() {
					s.take([]byte(record.GetBody().GetStringValue()))
				}
			}
		}
		answer, err := proto.Marshal(s.answer)
		if err != nil {
			t.Error(err)
		}
		_, _ = w.Write(answer)
	}))
	t.Cleanup(s.Close)
	s.ca = filepath.Join(t.TempDir(), "ca.crt")
	if err := os.WriteFile(s.ca, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	return s
}

func (s *otlpServer) place(t *testing.T, address string) place {
	t.Helper()
	token := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(token, []byte("Bearer s3cret\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return place{kind: "otlp", twice: true, arrived: s.arrived, values: map[string]string{
		"address": "https://" + address + "/v1/logs", "tls.ca": s.ca, "authorization_file": token,
	}}
}

func TestOTLP(t *testing.T) {
	s := newOTLPServer(t)
	wire := newCutter(t, s.Listener.Addr().String())
	p := s.place(t, wire.Addr().String())
	p.cut = wire.cut
	tryDelivery(t, p)
}

// TestOTLPRejected: what a collector does not take has not arrived.
func TestOTLPRejected(t *testing.T) {
	s := newOTLPServer(t)
	s.answer = &collector.ExportLogsServiceResponse{PartialSuccess: &collector.ExportLogsPartialSuccess{RejectedLogRecords: 2, ErrorMessage: "too old"}}
	j := new(journal)
	j.add(3)
	to, err := s.place(t, s.Listener.Addr().String()).config(t).Open()
	if err != nil {
		t.Fatal(err)
	}
	if err := to.Send(t.Context(), j.entries); err == nil || err.Error() != "the collector rejects 2 records: too old" {
		t.Errorf("got %v", err)
	}
	p := s.place(t, s.Listener.Addr().String())
	delete(p.values, "authorization_file")
	if to, err = p.config(t).Open(); err != nil {
		t.Fatal(err)
	}
	if err := to.Send(t.Context(), j.entries); err == nil || !strings.Contains(err.Error(), "401 Unauthorized") {
		t.Errorf("got %v", err)
	}
}

// TestOTLPLongStatement: a statement of megabytes does not make a record that collectors refuse for good.
func TestOTLPLongStatement(t *testing.T) {
	e := longEntry()
	record, err := logRecord(&e)
	if err != nil || len(record.Body.GetStringValue()) > maxLine || !strings.Contains(record.Body.GetStringValue(), `"seq":2`) {
		t.Errorf("%d bytes, %v", len(record.GetBody().GetStringValue()), err)
	}
}
