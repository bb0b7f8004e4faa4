package cluster_test

import (
	"bufio"
	"context"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/pgscrim/pgscrim/proxy/cluster"
)

// childEnv tells the test binary to be the parent of a cluster that is then killed.
const childEnv = "PGSCRIM_CLUSTER_TEST_CHILD"

func TestMain(m *testing.M) {
	if os.Getenv(childEnv) != "" {
		beKilled()
	}
	m.Run()
}

// beKilled starts a cluster, prints its address, and waits for its end.
func beKilled() {
	c, err := cluster.Start(context.Background(), cluster.Options{})
	if err != nil {
		os.Stderr.WriteString(err.Error())
		os.Exit(1)
	}
	os.Stdout.WriteString(c.DSN("") + "\n")
	time.Sleep(time.Minute)
}

func TestStartAndStop(t *testing.T) {
	ctx := context.Background()
	dir := t.TempDir()
	openToAll(t, dir)
	c, err := cluster.Start(ctx, cluster.Options{
		Dir:      dir,
		Settings: map[string]string{"log_statement": "all", "work_mem": "7MB"},
		Files:    map[string][]byte{"secret.txt": []byte("for the server only")},
	})
	if err != nil {
		t.Fatal(err)
	}
	conn := connect(t, c.DSN(""))
	for setting, want := range map[string]string{
		"server_encoding": "UTF8", "max_connections": "300", "fsync": "off", "work_mem": "7MB",
		"listen_addresses": "127.0.0.1", "unix_socket_directories": "", "password_encryption": "scram-sha-256",
	} {
		var got string
		if err := conn.QueryRow(ctx, "SELECT current_setting($1)", setting).Scan(&got); err != nil || got != want {
			t.Errorf("%s is %q, want %q (%v)", setting, got, want, err)
		}
	}
	var content string
	if err := conn.QueryRow(ctx, "SELECT pg_read_file('secret.txt')").Scan(&content); err != nil || content != "for the server only" {
		t.Errorf("Options.Files: %q, %v", content, err)
	}
	if log, err := os.ReadFile(c.LogFile()); err != nil || !strings.Contains(string(log), "SELECT current_setting($1)") {
		t.Errorf("the log lacks the statement (%v):\n%s", err, log)
	}
	if _, err := os.Stat(filepath.Join(c.BinDir(), "postgres")); err != nil {
		t.Error(err)
	}
	wrong, err := pgx.Connect(ctx, c.DSNAs(cluster.Superuser, "guess", "postgres"))
	if err == nil {
		wrong.Close(ctx)
		t.Error("a wrong password was accepted")
	}

	begun := time.Now()
	if err := c.Stop(); err != nil {
		t.Fatal(err)
	}
	if d := time.Since(begun); d > 5*time.Second {
		t.Errorf("Stop took %v", d)
	}
	if err := c.Stop(); err != nil {
		t.Errorf("the second Stop: %v", err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v (%v)", left, err)
	}
}

func TestStartReportsWhatTheServerSays(t *testing.T) {
	_, err := cluster.Start(context.Background(), cluster.Options{Settings: map[string]string{"no_such_setting": "1"}})
	if err == nil || !strings.Contains(err.Error(), `unrecognized configuration parameter "no_such_setting"`) {
		t.Errorf("error: %v", err)
	}
}

func TestStartGivesUpWithItsContext(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	dir := t.TempDir()
	openToAll(t, dir)
	if c, err := cluster.Start(ctx, cluster.Options{Dir: dir}); err == nil {
		t.Error("started in spite of its context", c.Stop())
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v (%v)", left, err)
	}
}

// The server must not outlive its parent, even if that is killed and cannot stop it. Elsewhere than on Linux it does.
func TestServerDiesWithItsParent(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	parent := exec.Command(self)
	parent.Env = append(os.Environ(), childEnv+"=1")
	parent.Stderr = os.Stderr
	out, err := parent.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := parent.Start(); err != nil {
		t.Fatal(err)
	}
	dsn, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	conn := connect(t, strings.TrimSpace(dsn))
	var data string
	if err := conn.QueryRow(context.Background(), "SHOW data_directory").Scan(&data); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(filepath.Dir(data)) }) // a later cluster would, after a minute
	if err := parent.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = parent.Wait() // it says that it was killed
	for deadline := time.Now().Add(10 * time.Second); conn.Ping(context.Background()) == nil; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the server is still there 10 s after its parent was killed")
		}
	}
}

func TestExternal(t *testing.T) {
	c, err := cluster.External("postgres://me:pw@db.example.com:5433/app?sslmode=require")
	if err != nil {
		t.Fatal(err)
	}
	if got, want := c.DSN("other"), "postgres://me:pw@db.example.com:5433/other?sslmode=require"; got != want {
		t.Errorf("DSN: %s, want %s", got, want)
	}
	as, err := url.Parse(c.DSNAs("you", "p/w@", ""))
	if err != nil {
		t.Fatal(err)
	}
	if pw, _ := as.User.Password(); as.User.Username() != "you" || pw != "p/w@" || as.Path != "/app" {
		t.Errorf("DSNAs: %s", as)
	}
	for _, bad := range []string{"", "host=db user=me", "http://db/app", "postgres://%zz"} {
		if _, err := cluster.External(bad); err == nil {
			t.Errorf("External(%q) was accepted", bad)
		} else if bad != "" && strings.Contains(err.Error(), bad) {
			t.Errorf("the error repeats the address, which may hold a password: %v", err)
		}
	}
}

// connect connects for the duration of a test.
func connect(t *testing.T, dsn string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(context.Background(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close(context.Background()) })
	return conn
}

// openToAll lets the unprivileged user pass through a test's own folder and its parents.
func openToAll(t *testing.T, dir string) {
	t.Helper()
	for d := dir; d != filepath.Clean(os.TempDir()) && d != "/"; d = filepath.Dir(d) {
		if err := os.Chmod(d, 0o755); err != nil {
			t.Fatal(err)
		}
	}
}
