package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os/user"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/pgscrim/pgscrim/audit"
)

func newAuditHoldCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "hold",
		Short: "Keep the audit log from removing anything, for a legal hold",
		Long: `While the audit log is on legal hold, nothing of it is removed, whatever audit.keep says. A hold counts at once; pgscrim puts it, and its end,
on record within audit.checkpoint_interval, or when it is started. The hold is the file ` + audit.HoldFile + ` beside the log, with the reason in it.`,
		Example: `  pgscrim audit hold on --config pgscrim.yaml --reason 'case 4711'
  pgscrim audit hold status --config pgscrim.yaml
  pgscrim audit hold off --config pgscrim.yaml`,
		Args: unknownCommand,
		RunE: helpOnly,
	}
	cmd.AddCommand(newAuditHoldOnCommand(), newAuditHoldOffCommand(), newAuditHoldStatusCommand())
	return cmd
}

func newAuditHoldOnCommand() *cobra.Command {
	var reason string
	cmd := holdCommand("on", "Put the audit log on hold", `  pgscrim audit hold on --config pgscrim.yaml --reason 'case 4711'`, func(dir string) error {
		if strings.TrimSpace(reason) == "" {
			return usageError{errors.New("a hold needs a --reason")}
		}
		by := "somebody"
		if u, err := user.Current(); err == nil {
			by = u.Username
		}
		return audit.SetHold(dir, fmt.Sprintf("%s\nset by %s at %s", reason, by, time.Now().UTC().Format(time.RFC3339)))
	})
	cmd.Flags().StringVar(&reason, "reason", "", "why; it goes on record")
	return cmd
}

func newAuditHoldOffCommand() *cobra.Command {
	return holdCommand("off", "End the hold", `  pgscrim audit hold off --config pgscrim.yaml`, func(dir string) error {
		err := audit.ReleaseHold(dir)
		if errors.Is(err, fs.ErrNotExist) {
			return errors.New("the audit log is not on hold")
		}
		return err
	})
}

func newAuditHoldStatusCommand() *cobra.Command {
	return holdCommand("status", "Say whether the audit log is on hold", `  pgscrim audit hold status --audit-dir /var/lib/pgscrim/audit --json`, func(string) error { return nil })
}

// holdCommand is a command that does something about the hold and then says how things stand.
func holdCommand(name, short, example string, do func(dir string) error) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:     name,
		Short:   short,
		Example: example,
		Args:    usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := loadConfig(cmd.Flags())
			if err != nil {
				return err
			}
			if err := cfg.require("audit.dir"); err != nil {
				return err
			}
			if err := do(cfg.Audit.Dir); err != nil {
				return err
			}
			return printHold(cmd.OutOrStdout(), cfg.Audit.Dir, asJSON)
		},
	}
	configFlags(cmd.Flags(), "audit-dir")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the state as JSON")
	return cmd
}

func printHold(w io.Writer, dir string, asJSON bool) error {
	reason, on, err := audit.Hold(dir)
	if err != nil {
		return err
	}
	if asJSON {
		return printJSON(w, struct {
			On     bool   `json:"on"`
			Reason string `json:"reason,omitempty"`
		}{on, reason})
	}
	if !on {
		_, err = fmt.Fprintln(w, "off")
		return err
	}
	_, err = fmt.Fprintf(w, "on: %q\n", reason)
	return err
}
