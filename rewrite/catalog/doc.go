// Package catalog is an immutable snapshot of the upstream database's system catalogs: relations, columns,
// types, functions, operators and view definitions, as far as the rewriter must know them.
package catalog
