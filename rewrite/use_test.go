package rewrite

import (
	"slices"
	"strings"
	"testing"

	"github.com/pgscrim/pgscrim/rewrite/catalog"
	"github.com/pgscrim/pgscrim/rules"
)

// TestRegionsOfUse decides by hand what each region's rows and cells become, for consent given and missing, and reads what the audit
// makes of it.
func TestRegionsOfUse(t *testing.T) {
	const show, mask, deny, hide = rules.Show, rules.MaskCell, rules.Deny, rules.Hide
	type fate struct {
		region         string
		given, missing rules.Action // of the cell, or hide
	}
	for _, tt := range []struct {
		name                   string
		fates                  []fate
		shown, masked, regions string
		all                    bool
	}{
		{"all alike", []fate{{"eu", show, show}, {"cn", show, show}, {"unknown", show, show}}, "", "", "", false},
		{"all alike by consent", []fate{{"eu", show, mask}, {"cn", show, mask}, {"unknown", show, mask}}, "", "", "", false},
		{"by region", []fate{{"eu", show, show}, {"cn", mask, mask}, {"unknown", mask, mask}}, "eu", "cn unknown", "", false},
		{"by region and consent", []fate{{"eu", show, mask}, {"cn", mask, mask}, {"unknown", mask, mask}}, "eu", "eu cn unknown", "", false},
		{"rows of a region are hidden", []fate{{"eu", show, show}, {"cn", hide, hide}, {"unknown", show, show}}, "eu unknown", "", "cn", false},
		{"rows without consent are hidden", []fate{{"eu", mask, hide}, {"cn", mask, hide}, {"unknown", mask, hide}}, "", "", "", false},
		{"all rows are hidden", []fate{{"eu", hide, hide}, {"cn", hide, hide}, {"unknown", hide, hide}}, "", "", "", true},
		{"no subject, so no region", []fate{{"unknown", show, show}}, "unknown", "", "", false},
		{"one region refuses", []fate{{"eu", show, show}, {"cn", deny, deny}, {"unknown", show, show}}, "eu unknown", "", "", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := &plan{entry: &entry{rel: &catalog.Relation{}}, policy: &rules.Policy{Regions: []rules.Region{{Name: "eu"}, {Name: "cn"}}}}
			var c cell
			for _, f := range tt.fates {
				for _, given := range []bool{true, false} {
					atom, action, row := rules.Atom{Region: f.region, Given: given}, f.missing, rules.Show
					if given {
						action = f.given
					}
					if action == hide {
						row = hide
					} else {
						p.visible = append(p.visible, atom)
						c.outcomes = append(c.outcomes, rules.CellOutcome{Atom: atom, Action: action})
					}
					p.atoms, p.rows = append(p.atoms, atom), append(p.rows, rules.RowOutcome{Atom: atom, Action: row})
				}
			}
			p.cells = []cell{c}
			shown, masked := p.regions(0)
			if !slices.Equal(shown, strings.Fields(tt.shown)) || !slices.Equal(masked, strings.Fields(tt.masked)) {
				t.Errorf("shown %v, masked %v", shown, masked)
			}
			if h := p.hidden(); !slices.Equal(h.Regions, strings.Fields(tt.regions)) || h.All != tt.all {
				t.Errorf("hidden %v, all %t", h.Regions, h.All)
			}
		})
	}
}
