package index

import (
	"bufio"
	"crypto/sha256"
	"errors"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/RoaringBitmap/roaring/v2"

	"github.com/pgscrim/pgscrim/audit"
)

// chunkLines is how many lines a chunk covers: so many are indexed in memory, in a fraction of a second, when a question is asked.
const chunkLines = 16 << 10

// A word that is in many items is known by the blocks of blockItems that it is in; one that is in no more than maxExact is known by the items.
const (
	blockItems = 32
	maxExact   = 256
)

// field is what has values that items are looked up by.
type field uint8

const (
	fieldEvent field = iota
	fieldUser
	fieldRole
	fieldPurpose
	fieldDatabase
	fieldClient
	fieldApplication
	fieldRelation
	fieldColumn // with its relation
	fieldTouch  // class, action and region with slashes between
	fieldDecision
	fieldSQLState
	fieldRule
	numFields
)

// anyMarket stands for all regions.
const anyMarket = "*"

// marketsOf lists the regions for which an action could be taken on a column.
func marketsOf(c *audit.Column, action string) []string {
	switch {
	case action == "show" && len(c.Shown) > 0:
		return c.Shown
	case action == "mask" && len(c.Masked) > 0:
		return c.Masked
	}
	return []string{anyMarket}
}

// item is where the lines of a statement, or of another record, are.
type item struct {
	offset  int64  // of its first line in the segment
	end     int64  // of the line that closes it, 0 if there is none in the chunk
	seq     uint64 // of its first record
	endSeq  uint64 // 0 if there is none in the chunk
	time    int64  // of its first record, in milliseconds of Unix time
	orphan  bool   // it is the end of a statement that begins in an earlier chunk
	pending bool   // it is a statement that does not end in the chunk
}

// half is a statement's record whose other one is in another chunk.
type half struct {
	Item   int           `json:"item"`
	Record *audit.Record `json:"record"` // without its text
}

// builder makes a chunk of lines.
type builder struct {
	decoder
	chunk
	fields  [numFields]map[string]*roaring.Bitmap
	terms   map[string][]uint16 // word -> items
	tallies tallies
	open    map[uint64]opened
	halves  []half // that end what began earlier
}

// opened is a statement that has yet to end.
type opened struct {
	item   int
	record *audit.Record
}

// build indexes the lines of a segment from an offset on, at most chunkLines of them. It returns nil if there is none. A last line without a
// newline is left out.
func build(content io.ReaderAt, from, to int64) (*builder, error) {
	b := &builder{
		terms: make(map[string][]uint16), tallies: make(tallies), open: make(map[uint64]opened),
		chunk: chunk{start: from, end: from},
	}
	in := bufio.NewReaderSize(io.NewSectionReader(content, from, to-from), 1<<20)
	var long []byte
	for b.lines < chunkLines {
		line, err := in.ReadSlice('\n')
		if errors.Is(err, bufio.ErrBufferFull) {
			long = append(long, line...)
			continue
		}
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		if len(long) > 0 {
			line = append(long, line...)
			long = long[:0]
		}
		b.add(line[:len(line)-1])
	}
	if b.lines == 0 {
		return nil, nil
	}
	b.finish()
	return b, nil
}

// add takes the next line.
func (b *builder) add(line []byte) {
	offset := b.end
	b.lastLine, b.lastHash = offset, sha256.Sum256(line)
	b.end += int64(len(line)) + 1
	b.lines++
	var r audit.Record
	if b.decode(line, &r) != nil || r.Seq == 0 {
		return // what a crash has left of a line
	}
	if b.firstSeq == 0 {
		b.firstSeq = r.Seq
	}
	b.lastSeq = max(b.lastSeq, r.Seq)
	if began, ok := b.open[r.Closes]; ok && r.Closes > 0 {
		delete(b.open, r.Closes)
		i := &b.items[began.item]
		i.end, i.endSeq, i.pending = offset, r.Seq, false
		b.post(fieldSQLState, r.SQLState, began.item)
		b.tallies.count(join(began.record, &r))
		return
	}
	n := len(b.items)
	b.items = append(b.items, item{offset: offset, seq: r.Seq, time: r.Time.UnixMilli(), orphan: r.Closes > 0})
	b.postAll(&r, n)
	r.Statement = ""
	switch {
	case r.Closes > 0:
		b.halves = append(b.halves, half{n, &r})
	case r.Event == "statement" && r.SQLState == "":
		b.items[n].pending = true
		b.open[r.Seq] = opened{n, &r}
	default:
		b.tallies.count(&r)
	}
}

// join is what the first record of a statement says, with its end.
func join(began, ended *audit.Record) *audit.Record {
	r := *began
	r.Rows, r.SQLState = ended.Rows, ended.SQLState
	return &r
}

// postAll notes the values and the words of an item.
func (b *builder) postAll(r *audit.Record, n int) {
	b.post(fieldEvent, r.Event, n)
	b.post(fieldUser, r.User, n)
	b.post(fieldPurpose, r.Purpose, n)
	b.post(fieldDatabase, r.Database, n)
	b.post(fieldClient, address(r.Client), n)
	b.post(fieldApplication, r.Application, n)
	b.post(fieldDecision, r.Decision, n)
	b.post(fieldSQLState, r.SQLState, n)
	b.post(fieldRule, rule(r), n)
	for _, role := range r.Roles {
		b.post(fieldRole, role, n)
	}
	for _, relation := range r.Relations {
		b.post(fieldRelation, relation, n)
	}
	if isDirect(r) {
		b.post(fieldRelation, Unanalysed, n)
	}
	for i := range r.Columns {
		c := &r.Columns[i]
		b.post(fieldColumn, c.Relation+"."+c.Column, n)
		for action := range strings.SplitSeq(c.Action, "/") {
			for _, market := range marketsOf(c, action) {
				b.post(fieldTouch, c.Class+"/"+action+"/"+market, n)
			}
		}
	}
	b.word(sessionTerm(r.Session), n)
	b.word(fingerprintTerm(r.Fingerprint), n)
	for word := range words(r.Statement) {
		b.word(word, n)
	}
}

// post notes that an item has a value. Items are posted in their order, but for the SQLSTATE of their end.
func (b *builder) post(f field, value string, n int) {
	if value == "" {
		return
	}
	items := b.fields[f][value]
	if items == nil {
		if b.fields[f] == nil {
			b.fields[f] = make(map[string]*roaring.Bitmap)
		}
		items = roaring.New()
		b.fields[f][value] = items
	}
	items.Add(uint32(n))
}

// word notes that an item has a word.
func (b *builder) word(word string, n int) {
	if items := b.terms[word]; len(items) == 0 || items[len(items)-1] != uint16(n) {
		b.terms[word] = append(items, uint16(n))
	}
}

// finish takes stock of what has not ended.
func (b *builder) finish() {
	for _, seq := range slices.Sorted(maps.Keys(b.open)) {
		o := b.open[seq]
		b.halves = append(b.halves, half{o.item, o.record})
	}
}
