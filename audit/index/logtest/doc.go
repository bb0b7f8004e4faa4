// Package logtest makes audit logs of simulated offices, of any length, for tests and measurements.
package logtest
