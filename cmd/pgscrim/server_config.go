package main

import (
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/rs/zerolog"
	"golang.org/x/term"

	"github.com/pgscrim/pgscrim/proxy"
)

// proxyConfig reads the files that the server file names and makes of both what package proxy needs.
func (c *Config) proxyConfig() (proxy.Config, error) {
	key, keyErr := readMaskKey(c.MaskKeyFile)
	serverTLS, tlsErr := c.TLS.load()
	if err := errors.Join(keyErr, tlsErr); err != nil {
		return proxy.Config{}, err
	}
	p := proxy.Config{
		TLS: serverTLS, TLSRequired: c.TLS.Required, Upstream: c.Upstream, Database: c.Database, MaskKey: key, Limits: c.Limits, Pool: c.Pool,
		Literals: c.Audit.Literals.WithKey(key),
	}
	for _, u := range c.Users {
		p.Users = append(p.Users, u.User)
	}
	return p, nil
}

// load reads the certificate, nil if there is none.
func (t TLSConfig) load() (*tls.Config, error) {
	if t.Cert == "" {
		return nil, nil
	}
	pair, err := tls.LoadX509KeyPair(t.Cert, t.Key)
	if err != nil {
		return nil, fmt.Errorf("tls: %w", err)
	}
	return &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12}, nil
}

// newLogger makes the server's own log. It carries events, never SQL, parameters or rows.
func (c LogConfig) newLogger(w io.Writer) (zerolog.Logger, error) {
	level, err := zerolog.ParseLevel(c.Level)
	if err != nil {
		return zerolog.Nop(), fmt.Errorf("log.level: %w", err)
	}
	if c.Format != "json" {
		f, ok := w.(*os.File)
		terminal := ok && term.IsTerminal(int(f.Fd()))
		w = zerolog.ConsoleWriter{Out: w, NoColor: !terminal, TimeFormat: "2006-01-02T15:04:05.000Z07:00"}
	}
	return zerolog.New(w).Level(level).With().Timestamp().Logger(), nil
}
