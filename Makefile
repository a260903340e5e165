# make report renders the report, make test runs every test; make help tells the rest.
VENV := .venv
BIN := $(VENV)/$(if $(filter Windows_NT,$(OS)),Scripts,bin)
LOCK := requirements.lock
INSTALLED := $(VENV)/installed.lock
PLACE := $(VENV)/place
BEGUN := $(VENV)/begun

# A reader's words reach programs through the environment, character by character: Make does not
# expand them (hence value), nor stand they in a line of the shell, which sees "$$DATA" alone.
override DATA := $(value DATA)
override BUDGET := $(value BUDGET)
override RENDERER := $(value RENDERER)
override PYTHON := $(or $(value PYTHON),python3)
export DATA BUDGET RENDERER PYTHON

.PHONY: help report test benchmark release environment clean
.DEFAULT_GOAL := help

help: ## tell what make can do
	@echo "make report                        the report: _output/report.html and _output/report.pdf"
	@echo "make report DATA=tracks.csv        the same on your own tracks (CSV, Parquet, JSON, SQLite ...)"
	@echo "make report BUDGET=quick           a draft: fewer trials and resamples, a third of the time"
	@echo "make report RENDERER=pandoc        with this renderer (quarto or pandoc)"
	@echo "make test                          every test"
	@echo "make benchmark                     where a report's time goes, and how it grows: an hour"
	@echo "make release                       the report, tested, for publication: docs/"
	@echo "make clean                         remove the report and all stored results"
	@echo "PYTHON=python3.12 make report      with another Python (3.11 or newer)"

report: environment
	@$(BIN)/python -m render -P "data:$$DATA" -P "budget:$$BUDGET"

test: environment
	@$(BIN)/python -m pytest

benchmark: environment
	@$(BIN)/python -m benchmarks.steps
	@$(BIN)/python -m benchmarks.scale genres --steps check read clean "question 1" boosting network

# A release names one commit, which the report prints: changed files are refused at once.
release: environment
	@$(BIN)/python -m analysis.releasing
	@$(BIN)/python -m pytest
	@$(BIN)/python -m render -P data:genres -P budget:full
	@$(BIN)/python -m analysis.releasing docs

clean:
	rm -rf _output .cache .quarto .pytest_cache .ruff_cache .hypothesis report_files report.quarto_ipynb

# The environment is whole, as new as the copy of the lock that its last installation left, and
# where it was made; an environment that says nothing of its place may be anywhere.
runs = $(BIN)/python -c '$(1)' >/dev/null 2>&1
fresh = cmp -s $(LOCK) $(INSTALLED)
here = { [ ! -e $(PLACE) ] || [ "`cat $(PLACE)`" = "`cd $(VENV) && pwd -P`" ]; }

environment:
	@[ ! -e $(BEGUN) ] && $(fresh) && $(here) && $(call runs,import yaml) || \
	  $(MAKE) --no-print-directory install

.PHONY: install
install:
	@python=`command -v -- "$$PYTHON"`; case "$$python" in */*) \
	  "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))';; *) false;; esac || { \
	  printf 'Python 3.11 or newer is needed, which "%s" is not: %s\n' "$$PYTHON" \
	    "name one, as in make report PYTHON=python3.12" >&2; exit 2; }
	@if [ ! -e $(VENV) ]; then exit 0; \
	elif [ -e $(BEGUN) ]; then why="was left half-made"; \
	elif ! $(call runs,); then why="has no Python that runs"; \
	elif ! $(here); then why="was moved here"; \
	elif $(fresh); then why="has lost its packages"; \
	else exit 0; fi; \
	echo "The environment in $(VENV) $$why: it is made anew."; rm -rf $(VENV)
	@echo "Installing the packages of $(LOCK) into $(VENV) (once, about a minute) ..."
	@"`command -v -- "$$PYTHON"`" -m venv $(VENV)
	@touch $(BEGUN)
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes -r $(LOCK)
	@cp $(LOCK) $(INSTALLED)
	@(cd $(VENV) && pwd -P) > $(PLACE)
	@rm $(BEGUN)
	@$(if $(filter Windows_NT,$(OS)),echo QUARTO_PYTHON=$(BIN) > _environment.local,:)
