package misuse

import (
	"cmp"
	"maps"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/pgscrim/pgscrim/audit"
)

// person is what is remembered of one user name. It is the whole state of the rules, and small: bounded whatever
// somebody does.
type person struct {
	Seq   uint64   `json:"seq"` // the last record that was taken in
	Name  string   `json:"name"`
	Roles []string `json:"roles,omitempty"`
	Days  int      `json:"days"` // on which there was activity
	Day   int32    `json:"day"`  // the last of them
	// Counts are those of the rules that count, by the rules' keys.
	Counts map[string]*count `json:"counts,omitempty"`
	// Classes are those that were used, unmasked or at all; Networks those that logins came from, each with the last day.
	Classes  map[string]bool  `json:"classes,omitempty"`
	Shown    map[string]bool  `json:"shown,omitempty"`
	Networks map[string]int32 `json:"networks,omitempty"`
	// Hours are the last two days on which there was activity in an hour, on working days and on weekends.
	Hours [2][24][2]int32 `json:"hours"`
	// Fired is when a rule has last alerted.
	Fired map[string]time.Time `json:"fired,omitempty"`
	// Open are the statements that have not ended, by the record that opened them.
	Open map[uint64]*opened `json:"open,omitempty"`
	Held Held               `json:"held,omitzero"`
}

// count is what a rule that counts remembers of a person.
type count struct {
	History history             `json:"history"`
	Window  window              `json:"window"`
	Lookups map[string]*lookups `json:"lookups,omitempty"` // by fingerprint
}

// opened is what the record of a statement's end does not say of it.
type opened struct {
	Relations   []string `json:"relations,omitempty"`
	Classes     []string `json:"classes,omitempty"` // of all columns
	Shown       []string `json:"shown,omitempty"`   // of those that are shown unmasked
	Purpose     string   `json:"purpose,omitempty"`
	Fingerprint string   `json:"fingerprint,omitempty"`
	Hash        uint32   `json:"hash,omitempty"`
	Variable    bool     `json:"variable,omitempty"` // its text does not show its constants
	Touches     bool     `json:"touches,omitempty"`  // protected columns
	Shows       bool     `json:"shows,omitempty"`    // them unmasked
}

// Bounds of what is remembered of a person.
const (
	maxOpen     = 10_000
	maxShapes   = 32
	maxNetworks = 64
	maxClasses  = 256
)

func newPerson(name string) *person {
	return &person{
		Name: name, Counts: map[string]*count{}, Classes: map[string]bool{}, Shown: map[string]bool{},
		Networks: map[string]int32{}, Fired: map[string]time.Time{}, Open: map[uint64]*opened{},
	}
}

// active notes that the person does something on a day.
func (p *person) active(day int32) {
	if day > p.Day {
		p.Days, p.Day = p.Days+1, day
	}
}

// open remembers a statement until it ends.
func (p *person) open(r *audit.Record) *opened {
	o := openedBy(r)
	if len(p.Open) >= maxOpen {
		clear(p.Open)
	}
	p.Open[r.Seq] = o
	return o
}

// openedBy reads the record of a statement that is about to run.
func openedBy(r *audit.Record) *opened {
	o := &opened{
		Relations: r.Relations, Purpose: r.Purpose, Fingerprint: r.Fingerprint, Hash: hash(r.Statement), Variable: hasParameter(r.Statement),
		Touches: len(r.Columns) > 0,
	}
	for _, c := range r.Columns {
		if c.Class != "" && !slices.Contains(o.Classes, c.Class) {
			o.Classes = append(o.Classes, c.Class)
		}
		if shows(c) {
			o.Shows = true
			if c.Class != "" && !slices.Contains(o.Shown, c.Class) {
				o.Shown = append(o.Shown, c.Class)
			}
		}
	}
	if r.Decision == "pass" && r.Fingerprint == "" { // of a role with direct access: nobody has looked at what it reads
		o.Touches, o.Shows = true, true
	}
	return o
}

// shows reports whether some rows show a column unmasked.
func shows(c audit.Column) bool {
	return slices.Contains(strings.Split(c.Action, "/"), "show")
}

// hash is FNV-1a, which does not differ from one run to the next.
func hash(s string) uint32 {
	h := uint32(2166136261)
	for i := range len(s) {
		h = (h ^ uint32(s[i])) * 16777619
	}
	return h
}

// hasParameter reports whether a text does not show its constants: it has a parameter, or the log has dropped them, which leaves a
// question mark in the place of each, and no quote.
func hasParameter(text string) bool {
	if strings.Contains(text, "?") && !strings.Contains(text, "'") {
		return true
	}
	for {
		i := strings.IndexByte(text, '$')
		if i < 0 || i+1 == len(text) {
			return false
		}
		if text = text[i+1:]; text[0] >= '1' && text[0] <= '9' {
			return true
		}
	}
}

// count returns what a rule remembers of the person.
func (p *person) count(key string) *count {
	c := p.Counts[key]
	if c == nil {
		c = &count{}
		p.Counts[key] = c
	}
	return c
}

// shape returns the count of a statement's shape; for a new one, that which was used least lately has to go.
func (c *count) shape(fingerprint string) *lookups {
	l := c.Lookups[fingerprint]
	if l != nil {
		return l
	}
	if c.Lookups == nil {
		c.Lookups = map[string]*lookups{}
	}
	if len(c.Lookups) >= maxShapes {
		oldest := slices.MinFunc(slices.Collect(maps.Keys(c.Lookups)), func(a, b string) int {
			return cmp.Compare(c.Lookups[a].Used, c.Lookups[b].Used)
		})
		delete(c.Lookups, oldest)
	}
	l = &lookups{}
	c.Lookups[fingerprint] = l
	return l
}

// touch notes classes of personal data and returns those that are new.
func touch(known map[string]bool, classes []string) (fresh []string) {
	for _, class := range classes {
		if !known[class] {
			fresh = append(fresh, class)
			if len(known) < maxClasses {
				known[class] = true
			}
		}
	}
	return fresh
}

// Masks of the networks that are told apart: what a site or a provider's customer is usually given.
const (
	bits4 = 24
	bits6 = 48
)

// networkOf returns the network that an address:port is in; false if it is none, such as a Unix socket.
func networkOf(client string) (netip.Prefix, bool) {
	address, err := netip.ParseAddrPort(client)
	if err != nil {
		return netip.Prefix{}, false
	}
	ip := address.Addr().Unmap().WithZone("")
	bits := bits4
	if ip.Is6() {
		bits = bits6
	}
	network, err := ip.Prefix(bits)
	return network, err == nil
}

// arrive notes the network of a login and reports whether it is new.
func (p *person) arrive(network netip.Prefix, day int32) bool {
	key := network.String()
	_, known := p.Networks[key]
	if !known && len(p.Networks) >= maxNetworks {
		oldest := slices.MinFunc(slices.Sorted(maps.Keys(p.Networks)), func(a, b string) int { return int(p.Networks[a] - p.Networks[b]) })
		delete(p.Networks, oldest)
	}
	p.Networks[key] = day
	return !known
}

// nearby is how many hours beside an hour make it usual: people come early and stay late.
const nearby = 2

// work notes activity at a time of a day and reports whether there has been none like it on any earlier day.
func (p *person) work(at time.Time, day int32) bool {
	kind := 0
	if d := at.Weekday(); d == time.Saturday || d == time.Sunday {
		kind = 1
	}
	hours := &p.Hours[kind]
	usual := false
	for h := at.Hour() - nearby; h <= at.Hour()+nearby; h++ {
		seen := hours[(h+24)%24]
		usual = usual || seen[0] > 0 && seen[0] < day || seen[1] > 0 && seen[1] < day
	}
	if cell := &hours[at.Hour()]; cell[0] != day {
		cell[0], cell[1] = day, cell[0]
	}
	return !usual
}
