package main

import (
	"os"
	"path/filepath"

	"github.com/spf13/cobra"
	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"

	"github.com/pgscrim/pgscrim/audit/index"
)

// openIndex opens the index of the audit log that the flags name, and shows on a terminal how far it is if it has to be made.
func openIndex(cmd *cobra.Command, anew bool) (*index.Index, error) {
	cfg, err := loadConfig(cmd.Flags())
	if err != nil {
		return nil, err
	}
	if err := cfg.require("audit.dir"); err != nil {
		return nil, err
	}
	if anew {
		if err := os.RemoveAll(filepath.Join(cfg.Audit.Dir, index.DirName)); err != nil {
			return nil, err
		}
	}
	if w := cmd.ErrOrStderr(); isTerminal(w) {
		bars := mpb.New(mpb.WithOutput(w), mpb.WithWidth(40))
		bar := bars.New(1, mpb.BarStyle().Lbound(" ").Filler("━").Tip("━").Padding("─").Rbound(" "), mpb.BarRemoveOnComplete(),
			mpb.PrependDecorators(decor.Name("  indexing ")), mpb.AppendDecorators(decor.Percentage(decor.WC{W: 5})))
		defer func() {
			bar.Abort(true)
			bars.Wait()
		}()
		return index.Open(cmd.Context(), cfg.Audit.Dir, func(done, total int64) {
			bar.SetTotal(total, false)
			bar.SetCurrent(done)
		})
	}
	return index.Open(cmd.Context(), cfg.Audit.Dir, nil)
}
