package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/pgscrim/pgscrim/rewrite"
	"github.com/pgscrim/pgscrim/rules"
)

func newExplainCommand() *cobra.Command {
	var (
		caller rewrite.Values
		roles  []string
		asJSON bool
	)
	cmd := &cobra.Command{
		Use:   "explain [flags] SQL",
		Short: "Show what becomes of a statement, and by which rules",
		Long: `Show what becomes of a statement for a caller: the decision, each protected column with its action, mask and rule, the relations of
which rows are hidden, and the SQL that the database gets. The database is asked for its catalog only; the statement does not run.`,
		Example: `  pgscrim explain --config pgscrim.yaml --role analyst --purpose reporting 'SELECT * FROM crm.customers'
  pgscrim explain --policy policy.yaml --upstream postgres://localhost/crm --role support --role dpo 'TABLE crm.orders' --json`,
		Args: usageArgs(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(roles) == 0 {
				return usageError{errors.New("--role is not given")}
			}
			statements, err := explain(cmd, args[0], roles, caller)
			if err != nil {
				return err
			}
			if asJSON {
				return printJSON(cmd.OutOrStdout(), statements)
			}
			for i, s := range statements {
				if i > 0 {
					fmt.Fprintln(cmd.OutOrStdout())
				}
				if err := s.print(cmd.OutOrStdout()); err != nil {
					return err
				}
			}
			return nil
		},
	}
	configFlags(cmd.Flags(), "policy", "upstream")
	cmd.Flags().StringArrayVar(&roles, "role", nil, "a role of the caller; may be repeated")
	cmd.Flags().StringVar(&caller.Purpose, "purpose", "", "the purpose that the caller declares")
	cmd.Flags().StringVar(&caller.Reason, "reason", "", "the reason that the caller gives")
	cmd.Flags().StringVar(&caller.SearchPath, "search-path", "", "the session's search_path; empty: the database's")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

// explanation is what becomes of one statement.
type explanation struct {
	Statement string               `json:"statement"`
	Kind      string               `json:"kind,omitempty"`
	Decision  rewrite.Decision     `json:"decision"`
	Purpose   string               `json:"purpose,omitempty"`
	Reason    string               `json:"reason,omitempty"`
	Relations []string             `json:"relations,omitempty"`
	Columns   []rewrite.ColumnUse  `json:"columns,omitempty"`
	Hidden    []rewrite.HiddenRows `json:"hidden,omitempty"`
	Rewritten string               `json:"rewritten,omitempty"`
	Refusal   *refusal             `json:"refusal,omitempty"`
}

// refusal is the error that the client would get.
type refusal struct {
	SQLState string `json:"sqlstate"`
	Message  string `json:"message"`
	Detail   string `json:"detail,omitempty"`
	Hint     string `json:"hint,omitempty"`
	Rule     string `json:"rule,omitempty"`
}

// explain rewrites a query string as it would be for a caller.
func explain(cmd *cobra.Command, sql string, roles []string, caller rewrite.Values) ([]explanation, error) {
	cfg, err := loadConfig(cmd.Flags())
	if err != nil {
		return nil, err
	}
	if err := cfg.require("policy", "upstream"); err != nil {
		return nil, err
	}
	snap, err := loadCatalog(cmd.Context(), cfg.Upstream)
	if err != nil {
		return nil, err
	}
	policy, err := rules.LoadFile(cfg.Policy)
	if err != nil {
		return nil, err
	}
	rewriter, err := cfg.bind(policy, snap, nil)
	if err != nil {
		return nil, err
	}
	if err := rolesExist(policy, roles); err != nil {
		return nil, err
	}
	caller.SearchPath = cmp.Or(caller.SearchPath, rewriter.DefaultSearchPath())
	caller.Purpose = cmp.Or(caller.Purpose, policy.DefaultPurpose(roles))
	answer := rewriter.Rewrite(sql, rewrite.Session{
		Roles: roles, Direct: policy.IsDirect(roles), Settings: rewrite.NewSettings(caller),
	})
	if answer.Refusal != nil {
		return []explanation{{Statement: sql, Decision: rewrite.Error, Refusal: explainRefusal(answer.Refusal)}}, nil
	}
	var out []explanation
	for _, s := range answer.Statements {
		e := explanation{
			Statement: s.Text, Kind: s.Kind, Decision: s.Decision, Purpose: s.Purpose, Reason: s.Reason,
			Relations: s.Relations, Columns: s.Columns, Hidden: s.Hidden, Refusal: explainRefusal(s.Refusal),
		}
		if s.Refusal == nil {
			e.Rewritten = s.Rewritten
		}
		out = append(out, e)
	}
	return out, nil
}

// rolesExist returns an error for a role that the policy does not define.
func rolesExist(policy *rules.Policy, roles []string) error {
	for _, name := range roles {
		if policy.Roles[name] == nil {
			hint := rules.Suggest(name, "roles", slices.Sorted(maps.Keys(policy.Roles)))
			return fmt.Errorf("policy %q has no role %q (%s)", policy.Name, name, hint)
		}
	}
	return nil
}

func explainRefusal(r *rewrite.Refusal) *refusal {
	if r == nil {
		return nil
	}
	return &refusal{SQLState: r.Code, Message: r.Message, Detail: r.Detail, Hint: r.Hint, Rule: r.Rule}
}

// print prints an explanation for people.
func (e *explanation) print(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	line := func(name, value string) {
		if value != "" {
			fmt.Fprintf(t, "%s\t%s\n", name, strings.ReplaceAll(value, "\n", "\n\t"))
		}
	}
	line("statement", e.Statement)
	line("decision", string(e.Decision))
	line("purpose", e.Purpose)
	line("reason", e.Reason)
	line("relations", strings.Join(e.Relations, ", "))
	if r := e.Refusal; r != nil {
		line("ERROR", r.SQLState+" "+r.Message)
		line("detail", r.Detail)
		line("hint", r.Hint)
		line("rule", r.Rule)
	}
	line("rewritten", e.Rewritten)
	if len(e.Columns)+len(e.Hidden) > 0 {
		fmt.Fprint(t, "\nCOLUMN\tACTION\tMASK\tRULE\n")
	}
	for _, c := range e.Columns {
		fmt.Fprintf(t, "%s.%s\t%s\t%s\t%s\n", c.Relation, c.Column, c.Action, c.Mask, strings.Join(c.Rules, ", "))
	}
	for _, h := range e.Hidden {
		fmt.Fprintf(t, "rows of %s\thide\t\t%s\n", h.Relation, strings.Join(h.Rules, ", "))
	}
	return t.Flush()
}
