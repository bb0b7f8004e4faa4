package main

import (
	"fmt"
	"runtime/debug"

	"github.com/spf13/cobra"
)

// build says what this binary was made of.
type build struct {
	Version string `json:"version"`
	Commit  string `json:"commit"`
	Go      string `json:"go"`
	Grammar string `json:"grammar"` // the library that holds PostgreSQL's parser
}

// grammarModule is the module whose version decides which SQL is understood.
const grammarModule = "github.com/pganalyze/pg_query_go/v5"

// readBuild reads what the Go toolchain has noted in the binary; "unknown" stands for what it has not.
func readBuild() build {
	b := build{Version: "unknown", Commit: "unknown", Go: "unknown", Grammar: "unknown"}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return b
	}
	b.Go, b.Version = info.GoVersion, info.Main.Version
	for _, s := range info.Settings {
		switch {
		case s.Key == "vcs.revision":
			b.Commit = s.Value
		case s.Key == "vcs.modified" && s.Value == "true":
			b.Commit += " (modified)"
		}
	}
	for _, dep := range info.Deps {
		if dep.Path == grammarModule {
			b.Grammar = "pg_query_go " + dep.Version + " (PostgreSQL 16)"
		}
	}
	return b
}

func newVersionCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:     "version",
		Short:   "Print the version",
		Example: `  pgscrim version --json`,
		Args:    usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			b := readBuild()
			if asJSON {
				return printJSON(cmd.OutOrStdout(), b)
			}
			_, err := fmt.Fprintf(cmd.OutOrStdout(), "pgscrim %s\ncommit  %s\ngo      %s\ngrammar %s\n", b.Version, b.Commit, b.Go, b.Grammar)
			return err
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}
