package main

import (
	"bytes"
	"cmp"
	"errors"
	"maps"
	"os"
	"slices"
	"time"

	"github.com/spf13/cobra"

	auditreport "github.com/pgscrim/pgscrim/audit/report"
	"github.com/pgscrim/pgscrim/rules"
)

func newAuditReportCommand() *cobra.Command {
	var (
		since, until, html string
		asJSON, reindex    bool
		lines              int
	)
	cmd := &cobra.Command{
		Use:   "report",
		Short: "Report who saw which class of which market for which purpose",
		Long: `Report what the audit log says of a period: who saw which class of data of which market for which purpose, the most active users, refusals by code and rule, direct access,
break-glass, alerts, failed logins, purposes of the policy for which nobody asked anything, and the activity of each day. With --html, a page with charts that needs nothing but itself.

Times are as in audit search. The period is widened to whole hours (UTC); without --since it is the last 30 days. A statement counts where it began.`,
		Example: `  pgscrim audit report --config pgscrim.yaml --since 2026-11 --until 2026-12 --html november.html
  pgscrim audit report --config pgscrim.yaml --since 7d --json | jq '.touches[] | select(.action == "show")'`,
		Args: usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			now := time.Now().UTC()
			from, to, err := parsePeriod(cmp.Or(since, "30d"), until, now)
			if err == nil && asJSON && html != "" {
				err = errors.New("--json and --html exclude each other")
			}
			if err != nil {
				return usageError{err}
			}
			if to.IsZero() {
				to = now
			}
			purposes, err := policyPurposes(cmd)
			if err != nil {
				return err
			}
			ix, err := openIndex(cmd, reindex)
			if err != nil {
				return err
			}
			defer ix.Close()
			r, err := auditreport.Make(cmd.Context(), ix, from, to, purposes)
			switch {
			case err != nil:
				return err
			case asJSON:
				var b bytes.Buffer
				if err := printJSON(&b, r); err != nil {
					return err
				}
				_, err := cmd.OutOrStdout().Write(escapeControls(b.Bytes()))
				return err
			case html != "":
				return writeHTML(html, r)
			}
			return r.Print(cmd.OutOrStdout(), lines)
		},
	}
	configFlags(cmd.Flags(), "audit-dir", "policy")
	periodFlags(cmd.Flags(), &since, &until)
	cmd.Flags().StringVar(&html, "html", "", "write a page with charts to this file")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the report as JSON")
	cmd.Flags().IntVar(&lines, "lines", 20, "how many lines of each list to print; 0: all. JSON and HTML have all")
	cmd.Flags().BoolVar(&reindex, "reindex", false, "make the index anew first")
	return cmd
}

// policyPurposes returns the purposes of the policy, none if no policy is named.
func policyPurposes(cmd *cobra.Command) ([]string, error) {
	cfg, err := loadConfig(cmd.Flags())
	if err != nil || cfg.Policy == "" {
		return nil, err
	}
	policy, err := rules.LoadFile(cfg.Policy)
	if err != nil {
		return nil, err
	}
	return slices.Collect(maps.Keys(policy.Purposes)), nil
}

func writeHTML(path string, r *auditreport.Report) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	return errors.Join(r.HTML(f), f.Close())
}
