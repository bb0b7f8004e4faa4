package rewrite

import "fmt"

// construct is a part of a statement that is refused (0A000) wherever it stands. All of them are in the table constructs, from
// which the manual's page is written.
type construct struct {
	what    string // in the message; its verbs stand for names
	why     string // the DETAIL
	instead string // the HINT
}

// refusal is the answer to a statement with the construct. names fill the verbs of what.
func (c construct) refusal(names ...any) Refusal {
	return Refusal{Code: "0A000", Message: fmt.Sprintf(c.what, names...) + " is not supported by pgscrim", Detail: c.why, Hint: c.instead}
}

// Reasons that several constructs share.
const (
	whyUnknownPart = "The rewriter does not know this part of the grammar in this place."
	whyHiddenRows  = "It would meet rows that you do not see, and its errors or its time would tell of them."
	whyKeys        = "An error or a cascade would tell of rows that you do not see, or change them."
)

var (
	unknownPart = construct{"this %s", whyUnknownPart, "Please report the statement to the developers of pgscrim."}

	sampleHere       = construct{"TABLESAMPLE here", "Only tables can be sampled, before their columns are masked.", "Use ORDER BY random() LIMIT n."}
	sampleMethod     = construct{"the sampling method %s", "Only PostgreSQL's own methods are known to read nothing else.", "Use BERNOULLI or SYSTEM."}
	sampleHidden     = construct{"TABLESAMPLE over a relation with rows that this caller does not see", "The size of a sample tells how many rows there are.", "Use ORDER BY random() LIMIT n."}
	sampleExpression = construct{"TABLESAMPLE with an expression", "It is computed before any row is masked.", "Write the percentage as a number."}

	columnReference = construct{"this column reference", "Its parts fit more than one way to read the name.", "Use a table alias."}
	tableSpelling   = construct{"this spelling of a table name", "The rewriter replaces a name where it stands, and cannot find its end here.", "Write schema.table AS alias."}
	compositeCast   = construct{"a cast to a composite type, in a database in which casts run functions,", "The cast of a field could run one of them.", "Cast the fields."}
	lockingView     = construct{"a view that locks rows of protected relations", "Locks would tell of rows that you do not see.", ""}
	selectInside    = construct{"SELECT INTO", "It stores its result, which only a statement of its own may do.", "Use CREATE TEMPORARY TABLE ... AS."}

	expressionKind = construct{"this expression", whyUnknownPart, "Write it with functions and operators."}

	alterForm    = construct{"this form of ALTER", whyUnknownPart, "Write ALTER TABLE with one of: ADD, DROP, RENAME and ALTER COLUMN; or create the table anew."}
	alterCascade = construct{"ALTER TABLE ... CASCADE", "It reaches what the statement does not name.", ""}
	alterRename  = construct{"ALTER TABLE ... RENAME TO of a table that lasts", "Others know it by its name.", "Create a table of that name, and drop this one."}

	likeNoTable     = construct{"LIKE of a relation that is not a table in CREATE TABLE", whyUnknownPart, "Use CREATE TEMPORARY TABLE ... AS SELECT ... WITH NO DATA."}
	likeSandbox     = construct{"LIKE of a table in a writable schema", "Others may change its columns at any time.", "List the columns."}
	likeDefault     = construct{"LIKE ... INCLUDING DEFAULTS (or ALL) of a table that you may not write", "A default may draw from a sequence, which tells how many rows were written.", "Write INCLUDING with what else is needed, such as CONSTRAINTS and INDEXES."}
	tableConstraint = construct{"this constraint", "It would look at relations that the statement's decision does not know.", ""}
	tableUnnamed    = construct{"a temporary table of columns that are not named", "What it is called later must be known.", "Name the columns in place of *."}

	lockNoTable   = construct{"LOCK of a relation that is not a table", "PostgreSQL would lock the tables behind it.", "Name its tables."}
	lockView      = construct{"FOR UPDATE or FOR SHARE of a view or subquery over a protected relation", "PostgreSQL would lock rows before the row rules have dropped them.", "Name the table in FROM, and lock it by OF."}
	lockJoin      = construct{"FOR UPDATE or FOR SHARE over a join whose conditions may run on rows that you do not see", whyHiddenRows, "Use comparisons of columns with constants, or lock in a query of its own."}
	lockCondition = construct{"FOR UPDATE or FOR SHARE with conditions that may run on rows that you do not see", whyHiddenRows, "Use comparisons of columns with constants, or lock in a query of its own."}
	cursorRow     = construct{"WHERE CURRENT OF for a relation of which you do not see all rows", "The cursor's row may be hidden by now, and no condition can be added.", "Use its key."}

	writeView       = construct{"writing through a view (%s)", "What PostgreSQL makes of it is not looked at.", "Write its table."}
	writeRules      = construct{"writing %s, which has rules,", "Rules run other statements, which are not looked at.", ""}
	writeUnique     = construct{"writing a relation with an exclusion constraint, or a unique index that is partial, deferrable or over an expression,", "Their errors would tell of values that you do not see.", ""}
	writeForeignKey = construct{"writing %s, which refers to a relation of which you do not see all keys,", "A foreign key would tell of the others.", ""}
	writeReferenced = construct{"removing rows of %s, or changing their keys, while another relation refers to them", whyKeys, "You do not see all rows of the other relation, or may not write it."}
	writeSubject    = construct{"changing the subject of a row", "Whether a row is visible follows from its subject.", "Delete the row and insert another."}
	writeNoSubject  = construct{"an INSERT without a value for %s in each row", "Whether a row would be visible follows from its subject.", "Name the columns, and the values or those of a query."}
	writeWith       = construct{"this statement in WITH", whyUnknownPart, "Run it on its own."}
	truncateHidden  = construct{"TRUNCATE of a relation of which you do not see all rows", "It would remove rows that you do not see.", "Use DELETE."}
	truncateCascade = construct{"TRUNCATE ... CASCADE", "It reaches relations that the statement does not name.", "Name every table."}
	copyNoSubject   = construct{"a COPY without a value for %s in each row", "Whether a row would be visible follows from its subject.", "Name the column."}
	copyTaken       = construct{"COPY into a relation of which you do not see all rows, beside a temporary table named %q,", "The rows go through a temporary table of the relation's name.", "Drop the temporary table, or give it another name."}
	copyCondition   = construct{"COPY ... WHERE or FREEZE into a relation of which you do not see all rows", "The rows go through a temporary table.", "COPY into a temporary table, and INSERT ... SELECT from it."}
)
