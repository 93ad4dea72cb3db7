# The two commands a newcomer needs: make demo, make test. Each makes .venv first if it is missing.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile
# All cores compile what was installed, without the tests of libraries: half the time and nine tenths of the disk of pip's own way.
COMPILE := $(BIN)/python -m compileall -q -j 0 -x "/tests?/" $(VENV)/lib sim experiments
# Else each of the many processes that commands and tests start would compile all sources again.
unexport PYTHONDONTWRITEBYTECODE
# What users need, and all that developers need beside.
CORE := $(VENV)/.core
READY := $(VENV)/.ready
# Overrides for the demo, such as make demo ARGS="n_worlds=64 scenario=cold_war"
ARGS ?=

.PHONY: demo lab test test-slow test-kills test-lowest test-newest test-durations faults lint findings bench docs lock clean

demo: $(CORE)
	$(BIN)/counterpoise $(ARGS)

# A page in the browser, to ask and to try.
lab: $(READY)
	$(BIN)/counterpoise lab

# Tests run side by side as workers do: each has one core.
test test-slow test-kills test-durations: export OPENBLAS_NUM_THREADS = 1

test: $(READY)
	$(BIN)/python -m pytest -n auto --dist worksteal

# Every combination, and trials that take minutes: what `make test` leaves out.
test-slow: $(READY)
	$(BIN)/python -m pytest -n auto --dist worksteal -m slow

# Those of the slow trials in which commands, workers and analyses are killed or interrupted, and go on to the same numbers.
test-kills: $(READY)
	$(BIN)/python -m pytest -n auto --dist worksteal -m slow tests/faults/test_killing.py tests/experiments/analyses/test_killed.py

# The same tests on the lowest versions that pyproject.toml allows, and on the newest; each has an environment of its own.
test-lowest: RESOLUTION := lowest-direct
test-newest: RESOLUTION := highest
test-lowest test-newest:
	$(PYTHON) -m venv build/$@
	build/$@/bin/python -m pip install --quiet --disable-pip-version-check uv
	build/$@/bin/python -m uv pip install --quiet --python build/$@ --resolution $(RESOLUTION) --editable '.[dev]'
	build/$@/bin/python -m pytest -n auto --dist worksteal -W default

# Where the time of make test goes.
test-durations: $(READY)
	$(BIN)/python -m pytest -n auto --dist worksteal --durations=50 --durations-min=0.5

# Everything that can go wrong, hundreds of times; a quarter of an hour.
faults: $(READY)
	$(BIN)/python -m tests.faults

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/mypy

# Everything that the documents say of the model: every preset and every analysis; goes on where it stopped.
findings: $(READY)
	$(BIN)/python -m tests.findings $(ARGS)

bench: $(READY)
	$(BIN)/python -m tests.bench $(ARGS)

docs: $(READY)
	$(BIN)/python -m tests.docs

# New pins: names and versions only, for every supported Python.
lock:
	uv pip compile --universal --no-header --no-annotate --extra dev --upgrade pyproject.toml -o requirements.lock

clean:
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis

# The versions of the lock; of those, what pyproject.toml asks for.
$(CORE): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("counterpoise needs Python 3.11 to 3.13, this is " + sys.version.split()[0] + "; try make PYTHON=python3.12") if not (3, 11) <= sys.version_info[:2] <= (3, 13) else None'
	$(PYTHON) -m venv $(VENV)
	$(PIP) -c requirements.lock hatchling editables
	$(PIP) -c requirements.lock --no-build-isolation --editable .
	$(COMPILE)
	@touch $(CORE)

$(READY): $(CORE)
	$(PIP) -r requirements.lock
	$(COMPILE)
	@touch $(READY)
