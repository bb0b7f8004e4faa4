package main

import (
	"errors"
	"fmt"
	"io"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/pgscrim/pgscrim/audit"
)

func newAuditCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "audit",
		Short:   "Read and verify the audit log",
		Example: `  pgscrim audit tail --config pgscrim.yaml -f`,
		Args:    unknownCommand,
		RunE:    helpOnly,
	}
	cmd.AddCommand(newAuditTailCommand(), newAuditSearchCommand(), newAuditHashCommand(), newAuditReportCommand(), newAuditSubjectCommand(), newAuditMisuseCommand(), newAuditHeldCommand(),
		newAuditReleaseCommand(), newAuditVerifyCommand(), newAuditProveCommand(), newAuditHoldCommand())
	return cmd
}

func newAuditTailCommand() *cobra.Command {
	var (
		lines          int
		follow, asJSON bool
	)
	cmd := &cobra.Command{
		Use:   "tail",
		Short: "Print the last records of the audit log",
		Long: `Print the last records of the audit log, one line a statement: when it ended, how, and what it was. Statements that have
not ended come last, without rows. With --json, the records are printed as they stand in the log.`,
		Example: `  pgscrim audit tail --config pgscrim.yaml
  pgscrim audit tail --audit-dir /var/lib/pgscrim/audit -n 100 --json | jq 'select(.decision == "deny")'
  pgscrim audit tail --config pgscrim.yaml -f`,
		Args: usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := loadConfig(cmd.Flags())
			if err != nil {
				return err
			}
			if err := cfg.require("audit.dir"); err != nil {
				return err
			}
			p := &tailPrinter{w: cmd.OutOrStdout(), asJSON: asJSON}
			if err := p.heading(); err != nil {
				return err
			}
			if follow {
				ctx, stop := signal.NotifyContext(cmd.Context(), syscall.SIGINT, syscall.SIGTERM)
				defer stop()
				return errors.Join(audit.Follow(ctx, cfg.Audit.Dir, lines, p.add), p.rest())
			}
			entries, err := audit.Tail(cfg.Audit.Dir, lines)
			for _, e := range entries {
				if err := p.add(e); err != nil {
					return err
				}
			}
			return errors.Join(err, p.rest())
		},
	}
	configFlags(cmd.Flags(), "audit-dir")
	cmd.Flags().IntVarP(&lines, "lines", "n", 50, "how many of the last records to read")
	cmd.Flags().BoolVarP(&follow, "follow", "f", false, "go on with new records as they are written")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the records as they stand in the log")
	return cmd
}

// tailPrinter prints entries of the log: for people one line a statement, as JSON the lines of the log.
type tailPrinter struct {
	w      io.Writer
	asJSON bool
	joiner audit.Joiner
}

func (p *tailPrinter) heading() error {
	if p.asJSON {
		return nil
	}
	_, err := fmt.Fprintln(p.w, audit.Heading())
	return err
}

// add takes the next entry. As JSON, a damaged line is left out: what reads JSON could not take it.
func (p *tailPrinter) add(e audit.Entry) error {
	if !p.asJSON {
		return p.print(p.joiner.Add(e))
	}
	if e.Err != nil {
		return nil
	}
	_, err := fmt.Fprintf(p.w, "%s\n", e.Line)
	return err
}

// rest prints the statements that have not ended.
func (p *tailPrinter) rest() error { return p.print(p.joiner.Rest()) }

func (p *tailPrinter) print(entries []audit.Entry) error {
	for _, e := range entries {
		if _, err := fmt.Fprintln(p.w, e); err != nil {
			return err
		}
	}
	return nil
}
