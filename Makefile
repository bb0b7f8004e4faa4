# `make help` lists the targets. What they need beside Go, a C compiler and make, they get themselves.

SHELL         := bash
.DEFAULT_GOAL := help

GO           ?= go
DEMO_FLAGS   ?=
BENCH_FLAGS  ?=
SOAK_FLAGS   ?=
TAMPER_FLAGS ?=
CRASH_FLAGS  ?=
VERSIONS     ?=
FUZZ_TIME    ?= 20s
LINT_VERSION := v2.15.0
LINT         := .bin/golangci-lint-$(LINT_VERSION)

export CGO_ENABLED := 1

.PHONY: build demo test test-versions test-clients lint fmt vet bench soak crash tamper fuzz mutants tools clean help compiler

build: compiler ## build bin/pgscrim
	$(GO) build -o bin/pgscrim ./cmd/pgscrim

demo: build ## a private PostgreSQL with a sample CRM, and pgscrim in front of it (DEMO_FLAGS=--once checks itself and ends)
	bin/pgscrim demo $(DEMO_FLAGS)

# No test may be skipped, those that need PostgreSQL least of all. All output is in bin/test.log.
test: compiler fmt vet lint ## format, vet, lint, and all tests with the race detector
	@mkdir -p bin
	@set -o pipefail; echo "$(GO) test -race ./..."; \
	$(GO) test -race -timeout 30m -v ./... 2>&1 | tee bin/test.log | grep --line-buffered -E '^(ok|FAIL|panic:|\?|#|--- (FAIL|SKIP))' \
		|| { grep -vE '^(=== |PASS| *--- PASS)' bin/test.log; exit 1; }
	@if grep -E '^ *--- SKIP' bin/test.log; then echo "make test: these tests were skipped, and none may be" >&2; exit 1; fi

test-versions: compiler ## the tests that need PostgreSQL on each major version from 13 on; the servers come from npm (VERSIONS="13 18": on these)
	.ci/test-versions $(VERSIONS)

# Beside Go's drivers and psql, which `make test` has: the clients of other languages, as Debian and npm ship them.
CLIENT_PACKAGES := default-jdk-headless libpostgresql-jdbc-java odbc-postgresql unixodbc python3-pyodbc python3-psycopg2 python3-psycopg \
	python3-sqlalchemy python3-asyncpg python3-pandas libdbd-pg-perl php-cli php-pgsql ruby-pg nodejs npm

test-clients: compiler ## node-postgres, JDBC, ODBC, Python, Perl, PHP, Ruby against the visible database (installs them: Debian, as root)
	@command -v javac >/dev/null && command -v node >/dev/null && dpkg -s $(filter-out default-jdk-headless nodejs npm,$(CLIENT_PACKAGES)) >/dev/null 2>&1 || \
		{ apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends $(CLIENT_PACKAGES); }
	npm install --prefix testdata/clients --no-audit --no-fund --no-package-lock
	$(GO) test -count=1 -tags clients -run '^TestForeignClients$$' ./proxy/oracle

lint: compiler $(LINT) ## golangci-lint with .golangci.yml
	$(LINT) run ./...

fmt: ## check the format
	@files=$$(gofmt -l .) || exit 1; \
	if [ -n "$$files" ]; then printf 'not gofmt-ed:\n%s\n' "$$files" >&2; exit 1; fi

vet: compiler ## go vet
	$(GO) vet ./...

bench: build ## what pgscrim costs beside PgBouncer and hand-written views, and micro-benchmarks (BENCH_FLAGS=-size=quick: minutes; -profile=DIR: CPU profiles)
	$(GO) test -count=1 -timeout 3h -v -run '^TestBench$$' ./proxy/bench -args -pgscrim $(CURDIR)/bin/pgscrim -json $(CURDIR)/bin/bench.json -size full $(BENCH_FLAGS)
	$(GO) test -run '^$$' -bench . -benchmem ./...

soak: build ## 200 sessions that do everything, good and bad, for a minute (SOAK_FLAGS=-duration=10m: longer)
	$(GO) test -count=1 -timeout 25h -v -run '^TestSoak$$' ./proxy/bench -args -pgscrim $(CURDIR)/bin/pgscrim -sessions 200 -duration 60s $(SOAK_FLAGS)

tamper: compiler ## tamper 10,000 times with an audit log of a million records, and see that verification notices each (TAMPER_FLAGS="-tries 1000 -seed 2": fewer, others)
	$(GO) test -count=1 -timeout 6h -v -run '^TestTamperings$$' ./audit -args -records 1000000 -segments 250 -tries 10000 $(TAMPER_FLAGS)

crash: build ## kill -9 at 1000 random moments under load: the audit log loses nothing that a client has seen (CRASH_FLAGS="-kills=100 -seed=7")
	$(GO) test -count=1 -timeout 3h -v -run '^TestCrash$$' ./proxy/bench -args -pgscrim $(CURDIR)/bin/pgscrim -kills 1000 $(CRASH_FLAGS)

fuzz: compiler ## run each fuzz target for FUZZ_TIME
	@set -e; for package in $$($(GO) list ./...); do \
		for target in $$($(GO) test -list '^Fuzz' $$package | grep '^Fuzz' || true); do \
			echo "$$package $$target"; \
			$(GO) test -run '^$$' -fuzz "^$$target$$" -fuzztime $(FUZZ_TIME) $$package; \
		done; \
	done

mutants: compiler ## break pgscrim on purpose, in many ways, and see that the tests notice each (MUTANTS=regexp: some; SAMPLE=6: as many, of the day)
	$(GO) test -count=1 -timeout 2h -v -run '^TestMutants$$' ./proxy/oracle/mutants -args $(if $(MUTANTS),-only '$(MUTANTS)',$(if $(SAMPLE),-sample $(SAMPLE),-all))

tools: $(LINT) ## build the tools that the targets use, into .bin/

$(LINT):
	@echo "building golangci-lint $(LINT_VERSION) (once)"
	@GOBIN=$(CURDIR)/.bin $(GO) install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(LINT_VERSION)
	@mv .bin/golangci-lint $@

clean: ## remove what the targets have made
	rm -rf bin .bin

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "%-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

compiler:
	@command -v "$$($(GO) env CC | cut -d' ' -f1)" >/dev/null || { \
		echo "pgscrim contains PostgreSQL's parser, which is C: install a C compiler (apt-get install gcc, dnf install gcc, xcode-select --install)" >&2; exit 1; }
