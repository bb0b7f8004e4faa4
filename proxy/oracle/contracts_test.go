package oracle

import (
	"slices"
	"testing"
)

// TestContracts runs the oracles for each caller.
func TestContracts(t *testing.T) {
	w := newWorld(t)
	corpus := readCorpus(t, folder+"*.sql")
	attacks := append(readCorpus(t, folder+"attacks/*.sql"), corpus...)
	t.Run("bypass", func(t *testing.T) {
		t.Parallel()
		bypass(t, w)
	})
	for _, c := range callers() {
		p, err := loadPolicy(c.policyFile())
		if err != nil {
			t.Fatal(err)
		}
		t.Run("equivalence/"+c.name, func(t *testing.T) {
			t.Parallel()
			equivalence(t, w, c, p, corpus)
		})
		t.Run("interference/"+c.name, func(t *testing.T) {
			t.Parallel()
			interference(t, w, c, p, attacks)
		})
	}
}

// equivalence compares what the proxy answers with what the caller's visible database does.
func equivalence(t *testing.T, w *world, c caller, p *policy, corpus []*statement) {
	raw := w.copy(t)
	through := dial(t, serve(t, raw, c.policyFile(), users(c))(c.name))
	direct, visible := dial(t, raw), dial(t, w.visible(t, c, p))
	secrets := w.db.secrets(p, c)
	for _, s := range corpus {
		if slices.Contains(s.except, c.name) {
			continue
		}
		reference := visible
		if s.catalog {
			reference = direct
		}
		for _, by := range s.protocols() {
			got, err := through.run(s, by)
			if err != nil {
				t.Fatal(err)
			}
			if leaked := leak(got, secrets); leaked != "" {
				t.Errorf("%s, %s: LEAK of %s", s.where, by, leaked)
			}
			if want := s.refusedTo(c.name); want != "" {
				if code(got) != want {
					t.Errorf("%s, %s: not refused with %s: %v", s.where, by, want, cut(describe(got)))
				}
				continue
			}
			want, err := reference.run(s, by)
			if err != nil {
				t.Fatal(err)
			}
			if diff := (comparison{ordered: s.ordered(), varies: s.varies, record: s.record, early: by == extended}).difference(got, want); diff != "" {
				t.Errorf("%s, %s: %s", s.where, by, diff)
			}
		}
	}
}

// interference compares what the proxy answers over a database with what it answers over its twin.
func interference(t *testing.T, w *world, c caller, p *policy, corpus []*statement) {
	one, other := w.copy(t), w.twin(t, c, p)
	a, b := dial(t, serve(t, one, c.policyFile(), users(c))(c.name)), dial(t, serve(t, other, c.policyFile(), users(c))(c.name))
	for _, s := range corpus {
		if slices.Contains(s.except, c.name) {
			continue
		}
		for _, by := range s.protocols() {
			first, err := a.run(s, by)
			if err != nil {
				t.Fatal(err)
			}
			second, err := b.run(s, by)
			if err != nil {
				t.Fatal(err)
			}
			if diff := (comparison{ordered: s.ordered(), varies: s.varies, plans: true, origins: true}).difference(second, first); diff != "" {
				t.Errorf("%s, %s: %s", s.where, by, diff)
			}
		}
	}
}

func describe(events []event) (out string) {
	for _, e := range events {
		out += e.String() + "; "
	}
	return out
}
