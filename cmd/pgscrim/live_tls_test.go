package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"net"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/rs/zerolog"
)

// selfSigned makes a certificate for 127.0.0.1 and its key, in PEM.
func selfSigned(t *testing.T) (cert, key string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	keyDER, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	block := func(kind string, der []byte) string {
		return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
	}
	return block("CERTIFICATE", der), block("PRIVATE KEY", keyDER)
}

func TestTLS(t *testing.T) {
	s, ctx := newSite(t), t.Context()
	cert, key := selfSigned(t)
	dir := filepath.Dir(s.config)
	s.write(t, filepath.Join(dir, "server.crt"), cert)
	s.write(t, filepath.Join(dir, "server.key"), key)
	t.Setenv("PGSCRIM_TLS_CERT", filepath.Join(dir, "server.crt"))
	t.Setenv("PGSCRIM_TLS_KEY", filepath.Join(dir, "server.key"))
	t.Setenv("PGSCRIM_TLS_REQUIRED", "true")
	in, err := newInstance(ctx, s.load(t), zerolog.Nop())
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := in.stop(ctx); err != nil {
			t.Error(err)
		}
	}()
	address := "postgres://ana:secret@" + in.addr() + "/" + in.snap.Database
	conn, err := pgx.Connect(ctx, address+"?sslmode=verify-full&sslrootcert="+filepath.Join(dir, "server.crt"))
	if err != nil {
		t.Fatal(err)
	}
	conn.Close(ctx)
	if conn, err := pgx.Connect(ctx, address+"?sslmode=disable"); err == nil {
		conn.Close(ctx)
		t.Error("a client without TLS is let in though TLS is required")
	} else if !strings.Contains(err.Error(), "28000") {
		t.Errorf("a client without TLS gets %v, want 28000", err)
	}
}
