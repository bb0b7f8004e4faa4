package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"
)

func newAuditProveCommand() *cobra.Command {
	var (
		seq       uint64
		key, file string
		asJSON    bool
	)
	cmd := &cobra.Command{
		Use:   "prove --seq N",
		Short: "Write a proof that a record is in the audit log",
		Long: `Write a proof that a record is in the audit log, as JSON: the record as it stands there, the hashes that lead from it to the root of the log's Merkle tree
(RFC 6962), and the signed checkpoint with that root. With the public key of the log it can be verified anywhere, without the log, and tells nothing of other records.`,
		Example: `  pgscrim audit prove --config pgscrim.yaml --seq 4711 -o proof.json
  pgscrim audit verify --key verifier.key --proof proof.json`,
		Args: usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := loadConfig(cmd.Flags())
			if err != nil {
				return err
			}
			if err := cfg.require("audit.dir"); err != nil {
				return err
			}
			if seq == 0 {
				return usageError{fmt.Errorf("--seq is the number of the record, from 1")}
			}
			v, err := verification(key, cfg.Audit.Dir)
			if err != nil {
				return err
			}
			p, err := v.Prove(cfg.Audit.Dir, seq)
			if err != nil {
				return err
			}
			if file == "" {
				return printJSON(cmd.OutOrStdout(), p)
			}
			f, err := os.OpenFile(file, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
			if err != nil {
				return err
			}
			if err := printJSON(f, p); err != nil {
				_ = f.Close()
				return err
			}
			return f.Close()
		},
	}
	configFlags(cmd.Flags(), "audit-dir")
	keyFlag(cmd, &key)
	cmd.Flags().Uint64Var(&seq, "seq", 0, "the number of the record")
	cmd.Flags().StringVarP(&file, "output", "o", "", "file for the proof; empty: standard output")
	cmd.Flags().BoolVar(&asJSON, "json", false, "as always: a proof is JSON")
	return cmd
}
