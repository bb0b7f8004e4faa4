package bench

import (
	"errors"
	"io"
	"regexp"
)

// Options say what Compare measures and for how long.
type Options struct {
	// Binary is the path of pgscrim.
	Binary string
	// Customers of the sample CRM, and pgbench's scale: so many times 100,000 accounts.
	Customers, Scale int
	// Rounds are how often each measurement is repeated, in turns with the others. Seconds is how long each takes; 0 makes
	// it as short as a warm-up, which says nothing but that it works.
	Rounds, Seconds int
	// Clients are the numbers of concurrent clients.
	Clients []int
	// Work limits what is measured to the kinds of work whose names match; nil is all.
	Work *regexp.Regexp
	// Profiles is a folder for CPU profiles of pgscrim, strict.pprof and relaxed.pprof; empty: none.
	Profiles string
	// Install lets root install what is missing.
	Install bool
	// Messages receives a line about what is going on.
	Messages io.Writer
}

// Full are the options of `make bench`.
func Full() Options {
	return Options{Customers: 50_000, Scale: 10, Rounds: 5, Seconds: 2, Clients: []int{8, 32}, Install: true}
}

// Quick are options for a first look: a few minutes, and noisy.
func Quick() Options {
	return Options{Customers: 20_000, Scale: 2, Rounds: 3, Seconds: 1, Clients: []int{8}, Install: true}
}

// Smoke are options that only show that the harness works.
func Smoke() Options {
	return Options{Customers: 500, Scale: 1, Rounds: 1, Clients: []int{2}}
}

func (o Options) check() error {
	if o.Binary == "" || o.Customers <= 0 || o.Scale <= 0 || o.Rounds <= 0 || o.Seconds < 0 || len(o.Clients) == 0 {
		return errors.New("bench: the binary, customers, scale, rounds and clients must be set")
	}
	return nil
}
