package misuse

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
)

// channel is a way on which alerts go out.
type channel interface {
	// name is the end of the names of the files that wait for the channel.
	name() string
	// from is the lowest severity that goes out.
	from() Severity
	// send delivers one alert. After an error it is sent again, with the same ID.
	send(context.Context, *Alert) error
}

// channels returns those that the rules name.
func channels(r *Rules) (list []channel) {
	if r.Webhook != nil {
		list = append(list, newWebhookChannel(r.Webhook))
	}
	if r.Mail != nil {
		list = append(list, mailChannel{r.Mail})
	}
	return list
}

// outbox keeps alerts on disk until each channel has delivered them: one file for each, named by time.
type outbox struct {
	dir      string
	channels []channel
	wake     []chan struct{} // by channel
	problem  func(error)
	// pauses are the shortest and the longest time between two tries.
	shortest, longest time.Duration
}

const (
	// maxAge is how long it is tried to deliver an alert.
	maxAge = 7 * 24 * time.Hour
	// maxWaiting bounds the files; the oldest go first.
	maxWaiting = 10_000
)

func newOutbox(dir string, list []channel, problem func(error)) *outbox {
	b := &outbox{dir: dir, channels: list, problem: problem, shortest: time.Second, longest: 5 * time.Minute}
	for range list {
		b.wake = append(b.wake, make(chan struct{}, 1))
	}
	return b
}

// put stores an alert for each channel that takes its severity.
func (b *outbox) put(a *Alert) {
	severity := Severity(slices.Index(severities(), a.Severity))
	for i, c := range b.channels {
		if severity < c.from() {
			continue
		}
		if err := b.store(a, c.name()); err != nil {
			b.problem(fmt.Errorf("misuse: keep an alert for %s: %w", c.name(), err))
		}
		select {
		case b.wake[i] <- struct{}{}:
		default: // it knows
		}
	}
}

// store writes a file that is there as a whole, or not at all.
func (b *outbox) store(a *Alert, end string) error {
	text, err := json.Marshal(a)
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(b.dir, "*.new")
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		err = os.Rename(f.Name(), filepath.Join(b.dir, time.Now().UTC().Format(fileTime)+"-"+a.ID+"."+end))
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return nil
}

// fileTime is how the names of files begin. They sort by it.
const fileTime = "20060102T150405.000000000"

// start delivers until ctx ends, what is left from before included.
func (b *outbox) start(ctx context.Context, ended *sync.WaitGroup) {
	for i, c := range b.channels {
		ended.Go(func() { b.run(ctx, c, b.wake[i]) })
	}
}

// run delivers by one channel. After a failure it waits, twice as long each time: a new alert is no reason to try sooner.
func (b *outbox) run(ctx context.Context, c channel, wake <-chan struct{}) {
	pause := b.shortest
	for {
		err := b.deliver(ctx, c)
		switch {
		case ctx.Err() != nil:
			return
		case err == nil:
			pause = b.shortest
			select {
			case <-ctx.Done():
			case <-wake:
			}
			continue
		}
		b.problem(fmt.Errorf("misuse: %s: %w; the next try is in %s", c.name(), err, pause))
		select {
		case <-ctx.Done():
		case <-time.After(pause):
		}
		pause = min(pause*2, b.longest)
	}
}

// deliver sends what waits for a channel, oldest first, until something fails.
func (b *outbox) deliver(ctx context.Context, c channel) error {
	files, err := filepath.Glob(filepath.Join(b.dir, "*."+c.name()))
	if err != nil {
		return err
	}
	for i, file := range files { // Glob sorts
		if i < len(files)-maxWaiting || expired(file) {
			b.problem(fmt.Errorf("misuse: %s: an alert was not delivered in time and is given up: %s", c.name(), filepath.Base(file)))
		} else if err := sendFile(ctx, c, file); err != nil {
			return err
		}
		if err := os.Remove(file); err != nil {
			return err
		}
	}
	return nil
}

func sendFile(ctx context.Context, c channel, file string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	var a Alert
	if err := json.Unmarshal(text, &a); err != nil {
		return err
	}
	return c.send(ctx, &a)
}

func expired(file string) bool {
	stamp, _, _ := strings.Cut(filepath.Base(file), "-")
	at, err := time.Parse(fileTime, stamp)
	return err == nil && time.Since(at) > maxAge
}
