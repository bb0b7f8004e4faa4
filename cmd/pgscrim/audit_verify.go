package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/pgscrim/pgscrim/audit"
)

func newAuditVerifyCommand() *cobra.Command {
	var (
		verifier string
		asJSON   bool
	)
	cmd := &cobra.Command{
		Use:   "verify",
		Short: "Prove that the audit log is as it was written",
		Long: `Hold each line of the audit log against the one before it, and all of them against the signed checkpoints: a line that was changed,
removed, inserted or moved is found, and a log that was cut off. It works while pgscrim is writing, and on a copy of the folder.

The checkpoints are signed with the key in ` + audit.SigningKeyFile + ` beside the log. Whoever can read that can forge; so keep copies of ` + audit.CheckpointsFile + ` and
of the public ` + audit.VerifierFile + ` on another machine.`,
		Example: `  pgscrim audit verify --config pgscrim.yaml
  pgscrim audit verify --audit-dir /mnt/copy/audit --verifier /etc/auditor/verifier.key --json`,
		Args: usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := loadConfig(cmd.Flags())
			if err != nil {
				return err
			}
			if err := cfg.require("audit.dir"); err != nil {
				return err
			}
			if verifier == "" {
				verifier = filepath.Join(cfg.Audit.Dir, audit.VerifierFile)
			}
			key, err := os.ReadFile(verifier)
			if err != nil {
				return err
			}
			v, err := audit.Verify(cfg.Audit.Dir, string(key))
			if err != nil {
				return err
			}
			if err := printVerdict(cmd.OutOrStdout(), v, asJSON); err != nil {
				return err
			}
			if n := len(v.Faults); n > 0 {
				return fmt.Errorf("the audit log is not as it was written: %d faults", n)
			}
			return nil
		},
	}
	configFlags(cmd.Flags(), "audit-dir")
	cmd.Flags().StringVar(&verifier, "verifier", "", "file with the public key, if not that beside the log")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the result as JSON")
	return cmd
}

func printVerdict(w io.Writer, v *audit.Verdict, asJSON bool) error {
	if asJSON {
		e := json.NewEncoder(w)
		e.SetIndent("", "  ")
		return e.Encode(v)
	}
	for _, f := range v.Faults {
		if _, err := fmt.Fprintln(w, f); err != nil {
			return err
		}
	}
	if !v.RemovedAt.IsZero() {
		if _, err := fmt.Fprintf(w, "the first %d lines were removed by retention, the last of them at %s\n", v.Removed, v.RemovedAt.UTC().Format(time.RFC3339)); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintf(w, "%d records in %d lines, %d of them cut off by crashes; %d checkpoints, the last one of %s for %d lines\n",
		v.Records, v.Lines, v.Torn, v.Checkpoints, v.CertifiedAt.UTC().Format(time.RFC3339), v.Certified)
	return err
}
