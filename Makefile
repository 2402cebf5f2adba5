PYTHON ?= python3
PORT ?= 8000
BIN := .venv/bin
ROOT := $(if $(filter-out 0,$(shell id -u)),sudo) env DEBIAN_FRONTEND=noninteractive
LOCK := uv pip compile pyproject.toml --quiet --universal --python-version 3.11 \
	--generate-hashes --no-header --no-annotate --no-emit-index-url

# Seconds with uv, under a minute or two with pip; the same locked, hashed packages either way.
ifneq ($(shell command -v uv),)
INSTALL := uv pip install --quiet --python $(BIN)/python
else
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile
endif

# Where it is set, every process that a test starts compiles all that it imports anew: twice the time of a start.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: demo test lint bench bench-load screenshot lock clean help

demo: .venv/.runtime ## a team, its tickets and its pages on http://localhost:8000 (PORT=…); Ctrl-C ends it
	@exec $(BIN)/respite demo --port $(PORT)

test: .venv/.test ## every test, and lint beside them, told after them; brings its own PostgreSQL and Chromium
	@sh .ci/chromium
	@sh .ci/beside "$(MAKE_COMMAND) --no-print-directory lint" $(BIN)/pytest -n auto --dist loadfile --no-loadscope-reorder $(PYTEST_FLAGS)

lint: .venv/.test ## ruff, mypy --strict, import contracts, known vulnerabilities, secrets
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python .ci/audit.py

bench: .venv/.test ## measure against the named peers
	$(BIN)/python tests/benchmark/run.py

bench-load: .venv/.test ## a site's day against a real server on PostgreSQL in ten minutes; LOAD_FLAGS="--agents 200 --minutes 2"
	$(BIN)/python tests/benchmark/load.py $(LOAD_FLAGS)

screenshot: .venv/.test ## redraw the README's picture
	@sh .ci/chromium
	$(BIN)/python tests/browser/screenshot.py

lock: ## resolve the dependencies again; LOCK_FLAGS=--upgrade for newer ones
	$(LOCK) $(LOCK_FLAGS) --output-file requirements.txt
	$(LOCK) $(LOCK_FLAGS) --extra test --extra bench --constraint requirements.txt --output-file requirements-test.txt

clean: ## remove what the targets made, except the database in var/
	rm -rf .venv dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 12

# Debian's python3 can lack ensurepip, and then makes no virtual environment.
$(BIN)/python:
	@if command -v uv >/dev/null; then uv venv --quiet --allow-existing --seed --python $(PYTHON) .venv; else \
		$(PYTHON) -c 'import ensurepip' 2>/dev/null || { $(ROOT) apt-get update -qq && \
			$(ROOT) apt-get install -y -qq --no-install-recommends $(notdir $(PYTHON))-venv; } && \
		$(PYTHON) -m venv .venv; fi

.venv/.runtime: requirements.txt pyproject.toml | $(BIN)/python
	$(INSTALL) --no-deps --require-hashes -r requirements.txt
	$(INSTALL) --no-deps -e .
	@touch $@

# The test lock contains the runtime lock, so the demo needs no second installation.
.venv/.test: requirements-test.txt pyproject.toml | $(BIN)/python
	$(INSTALL) --no-deps --require-hashes -r requirements-test.txt
	$(INSTALL) --no-deps -e .
	@touch $@ .venv/.runtime
