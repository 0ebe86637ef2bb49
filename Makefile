# Two commands need nothing but Debian 12 and Python 3.11:  make demo   make test
# `make check` is the quick one before a commit.  See CONTRIBUTING.md.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt

# Not in one process with the studio: the compiler inside torch's CUDA build and Mesa's OpenGL
# bring an LLVM each, and the second one to be loaded ends the process.
TORCH  := tests/training tests/cli/test_train.py tests/cli/test_train_speech.py \
          tests/evaluation/test_classifier.py
TESTS  := $(BIN)/python -m pytest -n 2 --dist loadfile

# One frame is the unit of parallel work: libraries get one thread each.
export OMP_NUM_THREADS      ?= 1
export OPENBLAS_NUM_THREADS ?= 1

.PHONY: demo test check format setup setup-dev system clean

demo: setup
	$(BIN)/facestudio demo

test: setup-dev
	$(TESTS) $(TORCH:%=--ignore=%)
	$(TESTS) $(TORCH)

check: setup-dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/basedpyright --level error
	$(BIN)/lint-imports
	$(TESTS) -m "not slow" $(TORCH:%=--ignore=%)
	$(TESTS) -m "not slow" $(TORCH)

format: setup-dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

setup: $(VENV)/.installed
setup-dev: $(VENV)/.installed-dev

system:
	@sh .ci/system-packages

$(VENV)/.installed: pyproject.toml constraints.txt | system
	$(PYTHON) -m venv $(VENV)
	$(PIP) --editable .
	@touch $@

# torch first: a later resolver step must find this very build in place.
$(VENV)/.installed-dev: $(VENV)/.installed
	$(PIP) torch==2.13.0
	$(PIP) --editable ".[dev]"
	@touch $@

clean:
	rm -rf $(VENV) demo-output .pytest_cache .ruff_cache .hypothesis build *.egg-info
