package audit

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	seekable "github.com/SaveTheRbtz/zstd-seekable-format-go/pkg"
	"github.com/klauspost/compress/zstd"
)

// maxFrame is how much of a segment is compressed at a time, and what has to be read to read any byte of it. The format is zstd's seekable
// one, which `zstd -d` reads as well.
const maxFrame = 1 << 20

// firstFrame is the length of the first one: it is read to list the segments.
const firstFrame = 16 << 10

// temporarySuffix marks what is not whole yet.
const temporarySuffix = ".tmp"

// pack compresses what is sealed and plain. A file is in place of the plain one only when it is on disk, and was read back and found to
// be the same.
func (l *Log) pack() error {
	segments, err := sealedSegments(l.dir)
	if err != nil {
		return err
	}
	for _, s := range segments {
		if s.Compressed {
			continue
		}
		if err := l.packSegment(s.Name); err != nil {
			return fmt.Errorf("compress %s: %w", s.Name, err)
		}
	}
	return nil
}

func (l *Log) packSegment(name string) (err error) {
	plain := filepath.Join(l.dir, name)
	if live, err := isSameFile(filepath.Join(l.dir, FileName), plain); err != nil || live { // it is being sealed
		return err
	}
	in, err := os.Open(plain)
	if errors.Is(err, fs.ErrNotExist) {
		return nil // it was not sealed after all
	}
	if err != nil {
		return err
	}
	defer in.Close()
	packed := strings.TrimSuffix(plain, segmentSuffix) + compressedSuffix
	out, err := os.OpenFile(packed+temporarySuffix, os.O_CREATE|os.O_RDWR|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	defer func() {
		_ = out.Close()
		if err != nil {
			_ = os.Remove(out.Name())
		}
	}()
	written := sha256.New()
	if err := compress(out, io.TeeReader(in, written), l.closing); err != nil {
		return err
	}
	if err := out.Sync(); err != nil {
		return err
	}
	read, err := sumOfPacked(out)
	if err != nil {
		return err
	}
	if !bytes.Equal(read, written.Sum(nil)) {
		return errors.New("what was written is not what is read back")
	}
	if err := l.disk.rename(out.Name(), packed); err != nil {
		return err
	}
	if err := l.disk.syncDir(l.dir); err != nil {
		return err
	}
	return l.disk.remove(plain)
}

// compress writes what it reads as frames, until it is told to stop.
func compress(out io.Writer, in io.Reader, stop <-chan struct{}) error {
	encoder, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1))
	if err != nil {
		return err
	}
	defer encoder.Close()
	w, err := seekable.NewWriter(nil, encoder, seekable.WithWriterEnvironment(&packedWriter{out, sha256.New()}))
	if err != nil {
		return err
	}
	frame := make([]byte, maxFrame)
	for n := firstFrame; ; n = maxFrame {
		select {
		case <-stop:
			return ErrClosed
		default:
		}
		n, err := io.ReadFull(in, frame[:n])
		if n > 0 {
			if _, err := w.Write(frame[:n]); err != nil {
				return err
			}
		}
		switch {
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
			return w.Close()
		case err != nil:
			return err
		}
	}
}

// packedWriter writes a compressed file. Between its frames and their table it puts, in a frame that decompressors skip, the hash of both: so
// that a change of the file is found even where it changes nothing of the content.
type packedWriter struct {
	w   io.Writer
	sum hash.Hash
}

// sumFrame begins the frame of the hash: a skippable frame (RFC 8878, section 3.1.2) of the length of a hash.
const sumFrame = "\x51\x2a\x4d\x18\x20\x00\x00\x00"

func (p *packedWriter) WriteFrame(b []byte) (int, error) {
	_, _ = p.sum.Write(b)
	return p.w.Write(b)
}

func (p *packedWriter) WriteSeekTable(table []byte) (int, error) {
	_, _ = p.sum.Write(table)
	if _, err := p.w.Write(p.sum.Sum([]byte(sumFrame))); err != nil {
		return 0, err
	}
	return p.w.Write(table)
}

// checkPacked says whether a compressed file is, byte for byte, what was written.
func checkPacked(f io.ReaderAt, size int64) error {
	const footer = 9 // of the table: number of frames, a byte of flags, magic number
	tail := make([]byte, footer)
	if _, err := f.ReadAt(tail, size-footer); err != nil {
		return err
	}
	table := 8 + int64(binary.LittleEndian.Uint32(tail))*12 + footer // 12 bytes for each frame, as they have checksums
	at := size - table - int64(len(sumFrame)) - sha256.Size
	sum := sha256.New()
	for _, part := range []*io.SectionReader{io.NewSectionReader(f, 0, at), io.NewSectionReader(f, size-table, table)} {
		if _, err := io.Copy(sum, part); err != nil {
			return err
		}
	}
	want := make([]byte, len(sumFrame)+sha256.Size)
	if _, err := f.ReadAt(want, at); err != nil {
		return err
	}
	if !bytes.Equal(want, sum.Sum([]byte(sumFrame))) {
		return errors.New("the compressed file is not as it was written")
	}
	return nil
}

// sumOfPacked is the hash of what a compressed file holds.
func sumOfPacked(f *os.File) ([]byte, error) {
	s, err := newPackedFile(f)
	if err != nil {
		return nil, err
	}
	defer s.decoder.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, io.NewSectionReader(s, 0, s.size)); err != nil {
		return nil, err
	}
	return sum.Sum(nil), checkPacked(f, s.fileSize)
}
