package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/pgscrim/pgscrim/proxy"
)

func newUserCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "user",
		Short:   "Work on the users of the server file",
		Example: `  pgscrim user hash`,
		Args:    unknownCommand,
		RunE:    helpOnly,
	}
	cmd.AddCommand(newUserHashCommand())
	return cmd
}

func newUserHashCommand() *cobra.Command {
	var (
		iterations int
		asJSON     bool
	)
	cmd := &cobra.Command{
		Use:   "hash",
		Short: "Make the SCRAM verifier of a password",
		Long: `Make the SCRAM verifier of a password, in the format of pg_authid, for a user's password in the server file.
The password is one line of standard input, or asked for on a terminal.`,
		Example: `  pgscrim user hash
  pwgen -s 24 1 | tee password | pgscrim user hash`,
		Args: usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if iterations < minIterations {
				return usageError{fmt.Errorf("--iterations must be at least %d", minIterations)}
			}
			password, err := readPassword(cmd.InOrStdin(), cmd.ErrOrStderr())
			if err != nil {
				return err
			}
			verifier, err := proxy.NewVerifier(password, iterations)
			if err != nil {
				return err
			}
			if asJSON {
				return printJSON(cmd.OutOrStdout(), map[string]string{"password": verifier})
			}
			_, err = fmt.Fprintln(cmd.OutOrStdout(), verifier)
			return err
		},
	}
	cmd.Flags().IntVar(&iterations, "iterations", minIterations, "how often the password is hashed")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

// minIterations is what PostgreSQL uses and RFC 7677 asks for at least.
const minIterations = 4096

// readPassword reads one line, or asks for the password twice if in is a terminal.
func readPassword(in io.Reader, prompt io.Writer) (string, error) {
	if f, ok := in.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		return askPassword(int(f.Fd()), prompt)
	}
	line, err := bufio.NewReader(in).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", fmt.Errorf("read the password: %w", err)
	}
	return notEmpty(strings.TrimRight(line, "\r\n"))
}

func askPassword(fd int, prompt io.Writer) (string, error) {
	var answers [2]string
	for i, question := range []string{"Password: ", "Again: "} {
		fmt.Fprint(prompt, question)
		answer, err := term.ReadPassword(fd)
		fmt.Fprintln(prompt)
		if err != nil {
			return "", fmt.Errorf("read the password: %w", err)
		}
		answers[i] = string(answer)
	}
	if answers[0] != answers[1] {
		return "", errors.New("the two passwords differ")
	}
	return notEmpty(answers[0])
}

func notEmpty(password string) (string, error) {
	if password == "" {
		return "", errors.New("the password is empty")
	}
	return password, nil
}
