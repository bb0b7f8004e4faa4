// Package misuse finds misuse in the audit log by itself: it runs rules over the records while they are written, tells people, and
// slows down or cuts off whoever a rule says so of.
//
// # Vocabulary
//
// A person is a user name. A [Rule] has a condition ([When]) on what one person does, and what follows: always an [Alert], which is a record
// of the log, and goes out by webhook and mail; if the rule says so, the person's statements are delayed, or sessions end and logins are
// refused, until a time or a [Release]. A baseline is what the person's own days were like.
//
// # Invariants
//
//   - An [Engine] has no clock. The same records give the same alerts, with the same IDs, whenever and how often they are read.
//   - What is remembered of a person is small whatever that person does, and there are at most 10,000 people.
//   - What a rule does to a person holds for the next statement: [Watch.Observe] is called before the record's writer goes on.
//   - The state is a file that is replaced as a whole. What it lacks is in the log, from which it can also be made anew.
//   - An alert that a rule has found comes on record, and out on each channel, at least once, whatever crashes: with its ID, by which
//     receivers tell a second time.
//
// # Layout
//
// rules.go is the language, load.go and decode.go read it, default.yaml is what ships. engine.go decides, person.go, window.go and baseline.go
// remember. watch.go runs an engine over a live log, state.go keeps its state, release.go lets people go. outbox.go delivers alerts, by
// webhook.go and mail.go. The errors of a rules file are those of package rules, so that all of the product's files are checked alike.
package misuse
