package misuse

import (
	"fmt"
	"strings"
	"time"

	"github.com/pgscrim/pgscrim/audit"
)

// Alert is a rule that has found something.
type Alert struct {
	audit.Alert
	User   string   `json:"user"`
	Roles  []string `json:"roles,omitempty"`
	Client string   `json:"client,omitempty"`
	// Time and Seq are those of the record at which the rule found it.
	Time time.Time `json:"time"`
	Seq  uint64    `json:"seq"`
}

// Record returns the audit record of the alert.
func (a *Alert) Record() *audit.Record {
	return &audit.Record{Event: "alert", User: a.User, Roles: a.Roles, Client: a.Client, Detail: a.Rule + ": " + a.Found, Alert: &a.Alert}
}

// String is the alert in one line.
func (a *Alert) String() string {
	return audit.Printable(fmt.Sprintf("%s  %-6s  %-22s  %s  %s", a.Time.UTC().Format(time.DateTime), a.Severity, a.Rule, a.User, a.Found))
}

// Held is what holds a person back. The zero value holds nobody back.
type Held struct {
	// Rule is the rule that has cut the person off, empty if none has; Until is when that ends, zero if somebody has to end it.
	Rule  string    `json:"rule,omitempty"`
	Until time.Time `json:"until,omitzero"`
	// Delay is added to each statement until Slow.
	Delay time.Duration `json:"delay,omitempty"`
	Slow  time.Time     `json:"slow,omitzero"`
}

func (h Held) String() string {
	var what []string
	if h.Delay > 0 {
		what = append(what, fmt.Sprintf("statements wait %s until %s", h.Delay, h.Slow.UTC().Format(time.DateTime+" UTC")))
	}
	switch {
	case h.Rule != "" && h.Until.IsZero():
		what = append(what, fmt.Sprintf("cut off by rule %q until released", h.Rule))
	case h.Rule != "":
		what = append(what, fmt.Sprintf("cut off by rule %q until %s", h.Rule, h.Until.UTC().Format(time.DateTime+" UTC")))
	}
	return strings.Join(what, ", ")
}

// at returns what of it still holds at a time.
func (h Held) at(now time.Time) Held {
	if h.Rule != "" && !h.Until.IsZero() && !now.Before(h.Until) {
		h.Rule, h.Until = "", time.Time{}
	}
	if !now.Before(h.Slow) {
		h.Delay, h.Slow = 0, time.Time{}
	}
	return h
}

// with adds what an alert asks for: of two, the stricter holds.
func (h Held) with(a *audit.Alert) Held {
	if a.CutOff && (h.Rule == "" || !h.Until.IsZero() && (a.Until == nil || a.Until.After(h.Until))) {
		h.Rule, h.Until = a.Rule, time.Time{}
		if a.Until != nil {
			h.Until = *a.Until
		}
	}
	if a.DelayMS > 0 && a.Slow != nil {
		h.Delay = max(h.Delay, time.Duration(a.DelayMS)*time.Millisecond)
		if a.Slow.After(h.Slow) {
			h.Slow = *a.Slow
		}
	}
	return h
}
