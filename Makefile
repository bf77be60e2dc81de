# The commands of the README. Each works in a fresh clone with Python 3.11 or later, git and make.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: all test bench performance citation scripts lock clean

all: .venv/installed
	@$(BIN)/ldn-kg validate
	@$(BIN)/ldn-kg build dist
	@echo
	@echo "Look at dist/ldn-kg.ttl, dist/answers/ and \`$(BIN)/ldn-kg query\`. One question with its answer:"
	@echo "  $(BIN)/ldn-kg query efficacy"
	@$(BIN)/ldn-kg query efficacy

# The tests of the site need its scripts, which need npm; without it they skip.
test: .venv/installed $(if $(shell command -v npm),scripts)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest --numprocesses auto --dist loadgroup -p no:benchmark --ignore tests/benchmarks

bench: .venv/installed
	$(BIN)/pytest tests/benchmarks --benchmark-only --benchmark-columns=median,rounds -s

# An hour or less; writes docs/performance.md. Needs Jena, which .ci/install-stores installs.
performance: .venv/installed
	$(BIN)/python tests/benchmarks/growth.py

# Generated from the metadata of the dataset, and tested to be current.
citation: .venv/installed
	$(BIN)/ldn-kg cite --format cff --output CITATION.cff
	$(BIN)/ldn-kg cite --format zenodo --output .zenodo.json
	$(BIN)/ldn-kg cite --format codemeta --output codemeta.json

# The scripts of the site, from the npm registry: the query engine, the editor, the search.
scripts: ldn_kg/publish/site/static/vendor

ldn_kg/publish/site/static/vendor: web/package-lock.json $(wildcard web/src/*.js) web/build.mjs
	cd web && npm ci --ignore-scripts --no-audit --no-fund --silent && npm run --silent build
	touch $@

# Only for who changes the dependencies: needs uv.
lock:
	uv pip compile pyproject.toml --group dev --universal --python-version 3.11 \
	  --generate-hashes --no-header --quiet --upgrade --output-file requirements.lock

clean:
	rm -rf .venv dist

.venv/installed: requirements.lock pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	touch $@
