package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/pgscrim/pgscrim/rules"
)

func newCheckCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "check",
		Short: "Check policy and server file against the live database",
		Long: `Check policy and server file against the live database and print all problems as file:line:column: message (hint).
The database is asked to plan, not to run, what each role may read of each table, so that an expression of the wrong type is found, too.
A policy past its review_by fails as well.`,
		Example: `  pgscrim check --config pgscrim.yaml
  pgscrim check --policy policy.yaml --upstream postgres://pgscrim@db.internal/crm`,
		Args: usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			summary, err := check(cmd.Context(), cmd, time.Now().UTC())
			return report(cmd, summary, err, asJSON)
		},
	}
	configFlags(cmd.Flags(), "policy", "upstream")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

// summary is what a policy covers.
type summary struct {
	Policy   string         `json:"policy"`
	Digest   string         `json:"digest"`
	ReviewBy string         `json:"review_by,omitempty"`
	Database string         `json:"database"`
	Tables   int            `json:"tables"`
	Columns  map[string]int `json:"columns"` // by class
	Roles    int            `json:"roles"`
	Rules    int            `json:"rules"`
	RowRules int            `json:"row_rules"`
	Users    int            `json:"users"`
}

// check checks what the command line names. The summary is there if and only if there is no error.
func check(ctx context.Context, cmd *cobra.Command, now time.Time) (*summary, error) {
	cfg, err := loadConfig(cmd.Flags())
	if err != nil {
		return nil, err
	}
	if err := cfg.requireForCheck(); err != nil {
		return nil, err
	}
	snap, err := loadCatalog(ctx, cfg.Upstream)
	if err != nil {
		return nil, err
	}
	policy, err := rules.LoadFile(cfg.Policy)
	if err != nil {
		return nil, err
	}
	rewriter, err := cfg.bind(policy, snap, nil)
	if err == nil {
		err = cfg.probe(ctx, rewriter, snap)
	}
	misuse, misuseErr := cfg.misuseRules()
	err = errors.Join(err, misuseErr, cfg.checkMisuse(misuse, policy))
	if !policy.Reviewed(now) {
		err = errors.Join(err, overdueProblem(policy))
	}
	if err != nil {
		return nil, err
	}
	s := &summary{
		Policy: policy.Name, Digest: policy.Digest, Database: snap.Database, Users: len(cfg.Users),
		Tables: len(policy.Tables), Columns: map[string]int{}, Roles: len(policy.Roles), Rules: len(policy.Rules), RowRules: len(policy.Rows),
	}
	if !policy.ReviewBy.IsZero() {
		s.ReviewBy = policy.ReviewBy.Format(time.DateOnly)
	}
	for _, t := range policy.Tables {
		for _, c := range t.Columns {
			s.Columns[c.Class]++
		}
	}
	return s, nil
}

// requireForCheck asks for all that a server needs if there is a server file, else for policy and database only.
func (c *Config) requireForCheck() error {
	if c.file == "" {
		return c.require("policy", "upstream")
	}
	_, err := c.proxyConfig()
	return errors.Join(c.requireForServe(), err, c.openSinks())
}

// overdueProblem is what is wrong with a policy that has not been reviewed in time.
func overdueProblem(p *rules.Policy) rules.Problem {
	return rules.Problem{
		Pos:     p.ReviewByPos,
		Message: "the policy was to be reviewed by " + p.ReviewBy.Format(time.DateOnly),
		Hint:    "review it and set the next date",
	}
}

// report prints the outcome of a check, problems in the form that editors jump to.
func report(cmd *cobra.Command, s *summary, err error, asJSON bool) error {
	problems := problemsOf(err)
	if asJSON {
		printErr := printJSON(cmd.OutOrStdout(), struct {
			OK bool `json:"ok"`
			*summary
			Problems []problem `json:"problems"`
		}{err == nil, s, append([]problem{}, problems...)})
		if printErr != nil {
			return printErr
		}
	}
	if err != nil {
		if !asJSON {
			fmt.Fprintln(cmd.ErrOrStderr(), err)
		}
		return countError(len(problems))
	}
	if asJSON {
		return nil
	}
	return s.print(cmd.OutOrStdout())
}

func countError(n int) error {
	if n == 1 {
		return errors.New("1 problem")
	}
	return fmt.Errorf("%d problems", n)
}

func (s *summary) print(w io.Writer) error {
	fmt.Fprintf(w, "ok: policy %s fits database %s\n", s.Policy, s.Database)
	if s.ReviewBy != "" {
		fmt.Fprintf(w, "  review by   %s\n", s.ReviewBy)
	}
	fmt.Fprintf(w, "  tables      %d\n", s.Tables)
	for _, class := range slices.Sorted(maps.Keys(s.Columns)) {
		fmt.Fprintf(w, "  columns     %d %s\n", s.Columns[class], class)
	}
	fmt.Fprintf(w, "  roles       %d\n  rules       %d for cells, %d for rows\n", s.Roles, s.Rules, s.RowRules)
	_, err := fmt.Fprintf(w, "  users       %d\n", s.Users)
	return err
}
