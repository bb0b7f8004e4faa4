package sink

import (
	"encoding/json"
	"fmt"

	"github.com/pgscrim/pgscrim/audit"
)

// maxLine bounds the lines for receivers that do not tell what they take: collectors and syslog servers refuse messages of some megabytes
// for good, and a batch is one line of that length at least.
const maxLine = 1_000_000

// shorten returns the line of a record, or if that is longer than what the other side takes, one that leaves out the texts of the
// statement and what it touched: else one statement of a megabyte would keep from that sink all that its author does next.
func shorten(e *audit.Entry, longest int) ([]byte, error) {
	if len(e.Line) <= longest {
		return e.Line, nil
	}
	r := e.Record
	const kept = 1000 // bytes of a text, the begin of which is enough to find the record in the local log
	for _, text := range []*string{&r.Statement, &r.Reason, &r.Application, &r.Detail} {
		*text = (*text)[:min(len(*text), kept)]
	}
	r.Rewritten, r.Relations, r.Columns, r.Hidden = "", nil, nil, nil
	r.Detail = fmt.Sprintf("shortened from %d bytes, the local log has it all: %s", len(e.Line), r.Detail)
	return json.Marshal(r)
}
