package witness

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// Witness takes checkpoints.
type Witness interface {
	// Deliver hands over one checkpoint, a signed note. When it returns without an error, the witness has it for good.
	Deliver(ctx context.Context, checkpoint []byte) error
	// String names the witness, without secrets.
	String() string
}

// How long a delivery may take, and how long it is waited after one that failed: twice as long each time.
const (
	deliveryTimeout = 10 * time.Second
	firstDelay      = time.Second
	longestDelay    = 5 * time.Minute
)

// Set delivers to witnesses, to each in its own time.
type Set struct {
	boxes   []chan []byte // one for each witness, with room for the newest checkpoint
	closing chan struct{}
	running sync.WaitGroup
	problem func(error)
	delay   time.Duration // the first one
}

// New starts delivery. problem is told of each that failed, and will be tried again.
func New(witnesses []Witness, problem func(error)) *Set { return start(witnesses, problem, firstDelay) }

func start(witnesses []Witness, problem func(error), delay time.Duration) *Set {
	s := &Set{closing: make(chan struct{}), problem: problem, delay: delay}
	for _, w := range witnesses {
		box := make(chan []byte, 1)
		s.boxes = append(s.boxes, box)
		s.running.Go(func() { s.serve(w, box) })
	}
	return s
}

// Offer hands a checkpoint to all witnesses, and returns at once. One caller at a time.
func (s *Set) Offer(checkpoint []byte) {
	for _, box := range s.boxes {
		select {
		case <-box: // an older one
		default:
		}
		box <- checkpoint // there is room: nobody else fills it
	}
}

// Close tries once more what is not delivered, until ctx ends.
func (s *Set) Close(ctx context.Context) {
	close(s.closing)
	ended := make(chan struct{})
	go func() {
		s.running.Wait()
		close(ended)
	}()
	select {
	case <-ended:
	case <-ctx.Done():
	}
}

// serve delivers to one witness.
func (s *Set) serve(w Witness, box chan []byte) {
	for {
		select {
		case checkpoint := <-box:
			s.deliver(w, box, checkpoint)
		case <-s.closing:
			select {
			case checkpoint := <-box:
				s.try(w, checkpoint)
			default:
			}
			return
		}
	}
}

// deliver tries until the witness has the checkpoint or a newer one. Once the set is closing, it tries once.
func (s *Set) deliver(w Witness, box chan []byte, checkpoint []byte) {
	for delay := s.delay; !s.try(w, checkpoint); delay = min(2*delay, longestDelay) {
		select {
		case <-time.After(delay):
		case <-s.closing:
			select {
			case checkpoint = <-box:
			default:
			}
			s.try(w, checkpoint)
			return
		}
		select {
		case checkpoint = <-box:
		default:
		}
	}
}

func (s *Set) try(w Witness, checkpoint []byte) bool {
	ctx, cancel := context.WithTimeout(context.Background(), deliveryTimeout)
	defer cancel()
	err := w.Deliver(ctx, checkpoint)
	if err != nil {
		s.problem(fmt.Errorf("witness %v: %w", w, err))
	}
	return err == nil
}
