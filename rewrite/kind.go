package rewrite

import (
	"reflect"
	"strings"

	pg_query "github.com/pganalyze/pg_query_go/v5"
)

// Treatment is what becomes of a kind of statement.
type Treatment string

// Treatments. The zero value refuses.
const (
	Refused   Treatment = ""          // answered with 0A000 or 42501; it takes a role of `access: direct`
	Rewritten Treatment = "rewritten" // what it reads is the caller's visible database
	Granted   Treatment = "granted"   // where the policy grants it, and on temporary tables; what it reads is rewritten
	Followed  Treatment = "followed"  // sent as it is; the session's state is followed
)

// StatementKind is one of PostgreSQL's kinds of statement and what becomes of it.
type StatementKind struct {
	// Name is the command's name in PostgreSQL's manual; several share a node of the parse tree.
	Name      string
	Treatment Treatment
	// Remark says what is done, or why it is refused: a sentence for the DETAIL of the refusal and for the manual.
	Remark string
	// Instead says what to do in place of a refused kind: the HINT, empty if there is only a role of `access: direct`.
	Instead string

	node   reflect.Type
	handle handler
}

// handler decides on one kind of statement.
type handler func(*run, *pg_query.Node)

// on returns the type of a parse tree's node.
func on[T any]() reflect.Type { return reflect.TypeFor[*T]() }

// kinds returns the kinds by their node. A kind that is absent is refused.
func kinds() map[reflect.Type]StatementKind {
	m := map[reflect.Type]StatementKind{}
	for _, k := range StatementKinds() {
		m[k.node] = k
	}
	return m
}

// command names the kind in messages: the first of its names.
func (k StatementKind) command() string {
	name, _, _ := strings.Cut(k.Name, ",")
	if name == "" {
		return "this statement"
	}
	return name
}

// refusal is the answer to a kind that is refused.
func (k StatementKind) refusal() *Refusal {
	hint := k.Instead
	if hint == "" {
		hint = "It takes a role of `access: direct`."
	}
	return &Refusal{Code: "0A000", Message: k.command() + " is not supported by pgscrim", Detail: k.Remark, Hint: hint}
}

const (
	whyCode  = "It runs statements that the rewriter does not see."
	whyDDL   = "It changes the database's definition, on which the policy rests."
	whyAdmin = "It is the work of the database's administrator."
	whyRole  = "It changes who may do what."
)

// StatementKinds is the table of all kinds of statement that PostgreSQL's grammar has.
func StatementKinds() []StatementKind {
	refused := func(node reflect.Type, name, why, instead string) StatementKind {
		return StatementKind{Name: name, Remark: why, Instead: instead, node: node}
	}
	return []StatementKind{
		{"SELECT, VALUES, TABLE, SELECT INTO", Rewritten, "Each reference to a protected relation becomes a subquery of its visible rows and cells. SELECT INTO is CREATE TABLE AS. FOR UPDATE and the like lock visible rows, of relations that the caller may write.", "",
			on[pg_query.Node_SelectStmt](), func(r *run, n *pg_query.Node) { r.selectStmt(n.GetSelectStmt()) }},
		{"COPY", Rewritten, "TO STDOUT of a table or a query. FROM STDIN as INSERT. A file or a program of the server is refused.", "",
			on[pg_query.Node_CopyStmt](), func(r *run, n *pg_query.Node) { r.copy(n.GetCopyStmt()) }},
		{"DECLARE", Rewritten, "All forms: SCROLL, BINARY, WITH HOLD.", "",
			on[pg_query.Node_DeclareCursorStmt](), func(r *run, n *pg_query.Node) { r.declare(n.GetDeclareCursorStmt()) }},
		{"FETCH, MOVE", Followed, "From cursors that the session declared under its present purpose and policy.", "",
			on[pg_query.Node_FetchStmt](), func(r *run, n *pg_query.Node) { r.fetch(n.GetFetchStmt()) }},
		{"CLOSE", Followed, "", "",
			on[pg_query.Node_ClosePortalStmt](), func(r *run, n *pg_query.Node) { r.closePortal(n.GetClosePortalStmt()) }},
		{"PREPARE", Rewritten, "The statement inside is rewritten.", "",
			on[pg_query.Node_PrepareStmt](), func(r *run, n *pg_query.Node) { r.prepare(n.GetPrepareStmt()) }},
		{"EXECUTE", Followed, "Of statements that were prepared under the present purpose and policy. Its arguments are looked at.", "",
			on[pg_query.Node_ExecuteStmt](), func(r *run, n *pg_query.Node) { r.execute(n.GetExecuteStmt()) }},
		{"DEALLOCATE", Followed, "", "",
			on[pg_query.Node_DeallocateStmt](), func(r *run, n *pg_query.Node) { r.deallocate(n.GetDeallocateStmt()) }},
		{"EXPLAIN", Rewritten, "Over protected relations only for roles with `explain: true`: estimates tell of the values.", "",
			on[pg_query.Node_ExplainStmt](), func(r *run, n *pg_query.Node) { r.explain(n.GetExplainStmt()) }},
		{"INSERT", Granted, "What it reads is rewritten, its rows are about visible subjects. In WITH too, as all that write.", "",
			on[pg_query.Node_InsertStmt](), func(r *run, n *pg_query.Node) { r.insert(n.GetInsertStmt()) }},
		{"UPDATE", Granted, "Confined to visible rows. A column that the caller sees masked may not be used.", "",
			on[pg_query.Node_UpdateStmt](), func(r *run, n *pg_query.Node) { r.update(n.GetUpdateStmt()) }},
		{"DELETE", Granted, "As UPDATE.", "",
			on[pg_query.Node_DeleteStmt](), func(r *run, n *pg_query.Node) { r.delete(n.GetDeleteStmt()) }},
		{"MERGE", Granted, "As UPDATE, DELETE and INSERT: a row that is hidden matches nothing.", "",
			on[pg_query.Node_MergeStmt](), func(r *run, n *pg_query.Node) { r.merge(n.GetMergeStmt()) }},
		{"TRUNCATE", Granted, "Of relations of which the caller sees all rows.", "",
			on[pg_query.Node_TruncateStmt](), func(r *run, n *pg_query.Node) { r.truncate(n.GetTruncateStmt()) }},
		{"CREATE TABLE", Granted, "Temporary tables, and those in a schema that the policy lets the caller write (`schemas`).", "",
			on[pg_query.Node_CreateStmt](), func(r *run, n *pg_query.Node) { r.createTable(n.GetCreateStmt()) }},
		{"CREATE TABLE AS, CREATE MATERIALIZED VIEW", Granted, "Temporary tables, and those in a writable schema: they store what the caller sees. No materialized view.", "",
			on[pg_query.Node_CreateTableAsStmt](), func(r *run, n *pg_query.Node) { r.createTableAs(n.GetCreateTableAsStmt()) }},
		{"ALTER TABLE, ALTER INDEX, ALTER VIEW, ALTER SEQUENCE, ALTER TYPE (attributes)", Granted, "Columns, defaults and constraints of temporary tables and those in a writable schema.", "",
			on[pg_query.Node_AlterTableStmt](), func(r *run, n *pg_query.Node) { r.alterTable(n.GetAlterTableStmt()) }},
		{"ALTER ... RENAME", Granted, "Temporary tables; columns of these and of tables in a writable schema.", "",
			on[pg_query.Node_RenameStmt](), func(r *run, n *pg_query.Node) { r.rename(n.GetRenameStmt()) }},
		{"CREATE INDEX", Granted, "On temporary tables and those of a writable schema.", "",
			on[pg_query.Node_IndexStmt](), func(r *run, n *pg_query.Node) { r.createIndex(n.GetIndexStmt()) }},
		{"DROP ...", Granted, "Temporary tables, and those in a writable schema.", "",
			on[pg_query.Node_DropStmt](), func(r *run, n *pg_query.Node) { r.dropTable(n.GetDropStmt()) }},
		{"ANALYZE, VACUUM", Granted, "Temporary tables; ANALYZE of those in a writable schema, too.", "",
			on[pg_query.Node_VacuumStmt](), func(r *run, n *pg_query.Node) { r.analyze(n.GetVacuumStmt()) }},
		{"BEGIN, START TRANSACTION, COMMIT, END, ROLLBACK, ABORT, SAVEPOINT, RELEASE, PREPARE TRANSACTION", Followed, "Two-phase commit (PREPARE TRANSACTION, COMMIT PREPARED) is refused: the transaction would outlive its session.", "",
			on[pg_query.Node_TransactionStmt](), func(r *run, n *pg_query.Node) { r.transaction(n.GetTransactionStmt()) }},
		{"SET, RESET, SET TRANSACTION", Followed, "Of the settings listed below.", "",
			on[pg_query.Node_VariableSetStmt](), func(r *run, n *pg_query.Node) { r.set(n.GetVariableSetStmt()) }},
		{"SHOW", Followed, "All but what pgscrim keeps to itself.", "",
			on[pg_query.Node_VariableShowStmt](), func(r *run, n *pg_query.Node) { r.show(n.GetVariableShowStmt()) }},
		{"DISCARD", Followed, "", "",
			on[pg_query.Node_DiscardStmt](), func(r *run, n *pg_query.Node) { r.discard(n.GetDiscardStmt()) }},
		{"LISTEN", Followed, "", "",
			on[pg_query.Node_ListenStmt](), func(r *run, _ *pg_query.Node) { r.out.Kind = "LISTEN" }},
		{"UNLISTEN", Followed, "", "",
			on[pg_query.Node_UnlistenStmt](), func(r *run, _ *pg_query.Node) { r.out.Kind = "UNLISTEN" }},
		{"LOCK", Granted, "ACCESS SHARE on relations that the caller may read, which is what SELECT takes.", "",
			on[pg_query.Node_LockStmt](), func(r *run, n *pg_query.Node) { r.lockTable(n.GetLockStmt()) }},
		{"CALL", Granted, "Of procedures that the policy's `functions` allow: they run with the rights of pgscrim's account.", "",
			on[pg_query.Node_CallStmt](), func(r *run, n *pg_query.Node) { r.call(n.GetCallStmt()) }},

		refused(on[pg_query.Node_DoStmt](), "DO", whyCode, "Send the statements themselves."),
		refused(on[pg_query.Node_NotifyStmt](), "NOTIFY", "It reaches the sessions of other callers and of the applications.", ""),
		refused(on[pg_query.Node_ConstraintsSetStmt](), "SET CONSTRAINTS", "An error at COMMIT would come from rows that the statement's decision did not look at.", ""),
		refused(on[pg_query.Node_LoadStmt](), "LOAD", "It runs code in the server.", ""),
		refused(on[pg_query.Node_CheckPointStmt](), "CHECKPOINT", whyAdmin, ""),
		refused(on[pg_query.Node_ClusterStmt](), "CLUSTER", whyAdmin, ""),
		refused(on[pg_query.Node_ReindexStmt](), "REINDEX", whyAdmin, ""),
		refused(on[pg_query.Node_AlterSystemStmt](), "ALTER SYSTEM", whyAdmin, ""),
		refused(on[pg_query.Node_CreatedbStmt](), "CREATE DATABASE", whyAdmin, ""),
		refused(on[pg_query.Node_AlterDatabaseStmt](), "ALTER DATABASE", whyAdmin, ""),
		refused(on[pg_query.Node_AlterDatabaseRefreshCollStmt](), "ALTER DATABASE ... REFRESH COLLATION VERSION", whyAdmin, ""),
		refused(on[pg_query.Node_AlterDatabaseSetStmt](), "ALTER DATABASE ... SET", whyAdmin, "SET the parameter in the session."),
		refused(on[pg_query.Node_DropdbStmt](), "DROP DATABASE", whyAdmin, ""),
		refused(on[pg_query.Node_CreateTableSpaceStmt](), "CREATE TABLESPACE", whyAdmin, ""),
		refused(on[pg_query.Node_DropTableSpaceStmt](), "DROP TABLESPACE", whyAdmin, ""),
		refused(on[pg_query.Node_AlterTableSpaceOptionsStmt](), "ALTER TABLESPACE", whyAdmin, ""),
		refused(on[pg_query.Node_AlterTableMoveAllStmt](), "ALTER TABLE ALL IN TABLESPACE", whyAdmin, ""),
		refused(on[pg_query.Node_CreateSubscriptionStmt](), "CREATE SUBSCRIPTION", whyAdmin, ""),
		refused(on[pg_query.Node_AlterSubscriptionStmt](), "ALTER SUBSCRIPTION", whyAdmin, ""),
		refused(on[pg_query.Node_DropSubscriptionStmt](), "DROP SUBSCRIPTION", whyAdmin, ""),
		refused(on[pg_query.Node_CreatePublicationStmt](), "CREATE PUBLICATION", whyAdmin, ""),
		refused(on[pg_query.Node_AlterPublicationStmt](), "ALTER PUBLICATION", whyAdmin, ""),

		refused(on[pg_query.Node_GrantStmt](), "GRANT, REVOKE", whyRole, ""),
		refused(on[pg_query.Node_GrantRoleStmt](), "GRANT role, REVOKE role", whyRole, ""),
		refused(on[pg_query.Node_AlterDefaultPrivilegesStmt](), "ALTER DEFAULT PRIVILEGES", whyRole, ""),
		refused(on[pg_query.Node_CreateRoleStmt](), "CREATE ROLE, CREATE USER, CREATE GROUP", whyRole, ""),
		refused(on[pg_query.Node_AlterRoleStmt](), "ALTER ROLE, ALTER USER, ALTER GROUP", whyRole, "Passwords of pgscrim's users stand in its server file."),
		refused(on[pg_query.Node_AlterRoleSetStmt](), "ALTER ROLE ... SET", whyRole, "SET the parameter in the session."),
		refused(on[pg_query.Node_DropRoleStmt](), "DROP ROLE, DROP USER, DROP GROUP", whyRole, ""),
		refused(on[pg_query.Node_DropOwnedStmt](), "DROP OWNED", whyRole, ""),
		refused(on[pg_query.Node_ReassignOwnedStmt](), "REASSIGN OWNED", whyRole, ""),
		refused(on[pg_query.Node_AlterOwnerStmt](), "ALTER ... OWNER TO", whyRole, ""),
		refused(on[pg_query.Node_CreatePolicyStmt](), "CREATE POLICY", whyRole, ""),
		refused(on[pg_query.Node_AlterPolicyStmt](), "ALTER POLICY", whyRole, ""),
		refused(on[pg_query.Node_SecLabelStmt](), "SECURITY LABEL", whyRole, ""),

		refused(on[pg_query.Node_CreateFunctionStmt](), "CREATE FUNCTION, CREATE PROCEDURE", whyCode, ""),
		refused(on[pg_query.Node_AlterFunctionStmt](), "ALTER FUNCTION, ALTER PROCEDURE, ALTER ROUTINE", whyCode, ""),
		refused(on[pg_query.Node_CreateTrigStmt](), "CREATE TRIGGER", whyCode, ""),
		refused(on[pg_query.Node_CreateEventTrigStmt](), "CREATE EVENT TRIGGER", whyCode, ""),
		refused(on[pg_query.Node_AlterEventTrigStmt](), "ALTER EVENT TRIGGER", whyCode, ""),
		refused(on[pg_query.Node_RuleStmt](), "CREATE RULE", whyCode, ""),
		refused(on[pg_query.Node_ViewStmt](), "CREATE VIEW", "Its definition would be read as the database's own.", "Use a common table expression (WITH) or a temporary table."),
		refused(on[pg_query.Node_RefreshMatViewStmt](), "REFRESH MATERIALIZED VIEW", whyCode, ""),
		refused(on[pg_query.Node_CreatePlangStmt](), "CREATE LANGUAGE", whyCode, ""),
		refused(on[pg_query.Node_CreateExtensionStmt](), "CREATE EXTENSION", whyCode, ""),
		refused(on[pg_query.Node_AlterExtensionStmt](), "ALTER EXTENSION ... UPDATE", whyCode, ""),
		refused(on[pg_query.Node_AlterExtensionContentsStmt](), "ALTER EXTENSION ... ADD, DROP", whyDDL, ""),
		refused(on[pg_query.Node_CreateTransformStmt](), "CREATE TRANSFORM", whyCode, ""),
		refused(on[pg_query.Node_CreateCastStmt](), "CREATE CAST", whyCode, ""),
		refused(on[pg_query.Node_CreateConversionStmt](), "CREATE CONVERSION", whyCode, ""),
		refused(on[pg_query.Node_CreateAmStmt](), "CREATE ACCESS METHOD", whyCode, ""),

		refused(on[pg_query.Node_AlterObjectSchemaStmt](), "ALTER ... SET SCHEMA", whyDDL, ""),
		refused(on[pg_query.Node_AlterObjectDependsStmt](), "ALTER ... DEPENDS ON EXTENSION", whyDDL, ""),
		refused(on[pg_query.Node_CommentStmt](), "COMMENT", whyDDL, ""),
		refused(on[pg_query.Node_CreateSchemaStmt](), "CREATE SCHEMA", whyDDL, ""),
		refused(on[pg_query.Node_CreateSeqStmt](), "CREATE SEQUENCE", whyDDL, "A temporary table may have a column of type serial or GENERATED AS IDENTITY."),
		refused(on[pg_query.Node_AlterSeqStmt](), "ALTER SEQUENCE", whyDDL, ""),
		refused(on[pg_query.Node_CreateStatsStmt](), "CREATE STATISTICS", whyDDL, ""),
		refused(on[pg_query.Node_AlterStatsStmt](), "ALTER STATISTICS", whyDDL, ""),
		refused(on[pg_query.Node_CreateDomainStmt](), "CREATE DOMAIN", whyDDL, ""),
		refused(on[pg_query.Node_AlterDomainStmt](), "ALTER DOMAIN", whyDDL, ""),
		refused(on[pg_query.Node_CompositeTypeStmt](), "CREATE TYPE ... AS (...)", whyDDL, ""),
		refused(on[pg_query.Node_CreateEnumStmt](), "CREATE TYPE ... AS ENUM", whyDDL, ""),
		refused(on[pg_query.Node_CreateRangeStmt](), "CREATE TYPE ... AS RANGE", whyDDL, ""),
		refused(on[pg_query.Node_AlterEnumStmt](), "ALTER TYPE ... ADD VALUE", whyDDL, ""),
		refused(on[pg_query.Node_AlterTypeStmt](), "ALTER TYPE", whyDDL, ""),
		refused(on[pg_query.Node_DefineStmt](), "CREATE AGGREGATE, CREATE OPERATOR, CREATE TYPE, CREATE COLLATION, CREATE TEXT SEARCH ...", whyDDL, ""),
		refused(on[pg_query.Node_AlterOperatorStmt](), "ALTER OPERATOR", whyDDL, ""),
		refused(on[pg_query.Node_CreateOpClassStmt](), "CREATE OPERATOR CLASS", whyDDL, ""),
		refused(on[pg_query.Node_CreateOpFamilyStmt](), "CREATE OPERATOR FAMILY", whyDDL, ""),
		refused(on[pg_query.Node_AlterOpFamilyStmt](), "ALTER OPERATOR FAMILY", whyDDL, ""),
		refused(on[pg_query.Node_AlterCollationStmt](), "ALTER COLLATION", whyDDL, ""),
		refused(on[pg_query.Node_AlterTsdictionaryStmt](), "ALTER TEXT SEARCH DICTIONARY", whyDDL, ""),
		refused(on[pg_query.Node_AlterTsconfigurationStmt](), "ALTER TEXT SEARCH CONFIGURATION", whyDDL, ""),
		refused(on[pg_query.Node_CreateFdwStmt](), "CREATE FOREIGN DATA WRAPPER", whyDDL, ""),
		refused(on[pg_query.Node_AlterFdwStmt](), "ALTER FOREIGN DATA WRAPPER", whyDDL, ""),
		refused(on[pg_query.Node_CreateForeignServerStmt](), "CREATE SERVER", whyDDL, ""),
		refused(on[pg_query.Node_AlterForeignServerStmt](), "ALTER SERVER", whyDDL, ""),
		refused(on[pg_query.Node_CreateForeignTableStmt](), "CREATE FOREIGN TABLE", whyDDL, ""),
		refused(on[pg_query.Node_ImportForeignSchemaStmt](), "IMPORT FOREIGN SCHEMA", whyDDL, ""),
		refused(on[pg_query.Node_CreateUserMappingStmt](), "CREATE USER MAPPING", whyRole, ""),
		refused(on[pg_query.Node_AlterUserMappingStmt](), "ALTER USER MAPPING", whyRole, ""),
		refused(on[pg_query.Node_DropUserMappingStmt](), "DROP USER MAPPING", whyRole, ""),
	}
}
