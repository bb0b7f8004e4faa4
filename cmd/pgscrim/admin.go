package main

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/pgscrim/pgscrim/audit/sink"
)

// adminServer answers health checks and Prometheus on an address of its own.
type adminServer struct {
	http     *http.Server
	listener net.Listener
}

// listenAdmin opens the admin address; nil if it is empty.
func (in *instance) listenAdmin(address string) (*adminServer, error) {
	if address == "" {
		return nil, nil
	}
	ln, err := net.Listen("tcp", address)
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { answer(w, nil, nil) })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, _ *http.Request) { answer(w, in.unready(), in.sinks.Status()) })
	mux.Handle("GET /metrics", in.metrics.Handler())
	return &adminServer{http: &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second}, listener: ln}, nil
}

// answer says what is wrong, if anything is, and how far the sinks are, without which clients are served.
func answer(w http.ResponseWriter, unready error, sinks []sink.Status) {
	text := "ok\n"
	if unready != nil {
		w.WriteHeader(http.StatusServiceUnavailable)
		text = "not ready: " + unready.Error() + "\n"
	}
	for _, s := range sinks {
		state := "takes records"
		if s.Err != nil {
			state = "fails"
		}
		text += fmt.Sprintf("sink %s: %s, %d records behind\n", s.Name, state, s.Lag)
	}
	_, _ = w.Write([]byte(text)) // who asked may be gone
}

func (a *adminServer) addr() string { return a.listener.Addr().String() }

// serve answers until close, which is no error.
func (a *adminServer) serve() error {
	if err := a.http.Serve(a.listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

func (a *adminServer) close() error {
	return errors.Join(a.http.Close(), ignoreClosed(a.listener.Close())) // the listener too, in case it never served
}

// ignoreClosed passes over the error of what has been closed already.
func ignoreClosed(err error) error {
	if errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}
