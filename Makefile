# Everything a developer types. `make run` and `make test` need nothing but Python 3.11 and a registry.

PYTHON ?= python3
BIN = .venv/bin
MANAGE = $(BIN)/python manage.py
WORKERS ?= 2

.DEFAULT_GOAL := help
.PHONY: help run test check fix exercise messages bench

help: ## Show what can be made
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/' | expand -t 18

run: .venv/run ## Serve the portal with demo data: PORTAL_PORT, PORTAL_HOME, DATABASE_URL, PORTAL_DEMO=0
	@PORTAL_DEMO=$${PORTAL_DEMO:-1} exec $(MANAGE) up

test: .venv/test ## Run every test, those in a browser too where there is one
	@sh .ci/system
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal

check: .venv/test ## Everything CI looks at except the tests
	@sh .ci/check

fix: .venv/test ## Mend what can be mended: style, order of imports
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

exercise: .venv/test ## The long run of the races and random tests
	EXERCISE=1 $(BIN)/python -m pytest -n $(WORKERS) -m slow

bench: .venv/run ## Measure settlements and look-ups here: MEMBERS=2000 for a quick look
	@benchmarks/run --members $(or $(MEMBERS),100000)

messages: .venv/test ## Refresh locale/en from the sentences in the code
	$(BIN)/python .ci/messages

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("Python 3.11 or later is needed: make PYTHON=python3.11")'
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "This Python cannot make virtual environments. On Debian: apt install python3-venv"; exit 1; }
	$(PYTHON) -m venv .venv

.venv/run: requirements.txt | .venv/bin/python
	@echo "Installing what the portal runs on ..."
	@$(BIN)/python -m pip install --disable-pip-version-check -qqr requirements.txt
	@touch $@

.venv/test: .ci/requirements.txt .venv/run
	@echo "Installing what the tests need ..."
	@$(BIN)/python -m pip install --disable-pip-version-check -qqr .ci/requirements.txt
	@touch $@
