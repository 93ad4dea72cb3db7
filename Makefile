# The two commands a newcomer needs: make demo, make test. Each makes .venv first if it is missing.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
# Overrides for the demo, such as make demo ARGS="n_worlds=64 scenario=cold_war"
ARGS ?=

.PHONY: demo test test-slow faults lint gallery bench docs lock clean

demo: $(READY)
	$(BIN)/counterpoise $(ARGS)

test: $(READY)
	$(BIN)/python -m pytest -n auto --dist loadfile

test-slow: $(READY)
	$(BIN)/python -m pytest -n auto -m slow

# Everything that can go wrong, hundreds of times; a quarter of an hour.
faults: $(READY)
	$(BIN)/python -m tests.faults

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/mypy

gallery: $(READY)
	$(BIN)/counterpoise gallery

bench: $(READY)
	$(BIN)/counterpoise bench

docs: $(READY)
	$(BIN)/counterpoise docs

# New pins: names and versions only, for every supported Python.
lock:
	uv pip compile --universal --no-header --no-annotate --extra dev --upgrade pyproject.toml -o requirements.lock

clean:
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("counterpoise needs Python 3.11 to 3.13, this is " + sys.version.split()[0] + "; try make PYTHON=python3.12") if not (3, 11) <= sys.version_info[:2] <= (3, 13) else None'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $(READY)
