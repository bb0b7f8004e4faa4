package rules

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// regions reads the regions: presets that are used, and the policy's own. A country is in one of them at most.
func (l *loader) regions(n *yaml.Node) {
	m := l.fields(n, "regions", "use", "custom")
	taken := map[string]string{} // country -> region
	for _, use := range l.list(m["use"], "use") {
		i := slices.IndexFunc(presets(), func(r Region) bool { return r.Name == use.Value })
		if i < 0 {
			l.problem(use, suggest(use.Value, presetNames()), "there is no region preset %q", use.Value)
			continue
		}
		region := presets()[i]
		region.Pos = l.pos(use)
		for _, country := range region.Countries {
			l.take(use, taken, country, region.Name)
		}
		l.policy.Regions = append(l.policy.Regions, region)
	}
	for _, e := range l.entries(m["custom"], "custom") {
		l.region(e, taken)
	}
}

// region reads a region of the policy's own.
func (l *loader) region(e entry, taken map[string]string) {
	name, what := e.key.Value, "region "+e.key.Value
	switch {
	case name == RegionUnknown:
		l.problem(e.key, "give it another name", "region unknown is that of subjects whose country is NULL or in no region")
	case slices.Contains(l.regionNames().known, name):
		l.problem(e.key, "give it another name", "region %q is a preset that the policy uses", name)
	}
	m := l.fields(e.value, what, "countries", "regulation")
	l.need(e.value, m, what, "countries")
	region := Region{Name: name, Regulation: l.text(m["regulation"], "regulation"), Pos: l.pos(e.key)}
	for _, item := range l.list(m["countries"], "countries") {
		if l.country(item) {
			l.take(item, taken, item.Value, name)
			region.Countries = append(region.Countries, item.Value)
		}
	}
	slices.Sort(region.Countries)
	l.policy.Regions = append(l.policy.Regions, region)
}

func (l *loader) take(n *yaml.Node, taken map[string]string, country, region string) {
	if other, ok := taken[country]; ok {
		l.problem(n, "a country is in one region at most", "country %s of region %s is in region %s already", country, region, other)
		return
	}
	taken[country] = region
}

// country reports whether a string is an ISO 3166-1 alpha-2 code.
func (l *loader) country(n *yaml.Node) bool {
	codes := strings.Fields(countryCodes)
	if slices.Contains(codes, n.Value) {
		return true
	}
	hint := "write the ISO 3166-1 alpha-2 code, such as DE"
	switch upper := strings.ToUpper(n.Value); {
	case upper == "UK": // reserved in ISO 3166-1 for the United Kingdom, but not its code
		hint = `did you mean "GB"?`
	case upper == "EL": // what the institutions of the EU write for Greece
		hint = `did you mean "GR"?`
	case slices.Contains(codes, upper):
		hint = `did you mean "` + upper + `"?`
	}
	l.problem(n, hint, "there is no country %q", n.Value)
	return false
}
