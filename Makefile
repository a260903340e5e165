# make report renders the report, make test runs every test; make help tells the rest.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/$(if $(filter Windows_NT,$(OS)),Scripts,bin)
LOCK := requirements.lock
INSTALLED := $(VENV)/installed.lock

DATA ?=
BUDGET ?=
RENDERER ?=
export RENDERER
parameters = $(if $(DATA),-P "data:$(DATA)") $(if $(BUDGET),-P "budget:$(BUDGET)")

.PHONY: help report test quarto environment clean
.DEFAULT_GOAL := help

help: ## tell what make can do
	@echo "make report                        the report: _output/report.html and _output/report.pdf"
	@echo "make report DATA=tracks.csv        the same on your own tracks (CSV, TSV, Parquet, JSON)"
	@echo "make report BUDGET=quick           a draft: fewer trials and resamples, a third of the time"
	@echo "make report RENDERER=pandoc        with this renderer (quarto or pandoc)"
	@echo "make test                          every test"
	@echo "make quarto                        try again to install Quarto into $(VENV)"
	@echo "make clean                         remove the report and all stored results"
	@echo "PYTHON=python3.12 make report      with another Python (3.11 or newer)"

report: environment
	@$(if $(filter pandoc,$(RENDERER)),,$(BIN)/python -m render.installing)
	@$(BIN)/python -m render $(parameters)

test: environment
	@$(BIN)/python -m pytest

quarto: environment
	@$(BIN)/python -m render.installing --again

clean:
	rm -rf _output .cache .quarto .pytest_cache .ruff_cache .hypothesis report_files report.quarto_ipynb

# The environment is as new as the copy of the lock that its last successful installation left.
environment:
	@cmp -s $(LOCK) $(INSTALLED) || $(MAKE) --no-print-directory install

.PHONY: install
install:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "Python 3.11 or newer is needed; name one: make report PYTHON=python3.12" >&2; exit 2; }
	@echo "Installing the packages of $(LOCK) into $(VENV) (once, about a minute) ..."
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes -r $(LOCK)
	@cp $(LOCK) $(INSTALLED)
