package audit

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// encode writes r as one line, newline included, into buf.
//
// encoding/json escapes C0 controls, U+2028 and U+2029 and replaces invalid UTF-8. It leaves DEL and the C1
// controls alone, among them U+0085, at which many readers end a line, and U+009B, which starts a terminal's
// escape sequence: these are escaped here.
func encode(buf *bytes.Buffer, r *Record) error {
	buf.Reset()
	e := json.NewEncoder(buf)
	e.SetEscapeHTML(false)
	if err := e.Encode(r); err != nil {
		return fmt.Errorf("audit: encode record: %w", err)
	}
	if line := buf.Bytes(); bytes.IndexByte(line, del) >= 0 || bytes.IndexByte(line, c1Lead) >= 0 {
		escaped := escapeControls(line)
		buf.Reset()
		buf.Write(escaped)
	}
	return nil
}

const (
	del    = 0x7f
	c1Lead = 0xc2 // the first byte in UTF-8 of U+0080 to U+00BF, of which the controls end at U+009F
	c1Last = 0x9f
)

// escapeControls escapes DEL and C1 controls in valid JSON, where they can stand only inside strings.
func escapeControls(line []byte) []byte {
	out := make([]byte, 0, len(line)+64)
	for i := 0; i < len(line); i++ {
		switch c := line[i]; {
		case c == del:
			out = append(out, `\u007f`...)
		case c == c1Lead && line[i+1] <= c1Last: // a lead byte is always followed: the text is valid UTF-8
			i++
			out = fmt.Appendf(out, `\u%04x`, line[i])
		default:
			out = append(out, c)
		}
	}
	return out
}
