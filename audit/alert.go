package audit

import (
	"strconv"
	"time"
)

// Alert is what a record of event "alert" says: which misuse rule has found what, in which records, and what follows.
type Alert struct {
	ID       string `json:"id"` // the same whenever the rules are run over the same log
	Rule     string `json:"rule"`
	Severity string `json:"severity"`
	Found    string `json:"found"` // a sentence
	// Value is what was counted, over Limit; both are 0 for rules that do not count.
	Value int64 `json:"value,omitempty"`
	Limit int64 `json:"limit,omitempty"`
	// Evidence are the last records that the rule has counted.
	Evidence []uint64 `json:"evidence,omitempty"`
	// DelayMS delays each of the person's statements, in milliseconds, until Slow.
	DelayMS int64      `json:"delay_ms,omitempty"`
	Slow    *time.Time `json:"slow_until,omitempty"`
	// CutOff ends the person's sessions and refuses logins until Until, if nil until somebody releases the person.
	CutOff bool       `json:"cut_off,omitempty"`
	Until  *time.Time `json:"cut_off_until,omitempty"`
}

// alert appends a as an object.
func (o *object) alert(a *Alert) {
	o.key("alert")
	o.b = append(o.b, '{')
	for _, f := range []struct{ name, value string }{{"id", a.ID}, {"rule", a.Rule}, {"severity", a.Severity}, {"found", a.Found}} {
		o.key(f.name)
		o.b = appendText(o.b, f.value)
	}
	number := func(name string, n int64) {
		if n != 0 {
			o.count(name, &n)
		}
	}
	number("value", a.Value)
	number("limit", a.Limit)
	for i, seq := range a.Evidence {
		if i == 0 {
			o.key("evidence")
		}
		o.b = strconv.AppendUint(append(o.b, separator(i)), seq, 10)
	}
	if len(a.Evidence) > 0 {
		o.b = append(o.b, ']')
	}
	number("delay_ms", a.DelayMS)
	o.time("slow_until", a.Slow)
	if a.CutOff {
		o.key("cut_off")
		o.b = append(o.b, "true"...)
	}
	o.time("cut_off_until", a.Until)
	o.b = append(o.b, '}')
}
