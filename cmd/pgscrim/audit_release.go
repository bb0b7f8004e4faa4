package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"os/user"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/pgscrim/pgscrim/audit/misuse"
)

func newAuditHeldCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:     "held",
		Short:   "Show whom misuse rules have cut off or slowed down",
		Example: `  pgscrim audit held --config pgscrim.yaml`,
		Args:    usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := loadConfig(cmd.Flags())
			if err != nil {
				return err
			}
			if err := cfg.require("audit.dir"); err != nil {
				return err
			}
			held, err := misuse.HeldNow(cfg.Audit.Dir, time.Now())
			if err != nil {
				return err
			}
			if asJSON {
				return printJSON(cmd.OutOrStdout(), held)
			}
			return printHeld(cmd.OutOrStdout(), held)
		},
	}
	configFlags(cmd.Flags(), "audit-dir")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func printHeld(w io.Writer, held map[string]misuse.Held) error {
	if len(held) == 0 {
		_, err := fmt.Fprintln(w, "nobody")
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(held)) {
		if _, err := fmt.Fprintf(w, "%q: %s\n", name, held[name]); err != nil {
			return err
		}
	}
	return nil
}

// releaseTimeout is how long the command waits for the release to come on record. A running pgscrim looks every second.
const releaseTimeout = 10 * time.Second

func newAuditReleaseCommand() *cobra.Command {
	var reason string
	cmd := &cobra.Command{
		Use:   "release USER",
		Short: "Let somebody go whom a misuse rule has cut off or slowed down",
		Long: `Let somebody go whom a misuse rule has cut off or slowed down. The running pgscrim puts it on record (event release), with the reason and the
account of the operating system that asks; if none runs, the next one does. It takes the right to write to the folder of the audit log.`,
		Example: `  pgscrim audit release ana --config pgscrim.yaml --reason 'CRM-118: an export for the auditors'`,
		Args:    usageArgs(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			if strings.TrimSpace(reason) == "" {
				return usageError{errors.New("a release needs a --reason")}
			}
			cfg, err := loadConfig(cmd.Flags())
			if err != nil {
				return err
			}
			if err := cfg.require("audit.dir"); err != nil {
				return err
			}
			held, err := misuse.HeldNow(cfg.Audit.Dir, time.Now())
			if err != nil {
				return err
			}
			if _, ok := held[args[0]]; !ok {
				return fmt.Errorf("user %q is not held back (see pgscrim audit held)", args[0])
			}
			by := "somebody"
			if u, err := user.Current(); err == nil {
				by = u.Username
			}
			file, err := misuse.Release{User: args[0], By: by, Reason: reason}.Ask(cfg.Audit.Dir)
			if err != nil {
				return err
			}
			return awaitRelease(cmd.OutOrStdout(), file)
		},
	}
	configFlags(cmd.Flags(), "audit-dir")
	cmd.Flags().StringVar(&reason, "reason", "", "why; it goes on record")
	return cmd
}

// awaitRelease waits until what was asked for is on record.
func awaitRelease(w io.Writer, file string) error {
	for end := time.Now().Add(releaseTimeout); time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
		if _, err := os.Stat(file); errors.Is(err, fs.ErrNotExist) {
			_, err := fmt.Fprintln(w, "released")
			return err
		}
	}
	_, err := fmt.Fprintln(w, "pgscrim does not seem to run: the release counts from its next start")
	return err
}
