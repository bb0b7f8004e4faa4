package proxy

import (
	"bytes"
	"strings"

	"github.com/jackc/pgproto3/v2"

	"github.com/pgscrim/pgscrim/rewrite"
)

// SQLSTATEs of the refusals that the proxy itself makes (PostgreSQL manual, appendix A).
const (
	codeProtocolViolation    = "08P01"
	codeConnectionFailure    = "08006"
	codeNotSupported         = "0A000"
	codeBadEncoding          = "22021"
	codeInvalidParameter     = "22023"
	codeInvalidText          = "22P02"
	codeUndefinedStatement   = "26000"
	codeInFailedBlock        = "25P02"
	codeInvalidAuthorization = "28000"
	codeInvalidPassword      = "28P01"
	codeUndefinedPortal      = "34000"
	codeUndefinedDatabase    = "3D000"
	codeSyntaxError          = "42601"
	codeSerialization        = "40001"
	codeInsufficient         = "42501"
	codeUndefinedObject      = "42704"
	codeUndefinedTable       = "42P01"
	codeReservedName         = "42939"
	codeTooManyConnections   = "53300"
	codeShutdown             = "57P01"
	codeCannotConnectNow     = "57P03"
	codeIdleTimeout          = "57P05"
	codeLockNotAvailable     = "55P03"
	codeNotInState           = "55000"
	codeIOError              = "58030"
	codeInternal             = "XX000"
)

// integrityClass starts the SQLSTATEs of integrity constraint violations, whose DETAIL shows values.
const integrityClass = "23"

// unparsable is a text that PostgreSQL cannot parse, and unanalyzable one that it can parse, but fails to understand. Their errors
// stand for refusals of the proxy, so that PostgreSQL itself aborts the transaction, skips to the Sync and reports its
// status. In an aborted transaction block it does not look at what the second means, and says so: that goes for most
// refusals.
const (
	refusedMarker = "refused by pgscrim"
	unparsable    = `"` + refusedMarker + `"`
	unanalyzable  = `SELECT "` + refusedMarker + `".x`
)

// refusedName is the name under which such a text is sent to Parse. No statement of that name comes to be, and
// the client's unnamed statement stays.
const refusedName = "pgscrim_refused"

// precedesBlock reports whether PostgreSQL comes upon an error before it looks at whether the transaction block is aborted; so is what cannot be
// recorded refused before anything else is.
func precedesBlock(sqlstate string) bool {
	switch sqlstate {
	case codeSyntaxError, codeBadEncoding, codeProtocolViolation, codeIOError:
		return true
	}
	return false
}

// abortedRefusal is PostgreSQL's error for what comes in an aborted transaction block.
func abortedRefusal() *rewrite.Refusal {
	return &rewrite.Refusal{Code: codeInFailedBlock, Message: "current transaction is aborted, commands ignored until end of transaction block"}
}

// errorResponse puts a refusal into PostgreSQL's form.
func errorResponse(severity string, r *rewrite.Refusal) *pgproto3.ErrorResponse {
	return &pgproto3.ErrorResponse{
		Severity: severity, SeverityUnlocalized: severity, Code: r.Code,
		Message: r.Message, Detail: r.Detail, Hint: r.Hint, Position: int32(r.Position),
	}
}

// errorFields decodes the body of an ErrorResponse or NoticeResponse.
func errorFields(body []byte) (*pgproto3.ErrorResponse, error) {
	// pgproto3 needs a NUL at the end of each field and after the last.
	if !bytes.HasSuffix(body, []byte{0}) {
		return nil, errMalformed
	}
	var e pgproto3.ErrorResponse
	if err := e.Decode(body); err != nil {
		return nil, errMalformed
	}
	return &e, nil
}

// parseRoutine is the place in PostgreSQL's source that an error of Parse itself names: no other error of syntax does, and
// messages are in the server's language.
const parseRoutine = "exec_parse_message"

// refusalBehind returns the refusal that an upstream error stands for, nil if the error is PostgreSQL's own.
func refusalBehind(a *rewrite.Answer, e *pgproto3.ErrorResponse) *rewrite.Refusal {
	if a.Unknown != nil {
		// Nothing but the statement in front of the client's text has been looked at: either it fails, or Parse does, which takes
		// one statement only.
		if e.Code == codeUndefinedTable && strings.Contains(e.Message, a.Unknown.Marker) || e.Code == codeSyntaxError && e.Routine == parseRoutine {
			return a.Unknown
		}
		return nil
	}
	if a.Refusal != nil && (e.Code == codeSyntaxError || e.Code == codeUndefinedTable && strings.Contains(e.Message, refusedMarker)) {
		return a.Refusal
	}
	for i := range a.Statements {
		if r := refusalOf(&a.Statements[i], e); r != nil {
			return r
		}
	}
	return nil
}

// refusalOf returns the refusal of a statement whose marker an upstream error carries.
func refusalOf(st *rewrite.Statement, e *pgproto3.ErrorResponse) *rewrite.Refusal {
	carries := func(r *rewrite.Refusal, code string) bool {
		return r != nil && e.Code == code && r.Marker != "" && strings.Contains(e.Message, r.Marker)
	}
	switch {
	case carries(st.Refusal, codeUndefinedTable):
		return st.Refusal
	case carries(st.OnError, codeInvalidText):
		return st.OnError
	}
	return nil
}

// unprefix makes the position of an upstream error one in the text behind the checks. It reports whether there are any.
func (e *expectation) unprefix(fields *pgproto3.ErrorResponse) bool {
	if e == nil || e.prefix == 0 {
		return false
	}
	fields.Position = max(0, fields.Position-int32(e.prefix))
	return true
}

// originalError turns an upstream error about a rewritten text into one about the client's. It drops what quotes
// or counts in text that the client did not write.
func originalError(a *rewrite.Answer, e *pgproto3.ErrorResponse) {
	if e.Position > 0 {
		e.Position = int32(a.OriginalPosition(int(e.Position)))
	}
	e.InternalPosition, e.InternalQuery, e.Where = 0, "", ""
}
