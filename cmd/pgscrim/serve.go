package main

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"runtime/pprof"
	"syscall"

	"github.com/rs/zerolog"
	"github.com/spf13/cobra"
)

func newServeCommand() *cobra.Command {
	var profile string
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Serve clients",
		Long: `Serve clients until SIGTERM or SIGINT, which lets sessions finish (limits.drain_timeout); a second one ends at once.
SIGHUP reloads the policy; if something is wrong with it, the last good one goes on.
Every key of the server file has an environment form, such as PGSCRIM_LISTEN or PGSCRIM_AUDIT_DIR.`,
		Example: `  pgscrim serve --config pgscrim.yaml
  PGSCRIM_LISTEN=0.0.0.0:6432 pgscrim serve --config /etc/pgscrim/pgscrim.yaml --log-format json`,
		Args: usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			if profile != "" {
				stop, err := profileCPU(profile)
				if err != nil {
					return err
				}
				defer func() { err = errors.Join(err, stop()) }()
			}
			cfg, err := loadConfig(cmd.Flags())
			if err != nil {
				return err
			}
			if err := cfg.requireForServe(); err != nil {
				return err
			}
			log, err := cfg.Log.newLogger(cmd.ErrOrStderr())
			if err != nil {
				return err
			}
			return serve(cmd.Context(), cfg, log)
		},
	}
	configFlags(cmd.Flags(), "listen", "admin", "policy", "upstream", "audit-dir", "log-level", "log-format")
	cmd.Flags().StringVar(&profile, "cpu-profile", "", "write a CPU profile to this file until the end, for go tool pprof")
	return cmd
}

// profileCPU writes a profile of the process's CPU time to a file until stop is called.
func profileCPU(name string) (stop func() error, err error) {
	f, err := os.OpenFile(name, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	if err := pprof.StartCPUProfile(f); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return func() error {
		pprof.StopCPUProfile()
		return f.Close()
	}, nil
}

// serve runs an instance until it fails or a signal ends it.
func serve(ctx context.Context, cfg *Config, log zerolog.Logger) error {
	signals := make(chan os.Signal, 4)
	signal.Notify(signals, syscall.SIGHUP, syscall.SIGINT, syscall.SIGTERM)
	defer signal.Stop(signals)

	starting, started := signal.NotifyContext(ctx, syscall.SIGINT, syscall.SIGTERM)
	defer started()
	in, err := newInstance(starting, cfg, log)
	if err != nil {
		return err
	}
	for {
		select {
		case err := <-in.failed:
			return errors.Join(err, drain(ctx, in, signals))
		case s := <-signals:
			if s == syscall.SIGHUP {
				_ = in.reload(ctx) // it has said what is wrong
				continue
			}
			log.Info().Str("event", "stopping").Stringer("signal", s).Dur("drain_timeout", cfg.DrainTimeout).Msg("letting sessions finish")
			return drain(ctx, in, signals)
		}
	}
}

// drain stops the instance. Sessions have until the time-out or the next signal that asks for the end.
func drain(ctx context.Context, in *instance, signals <-chan os.Signal) error {
	ctx, cancel := context.WithTimeout(ctx, in.cfg.DrainTimeout)
	defer cancel()
	go func() {
		for {
			select {
			case <-ctx.Done():
				return
			case s := <-signals:
				if s != syscall.SIGHUP {
					cancel()
				}
			}
		}
	}()
	return in.stop(ctx)
}
