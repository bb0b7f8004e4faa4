// Package metrics counts what pgscrim does, for Prometheus.
//
// What statements do is counted from their audit records, which the log shows to [Metrics.Observe] one after the other while sessions wait: so
// nothing is counted that is not on record, and a record costs no allocation. The rest (sessions, caches, the log, its sinks, the policy)
// is asked for when Prometheus comes, see [Sources].
//
// No label is a user, a text or a value: names are those of the policy and of the server file, and SQLSTATEs.
package metrics
