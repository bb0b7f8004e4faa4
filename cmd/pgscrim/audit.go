package main

import (
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
		Short:   "Read the audit log",
		Example: `  pgscrim audit tail --config pgscrim.yaml -f`,
		Args:    unknownCommand,
		RunE:    helpOnly,
	}
	cmd.AddCommand(newAuditTailCommand())
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
			out := cmd.OutOrStdout()
			if !asJSON {
				if _, err := fmt.Fprintln(out, audit.Heading()); err != nil {
					return err
				}
			}
			if follow {
				ctx, stop := signal.NotifyContext(cmd.Context(), syscall.SIGINT, syscall.SIGTERM)
				defer stop()
				return audit.Follow(ctx, cfg.Audit.Dir, lines, func(e audit.Entry) error { return printEntry(out, e, asJSON) })
			}
			entries, err := audit.Tail(cfg.Audit.Dir, lines)
			for _, e := range entries {
				if err := printEntry(out, e, asJSON); err != nil {
					return err
				}
			}
			return err
		},
	}
	configFlags(cmd.Flags(), "audit-dir")
	cmd.Flags().IntVarP(&lines, "lines", "n", 20, "how many of the last records")
	cmd.Flags().BoolVarP(&follow, "follow", "f", false, "go on with new records as they are written")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the lines as they stand in the log")
	return cmd
}

// printEntry prints a line of the log. As JSON, a damaged line is left out: what reads JSON could not take it.
func printEntry(w io.Writer, e audit.Entry, asJSON bool) error {
	var err error
	switch {
	case !asJSON:
		_, err = fmt.Fprintln(w, e)
	case e.Err == nil:
		_, err = fmt.Fprintf(w, "%s\n", e.Line)
	}
	return err
}
