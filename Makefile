# The commands of the README. Each works in a fresh clone with Python 3.11 or later and make.
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check
SCRIPTS := ldn_kg/publish/site/static/vendor
NPM := $(shell command -v npm 2>/dev/null)
NODE_20 := node -e 'process.exit(+(process.versions.node.split(".")[0] < 20))' 2>/dev/null

.PHONY: all develop missing test bench performance mutants citation builder scripts wheel lock upgrade clean

all: .venv/installed
	@$(BIN)/ldn-kg validate
	@$(BIN)/ldn-kg build dist
	@echo
	$(BIN)/ldn-kg answer fibromyalgia
	@echo
	@echo "That is one question with its answer; \`$(BIN)/ldn-kg query\` lists the others, and"
	@echo "dist/answers/ has all the answers. The graph is dist/ldn-kg.ttl."

develop: .venv/installed .venv/development

# The tests of the site need its scripts, which need npm; without it they are skipped.
test: missing develop $(if $(NPM),scripts)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest --numprocesses auto --dist loadgroup -p no:benchmark --ignore tests/benchmarks

missing:
	@.ci/missing

bench: develop
	$(BIN)/pytest tests/benchmarks --benchmark-only --benchmark-columns=median,rounds -s

# Hours, on a machine that does nothing else; writes docs/performance.md, and goes on where it
# was cut off. Needs Jena, which .ci/install-stores installs, and the scripts of the site.
performance: develop $(if $(NPM),scripts)
	$(BIN)/python tests/benchmarks/performance.py

# Hours; writes docs/mutants.md. What was tried stands in .mutants/, so that it can be stopped and
# goes on where it was: `make mutants GROUP=synthesis`, `make mutants SAMPLE="--sample 100"`.
mutants: develop
	cd tests && nice -n 15 ../$(BIN)/python -m mutation $(GROUP) $(SAMPLE)

# Generated from the metadata of the dataset, and tested to be current.
citation: .venv/installed
	$(BIN)/ldn-kg cite --format cff --output CITATION.cff
	$(BIN)/ldn-kg cite --format zenodo --output .zenodo.json
	$(BIN)/ldn-kg cite --format codemeta --output codemeta.json

# Said before anything starts: what builds the scripts, unless they are there.
builder:
	@test -e $(SCRIPTS)/LICENSES.txt || { $(NODE_20) && command -v npm >/dev/null; } || \
	  { echo "$$GET_NPM" >&2; exit 1; }

# The scripts of the site, from the npm registry: the query engine, the editor, the search.
scripts: $(SCRIPTS)/LICENSES.txt

# The licences are written last, so that a build that was cut off does not count.
$(SCRIPTS)/LICENSES.txt: web/package-lock.json $(wildcard web/src/*.js) web/build.mjs
	@{ $(NODE_20) && command -v npm >/dev/null; } || { echo "$$GET_NPM" >&2; exit 1; }
	cd web && npm ci --ignore-scripts --no-audit --no-fund --silent && npm run --silent build

# What is published. The back end is the one in requirements.lock; run by itself, it fetches nothing.
wheel: builder .venv/installed scripts
	rm -rf wheel
	$(BIN)/hatchling build --target wheel --directory wheel

# Needed only when dependencies change. Versions stay as they are; `make upgrade` renews them. A
# lock takes its versions from the file that it replaces, so the smaller one begins as the larger.
lock:
	$(if $(shell command -v uv 2>/dev/null),,@echo "The locks are written by uv: pip install uv" >&2; exit 1)
	$(LOCK) --group dev $(UPGRADE) --output-file requirements-dev.lock
	cp requirements-dev.lock requirements.lock
	$(LOCK) --output-file requirements.lock
	echo 'kgx>=2.7' | $(PINNED) - $(UPGRADE) --output-file .ci/kgx.txt
	printf 'uv\nsetuptools\n' | $(PINNED) - $(UPGRADE) --output-file .ci/uv.txt

upgrade:
	$(MAKE) lock UPGRADE=--upgrade

PINNED = uv pip compile --universal --python-version 3.11 --generate-hashes \
  --custom-compile-command "make lock" --quiet
LOCK = $(PINNED) pyproject.toml --all-extras --group build

clean:
	rm -rf .venv dist wheel

# Each file in .venv that is named here is written when its step is done, so that a step that was
# cut off is done again. A new lock means a new environment: nothing is left over from the old one.
.venv/packages: requirements.lock
	@command -v "$(PYTHON)" >/dev/null || { echo "There is no $(PYTHON). $$GET_PYTHON" >&2; exit 1; }
	@"$(PYTHON)" -c "$$CHECK_PYTHON"
	@echo "Installing what ldn-kg needs into .venv"
	@"$(PYTHON)" -m venv --clear .venv
	@$(PIP) install --require-hashes --only-binary :all: --requirement requirements.lock || \
	  { echo "The packages were not installed; can PyPI be reached? \`make\` tries again." >&2; exit 1; }
	@touch $@

# The version stands in the dataset. Without isolation, the back end that builds is the pinned one;
# in an isolated build pip would fetch another and check no hash.
.venv/installed: .venv/packages pyproject.toml data/dataset.ttl
	@$(PIP) install --no-build-isolation --no-deps --editable .
	@touch $@

.venv/development: .venv/packages requirements-dev.lock
	@echo "Installing what the tests need into .venv"
	@$(PIP) install --require-hashes --no-deps --no-build-isolation \
	  --requirement requirements-dev.lock
	@touch $@

define CHECK_PYTHON
import os, sys
if sys.version_info < (3, 11):
    sys.exit("$(PYTHON) is Python %d.%d, and ldn-kg needs 3.11 or later. " % sys.version_info[:2]
             + os.environ["GET_PYTHON"])
try:
    import ensurepip, venv
except ImportError:
    sys.exit("$(PYTHON) has no venv or no ensurepip (on Debian: apt install python3-venv). "
             + os.environ["GET_PYTHON"])
endef
define GET_PYTHON
Install Python from python.org or your system's packages, and name it: make PYTHON=python3.12
endef
define GET_NPM
The scripts of the site need npm, with Node.js 20 or later (on Debian: apt install npm).
endef
export CHECK_PYTHON GET_PYTHON GET_NPM
