package index

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/RoaringBitmap/roaring/v2"
)

// chunk says which lines of a segment an index is about.
type chunk struct {
	start, end        int64 // in the segment's content
	lines             int
	lastLine          int64             // offset of the last one
	lastHash          [sha256.Size]byte // of the last one: as each line names the hash of the one before, of all of them
	firstSeq, lastSeq uint64            // of the records
	items             []item
}

// A chunk's bytes are: magic, length and checksum of the head; the head; the sections, whose lengths and checksums are in the head.
const (
	magic      = "pgscrim index 1\n"
	prefixSize = len(magic) + 8
	maxHead    = 4 << 10
)

// section is a part of a chunk that is read by itself.
type section int

const (
	sectionItems section = iota
	sectionValues
	sectionBitmaps
	sectionWords
	sectionPlaces
	sectionTallies
	sectionHalves
	numSections
)

// span is where a section is in a chunk's bytes.
type span struct {
	at   int64
	size int
	sum  uint32
}

// stored is a chunk that can be read. What is read of it is held against its checksum.
type stored struct {
	chunk
	from     io.ReaderAt
	size     int64 // of its bytes
	sections [numSections]span
	numItems int
	earliest int64 // the time of an item, in milliseconds of Unix time
	latest   int64
}

// encode returns the chunk's bytes.
func (b *builder) encode() ([]byte, error) {
	var sections [numSections]encoder
	b.encodeItems(&sections[sectionItems])
	if err := b.encodeValues(&sections[sectionValues], &sections[sectionBitmaps]); err != nil {
		return nil, err
	}
	b.encodeWords(&sections[sectionWords], &sections[sectionPlaces])
	b.tallies.encode(&sections[sectionTallies])
	halves, err := json.Marshal(b.halves)
	if err != nil {
		return nil, err
	}
	sections[sectionHalves] = halves

	var head encoder
	head.uint(uint64(b.start))
	head.uint(uint64(b.end))
	head.uint(uint64(b.lines))
	head.uint(uint64(b.lastLine))
	head.bytes(b.lastHash[:])
	head.uint(b.firstSeq)
	head.uint(b.lastSeq)
	head.uint(uint64(len(b.items)))
	earliest, latest := int64(0), int64(0)
	for i, it := range b.items {
		if i == 0 {
			earliest, latest = it.time, it.time
		}
		earliest, latest = min(earliest, it.time), max(latest, it.time)
	}
	head.int(earliest)
	head.int(latest)
	for _, s := range sections {
		head.uint(uint64(len(s)))
		head.uint(uint64(crc32.ChecksumIEEE(s)))
	}
	out := binary.LittleEndian.AppendUint32([]byte(magic), uint32(len(head)))
	out = binary.LittleEndian.AppendUint32(out, crc32.ChecksumIEEE(head))
	out = append(out, head...)
	for _, s := range sections {
		out = append(out, s...)
	}
	return out, nil
}

// load reads the head of the chunk whose bytes start at an offset. io.EOF says that there is none.
func load(from io.ReaderAt, at int64) (*stored, error) {
	prefix := make([]byte, prefixSize)
	if n, err := from.ReadAt(prefix, at); n == 0 || n < len(prefix) {
		if n == 0 {
			return nil, io.EOF
		}
		return nil, fmt.Errorf("%w: %w", errDamaged, err)
	}
	length, sum := binary.LittleEndian.Uint32(prefix[len(magic):]), binary.LittleEndian.Uint32(prefix[len(magic)+4:])
	if string(prefix[:len(magic)]) != magic || length > maxHead {
		return nil, errDamaged
	}
	b, err := checked(from, span{at + int64(prefixSize), int(length), sum})
	if err != nil {
		return nil, err
	}
	u := unpacker{rest: b}
	c := &stored{from: from}
	c.start, c.end, c.lines, c.lastLine = int64(u.uint()), int64(u.uint()), int(u.uint()), int64(u.uint())
	copy(c.lastHash[:], u.bytes(sha256.Size))
	c.firstSeq, c.lastSeq, c.numItems, c.earliest, c.latest = u.uint(), u.uint(), int(u.uint()), u.int(), u.int()
	next := at + int64(prefixSize) + int64(length)
	for i := range c.sections {
		c.sections[i] = span{next, int(u.uint()), uint32(u.uint())}
		next += int64(c.sections[i].size)
	}
	c.size = next - at
	return c, u.err
}

// checked reads bytes and holds them against their checksum.
func checked(from io.ReaderAt, s span) ([]byte, error) {
	b := make([]byte, s.size)
	if _, err := from.ReadAt(b, s.at); err != nil && len(b) > 0 {
		return nil, fmt.Errorf("%w: %w", errDamaged, err)
	}
	if crc32.ChecksumIEEE(b) != s.sum {
		return nil, errDamaged
	}
	return b, nil
}

func (c *stored) section(s section) (unpacker, error) {
	b, err := checked(c.from, c.sections[s])
	return unpacker{rest: b}, err
}

func (b *builder) encodeItems(e *encoder) {
	var last item
	for _, it := range b.items {
		e.uint(uint64(it.offset-last.offset)<<2 | bit(it.orphan)<<1 | bit(it.pending))
		e.int(it.time - last.time)
		e.uint(it.seq - last.seq)
		if it.end == 0 {
			e.uint(0)
		} else {
			e.uint(uint64(it.end - it.offset))
			e.uint(it.endSeq - it.seq)
		}
		last = it
	}
}

func bit(b bool) uint64 {
	if b {
		return 1
	}
	return 0
}

// load reads the items, once.
func (c *stored) loadItems() error {
	if c.items != nil {
		return nil
	}
	u, err := c.section(sectionItems)
	if err != nil {
		return err
	}
	items := make([]item, 0, min(c.numItems, len(u.rest)))
	var last item
	for range c.numItems {
		n := u.uint()
		it := item{offset: last.offset + int64(n>>2), orphan: n&2 > 0, pending: n&1 > 0, time: last.time + u.int(), seq: last.seq + u.uint()}
		if end := u.uint(); end > 0 {
			it.end, it.endSeq = it.offset+int64(end), it.seq+u.uint()
		}
		if u.err != nil {
			return u.err
		}
		items = append(items, it)
		last = it
	}
	c.items = items
	return nil
}

func (b *builder) encodeValues(e, bitmaps *encoder) error {
	for _, values := range b.fields {
		e.uint(uint64(len(values)))
		for _, value := range slices.Sorted(maps.Keys(values)) {
			values[value].RunOptimize()
			bits, err := values[value].ToBytes()
			if err != nil {
				return err
			}
			e.text(value)
			e.uint(uint64(len(bits)))
			e.uint(uint64(crc32.ChecksumIEEE(bits)))
			bitmaps.bytes(bits)
		}
	}
	return nil
}

// values are the values of a chunk's fields, and where the items are that have them.
type values [numFields][]valueItems

type valueItems struct {
	value string
	span
}

func (c *stored) values() (*values, error) {
	u, err := c.section(sectionValues)
	if err != nil {
		return nil, err
	}
	var v values
	at := c.sections[sectionBitmaps].at
	for f := range v {
		v[f] = make([]valueItems, u.count())
		for i := range v[f] {
			v[f][i] = valueItems{u.text(), span{at, int(u.uint()), uint32(u.uint())}}
			at += int64(v[f][i].size)
		}
	}
	return &v, u.err
}

// with returns the items that have a value.
func (c *stored) with(v valueItems) (*roaring.Bitmap, error) {
	b, err := checked(c.from, v.span)
	if err != nil {
		return nil, err
	}
	items := roaring.New()
	if err := items.UnmarshalBinary(b); err != nil {
		return nil, fmt.Errorf("%w: %w", errDamaged, err)
	}
	return items, nil
}

func (b *builder) encodeWords(words, places *encoder) {
	sorted := slices.Sorted(maps.Keys(b.terms))
	words.bytes([]byte("\n" + strings.Join(sorted, "\n") + "\n"))
	for _, word := range sorted {
		list, exact := b.terms[word], uint64(1)
		if len(list) > maxExact {
			exact = 0
			for i := range list {
				list[i] /= blockItems
			}
			list = slices.Compact(list)
		}
		places.uint(uint64(len(list))<<1 | exact)
		last := uint16(0)
		for _, n := range list {
			places.uint(uint64(n - last))
			last = n
		}
	}
}

// search returns the items in which, or near which, there is a word that has each of the needles.
func (c *stored) search(needles []string) (*roaring.Bitmap, error) {
	words, err := c.section(sectionWords)
	if err != nil {
		return nil, err
	}
	places, err := c.section(sectionPlaces)
	if err != nil {
		return nil, err
	}
	found := roaring.New()
	found.AddRange(0, uint64(c.numItems))
	for _, needle := range needles {
		with := roaring.New()
		u, word := places, 0 // the one that u is at
		for at := range occurrences(words.rest, needle) {
			for ; word < at; word++ {
				for range u.places().n {
					u.uint()
				}
			}
			word++
			p := u.places()
			place := uint64(0)
			for range p.n {
				place += u.uint()
				with.AddRange(place*p.width, (place+1)*p.width)
			}
		}
		if u.err != nil {
			return nil, u.err
		}
		if found.And(with); found.IsEmpty() {
			break
		}
	}
	return found, nil
}

// places says how many places of a word follow, and how many items each is.
type places struct {
	n     int
	width uint64
}

func (u *unpacker) places() places {
	n := u.uint()
	if n>>1 > uint64(len(u.rest)) {
		u.err, u.rest = errDamaged, nil
		return places{}
	}
	if n&1 > 0 {
		return places{int(n >> 1), 1}
	}
	return places{int(n >> 1), blockItems}
}

// occurrences yields the numbers of the words that have a needle, each once, from a text in which a newline is before and after each.
func occurrences(text []byte, needle string) func(yield func(int) bool) {
	return func(yield func(int) bool) {
		n := []byte(needle)
		word, from := 0, 0
		for {
			i := bytes.Index(text[from:], n)
			if i < 0 {
				return
			}
			start := from + i
			if needle[0] == '\n' {
				start++
			}
			word += bytes.Count(text[from:start], []byte{'\n'})
			if !yield(word - 1) {
				return
			}
			end := bytes.IndexByte(text[start:], '\n')
			if end < 0 {
				return
			}
			from = start + end
		}
	}
}

// halves returns the records of statements of which the chunk has only one.
func (c *stored) halves() ([]half, error) {
	u, err := c.section(sectionHalves)
	if err != nil {
		return nil, err
	}
	var halves []half
	if err := json.Unmarshal(u.rest, &halves); err != nil {
		return nil, fmt.Errorf("%w: %w", errDamaged, err)
	}
	return halves, nil
}
