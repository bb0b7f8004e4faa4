package oracle

import (
	"fmt"
	"slices"
	"testing"

	"go.yaml.in/yaml/v3"
)

// TestContracts runs the oracles for each caller.
func TestContracts(t *testing.T) {
	w := newWorld(t)
	corpus := readCorpus(t, folder+"*.sql", w.version)
	attacks := readCorpus(t, folder+"attacks/*.sql", w.version)
	t.Run("bypass", func(t *testing.T) {
		t.Parallel()
		bypass(t, w)
	})
	t.Run("mutations", func(t *testing.T) {
		t.Parallel()
		mutations(t, w, corpus)
	})
	t.Run("mistakes", func(t *testing.T) {
		t.Parallel()
		mistakes(t, w)
	})
	t.Run("generated", func(t *testing.T) {
		t.Parallel()
		runGenerated(t, w)
	})
	for _, c := range callers() {
		t.Run("equivalence/"+c.name, func(t *testing.T) {
			t.Parallel()
			equivalence(t, w, c, c.reference(t), corpus, tell(t))
		})
		t.Run("interference/"+c.name, func(t *testing.T) {
			t.Parallel()
			p := c.reference(t)
			all := slices.Concat(corpus, attacks)
			interference(t, c, w.copy(t), w.twin(t, c, p), all, tell(t))
		})
	}
}

// tell reports each fault when it is found.
func tell(t *testing.T) func(string) {
	return func(fault string) {
		t.Helper()
		t.Error(fault)
	}
}

// collect notes faults in a list.
func collect(faults *[]string) func(string) {
	return func(fault string) { *faults = append(*faults, fault) }
}

// reference reads the caller's policy for the model.
func (c caller) reference(t *testing.T) *policy {
	t.Helper()
	p, err := loadPolicy(c.policyFile())
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// equivalence compares what the proxy answers with what the caller's visible database, as p has it, does.
func equivalence(t *testing.T, w *world, c caller, p *policy, corpus []*statement, report func(string)) {
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
			fault := func(format string, args ...any) {
				report(fmt.Sprintf("%s, %s: ", s.where, by) + fmt.Sprintf(format, args...) + "\n for " + cut(s.messages[len(s.messages)-1]))
			}
			got, err := through.run(s, by)
			if err != nil {
				t.Fatal(err)
			}
			if leaked := leak(got, secrets); leaked != "" {
				fault("LEAK of %s", leaked)
			}
			if want := s.refusedTo(c.name); want != "" {
				if code(got) != want {
					fault("not refused with %s: %v", want, cut(describe(got)))
				}
				continue
			}
			want, err := reference.run(s, by)
			if err != nil {
				t.Fatal(err)
			}
			if diff := (comparison{ordered: s.ordered(), varies: s.varies, record: s.record, early: by == extended}).difference(got, want); diff != "" {
				fault("%s", diff)
			}
		}
	}
}

// interference compares what the proxy answers over a database with what it answers over its twin. The protocols take turns.
func interference(t *testing.T, c caller, one, other string, corpus []*statement, report func(string)) {
	a, b := dial(t, serve(t, one, c.policyFile(), users(c))(c.name)), dial(t, serve(t, other, c.policyFile(), users(c))(c.name))
	for i, s := range corpus {
		if slices.Contains(s.except, c.name) {
			continue
		}
		for _, by := range s.one(i) {
			first, err := a.run(s, by)
			if err != nil {
				t.Fatal(err)
			}
			second, err := b.run(s, by)
			if err != nil {
				t.Fatal(err)
			}
			if diff := (comparison{ordered: s.ordered(), varies: s.varies, plans: true, origins: !s.temporary()}).difference(second, first); diff != "" {
				report(fmt.Sprintf("%s, %s: %s\n for %s", s.where, by, diff, cut(s.messages[len(s.messages)-1])))
			}
		}
	}
}

// mutations shows that the oracles notice faults: each mutation of the reference must be found by a few plain statements.
func mutations(t *testing.T, w *world, corpus []*statement) {
	plain := slices.DeleteFunc(slices.Clone(corpus), func(s *statement) bool {
		return !slices.Contains([]string{"SELECT * FROM crm.customers", "SELECT * FROM lab.visits", "SELECT * FROM crm.orders_2024 ORDER BY id"}, s.messages[0])
	})
	if len(plain) != 3 {
		t.Fatalf("%d plain statements", len(plain))
	}
	analyst, miner := callers()[0], callers()[1]
	for _, m := range []struct {
		name   string
		caller caller
		mutate func(*policy)
	}{
		{"a row rule less", analyst, func(p *policy) { p.Rows = nil }},
		{"consent does not count", miner, func(p *policy) { p.Purposes["churn_model"] = struct{ Basis, Consent string }{Basis: "contract"} }},
		{"a country is in no region", analyst, func(p *policy) { p.Regions.Use = p.Regions.Use[1:] }},
		{"another mask", analyst, func(p *policy) {
			p.Tables["crm.customers"].Columns["email"] = yaml.Node{Kind: yaml.ScalarNode, Value: "identity"}
		}},
		{"a mask's argument", analyst, func(p *policy) { p.Classes["financial"] = yaml.Node{Kind: yaml.ScalarNode, Value: "bucket(999)"} }},
		{"the order of rules", miner, func(p *policy) { slices.Reverse(p.Rules) }},
		{"a column that nobody named", analyst, func(p *policy) { delete(p.Tables["crm.customers"].Columns, "city") }},
	} {
		p := m.caller.reference(t)
		var faults []string
		if equivalence(t, w, m.caller, p, plain, collect(&faults)); len(faults) > 0 {
			t.Errorf("without a mutation: %s", faults[0])
		}
		m.mutate(p)
		faults = nil
		if equivalence(t, w, m.caller, p, plain, collect(&faults)); len(faults) == 0 {
			t.Errorf("equivalence does not notice: %s", m.name)
		}
	}
	// A twin that differs in what the caller sees.
	other := w.copy(t)
	exec(t, other, "UPDATE crm.customers SET segment = 'vip' WHERE id = 3")
	var faults []string
	if interference(t, analyst, w.copy(t), other, plain, collect(&faults)); len(faults) == 0 {
		t.Error("interference does not notice a visible cell")
	}
}

// mistakes shows what is let pass of a statement that fails otherwise than on the visible database: that it has two mistakes, and nothing else.
func mistakes(t *testing.T, w *world) {
	c := callers()[0]
	with := &trio{one: dial(t, serve(t, w.copy(t), c.policyFile(), users(c))(c.name))}
	with.other = with.one
	visible, lacking := w.copy(t), w.copy(t)
	exec(t, lacking, "DROP TABLE crm.stores CASCADE")
	for _, m := range []struct {
		sql, visible string
		want         outcome
	}{
		{"SELECT '1 month'::date, x FROM crm.nosuch", visible, failed},
		{"SELECT '1 month'::date >= (SELECT x FROM crm.nosuch)", visible, mistaken}, // a proxy looks for relations first
		{"SELECT (SELECT opened_on FROM crm.stores LIMIT 1) <= '1 month'::date", lacking, ""},
		{"SELECT id FROM crm.stores", lacking, ""},
	} {
		with.visible = dial(t, m.visible)
		sum := newTally()
		found, err := with.check(&generated{statement: statement{messages: []string{m.sql}}}, simple, sum)
		if err != nil || (found == nil) != (m.want != "") || m.want != "" && sum.outcomes[m.want] != 1 {
			t.Errorf("%s: %v, %v, %v, want %q", m.sql, found, sum.outcomes, err, m.want)
		}
	}
}

func describe(events []event) (out string) {
	for _, e := range events {
		out += e.String() + "; "
	}
	return out
}
