package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/pgscrim/pgscrim/audit"
	"github.com/pgscrim/pgscrim/proxy/cluster/sample"
)

// demoOptions are the flags of the demo.
type demoOptions struct {
	once      bool
	customers int
	port      int
}

// minDemoCustomers is how many it takes for all that the demo shows to be among them.
const minDemoCustomers = 500

func newDemoCommand() *cobra.Command {
	var opts demoOptions
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Show it all on this machine: a private PostgreSQL, a sample CRM, and pgscrim in front of them",
		Long: `Start a private PostgreSQL, load the sample CRM of a retailer that sells overseas, put pgscrim in front of it, and ask the
same questions as five callers. Then it stays up for clients until Ctrl-C. Nothing of it is left behind.
With --once it ends after the questions, and fails if an answer is not what the policy says.`,
		Example: `  pgscrim demo
  pgscrim demo --once --customers 5000`,
		Args: usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if opts.customers < minDemoCustomers {
				return usageError{fmt.Errorf("--customers must be at least %d", minDemoCustomers)}
			}
			// When the terminal is closed, the demo ends as well.
			ctx, stop := signal.NotifyContext(cmd.Context(), syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
			defer stop()
			err := runDemo(ctx, opts, cmd.OutOrStdout(), cmd.ErrOrStderr())
			if err != nil && ctx.Err() != nil {
				return errors.New("interrupted")
			}
			return err
		},
	}
	cmd.Flags().BoolVar(&opts.once, "once", false, "check the answers and end")
	cmd.Flags().IntVar(&opts.customers, "customers", sample.DefaultCustomers, "how many customers the CRM has; there are five orders for each")
	cmd.Flags().IntVar(&opts.port, "port", 0, "port for clients (default 6432, or any free one if that is taken)")
	return cmd
}

// runDemo sets the stage, plays, and clears the stage.
func runDemo(ctx context.Context, opts demoOptions, out, messages io.Writer) (err error) {
	begun := time.Now()
	s := &screen{w: out, colours: wantsColours(out)}
	s.title("pgscrim shows each caller only as much of each customer as role, purpose, region and consent allow.")
	st, err := newStage(ctx, opts, s, messages)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, st.close()) }()

	play, err := newPlay(ctx, st)
	if err != nil {
		return err
	}
	defer play.close()
	for i, q := range play.questions() {
		if err := play.ask(ctx, s, i+1, q); err != nil {
			return err
		}
	}
	failed, err := play.check(ctx, s)
	if err != nil {
		return err
	}
	if err := showAudit(s, st.config.Audit.Dir); err != nil {
		return err
	}
	if failed > 0 {
		return fmt.Errorf("demo: %d of its checks failed", failed)
	}
	if opts.once {
		s.line("")
		s.line("All checks passed in %s.", time.Since(begun).Round(100*time.Millisecond))
		return nil
	}
	st.showClients(s)
	s.line("")
	s.line("It is up. Ctrl-C ends it and removes everything.")
	select {
	case <-ctx.Done():
		s.line("")
		return nil
	case err := <-st.instance.failed:
		return err
	}
}

// showAudit shows the end of the audit log, as `pgscrim audit tail` does.
func showAudit(s *screen, dir string) error {
	entries, err := audit.Tail(dir, 24)
	if err != nil {
		return err
	}
	var joiner audit.Joiner
	var lines []audit.Entry
	for _, e := range entries {
		lines = append(lines, joiner.Add(e)...)
	}
	lines = append(lines, joiner.Rest()...)
	s.title("The audit log: who asked what and why, and what became of it")
	s.line("%s", s.dim(s.cut(audit.Heading())))
	for _, e := range lines[max(0, len(lines)-12):] {
		s.line("%s", s.cut(e.String()))
	}
	return nil
}

// wantsColours reports whether a writer is a terminal whose user has not asked for plain text (https://no-color.org).
func wantsColours(w io.Writer) bool {
	return os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb" && isTerminal(w)
}
