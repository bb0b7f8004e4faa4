package main

import (
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/pgscrim/pgscrim/audit/index"
)

func newAuditSearchCommand() *cobra.Command {
	var (
		q       searchFlags
		out     searchOutput
		limit   int
		oldest  bool
		reindex bool
	)
	cmd := &cobra.Command{
		Use:   "search",
		Short: "Find statements in the audit log",
		Long: `Find statements, logins and other records in the audit log, one line a statement, the newest first. All conditions must hold; of one that is given several times,
or with commas, one of its values. Conditions on columns (--column, --class, --market, --action, and --table with them) hold of one and the same column. A market is found if
cells of its subjects could come out so: which rows there were is not on record.

Times are dates, months, RFC 3339, or how long ago (90m, 12h, 7d, 2w); without a zone in UTC. --until is not included.

The first search makes an index beside the log; later ones, and the server, keep it up to date. Whatever is found is read from the log itself.`,
		Example: `  pgscrim audit search --config pgscrim.yaml --user ana --since 7d
  pgscrim audit search --audit-dir /mnt/copy/audit --class financial --market pipl --action show --since 2026-11 --until 2026-12 --csv
  pgscrim audit search --config pgscrim.yaml --text "customer_id = 4711" --json`,
		Args: usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			query, err := q.query()
			if err != nil {
				return usageError{err}
			}
			printer, err := out.printer(cmd.OutOrStdout())
			if err != nil {
				return usageError{err}
			}
			ix, err := openIndex(cmd, reindex)
			if err != nil {
				return err
			}
			defer ix.Close()
			n, more, err := printAll(ix, cmd, query, limit, oldest, printer)
			if err != nil {
				return err
			}
			return searchSummary(cmd.ErrOrStderr(), n, more)
		},
	}
	configFlags(cmd.Flags(), "audit-dir")
	q.add(cmd.Flags())
	out.add(cmd.Flags())
	cmd.Flags().IntVarP(&limit, "limit", "n", 100, "how many to print at most; 0: all")
	cmd.Flags().BoolVar(&oldest, "oldest-first", false, "in the order in which they began")
	cmd.Flags().BoolVar(&reindex, "reindex", false, "make the index anew first")
	return cmd
}

// printAll prints what is found, up to a limit, and says whether there is more.
func printAll(ix *index.Index, cmd *cobra.Command, q *index.Query, limit int, oldest bool, p searchPrinter) (n int, more bool, err error) {
	if err := p.begin(); err != nil {
		return 0, false, err
	}
	for found, err := range ix.Search(cmd.Context(), q, !oldest) {
		if err != nil {
			return n, false, errors.Join(err, p.end())
		}
		if limit > 0 && n == limit {
			more = true
			break
		}
		if err := p.print(&found); err != nil {
			return n, false, err
		}
		n++
	}
	return n, more, p.end()
}

// searchSummary says what was not printed, where it cannot be taken for a result.
func searchSummary(w io.Writer, n int, more bool) error {
	var err error
	switch {
	case n == 0:
		_, err = fmt.Fprintln(w, "nothing found")
	case more:
		_, err = fmt.Fprintf(w, "there is more than these %d: --limit 0 prints all\n", n)
	}
	return err
}
