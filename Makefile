# POHODA Bridge: set-up, demo, tests. `make help` lists the targets.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.setup-done
PYTEST_ARGS ?=
BENCH_ARGS ?=
LOCK_ARGS ?=

# Nothing here reports its use to anybody (include/pohoda_demo/environment.py names the same switches).
export AIRFLOW__USAGE_DATA_COLLECTION__ENABLED := False
export GX_ANALYTICS_ENABLED := false
export OTEL_SDK_DISABLED := true
export DO_NOT_TRACK := 1
# Never the reader's own Airflow.
export AIRFLOW_HOME := $(CURDIR)/var/airflow

.PHONY: help setup odbc postgres demo test lint format bench prove lock env clean

help:  ## list the targets
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(STAMP)  ## install everything into .venv (PYTHON=python3.12 picks the interpreter)

$(STAMP): requirements.txt pyproject.toml scripts/setup.sh scripts/odbc.sh
	@scripts/setup.sh "$(PYTHON)" "$(VENV)"
	@touch $@

odbc:  ## look for the ODBC parts and install the missing ones (root or sudo without a password)
	@scripts/odbc.sh

postgres:  ## look for PostgreSQL's server, on which tests run the ledger, and install it (as odbc)
	@scripts/postgres.sh

demo: setup  ## sandbox POHODA and CRMs, Airflow, every DAG until quiet, a summary (DEMO_PORT, DEMO_SANDBOX_PORT)
	@exec $(BIN)/python -m pohoda_demo

test: setup lint  ## lint, then every test (PYTEST_ARGS="-k word" picks)
	@scripts/postgres.sh || true
	@$(BIN)/python -m pytest -n auto --maxprocesses 4 --dist loadfile $(PYTEST_ARGS)

lint: setup  ## ruff and mypy
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

format: setup  ## let ruff rewrite the sources
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

bench: setup  ## benchmarks in tests/bench; prints one JSON (BENCH_ARGS="--sizes 1000,100000")
	@exec $(BIN)/python -m tests.bench $(BENCH_ARGS)

prove: setup  ## ten thousand records through all DAGs of each CRM with faults on every side (TRADE_SIZE companies, 900), random histories of documents (HISTORIES, 3), kills at every point
	@TRADE_SIZE=$${TRADE_SIZE:-900} HISTORIES=$${HISTORIES:-3} EVERY_POINT=1 $(BIN)/python -m pytest -n 0 \
	    tests/trade/test_faults.py tests/bothways/test_histories_documents.py tests/faults/test_killed.py

lock: setup  ## compile requirements.txt from requirements.in (LOCK_ARGS=--upgrade takes newer versions)
	@$(BIN)/uv pip compile requirements.in --generate-hashes --universal --python-version 3.11 \
	    --no-header --no-emit-index-url --no-emit-find-links --quiet $(LOCK_ARGS) -o requirements.txt

env: setup  ## write .env for docker compose, with random secrets (never over an existing one)
	@$(BIN)/python scripts/make_env.py

clean:  ## remove var/ and caches; .venv stays
	@rm -rf var .pytest_cache .mypy_cache .ruff_cache .hypothesis
	@find . -path ./$(VENV) -prune -o -name __pycache__ -type d -exec rm -rf {} +
