# Each target does its own set-up in .venv; nothing is done twice.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.DEFAULT_GOAL := help
.PHONY: help fuzz install serve test lint browser screenshots bench-quality bench-indexing bench-load bench-speed bench-growth bench-cluster adapter reader fit
.SUFFIXES:

help: ## show this
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-13s %s\n", $$1, $$2}' Makefile

install: $(VENV)/.installed ## set up .venv

serve: install ## ask in the browser, on http://127.0.0.1:7860
	@$(BIN)/yuanwen serve

test: $(VENV)/.tested browser ## run the tests
	@$(BIN)/pytest

lint: $(VENV)/.tested ## check style, types and the direction of imports
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo 'Yuanwen needs Python 3.11 or later. Name one: make PYTHON=/path/to/python3 …' >&2; exit 1; }
	$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); exit 1; }

# torch first and alone: the build that its pin names then satisfies everything that asks for torch.
$(VENV)/.installed: pyproject.toml constraints.txt | $(BIN)/python
	@echo 'Setting up $(VENV), once; this takes some minutes.'
	$(BIN)/python -m pip install --quiet "$$(grep '^torch==' constraints.txt)"
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable .
	@touch $@

$(VENV)/.tested: $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[dev]'
	@touch $@

# The browser tests skip, and say so, where this cannot be had.
browser:
	@if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  missing=$$(for p in chromium fonts-noto-cjk; do \
	    dpkg-query -W -f '$${Status}' $$p 2>/dev/null | grep -q 'ok installed' || echo $$p; done); \
	  if [ -n "$$missing" ]; then \
	    echo "installing" $$missing; \
	    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive \
	      apt-get install -qq -y --no-install-recommends $$missing; } >/dev/null \
	      || echo "could not install" $$missing >&2; \
	  fi; \
	fi

screenshots: $(VENV)/.tested browser ## take the pictures in docs/
	@$(BIN)/python tests/ui/screenshots.py

# The peers stand in a set-up of their own, which sees what is installed in the other.
.bench/venv/.installed: $(VENV)/.tested
	$(BIN)/python -m venv --without-pip .bench/venv
	site=$$($(BIN)/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))'); \
	echo "import site; site.addsitedir('$$site')" > \
	  "$$(.bench/venv/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/project.pth"
	.bench/venv/bin/python -m pip install --quiet --constraint constraints.txt --editable '.[bench]'
	@touch $@

# QUESTIONS=250 asks so many of each set and not all of them.
bench-quality: .bench/venv/.installed ## measure right answers beside others; libraries stay in .bench/
	@.bench/venv/bin/python tests/benchmarks/quality.py --keep .bench $(if $(QUESTIONS),--questions $(QUESTIONS))

# FILES=500 takes so many files and not all of them; SMALL=1 leaves the model out.
bench-indexing: $(VENV)/.tested ## measure thousands of files: indexed, again, and after 1 % has changed
	@$(BIN)/python tests/benchmarks/indexing.py $(if $(FILES),--files $(FILES)) $(if $(SMALL),--small)

# USERS=50 and SECONDS=60 may be given.
bench-load: $(VENV)/.tested ## ask as many users at once; each answer is checked
	@$(BIN)/python tests/benchmarks/load.py $(if $(USERS),--users $(USERS)) $(if $(SECONDS),--seconds $(SECONDS))

bench-speed: .bench/venv/.installed ## measure time, memory and disk beside others
	@.bench/venv/bin/python tests/benchmarks/speed.py

# SIZES="1000 10000" makes it short; the library stays in .bench/, and the next run goes on with it.
bench-growth: .bench/venv/.installed ## measure one library at 1,000 to 1,000,000 passages, and draw it
	@.bench/venv/bin/python tests/benchmarks/growth.py --keep .bench $(if $(SIZES),--sizes $(SIZES),--picture docs/growth.svg)

adapter: $(VENV)/.tested ## teach the packaged model anew; minutes on a GPU, hours without
	@$(BIN)/python tests/benchmarks/adapt.py

reader: $(VENV)/.tested ## teach it to read question and text together; minutes on a GPU, a day without
	@$(BIN)/python tests/benchmarks/reading.py

# LIBRARY=folder takes one that stands, QUESTIONS=250 so many questions and not all.
bench-cluster: $(VENV)/.tested ## measure a library in Milvus beside the same in a folder
	@$(BIN)/python tests/benchmarks/cluster.py $(if $(LIBRARY),--library $(LIBRARY)) $(if $(QUESTIONS),--most $(QUESTIONS))

fit: $(VENV)/.tested ## fit the weights of refusal anew; what is measured stays in .bench/
	@$(BIN)/python tests/benchmarks/small_talk.py
	@$(BIN)/python tests/benchmarks/fit.py --keep .bench $(if $(QUESTIONS),--questions $(QUESTIONS))

# RUNS=1000 makes it short; what is found is printed, with the input.
fuzz: $(VENV)/.tested ## feed the readers damaged files
	@$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[fuzz]'
	@$(BIN)/python tests/fuzz/readers.py $(or $(RUNS),100000)
