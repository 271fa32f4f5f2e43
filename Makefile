# Everything a developer types daily. Each target sets up what it needs from a fresh clone.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules

PYTHON ?= python3
venv := .venv
bin := $(venv)/bin
pip := $(bin)/python -m pip install --quiet --disable-pip-version-check

# A stamp is as new as the last installation, so that a second run installs nothing.
run_ready := $(venv)/run.stamp
dev_ready := $(venv)/dev.stamp
peers_ready := .venv-peers/peers.stamp

##@ Run

.PHONY: demo
demo: $(run_ready) ## Serve the demo company at http://127.0.0.1:8000 (PORT=…), keeping its data
	exec $(bin)/fieldsvc demo

.PHONY: demo-reset
demo-reset: $(run_ready) ## Put the demo company back to its first day
	$(bin)/fieldsvc demo --reset --no-serve

##@ Check

# Compiles the planning kernels once, so that no test process has to.
warm := $(bin)/python -m solver warm

.PHONY: test
test: $(dev_ready) ## Run the tests
	$(warm)
	$(bin)/pytest -n 2 --dist worksteal -m "not full" $(ARGS)

.PHONY: test-full
test-full: $(dev_ready) ## Run the tests and the long-running ones
	$(warm)
	$(bin)/pytest -n 2 --dist worksteal $(ARGS)

.PHONY: lint
lint: lint-style lint-types lint-floors lint-files ## Check style, types, floors, templates, texts, vendored files

.PHONY: lint-style lint-types lint-floors lint-files
lint-style: $(dev_ready)
	$(bin)/ruff check
	$(bin)/ruff format --check

lint-types: $(dev_ready)
	$(bin)/mypy

lint-floors: $(dev_ready)
	$(bin)/lint-imports

lint-files: $(dev_ready)
	$(bin)/python -m tools.lint_templates
	$(bin)/python -m tools.messages --check
	$(bin)/python -m tools.vendor_front_end --check
	$(bin)/python -m tools.make_icon_sprite --check

.PHONY: format
format: $(dev_ready) ## Format the code and mend what can be mended
	$(bin)/ruff check --fix
	$(bin)/ruff format

##@ Measure

.PHONY: bench
bench: $(dev_ready) ## Measure the planning engine and the pages, in three minutes
	$(warm)
	$(bin)/python -m benchmarks $(ARGS)

.PHONY: bench-full
bench-full: $(dev_ready) ## Measure every table of docs/benchmarks.md, for hours
	$(warm)
	$(bin)/python -m benchmarks --full $(ARGS)

.PHONY: peers
peers: $(peers_ready) ## Install VROOM, PyVRP and OR-Tools to measure against

##@ Refresh

.PHONY: messages
messages: $(dev_ready) ## Collect the texts of the interface and compile their translations
	$(bin)/python -m tools.messages

.PHONY: vendor
vendor: $(dev_ready) ## Copy the pinned front-end files into fieldsvc/static (needs npm)
	$(bin)/python -m tools.vendor_front_end
	$(bin)/python -m tools.make_icon_sprite

.PHONY: lock
lock: ## Resolve the newest allowed versions into requirements/ (needs uv)
	uv pip compile $(lock_options) pyproject.toml --group dev --output-file requirements/dev.lock
	uv pip compile $(lock_options) pyproject.toml --constraint requirements/dev.lock --output-file requirements/run.lock
	uv pip compile $(lock_options) --group build --constraint requirements/dev.lock --output-file requirements/build.lock
	uv pip compile $(lock_options) --group peers --constraint requirements/dev.lock --output-file requirements/peers.lock

lock_options := --upgrade --universal --generate-hashes --no-header --python-version 3.11 --quiet

##@ Help

.PHONY: help
help: ## Show this list
	@awk 'BEGIN { FS = ":.*## " } \
		/^##@/ { printf "\n%s\n", substr($$0, 5) } \
		/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# --- Setting up ---------------------------------------------------------------------------------

$(bin)/python:
	@command -v $(PYTHON) >/dev/null \
		|| { echo "$(PYTHON) was not found. Install Python 3.11 or newer, or say make PYTHON=/path/to/python." >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "$(PYTHON) is $$($(PYTHON) --version). fieldsvc needs Python 3.11 or newer: make PYTHON=/path/to/python" >&2; exit 1; }
	$(PYTHON) -m venv $(venv)

$(run_ready): requirements/build.lock requirements/run.lock pyproject.toml | $(bin)/python
	$(pip) --require-hashes -r requirements/build.lock -r requirements/run.lock
	$(pip) --no-deps --no-build-isolation --editable .
	touch $@

$(dev_ready): requirements/dev.lock $(run_ready)
	$(pip) --require-hashes -r requirements/dev.lock
	touch $@

$(peers_ready): requirements/peers.lock | $(bin)/python
	$(PYTHON) -m venv .venv-peers
	.venv-peers/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	touch $@
