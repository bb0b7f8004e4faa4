package main

import (
	"time"

	"github.com/pgscrim/pgscrim/audit"
	"github.com/pgscrim/pgscrim/audit/sink"
	"github.com/pgscrim/pgscrim/cmd/pgscrim/metrics"
	"github.com/pgscrim/pgscrim/proxy"
	"github.com/pgscrim/pgscrim/rewrite"
	"github.com/pgscrim/pgscrim/rules"
)

// inForce is the rewriter in force, and since when it is.
type inForce struct {
	rewriter *rewrite.Rewriter
	since    time.Time
}

// sources are what the metrics are asked of, once the instance runs.
func (in *instance) sources() metrics.Sources {
	return metrics.Sources{
		Version: readBuild().Version,
		Proxy:   func() proxy.Stats { return in.server.Stats() },
		Cache:   func() rewrite.CacheStats { return in.inForce.Load().rewriter.CacheStats() },
		Log:     func() audit.Stats { return in.records.Stats() },
		Sinks:   func() []sink.Status { return in.sinks.Status() },
		Policy: func() (*rules.Policy, time.Time) {
			f := in.inForce.Load()
			return f.rewriter.Policy(), f.since
		},
		Ready: func() bool { return in.unready() == nil },
	}
}
