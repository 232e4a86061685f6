# The project's commands. Each makes the environment it needs; on a fresh machine only Python 3.11+ and pip are asked for.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: help demo lab test check test-frameworks bench docs notebooks clean

help: ## this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 18

demo: $(VENV)/.demo ## train for real in the first notebook, print what was found, write it as HTML
	$(BIN)/python scripts/demo.py

lab: $(VENV)/.demo ## open the example notebooks live
	KERAS_BACKEND=$${KERAS_BACKEND:-jax} $(BIN)/jupyter lab --notebook-dir=example_notebooks

test: $(VENV)/.test browser ## every test, those in a real kernel and a real browser included
	$(BIN)/python -m pytest $(PYTEST)

check: $(VENV)/.test ## the fast daily path: format, lint, types, import contracts, quick tests
	scripts/lint $(BIN)
	$(BIN)/python -m pytest -q -m "not kernel and not browser and not frameworks" -n auto

test-frameworks: ## the slow frameworks, each in an environment of its own
	PYTHON=$(PYTHON) scripts/test-frameworks

bench: $(VENV)/.test ## all benchmarks; they read ../shared/samples where it exists
	$(BIN)/python -m benchmarks

docs: $(VENV)/.test ## print docs/rules from the rules themselves
	$(BIN)/python -m scripts.docs

.PHONY: browser
browser: $(VENV)/.test
	@scripts/browser $(BIN)

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip

$(VENV)/.demo: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet -e '.[demo]'
	@touch $@

$(VENV)/.test: pyproject.toml tests/requirements.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet -r tests/requirements.txt -e '.[test,lint,demo]'
	@touch $@

notebooks: $(VENV)/.test ## run the example notebooks and keep their static outputs, for readers who run nothing
	$(BIN)/python -m scripts.notebooks

clean: ## remove environments and caches
	rm -rf $(VENV) .venvs .demo artifacts .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
