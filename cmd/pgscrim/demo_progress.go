package main

import (
	"strings"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"
)

// progress shows how far the steps of a load are: a bar each on a terminal, a line each elsewhere.
type progress struct {
	screen *screen
	bars   *mpb.Progress // nil unless it is a terminal
	bar    *mpb.Bar
	name   string
}

func newProgress(s *screen) *progress {
	p := &progress{screen: s}
	if isTerminal(s.w) {
		p.bars = mpb.New(mpb.WithOutput(s.w), mpb.WithWidth(40))
	}
	return p
}

// step takes what package sample reports.
func (p *progress) step(name string, done, total int) {
	label := strings.ReplaceAll(name, "_", " ")
	if p.bars == nil {
		if done == total {
			p.screen.line("  %s", label)
		}
		return
	}
	if name != p.name {
		p.name = name
		p.bar = p.bars.New(int64(total), mpb.BarStyle().Lbound(" ").Filler("━").Tip("━").Padding("─").Rbound(" "),
			mpb.PrependDecorators(decor.Name("  "+label, decor.WC{W: 20, C: decor.DindentRight})),
			mpb.AppendDecorators(decor.Percentage(decor.WC{W: 5})))
	}
	p.bar.SetCurrent(int64(done))
}

// end leaves the bars as they are, also if a step did not finish.
func (p *progress) end() {
	if p.bars == nil {
		return
	}
	if p.bar != nil {
		p.bar.Abort(false)
	}
	p.bars.Wait()
}
