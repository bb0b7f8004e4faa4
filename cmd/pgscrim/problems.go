package main

import (
	"encoding/json"
	"io"

	"github.com/pgscrim/pgscrim/rules"
)

// problem is something that is wrong, as JSON gives it.
type problem struct {
	File    string `json:"file,omitempty"`
	Line    int    `json:"line,omitempty"`
	Column  int    `json:"column,omitempty"`
	Message string `json:"message"`
	Hint    string `json:"hint,omitempty"`
}

// problemsOf takes an error apart: into the problems of files that it holds, and one for each other error.
func problemsOf(err error) []problem {
	var out []problem
	switch err := err.(type) { //nolint:errorlint // it is taken apart here, layer by layer
	case nil:
	case rules.Problems:
		for _, p := range err {
			out = append(out, problemsOf(p)...)
		}
	case rules.Problem:
		out = append(out, problem{err.File, err.Line, err.Column, err.Message, err.Hint})
	case interface{ Unwrap() []error }:
		for _, e := range err.Unwrap() {
			out = append(out, problemsOf(e)...)
		}
	default:
		out = append(out, problem{Message: err.Error()})
	}
	return out
}

// printJSON prints v as indented JSON. SQL stays readable: <, > and & are not escaped.
func printJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}
