package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rs/zerolog"

	"github.com/pgscrim/pgscrim/audit"
	"github.com/pgscrim/pgscrim/audit/index"
	"github.com/pgscrim/pgscrim/audit/misuse"
	"github.com/pgscrim/pgscrim/audit/sink"
	"github.com/pgscrim/pgscrim/audit/witness"
	"github.com/pgscrim/pgscrim/cmd/pgscrim/metrics"
	"github.com/pgscrim/pgscrim/cmd/pgscrim/tracing"
	"github.com/pgscrim/pgscrim/proxy"
	"github.com/pgscrim/pgscrim/rewrite/catalog"
	"github.com/pgscrim/pgscrim/rules"
)

// instance is a running pgscrim: its listener, the policy in force, and what keeps that current. Made by newInstance.
type instance struct {
	cfg      *Config
	log      zerolog.Logger
	records  *audit.Log
	misuse   *misuse.Watch // nil if the rules are off
	witness  *witness.Set  // takes the checkpoints of records
	sinks    *sink.Group   // nil if there are none
	metrics  *metrics.Metrics
	tracer   *tracing.Tracer // nil if there is no endpoint
	server   *proxy.Server
	listener net.Listener
	admin    *adminServer // nil if none is configured
	failed   chan error   // what has made it stop accepting clients
	inForce  atomic.Pointer[inForce]
	ready    atomic.Bool // the upstream answers, and it is not being stopped
	cancel   context.CancelFunc
	watching sync.WaitGroup // follows the catalog and the audit log
	serving  sync.WaitGroup // the listener and the admin address

	mu       sync.Mutex // held while policy or catalog change
	upstream *catalogSource
	snap     *catalog.Snapshot
	unfit    error // why the policy is not in force on the catalog as it was when last looked at; nil if it is
	policy   *rules.Policy
}

// catalogInterval is how often the upstream is asked whether its catalog has changed. What statements read is checked with
// each of them; this is for the rest, such as functions, types and keys.
const catalogInterval = time.Second

// newInstance starts a pgscrim: when it returns, clients can log in. It takes everything from cfg, which may come from a
// file or be built in code. ctx bounds the start only.
func newInstance(ctx context.Context, cfg *Config, log zerolog.Logger) (_ *instance, err error) {
	in := &instance{cfg: cfg, log: log, failed: make(chan error, 2), cancel: func() {}, upstream: &catalogSource{address: cfg.Upstream}}
	defer func() {
		if err != nil {
			ended, cancel := context.WithCancel(ctx)
			cancel() // nobody waits for sinks: they go on after the next start
			err = errors.Join(err, in.release(ended))
		}
	}()
	if in.policy, err = rules.LoadFile(cfg.Policy); err != nil {
		return nil, err
	}
	if in.listener, err = net.Listen("tcp", cfg.Listen); err != nil {
		return nil, err
	}
	in.metrics = metrics.New(in.sources())
	if in.admin, err = in.listenAdmin(cfg.Admin); err != nil {
		return nil, err
	}
	if in.snap, err = in.upstream.waitForCatalog(ctx, log); err != nil {
		return nil, err
	}
	if in.misuse, err = in.openMisuse(); err != nil {
		return nil, err
	}
	if in.sinks, err = sink.New(cfg.Audit.Sinks, sink.Options{Dir: cfg.Audit.Dir, Changed: in.sinkChanged}); err != nil {
		return nil, err
	}
	in.witness = witness.New(cfg.Audit.Witnesses, func(err error) {
		log.Warn().Err(err).Str("event", "audit").Msg("a checkpoint of the audit log was not delivered, and will be again")
	})
	options := audit.Options{
		Durability: cfg.Audit.Durability, CheckpointInterval: cfg.Audit.Interval,
		RotateBytes: int64(cfg.Audit.RotateBytes), RotateInterval: cfg.Audit.RotateInterval, Keep: cfg.Audit.Keep, Certified: in.witness.Offer, Sent: in.sinks.Confirmed,
		Outage: in.auditOutage, Observe: in.metrics.Observe, ObserveFsync: in.metrics.ObserveFsync,
		Problem: func(err error) {
			log.Error().Err(err).Str("event", "audit").Msg("a task of the audit log failed, and will be tried again")
		},
	}
	if in.misuse != nil {
		options.Observe = func(r *audit.Record) {
			in.metrics.Observe(r)
			in.misuse.Observe(r)
		}
	}
	if in.records, err = audit.Open(cfg.Audit.Dir, options); err != nil {
		return nil, err
	}
	if torn := in.records.Torn(); torn > 0 {
		log.Warn().Str("event", "audit").Int64("bytes", torn).Msg("the audit log ended in an incomplete line, as a crash leaves it")
	}
	in.sinks.Start(in.records.Synced)
	proxyConfig, err := cfg.proxyConfig()
	if err != nil {
		return nil, err
	}
	if cfg.Tracing.Endpoint != "" {
		if in.tracer, err = tracing.New(ctx, cfg.Tracing.Endpoint, cfg.Tracing.Ratio, readBuild().Version); err != nil {
			return nil, err
		}
		proxyConfig.Trace = in.tracer.Statement
	}
	proxyConfig.Audit, proxyConfig.Log, proxyConfig.Refresh = in.records, log, in.refresh
	if in.misuse != nil {
		proxyConfig.Guard = in.misuse
	}
	if in.server, err = proxy.New(proxyConfig); err != nil {
		return nil, err
	}
	if _, err = in.records.Append(&audit.Record{Event: "start", Database: in.snap.Database}); err != nil {
		return nil, err
	}
	if err = in.apply(in.policy, in.snap); err != nil {
		return nil, err
	}
	if in.misuse != nil {
		in.misuse.Start(in.records.Append)
	}
	in.run()
	log.Info().Str("event", "ready").Str("listen", in.addr()).Str("policy", in.policy.Name).Str("digest", in.policy.Digest).Msg("ready")
	return in, nil
}

// unready says why clients should be sent elsewhere, nil if they need not be.
func (in *instance) unready() error {
	if !in.ready.Load() {
		return errors.New("starting, stopping, or the upstream does not answer")
	}
	if in.records.Err() != nil { // what it is is not for everybody who asks
		return errors.New("the audit log cannot be written")
	}
	return nil
}

// auditOutage logs that the audit log cannot be written, and that it can be again: once each, not for each statement that is refused.
func (in *instance) auditOutage(err error) {
	if err != nil {
		in.log.Error().Err(err).Str("event", "audit").Msg("the audit log cannot be written: all statements and logins are refused (58030) until it can be")
		return
	}
	in.log.Info().Str("event", "audit").Msg("the audit log can be written again")
}

// addr is the address that clients connect to.
func (in *instance) addr() string { return in.listener.Addr().String() }

// run starts what goes on until stop.
func (in *instance) run() {
	ctx, cancel := context.WithCancel(context.Background())
	in.cancel = cancel
	in.ready.Store(true)
	in.serving.Go(func() {
		if err := in.server.Serve(ctx, in.listener); err != nil {
			in.failed <- fmt.Errorf("listener: %w", err)
		}
	})
	if in.admin != nil {
		in.serving.Go(func() {
			if err := in.admin.serve(); err != nil {
				in.failed <- fmt.Errorf("admin address: %w", err)
			}
		})
	}
	in.watching.Go(func() { in.watchCatalog(ctx) })
	in.watching.Go(func() {
		index.Maintain(ctx, in.cfg.Audit.Dir, func(err error) {
			in.log.Error().Err(err).Str("event", "audit").Msg("the index of the audit log is not up to date, and will be tried again")
		})
	})
}

// apply binds a policy to a catalog and puts it in force once that is on record. If it cannot, everything stays as it
// was. Callers hold mu, except during the start.
func (in *instance) apply(policy *rules.Policy, snap *catalog.Snapshot) error {
	rewriter, err := in.cfg.bind(policy, snap, in.cacheFault)
	if err != nil {
		return err
	}
	detail := "in force on catalog " + snap.Version
	if _, err := in.records.Append(&audit.Record{Event: "policy", Policy: policy.Digest, Database: snap.Database, Detail: detail}); err != nil {
		return err
	}
	in.server.SetRewriter(rewriter)
	in.inForce.Store(&inForce{rewriter, time.Now()})
	in.policy, in.snap, in.unfit = policy, snap, nil
	if !policy.Reviewed(time.Now().UTC()) {
		in.log.Warn().Str("event", "policy").Str("policy", policy.Name).Msg(overdueProblem(policy).Error())
	}
	return nil
}

// sinkChanged logs that a sink fails, or works again.
func (in *instance) sinkChanged(s sink.Status) {
	if s.Err != nil {
		in.log.Error().Err(s.Err).Str("event", "sink").Str("sink", s.Name).Uint64("records", s.Lag).Msg("a sink of the audit log does not take records; they wait on the local disk")
		return
	}
	in.log.Info().Str("event", "sink").Str("sink", s.Name).Uint64("records", s.Lag).Msg("a sink of the audit log takes records again")
}

// cacheFault reports a wrong answer in the rewriter's cache, which has dropped it.
func (in *instance) cacheFault(fingerprint string) {
	in.log.Error().Str("event", "cache").Str("fingerprint", fingerprint).
		Msg("a cached answer differed from a fresh one and is dropped: please report the statement to the developers of pgscrim")
}

// reload puts the policy file in force as it is now, on the catalog as it is now. If something is wrong with either,
// the last good policy goes on.
func (in *instance) reload(ctx context.Context) error {
	in.mu.Lock()
	defer in.mu.Unlock()
	policy, err := rules.LoadFile(in.cfg.Policy)
	if err == nil {
		err = in.reloadWith(ctx, policy)
	}
	if err != nil {
		in.upstream.forget() // the last good policy may not be in force on the catalog that was just read
		return in.keepLast("the policy is not reloaded, the last good one goes on", err)
	}
	in.log.Info().Str("event", "policy").Str("policy", policy.Name).Str("digest", policy.Digest).Msg("policy reloaded")
	return nil
}

// reloadWith puts a policy in force on the catalog as it is now.
func (in *instance) reloadWith(ctx context.Context, policy *rules.Policy) error {
	snap, err := in.upstream.load(ctx)
	if err != nil {
		return err
	}
	if policy == in.policy && snap.Version == in.snap.Version {
		in.unfit = nil
		return nil
	}
	return in.apply(policy, snap)
}

// watchCatalog follows changes of the upstream's catalog until ctx ends.
func (in *instance) watchCatalog(ctx context.Context) {
	tick := time.NewTicker(catalogInterval)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			_ = in.refresh(ctx) // it has said what is wrong
		}
	}
}

// refresh binds the policy in force anew if the catalog has changed. It does not look at the policy file: an edit of
// that waits for reload. The error says why the policy is not in force on the catalog as it is.
func (in *instance) refresh(ctx context.Context) error {
	in.mu.Lock()
	defer in.mu.Unlock()
	changed, err := in.upstream.changed(ctx)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	in.setReady(err)
	if err != nil || !changed {
		return errors.Join(err, in.unfit)
	}
	before := in.snap
	if err := in.reloadWith(ctx, in.policy); err != nil {
		in.unfit = err
		_ = in.keepLast("the changed catalog is not used, the one before goes on for what has not changed", err)
	} else if in.snap != before {
		in.log.Info().Str("event", "catalog").Str("version", in.snap.Version).Msg("catalog reloaded")
	}
	return in.unfit
}

// setReady follows whether the upstream answers, and logs when that changes.
func (in *instance) setReady(err error) {
	switch was := in.ready.Swap(err == nil); {
	case was && err != nil:
		in.log.Error().Err(err).Str("event", "upstream").Msg("the upstream does not answer")
	case !was && err == nil:
		in.log.Info().Str("event", "upstream").Msg("the upstream answers again")
	}
}

// keepLast says in log and audit what is wrong with a policy that is not put in force, and returns it.
func (in *instance) keepLast(message string, err error) error {
	problems := problemsOf(err)
	for _, p := range problems {
		in.log.Error().Str("event", "policy").Str("file", p.File).Int("line", p.Line).Int("column", p.Column).Str("hint", p.Hint).Msg(p.Message)
	}
	in.log.Error().Str("event", "policy").Int("problems", len(problems)).Msg(message)
	_, auditErr := in.records.Append(&audit.Record{Event: "policy", Policy: in.policy.Digest, Database: in.snap.Database, Detail: message})
	if auditErr != nil {
		in.log.Error().Err(auditErr).Str("event", "audit").Msg("cannot write the audit log")
	}
	return errors.Join(err, auditErr)
}

// stop takes no more clients, lets sessions finish until ctx ends, cuts the rest off and releases everything.
func (in *instance) stop(ctx context.Context) error {
	in.ready.Store(false)
	in.cancel()
	in.watching.Wait() // nothing touches ready, policy or catalog any more
	if err := in.server.Shutdown(ctx); err != nil {
		in.log.Warn().Err(err).Str("event", "stopping").Msg("sessions that had not finished were cut off")
	}
	_, err := in.records.Append(&audit.Record{Event: "stop", Policy: in.policy.Digest})
	err = errors.Join(err, in.release(ctx))
	in.log.Info().Str("event", "stopped").Err(err).Msg("stopped")
	return err
}

// witnessTimeout is how long the end waits for witnesses to take the last checkpoint.
const witnessTimeout = 5 * time.Second

// release closes what has been opened, whatever of it there is. Sinks have until ctx ends to send what they have yet to.
func (in *instance) release(ctx context.Context) error {
	in.cancel()
	var errs []error
	if in.listener != nil {
		_ = in.listener.Close() // the server may have closed it
	}
	if in.admin != nil {
		errs = append(errs, in.admin.close())
	}
	in.watching.Wait()
	in.serving.Wait()
	errs = append(errs, in.upstream.close(context.WithoutCancel(ctx)))
	if in.misuse != nil {
		errs = append(errs, in.misuse.Close())
	}
	if in.records != nil {
		errs = append(errs, in.records.Close())
	}
	if err := in.sinks.Stop(ctx); err != nil { // it reads what is on the disk
		in.log.Warn().Err(err).Str("event", "sink").Msg("sinks will get the rest of the audit log after the next start")
	}
	if err := in.tracer.Close(ctx); err != nil {
		in.log.Warn().Err(err).Str("event", "tracing").Msg("spans are lost")
	}
	if in.witness != nil {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), witnessTimeout)
		defer cancel()
		in.witness.Close(ctx)
	}
	return errors.Join(errs...)
}
