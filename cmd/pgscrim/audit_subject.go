package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/pgscrim/pgscrim/audit"
	"github.com/pgscrim/pgscrim/rules"
)

func newAuditSubjectCommand() *cobra.Command {
	var (
		kind, market, since, until string
		limit                      int
		asJSON                     bool
	)
	cmd := &cobra.Command{
		Use:   "subject KEY",
		Short: "Find statements that could have touched a person's data",
		Long: `Find the statements that could have touched the data of a person, the subject with that key, for a request of access: by whom, why, when, and which classes of data they showed or masked.

"Could have": which rows a statement met is not on record. What is left out is certain: statements that were refused, statements that read no relation of that kind of subject, statements that
saw no row of the person's --market or no row at all, and statements over one relation that ask for other keys only (WHERE id = 4; numbers and UUIDs). All others are there: with joins, functions, parameters,
by direct access, and those that read relations that the policy does not name, such as views, partitions and tables of a role's own. The relations are those of the policy as it is now.`,
		Example: `  pgscrim audit subject --config pgscrim.yaml 4711 --market gdpr --since 2026-01
  pgscrim audit subject --config pgscrim.yaml --subject employee 0081 --json`,
		Args: usageArgs(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			from, to, err := parsePeriod(since, until, time.Now())
			if err != nil {
				return usageError{err}
			}
			cfg, err := loadConfig(cmd.Flags())
			if err != nil {
				return err
			}
			if err := cfg.require("policy", "audit.dir"); err != nil {
				return err
			}
			policy, err := rules.LoadFile(cfg.Policy)
			if err != nil {
				return err
			}
			s, err := newSubjectSearch(policy, kind, args[0], market)
			if err != nil {
				return usageError{err}
			}
			s.Since, s.Until, s.Narrowed = from, to, cfg.Audit.Literals.Keeps()
			ix, err := openIndex(cmd, false)
			if err != nil {
				return err
			}
			defer ix.Close()
			if asJSON {
				limit = 0
			}
			if err := s.run(cmd.Context(), ix, limit); err != nil {
				return err
			}
			if !asJSON {
				return s.print(cmd.OutOrStdout())
			}
			var b bytes.Buffer
			if err := printJSON(&b, s); err != nil {
				return err
			}
			_, err = cmd.OutOrStdout().Write(escapeControls(b.Bytes()))
			return err
		},
	}
	configFlags(cmd.Flags(), "audit-dir", "policy")
	periodFlags(cmd.Flags(), &since, &until)
	cmd.Flags().StringVar(&kind, "subject", "", "the kind of subject, if the policy has several")
	cmd.Flags().StringVar(&market, "market", "", "the region that the person is in, if it is known")
	cmd.Flags().IntVarP(&limit, "limit", "n", 100, "how many statements to list at most, the newest; 0: all. JSON has all")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the result as JSON")
	return cmd
}

// newSubjectSearch makes a search for a person of a kind.
func newSubjectSearch(policy *rules.Policy, kind, key, market string) (*subjectSearch, error) {
	kinds := slices.Sorted(maps.Keys(policy.Subjects))
	switch {
	case len(kinds) == 0:
		return nil, errors.New("the policy names no subjects")
	case kind == "" && len(kinds) == 1:
		kind = kinds[0]
	case kind == "":
		return nil, fmt.Errorf("--subject is one of %s", strings.Join(kinds, ", "))
	}
	subject := policy.Subjects[kind]
	if subject == nil {
		return nil, fmt.Errorf("the policy has no subject %q (%s)", kind, rules.Suggest(kind, "subjects", kinds))
	}
	if regions := regionNames(policy); market != "" && !slices.Contains(regions, market) {
		return nil, fmt.Errorf("the policy has no region %q (%s)", market, rules.Suggest(market, "regions", regions))
	}
	s := &subjectSearch{Subject: kind, Key: key, Market: market, keys: map[string]string{}, others: map[string]bool{}, sums: map[showing]*Shown{}}
	for _, t := range policy.Tables {
		if name := t.Name.Schema + "." + t.Name.Name; t.Subject == kind {
			s.keys[name] = t.SubjectColumn
		} else {
			s.others[name] = true
		}
	}
	own := func(n rules.Name, column string) {
		name := n.Schema + "." + n.Name
		delete(s.others, name)
		s.keys[name] = column
	}
	own(subject.Table, subject.Key)
	if c := subject.Consent; c != nil {
		own(c.Table, c.Subject)
	}
	return s, nil
}

func regionNames(policy *rules.Policy) []string {
	names := []string{rules.RegionUnknown}
	for _, r := range policy.Regions {
		names = append(names, r.Name)
	}
	return names
}

// print prints the result for people.
func (s *subjectSearch) print(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintf(t, "%s %s: %d statements could have touched the data.\n", audit.Printable(s.Subject), audit.Printable(s.Key), s.Statements)
	fmt.Fprintf(t, "Left out: %d that saw no row of such a person, %d that asked for other keys.\n", s.Hidden, s.OtherKeys)
	if !s.Narrowed {
		fmt.Fprintln(t, "Statements are recorded without their constants (audit.literals), so none is left out for asking for other keys.")
	}
	if s.Direct+s.Unnamed > 0 {
		fmt.Fprintf(t, "Among them %d by direct access, which the policy did not look at, and %d that read relations that the policy does not name.\n", s.Direct, s.Unnamed)
	}
	if len(s.Shown) > 0 {
		fmt.Fprint(t, "\nuser\troles\tpurpose\tclass\taction\tstatements\tfirst\tlast\n")
	}
	for _, n := range s.Shown {
		line := []string{
			n.User, n.Roles, n.Purpose, n.Class, n.Action, fmt.Sprint(n.Statements),
			n.First.UTC().Format("2006-01-02 15:04"), n.Last.UTC().Format("2006-01-02 15:04"),
		}
		for i := range line {
			if line[i] = audit.Printable(line[i]); line[i] == "" {
				line[i] = "-"
			}
		}
		fmt.Fprintln(t, strings.Join(line, "\t"))
	}
	if err := t.Flush(); err != nil {
		return err
	}
	if len(s.list) > 0 {
		if _, err := fmt.Fprintf(w, "\n%s\n", audit.Heading()); err != nil {
			return err
		}
	}
	for i := range s.list {
		if _, err := fmt.Fprintln(w, s.list[i].Joined()); err != nil {
			return err
		}
		if reason := s.list[i].Reason; reason != "" {
			if _, err := fmt.Fprintf(w, "%26sreason: %s\n", "", audit.Printable(reason)); err != nil {
				return err
			}
		}
	}
	var err error
	if left := s.Statements - int64(len(s.list)); left > 0 {
		_, err = fmt.Fprintf(w, "... and %d older ones: --limit 0 prints all\n", left)
	}
	return err
}
