package main

import (
	"errors"
	"net"
	"net/http"
	"time"
)

// adminServer answers health checks on an address of its own.
type adminServer struct {
	http     *http.Server
	listener net.Listener
}

// listenAdmin opens the admin address; nil if it is empty.
func listenAdmin(address string, ready func() error) (*adminServer, error) {
	if address == "" {
		return nil, nil
	}
	ln, err := net.Listen("tcp", address)
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { answer(w, nil) })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, _ *http.Request) { answer(w, ready()) })
	return &adminServer{http: &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second}, listener: ln}, nil
}

func answer(w http.ResponseWriter, unready error) {
	text := "ok\n"
	if unready != nil {
		w.WriteHeader(http.StatusServiceUnavailable)
		text = "not ready: " + unready.Error() + "\n"
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
