// Command pgscrim is a PostgreSQL proxy that shows each caller only as much personal data as the caller's role, the
// declared purpose, the customer's region and the customer's consent allow.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"
)

func main() {
	os.Exit(run(os.Args[1:], streams{os.Stdin, os.Stdout, os.Stderr}))
}

// streams are what a command reads and writes.
type streams struct {
	in       io.Reader
	out, err io.Writer
}

// Exit codes.
const (
	exitFailure = 1
	exitUsage   = 2 // the command line itself is wrong
)

// run runs one command line and returns its exit code.
func run(args []string, std streams) int {
	root := newRootCommand()
	root.SetArgs(args)
	root.SetIn(std.in)
	root.SetOut(std.out)
	root.SetErr(std.err)
	err := root.ExecuteContext(context.Background())
	if err == nil {
		return 0
	}
	for line := range strings.Lines(err.Error()) {
		fmt.Fprintf(std.err, "pgscrim: %s\n", strings.TrimSuffix(line, "\n"))
	}
	if _, ok := errors.AsType[usageError](err); ok {
		return exitUsage
	}
	return exitFailure
}

func newRootCommand() *cobra.Command {
	root := &cobra.Command{
		Use:   "pgscrim",
		Short: "A PostgreSQL proxy that masks personal data by role, purpose, region and consent",
		Example: `  pgscrim demo
  pgscrim serve --config pgscrim.yaml`,
		Args:          unknownCommand,
		RunE:          helpOnly,
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return usageError{fmt.Errorf("%w (see %s --help)", err, cmd.CommandPath())}
	})
	root.CompletionOptions.HiddenDefaultCmd = true
	root.AddCommand(
		newServeCommand(),
		newDemoCommand(),
		newCheckCommand(),
		newExplainCommand(),
		newAuditCommand(),
		newUserCommand(),
		newVersionCommand(),
	)
	return root
}

// usageError is an error in the command line, as opposed to a failure of what it asked for.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

// usageArgs makes the errors of an argument check usage errors.
func usageArgs(check cobra.PositionalArgs) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if err := check(cmd, args); err != nil {
			return usageError{fmt.Errorf("%w (see %s --help)", err, cmd.CommandPath())}
		}
		return nil
	}
}

// helpOnly is what a command does that has only subcommands.
func helpOnly(cmd *cobra.Command, _ []string) error {
	return errors.Join(cmd.Help(), usageError{errors.New("no command given")})
}

// unknownCommand refuses the arguments of a command that has only subcommands.
func unknownCommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	hint := fmt.Sprintf("see %s --help", cmd.CommandPath())
	if similar := cmd.SuggestionsFor(args[0]); len(similar) > 0 {
		hint = fmt.Sprintf("did you mean %q?", similar[0])
	}
	return usageError{fmt.Errorf("unknown command %q for %q (%s)", args[0], cmd.CommandPath(), hint)}
}
