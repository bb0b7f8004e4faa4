package main

import (
	"bufio"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/pgscrim/pgscrim/rewrite"
)

func newAuditHashCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "hash [VALUE...]",
		Short: "Print what stands in the audit log for a constant",
		Long: `Print what stands in the place of a constant in the statements that are recorded under audit.literals: hash, one line a value: so that statements about somebody
can be searched for. Values that are not to be in the shell's history come on standard input, one a line. The mask key of that time is needed.`,
		Example: `  pgscrim audit search --config pgscrim.yaml --text "$(pgscrim audit hash --config pgscrim.yaml 4711)"
  pgscrim audit hash --config pgscrim.yaml < addresses.txt`,
		RunE: func(cmd *cobra.Command, values []string) error {
			cfg, err := loadConfig(cmd.Flags())
			if err != nil {
				return err
			}
			if err := cfg.require("mask_key_file"); err != nil {
				return err
			}
			key, err := readMaskKey(cfg.MaskKeyFile)
			if err != nil {
				return err
			}
			literals, err := rewrite.ParseLiterals("hash")
			if err != nil {
				return err
			}
			literals = literals.WithKey(key)
			print := func(value string) error {
				_, err := fmt.Fprintln(cmd.OutOrStdout(), literals.Placeholder(value))
				return err
			}
			for _, value := range values {
				err = errors.Join(err, print(value))
			}
			if len(values) > 0 {
				return err
			}
			lines := bufio.NewScanner(cmd.InOrStdin())
			for lines.Scan() {
				err = errors.Join(err, print(lines.Text()))
			}
			return errors.Join(err, lines.Err())
		},
	}
	configFlags(cmd.Flags())
	return cmd
}
