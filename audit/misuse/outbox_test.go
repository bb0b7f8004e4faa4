package misuse

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"github.com/pgscrim/pgscrim/audit"
)

func testAlert(i int, severity Severity) *Alert {
	return &Alert{
		Alert: audit.Alert{ID: fmt.Sprintf("%024d", i), Rule: "enumeration", Severity: severity.String(), Found: "a lot\r\nBcc: eve@example.com", Evidence: []uint64{4, 7}},
		User:  "ana\r\nX-Injected: yes", Roles: []string{"analyst"}, Time: firstDay, Seq: 7,
	}
}

// testOutbox starts an outbox that tries again soon.
func testOutbox(t *testing.T, dir string, r *Rules) *outbox {
	t.Helper()
	b := newOutbox(dir, channels(r), func(err error) { t.Log(err) })
	b.shortest, b.longest = 5*time.Millisecond, 20*time.Millisecond
	var ended sync.WaitGroup
	b.start(t.Context(), &ended)
	t.Cleanup(ended.Wait)
	return b
}

// receiver is a web server for alerts. What it does with the next requests is set by the test; after that, it takes them.
type receiver struct {
	mu      sync.Mutex
	trouble []func(http.ResponseWriter)
	ids     []string
	bad     []string
}

var secret = []byte("0123456789abcdef0123456789abcdef")

func (r *receiver) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	body, err := io.ReadAll(request.Body)
	verifier, _ := standardwebhooks.NewWebhookRaw(secret)
	if err == nil {
		err = verifier.Verify(body, request.Header)
	}
	var event struct {
		Type string
		Data Alert
	}
	if err == nil {
		err = json.Unmarshal(body, &event)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if id := request.Header.Get("webhook-id"); err != nil || event.Type != webhookType || event.Data.ID != id || event.Data.Seq != 7 {
		r.bad = append(r.bad, fmt.Sprint(err, " ", string(body)))
	}
	if len(r.trouble) > 0 {
		f := r.trouble[0]
		r.trouble = r.trouble[1:]
		f(w)
		return
	}
	r.ids = append(r.ids, event.Data.ID)
	w.WriteHeader(http.StatusAccepted)
}

func (r *receiver) got() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.ids)
}

// TestWebhook posts to a server that fails, does not answer in time, breaks off, redirects and comes back: each alert arrives, signed, in order.
func TestWebhook(t *testing.T) {
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("an alert went to where the receiver pointed") }))
	defer elsewhere.Close()
	release := make(chan struct{})
	r := &receiver{trouble: []func(http.ResponseWriter){
		func(w http.ResponseWriter) { w.WriteHeader(http.StatusInternalServerError) },
		func(http.ResponseWriter) { <-release },
		func(w http.ResponseWriter) {
			if conn, _, err := http.NewResponseController(w).Hijack(); err == nil {
				_ = conn.Close()
			}
		},
		func(w http.ResponseWriter) {
			w.Header().Set("Location", elsewhere.URL)
			w.WriteHeader(http.StatusTemporaryRedirect)
		},
	}}
	server := httptest.NewServer(r)
	defer server.Close()
	dir := t.TempDir()
	rules := &Rules{Webhook: &Webhook{URL: server.URL, Secret: secret, From: Medium, Timeout: 200 * time.Millisecond}}
	b := testOutbox(t, dir, rules)
	var want []string
	for i := range 5 {
		a := testAlert(i, Severity(i%3))
		b.put(a)
		if i%3 > 0 {
			want = append(want, a.ID)
		}
	}
	time.AfterFunc(300*time.Millisecond, func() { close(release) })
	waitFor(t, "the alerts", func() bool { return len(r.got()) >= len(want) })
	if got := r.got(); !slices.Equal(got, want) || len(r.bad) > 0 {
		t.Errorf("got %v, want %v, bad: %v", got, want, r.bad)
	}
	waitFor(t, "the empty folder", func() bool { return len(waiting(t, dir)) == 0 })
}

// waiting are the files in an outbox.
func waiting(t *testing.T, dir string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// TestWebhookOutlivesTheProcess has the receiver away until the process has ended: the alert goes out after the next start.
func TestWebhookOutlivesTheProcess(t *testing.T) {
	dir := t.TempDir()
	r := &receiver{}
	server := httptest.NewServer(r)
	defer server.Close()
	rules := &Rules{Webhook: &Webhook{URL: server.URL, Secret: secret, Timeout: time.Second}}
	newOutbox(dir, channels(rules), nil).put(testAlert(1, High)) // it is never started
	files := waiting(t, dir)
	if len(files) != 1 {
		t.Fatal(files)
	}
	if info, err := os.Stat(files[0]); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
	expired := filepath.Join(dir, time.Now().Add(-8*24*time.Hour).UTC().Format(fileTime)+"-old.webhook")
	if err := os.WriteFile(expired, []byte("{}"), 0o600); err != nil {
		t.Fatal(err)
	}
	testOutbox(t, dir, rules)
	waitFor(t, "the alert", func() bool { return len(r.got()) == 1 && len(waiting(t, dir)) == 0 })
	if len(r.bad) > 0 {
		t.Error(r.bad)
	}
}

// postOffice is an SMTP server (RFC 5321) that knows just enough, and turns away the first clients.
type postOffice struct {
	net.Listener
	mu      sync.Mutex
	turned  int
	letters []string
}

func (o *postOffice) serve() {
	for {
		conn, err := o.Accept()
		if err != nil {
			return
		}
		o.talk(conn)
		_ = conn.Close()
	}
}

func (o *postOffice) talk(conn net.Conn) {
	in := bufio.NewReader(conn)
	say := func(line string) { _, _ = io.WriteString(conn, line+"\r\n") }
	o.mu.Lock()
	o.turned--
	closed := o.turned >= 0
	o.mu.Unlock()
	if closed {
		say("421 closed")
		return
	}
	say("220 test")
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		switch verb := strings.ToUpper(strings.TrimSpace(line)); {
		case strings.HasPrefix(verb, "DATA"):
			say("354 go on")
			var letter strings.Builder
			for {
				text, err := in.ReadString('\n')
				if err != nil || text == ".\r\n" {
					break
				}
				letter.WriteString(text)
			}
			o.mu.Lock()
			o.letters = append(o.letters, letter.String())
			o.mu.Unlock()
			say("250 ok")
		case strings.HasPrefix(verb, "QUIT"):
			say("221 bye")
			return
		default:
			say("250 ok")
		}
	}
}

// TestMail mails an alert through a server that is busy at first. What an attacker has chosen, such as a user name, adds no header.
func TestMail(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	o := &postOffice{Listener: ln, turned: 2}
	go o.serve()
	defer ln.Close()
	dir := t.TempDir()
	b := testOutbox(t, dir, &Rules{Mail: &Mail{
		Server: ln.Addr().String(), Sender: "<pgscrim@example.com>", To: []string{"<dpo@example.com>", `"Ana" <ana@example.com>`}, TLS: "off", From: High, Timeout: 5 * time.Second,
	}})
	b.put(testAlert(1, Low))
	b.put(testAlert(2, High))
	waitFor(t, "the letter", func() bool { return len(waiting(t, dir)) == 0 })
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.letters) != 1 {
		t.Fatalf("%d letters", len(o.letters))
	}
	head, body, _ := strings.Cut(o.letters[0], "\r\n\r\n")
	for _, want := range []string{"From: <pgscrim@example.com>", "To: <dpo@example.com>, \"Ana\" <ana@example.com>", `ana\r\nX-Injected: yes: enumeration (high)`, "X-Pgscrim-Alert: 000000000000000000000002"} {
		if !strings.Contains(head, want) {
			t.Errorf("the head lacks %s:\n%s", want, head)
		}
	}
	if strings.Contains(head, "\nX-Injected") || strings.Contains(head, "\nBcc") {
		t.Errorf("an injected header:\n%s", head)
	}
	for _, want := range []string{"rule       enumeration (high)", "roles      analyst", "records    4 7"} {
		if !strings.Contains(body, want) {
			t.Errorf("the body lacks %q:\n%s", want, body)
		}
	}
}
