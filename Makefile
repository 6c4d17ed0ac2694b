# Each target does its own set-up; all it needs is Python 3.11 or newer, and make.
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 3100
NEW_ENOUGH := import sys; sys.exit(sys.version_info < (3, 11))
# The first Python that is new enough; `make PYTHON=/path/to/python3 ...` chooses another.
PYTHON ?= $(shell for each in python3 python3.14 python3.13 python3.12 python3.11 python; do \
  if $$each -c '$(NEW_ENOUGH)' >/dev/null 2>&1; then echo $$each; break; fi; done)
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := help
.PHONY: help sandbox run migrate test test-sqlite test-postgresql coverage check bench chaos screenshots report-pictures lock

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | awk -F'\t' '{printf "  make %-16s %s\n", $$1, $$2}'

$(VENV)/python:
	@test -n "$(PYTHON)" || { echo "Foreword needs Python 3.11 or newer, and none was found. Install one, or name it: make PYTHON=/path/to/python3 ..."; exit 1; }
	@$(PYTHON) -c '$(NEW_ENOUGH)' || { echo "Foreword needs Python 3.11 or newer; $(PYTHON) is older or does not run. Try: make PYTHON=python3.12 ..."; exit 1; }
	@$(PYTHON) -m venv --clear $(VENV) || { echo "No virtual environment could be made. On Debian and Ubuntu: apt install python3-venv"; rm -rf $(VENV); exit 1; }
	@touch $@

$(VENV)/ready: requirements.lock | $(VENV)/python
	@echo "Installing what Foreword needs (once)…"
	@$(BIN)/python -m pip install --quiet --require-hashes --no-deps -r requirements.lock
	@touch $@

$(VENV)/ready-dev: requirements-dev.lock | $(VENV)/python
	@echo "Installing what the tests need (once)…"
	@$(BIN)/python -m pip install --quiet --require-hashes --no-deps -r requirements-dev.lock
	@touch $(VENV)/ready $@

sandbox: $(VENV)/ready ## open the local workspace page (PORT=3100)
	@$(BIN)/python app.py sandbox --port $(PORT)

run: $(VENV)/ready ## run the bot with the settings in .env
	@$(BIN)/python app.py run

migrate: $(VENV)/ready ## bring the database to this version's schema
	@$(BIN)/python app.py migrate

test: $(VENV)/ready-dev ## the tests; those that reach the database on SQLite and on PostgreSQL
	@FOREWORD_DATABASE=both $(BIN)/python -m pytest

test-sqlite: $(VENV)/ready-dev ## the tests on SQLite alone, which takes half as long
	@$(BIN)/python -m pytest

test-postgresql: $(VENV)/ready-dev ## the tests that reach the database, on a PostgreSQL that they bring along
	@FOREWORD_DATABASE=postgresql $(BIN)/python -m pytest -m database

coverage: $(VENV)/ready-dev ## the tests, and which lines they never reach
	@$(BIN)/python -m pytest --cov --cov-report=term:skip-covered

check: $(VENV)/ready-dev ## format, lint, types, import rules, migrations
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/python app.py migrate --check

bench: $(VENV)/ready-dev ## speed and memory, as ratios measured in one run
	@$(BIN)/python -m tests.bench

chaos: $(VENV)/ready-dev ## lives of a rollout through kills and faults (SEEDS=50 SECONDS=600; FOREWORD_DATABASE=postgresql)
	@$(BIN)/python -m tests.faults --seeds $(or $(SEEDS),50) --seconds $(or $(SECONDS),600)

screenshots: $(VENV)/ready-dev ## the pictures in docs/pictures, taken of the sandbox
	@$(BIN)/python -m tests.screenshots

report-pictures: $(VENV)/ready-dev ## the pictures in docs/pictures/report (needs LibreOffice and Poppler)
	@$(BIN)/python -m tests.report_pictures

lock: ## compile the lock files anew (needs uv)
	@command -v uv >/dev/null || { echo "make lock needs uv: https://docs.astral.sh/uv"; exit 1; }
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header pyproject.toml -o requirements.lock
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --extra dev pyproject.toml -o requirements-dev.lock
