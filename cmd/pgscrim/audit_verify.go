package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/pgscrim/pgscrim/audit"
)

func newAuditVerifyCommand() *cobra.Command {
	var (
		o      verifyOptions
		asJSON bool
	)
	cmd := &cobra.Command{
		Use:   "verify [FILE]",
		Short: "Prove that the audit log is as it was written",
		Long: `Hold each line of the audit log against the one before it, and all of them against the signed checkpoints: a line that was changed,
removed, inserted or moved is found, and a log that was cut off. It works while pgscrim is writing, and on a copy of the folder.
With FILE, one file of the log is verified by itself; the checkpoints are those beside it. With --proof, what audit prove wrote is verified, without the log.

The checkpoints are signed with the key in ` + audit.SigningKeyFile + ` beside the log. Whoever can read that and write there can forge both; so have checkpoints go to
audit.witness, keep ` + audit.VerifierFile + `, which is public, on another machine, and verify the log --against what the witness has.`,
		Example: `  pgscrim audit verify --config pgscrim.yaml
  pgscrim audit verify --audit-dir /mnt/copy/audit --key /etc/auditor/verifier.key --json
  pgscrim audit verify --key verifier.key /mnt/copy/audit/audit-00000000000000000001.jsonl.zst
  pgscrim audit verify --config pgscrim.yaml --key /etc/auditor/verifier.key --against /mnt/other/checkpoints
  pgscrim audit verify --key verifier.key --proof proof.json`,
		Args: usageArgs(cobra.MaximumNArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			if o.proof != "" {
				return o.verifyProof(cmd.OutOrStdout(), asJSON)
			}
			v, err := o.verify(cmd, args)
			if err != nil {
				return err
			}
			if err := printVerdict(cmd.OutOrStdout(), v, asJSON); err != nil {
				return err
			}
			if n := len(v.Faults); n > 0 {
				return fmt.Errorf("the audit log is not as it was written: %d faults", n)
			}
			return nil
		},
	}
	configFlags(cmd.Flags(), "audit-dir")
	keyFlag(cmd, &o.key)
	cmd.Flags().StringVar(&o.proof, "proof", "", "file with a proof to verify, instead of the log")
	cmd.Flags().StringArrayVar(&o.against, "against", nil, "file or https address with checkpoints that a witness has; may be repeated")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the result as JSON")
	return cmd
}

// keyFlag defines --key, which was --verifier once.
func keyFlag(cmd *cobra.Command, key *string) {
	cmd.Flags().StringVar(key, "key", "", "file with the public key, if not "+audit.VerifierFile+" beside the log")
	cmd.Flags().StringVar(key, "verifier", "", "")
	_ = cmd.Flags().MarkHidden("verifier")
}

// verifyOptions are the flags of audit verify.
type verifyOptions struct {
	key     string
	proof   string
	against []string
}

// verify verifies the log, or one file of it.
func (o *verifyOptions) verify(cmd *cobra.Command, args []string) (*audit.Verdict, error) {
	p := meter{w: cmd.ErrOrStderr(), start: time.Now()}
	if len(args) == 1 {
		v, err := verification(o.key, filepath.Dir(args[0]))
		if err != nil {
			return nil, err
		}
		v.Progress = p.report
		if len(o.against) > 0 {
			return nil, usageError{errors.New("--against is about the whole log: leave FILE out")}
		}
		return v.File(args[0])
	}
	cfg, err := loadConfig(cmd.Flags())
	if err != nil {
		return nil, err
	}
	if err := cfg.require("audit.dir"); err != nil {
		return nil, err
	}
	v, err := verification(o.key, cfg.Audit.Dir)
	if err != nil {
		return nil, err
	}
	v.Progress = p.report
	for _, place := range o.against { // before the log is read: it only grows
		notes, err := testimony(cmd.Context(), place)
		if err != nil {
			return nil, err
		}
		v.Against = append(v.Against, audit.Testimony{Witness: place, Notes: notes})
	}
	return v.Log(cfg.Audit.Dir)
}

// verification reads the public key from a file, or from the one beside the log.
func verification(key, dir string) (*audit.Verification, error) {
	if key == "" {
		key = filepath.Join(dir, audit.VerifierFile)
	}
	b, err := os.ReadFile(key)
	if err != nil {
		return nil, err
	}
	return &audit.Verification{Key: string(b)}, nil
}

// testimony reads what a witness has.
func testimony(ctx context.Context, place string) ([]byte, error) {
	if !strings.HasPrefix(place, "https://") && !strings.HasPrefix(place, "http://") {
		return os.ReadFile(place)
	}
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, place, nil)
	if err != nil {
		return nil, err
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("the witness answers %s", answer.Status)
	}
	return io.ReadAll(answer.Body)
}

func (o *verifyOptions) verifyProof(w io.Writer, asJSON bool) error {
	if o.key == "" {
		return usageError{errors.New("--proof needs --key: the key that comes with a proof proves nothing")}
	}
	key, err := os.ReadFile(o.key)
	if err != nil {
		return err
	}
	b, err := os.ReadFile(o.proof)
	if err != nil {
		return err
	}
	var p audit.Proof
	if err := json.Unmarshal(b, &p); err != nil {
		return fmt.Errorf("%s: %w", o.proof, err)
	}
	c, err := p.Check(string(key))
	if err != nil {
		return err
	}
	if asJSON {
		return printJSON(w, c)
	}
	_, err = fmt.Fprintf(w, "record %d was line %d of %d of the audit log at %s, as it stands in the proof:\n%s\n",
		p.Seq, p.Line, c.Lines, c.Time.UTC().Format(time.RFC3339), audit.Entry{Record: c.Record})
	return err
}

func printVerdict(w io.Writer, v *audit.Verdict, asJSON bool) error {
	if asJSON {
		return printJSON(w, v)
	}
	for _, f := range v.Faults {
		if _, err := fmt.Fprintln(w, f); err != nil {
			return err
		}
	}
	if !v.RemovedAt.IsZero() {
		if _, err := fmt.Fprintf(w, "the first %d lines were removed by retention, the last of them at %s\n", v.Removed, v.RemovedAt.UTC().Format(time.RFC3339)); err != nil {
			return err
		}
	}
	if v.Witnessed > 0 {
		if _, err := fmt.Fprintf(w, "a witness vouches for %d lines\n", v.Witnessed); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintf(w, "%d records in %d lines, %d of them cut off by crashes; %d checkpoints, the last one of %s for %d lines\n",
		v.Records, v.Lines-v.Removed, v.Torn, v.Checkpoints, v.CertifiedAt.UTC().Format(time.RFC3339), v.Certified)
	return err
}

// meter tells, now and then, how far long work is.
type meter struct {
	w           io.Writer
	start, last time.Time
}

// progressInterval is how often it does.
const progressInterval = 5 * time.Second

func (p *meter) report(done, total int64) {
	now := time.Now()
	if p.last.IsZero() {
		p.last = p.start
	}
	if now.Sub(p.last) < progressInterval || done <= 0 {
		return
	}
	p.last = now
	left := time.Duration(float64(now.Sub(p.start)) * float64(total-done) / float64(done))
	_, _ = fmt.Fprintf(p.w, "%d of %d MB, %v to go\n", done>>20, total>>20, left.Round(time.Second))
}
