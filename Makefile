# Each target does its own set-up; all it needs is Python 3.11 or newer, and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 3100
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := help
.PHONY: help sandbox run test check bench migrate lock screenshots

help: ## this list
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /\1\t/' | awk -F'\t' '{printf "  make %-12s %s\n", $$1, $$2}'

$(VENV)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Foreword needs Python 3.11 or newer; $$($(PYTHON) --version) is older. Try: make PYTHON=python3.12 ..."; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { echo "No venv module. On Debian: apt install python3-venv"; exit 1; }
	@touch $@

$(VENV)/ready: requirements.lock | $(VENV)/python
	@echo "Installing what Foreword needs (once)…"
	@$(BIN)/pip install --quiet --require-hashes -r requirements.lock
	@touch $@

$(VENV)/ready-dev: requirements-dev.lock | $(VENV)/python
	@echo "Installing what the tests need (once)…"
	@$(BIN)/pip install --quiet --require-hashes -r requirements-dev.lock
	@touch $@ $(VENV)/ready

sandbox: $(VENV)/ready ## open the local workspace page (PORT=3100)
	@$(BIN)/python app.py sandbox --port $(PORT)

run: $(VENV)/ready ## run the bot with the settings in .env
	@$(BIN)/python app.py run

migrate: $(VENV)/ready ## bring the database to this version's schema
	@$(BIN)/python app.py migrate

test: $(VENV)/ready-dev ## the tests, in random order, with coverage
	@$(BIN)/python -m pytest

check: $(VENV)/ready-dev ## format, lint, types, import rules, migrations
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/python app.py migrate --check

bench: $(VENV)/ready-dev ## speed and memory, as ratios measured in one run
	@$(BIN)/python -m tests.bench

screenshots: $(VENV)/ready-dev ## the pictures in docs/pictures, taken of the sandbox
	@$(BIN)/python -m tests.screenshots

lock: ## compile the lock files anew (needs uv)
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header pyproject.toml -o requirements.lock
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --extra dev pyproject.toml -o requirements-dev.lock
