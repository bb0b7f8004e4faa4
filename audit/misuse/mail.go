package misuse

import (
	"context"
	"fmt"
	"net"
	"strconv"
	"strings"

	"github.com/wneessen/go-mail"

	"github.com/pgscrim/pgscrim/audit"
)

// mailChannel mails alerts.
type mailChannel struct{ *Mail }

func (mailChannel) name() string     { return "mail" }
func (m mailChannel) from() Severity { return m.From }

func (m mailChannel) send(ctx context.Context, a *Alert) error {
	message := mail.NewMsg()
	if err := message.From(m.Sender); err != nil {
		return err
	}
	if err := message.To(m.To...); err != nil {
		return err
	}
	message.Subject(audit.Printable(fmt.Sprintf("[pgscrim] %s: %s (%s)", a.User, a.Rule, a.Severity)))
	message.SetGenHeader("X-Pgscrim-Alert", a.ID)
	message.SetBodyString(mail.TypeTextPlain, m.body(a))
	client, err := m.client()
	if err != nil {
		return err
	}
	return client.DialAndSendWithContext(ctx, message)
}

// body is an alert for people.
func (m mailChannel) body(a *Alert) string {
	var b strings.Builder
	line := func(name, value string) {
		if value != "" {
			fmt.Fprintf(&b, "%-10s %s\n", name, audit.Printable(value))
		}
	}
	line("rule", a.Rule+" ("+a.Severity+")")
	line("found", a.Found)
	line("user", a.User)
	line("roles", strings.Join(a.Roles, ", "))
	line("client", a.Client)
	line("time", a.Time.UTC().Format("2006-01-02 15:04:05 UTC"))
	line("records", strings.Trim(fmt.Sprint(a.Evidence), "[]"))
	line("follows", Held{}.with(&a.Alert).String())
	line("alert", a.ID)
	return b.String()
}

func (m mailChannel) client() (*mail.Client, error) {
	host, service, err := net.SplitHostPort(m.Server)
	if err != nil {
		return nil, err
	}
	port, err := strconv.Atoi(service)
	if err != nil {
		return nil, err
	}
	policies := map[string]mail.TLSPolicy{"required": mail.TLSMandatory, "opportunistic": mail.TLSOpportunistic, "off": mail.NoTLS}
	opts := []mail.Option{mail.WithPort(port), mail.WithTimeout(m.Timeout), mail.WithTLSPolicy(policies[m.TLS])}
	if port == smtps && m.TLS == "required" {
		opts = append(opts, mail.WithSSL())
	}
	if m.User != "" {
		opts = append(opts, mail.WithSMTPAuth(mail.SMTPAuthAutoDiscover), mail.WithUsername(m.User), mail.WithPassword(m.Password))
	}
	return mail.NewClient(host, opts...)
}

// smtps is the port on which TLS comes first (RFC 8314).
const smtps = 465
