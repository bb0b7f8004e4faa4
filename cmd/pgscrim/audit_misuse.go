package main

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/pgscrim/pgscrim/audit"
	"github.com/pgscrim/pgscrim/audit/misuse"
)

func newAuditMisuseCommand() *cobra.Command {
	var (
		file              string
		asJSON, printOnly bool
	)
	cmd := &cobra.Command{
		Use:   "misuse",
		Short: "Show what the misuse rules would have found in the audit log",
		Long: `Run the misuse rules over the audit log as it is and show what they would have found, to tune them. Nobody is alerted or held back. The
rules are those that the server file names (audit.misuse), or those of another file.`,
		Example: `  pgscrim audit misuse --config pgscrim.yaml
  pgscrim audit misuse --config pgscrim.yaml --rules new-rules.yaml --json | jq .alerts[].rule
  pgscrim audit misuse --print-default > misuse.yaml`,
		Args: usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if printOnly {
				_, err := io.WriteString(cmd.OutOrStdout(), misuse.Shipped())
				return err
			}
			cfg, err := loadConfig(cmd.Flags())
			if err != nil {
				return err
			}
			if err := cfg.require("audit.dir"); err != nil {
				return err
			}
			if file != "" {
				cfg.Audit.Misuse = file
			} else if cfg.Audit.Misuse == "off" {
				return fmt.Errorf("audit.misuse is off (name other rules with --rules)")
			}
			r, err := cfg.misuseRules()
			if err != nil {
				return err
			}
			found, err := replayMisuse(cfg.Audit.Dir, r, &recordMeter{w: cmd.ErrOrStderr(), last: time.Now()})
			if err != nil {
				return err
			}
			if asJSON {
				return printJSON(cmd.OutOrStdout(), found)
			}
			return found.print(cmd.OutOrStdout())
		},
	}
	configFlags(cmd.Flags(), "audit-dir")
	cmd.Flags().StringVar(&file, "rules", "", "file with the rules, if not that of the server file")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	cmd.Flags().BoolVar(&printOnly, "print-default", false, "print the rules that ship, and do nothing else")
	return cmd
}

// findings are what the rules find in a log.
type findings struct {
	Records int             `json:"records"`
	Rules   []ruleFindings  `json:"rules"`
	Alerts  []*misuse.Alert `json:"alerts"`
}

// ruleFindings are those of one rule.
type ruleFindings struct {
	Rule     string `json:"rule"`
	Severity string `json:"severity"`
	Alerts   int    `json:"alerts"`
	People   int    `json:"people"`
}

// replayMisuse runs rules over a log.
func replayMisuse(dir string, r *misuse.Rules, progress *recordMeter) (*findings, error) {
	tail, err := audit.Tail(dir, 1)
	if err != nil {
		return nil, err
	}
	f := &findings{Alerts: []*misuse.Alert{}}
	engine := misuse.NewEngine(r)
	for e, err := range audit.Entries(dir, 1) {
		if err != nil {
			return nil, err
		}
		if e.Err != nil {
			continue
		}
		if f.Records++; len(tail) > 0 {
			progress.report(e.Seq, tail[0].Seq)
		}
		if e.Alert == nil { // what was found then is not what is to be found now
			f.Alerts = append(f.Alerts, engine.Observe(&e.Record)...)
		}
	}
	for _, rule := range r.List {
		people := map[string]bool{}
		n := 0
		for _, a := range f.Alerts {
			if a.Rule == rule.Name {
				n++
				people[a.User] = true
			}
		}
		f.Rules = append(f.Rules, ruleFindings{rule.Name, rule.Severity.String(), n, len(people)})
	}
	slices.SortStableFunc(f.Rules, func(a, b ruleFindings) int { return cmp.Compare(b.Alerts, a.Alerts) })
	return f, nil
}

func (f *findings) print(w io.Writer) error {
	for _, a := range f.Alerts {
		if _, err := fmt.Fprintln(w, a); err != nil {
			return err
		}
	}
	if len(f.Alerts) > 0 {
		fmt.Fprintln(w)
	}
	fmt.Fprintf(w, "%-24s %-8s %6s %6s\n", "rule", "severity", "alerts", "people")
	for _, r := range f.Rules {
		fmt.Fprintf(w, "%-24s %-8s %6d %6d\n", r.Rule, r.Severity, r.Alerts, r.People)
	}
	_, err := fmt.Fprintf(w, "%d alerts in %d records\n", len(f.Alerts), f.Records)
	return err
}

// recordMeter tells, now and then, how far a walk over the log is.
type recordMeter struct {
	w    io.Writer
	last time.Time
}

func (m *recordMeter) report(seq, last uint64) {
	if seq%10_000 != 0 || time.Since(m.last) < progressInterval {
		return
	}
	m.last = time.Now()
	_, _ = fmt.Fprintf(m.w, "record %d of %d\n", seq, last)
}
