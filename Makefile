# `make` installs the environment, runs the study and builds its site; `make help` lists the other targets.

PYTHON ?= python3
STUDY  ?= config/config.yaml
CORES  ?= all
PORT   ?= 8000
PROFILE ?= profiles/slurm
# TRUST_CODE=yes allows STUDY's own metrics, which are code, to run: on the command line of make, not in the environment.
TRUST = $(if $(filter command,$(origin TRUST_CODE)),$(if $(filter yes,$(TRUST_CODE)),trust_code=yes))
TRUST_OPTION = $(if $(TRUST),--trust-code)

# File names are data: make does not expand them, and shells take them from the environment.
override STUDY := $(value STUDY)
override PROFILE := $(value PROFILE)
export STUDY PROFILE

VENV := .venv
BIN  := $(VENV)/bin
ACTIVE = PATH="$$PWD/$(BIN):$$PATH"# as in an activated environment, because jobs run `python`
SNAKEMAKE = $(ACTIVE) snakemake --cores $(CORES) --config study="$$STUDY" $(TRUST)

# On a full disk, Snakemake may fail without saying why.
REQUIRE_WRITABLE = $(BIN)/python -P -c \
  'from ontrial.storage import files, process; process.call(files.require_writable, {"folder": "results"})'

.DEFAULT_GOAL := site
.PHONY: site setup serve verdicts report publish measure slurm test test-slow test-long lint format lock clean help

site: setup ## set up, run STUDY and build its site (STUDY=config/smoke.yaml is the smallest, half a minute)
	@[ -t 2 ] || export COLUMNS=200; $(SNAKEMAKE) --logger rich || \
	  { $(REQUIRE_WRITABLE); exit 1; }

setup: $(VENV)/ready ## create .venv with the exact versions in requirements/run.lock, and install this package

# $(call install,ENVIRONMENT,WHAT): uv is many times faster; pip is the fallback where only pip is configured for the package
# index. Modules are compiled now, so that jobs do not compile them when they start.
PIP := -m pip install --quiet --disable-pip-version-check
install = $(1)/bin/uv pip install --quiet --compile-bytecode --python $(1)/bin/python $(2) || $(1)/bin/python $(PIP) $(2)

# $(call environment,FOLDER,LOCK): install only wheels, which run no code on installation. Those in BUILT have none: the locked
# packages in FIRST build them without downloading anything, and so are installed before. Of them, immutables alone is in C.
FIRST = setuptools|uv
WHEELS := --only-binary :all: --require-hashes
BUILT = connection-pool $(shell $(PYTHON) -c 'import sys; sys.version_info >= (3, 14) and print("immutables")')
LOCKED = --only-binary :all: $(addprefix --no-binary ,$(BUILT)) --no-build-isolation --require-hashes
define environment
@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
  { echo 'Python 3.11 or newer is needed, but "$(PYTHON)" is' "$$($(PYTHON) --version 2>&1)." \
    'Name another one: make PYTHON=python3.13'; exit 1; }
$(PYTHON) -m venv $(1)
sed -n -E '/^($(FIRST))==/,/[^\]$$/p' $(2) > $(1)/first.lock
$(1)/bin/python $(PIP) $(WHEELS) -r $(1)/first.lock
$(call install,$(1),$(LOCKED) -r $(2))
$(call install,$(1),--no-deps --no-build-isolation --editable .)
endef

# $(call apart,FOLDER,PACKAGES): Snakemake imports all of its plugins whenever it starts. That of Slurm then queries Slurm if there
# is a slurm.conf. So it is in a folder that only those who need it put on the path.
define apart
rm -rf $(VENV)/$(1) && mkdir $(VENV)/$(1)
mv $(addprefix $(VENV)/lib/python3*/site-packages/,$(2)) $(VENV)/$(1)
endef

$(VENV)/ready: requirements/run.lock pyproject.toml
	$(call environment,$(VENV),$<)
	$(call apart,slurm,snakemake_executor_plugin_slurm*)
	@$(BIN)/python -m compileall -q src # jobs would not do so if PYTHONDONTWRITEBYTECODE is set
	@touch $@

verdicts: ## print the verdicts of STUDY in the terminal
serve: ## serve the site of STUDY on this machine, at PORT
report: ## pack the results of STUDY, with the code that made each file, into results/<study>/report.zip
verdicts serve report: setup
	@$(BIN)/ontrial $@ --study "$$STUDY" $(OPTIONS)
serve: OPTIONS = --port $(PORT)
report: OPTIONS = $(TRUST_OPTION)

publish: site ## run STUDY and update its published results in results/reference/<study>
	@$(BIN)/ontrial publish --study "$$STUDY"

slurm: setup ## run STUDY on a Slurm cluster with the settings in PROFILE (default: profiles/slurm)
	@export $(ACTIVE) PYTHONSAFEPATH=1 PYTHONPATH="$$PWD/$(VENV)/slurm$${PYTHONPATH:+:$$PYTHONPATH}"; \
	python -m snakemake --profile "$$PROFILE" $(ARGS) --quiet host reason --config study="$$STUDY" $(TRUST)

# Measurements, each with its line in the list. ARGS are options of the module of benchmarks that measures.
measure: $(WHAT:%=measure-%) ## measure what pages show beside the studies: WHAT=judging (without WHAT: list the measurements)
	@$(if $(WHAT),,awk -F ':.*# ' '/^measure-[a-z-]+:.*# / { sub("measure-", "", $$1); printf "%-18s %s\n", $$1, $$2 }' Makefile)

measure-benchmark: $(VENV)-bench/ready # compare the engine's speed with scikit-learn, PyTorch, JAX and Numba (ARGS=--quick: a part of it, in two minutes)
	@$(VENV)-bench/bin/python -m benchmarks $(ARGS)

measure-scale: setup # measure the seconds and memory of the workflow with up to 100,000 cells
measure-judging: setup # count how often the judge of tables errs and what it finds, and time a million rows (minutes)
measure-scale measure-judging:
	@$(BIN)/python -m benchmarks.$(@:measure-%=%) $(ARGS)

# REPLICATIONS are the folders of the replications.
REPLICATIONS ?= config/replications config/atlas-replications

measure-replications: setup # try the claims on other data, with other optimisers and shapes, and publish the verdicts (an hour)
	@for file in $(REPLICATIONS:=/*.yaml); do \
	  name=$$(basename "$$file" .yaml); \
	  echo "$$name: training and judging"; \
	  if $(ACTIVE) snakemake --cores $(CORES) --quiet all --config study="$$file" \
	    -- "results/$$name/verdicts.json" "results/$$name/provenance.json"; then \
	    $(BIN)/ontrial publish --study "$$file" || exit 1; \
	  elif [ "$$name" = fashion-mnist ] && [ ! -e data/fashion_mnist ]; then \
	    echo "$$name: left out, because its data cannot be fetched"; \
	  else exit 1; fi; \
	done

BATTERY := config/batteries/mish.yaml

measure-mish: setup # try Mish, the example of the battery for activations, and publish the verdicts (5 minutes)
	@$(ACTIVE) snakemake --cores $(CORES) --quiet host reason --config study=$(BATTERY) trust_code=yes \
	  -- results/mish/verdicts.json results/mish/provenance.json
	@$(BIN)/ontrial publish --study $(BATTERY)

# The lock has PyPI's builds. For another PyTorch, such as the one for CPUs only, name your own lock file with hashes.
BENCH_LOCK ?= requirements/bench.lock

$(VENV)-bench/ready: $(BENCH_LOCK)
	$(call environment,$(VENV)-bench,$<)
	@touch $@

$(VENV)/ready-develop: requirements/develop.lock $(VENV)/ready
	$(call install,$(VENV),$(WHEELS) -r $<)
	@touch $@

# Biome, which needs npm, and the Nu HTML checker, which needs Java as well
TOOLS := tests/scripts/node_modules

$(TOOLS)/ready: tests/scripts/package-lock.json
	npm --prefix tests/scripts ci --silent --no-audit --no-fund
	@touch $@

# Workers share the cores, so each computes on one. An idle worker takes tests from another.
TESTS := not slow and not long and not release
PYTEST := OPENBLAS_NUM_THREADS=1 $(BIN)/python -m pytest -n auto --dist worksteal

test: $(VENV)/ready-develop ## run the tests for every change, with one tiny study (three to five minutes)
	$(PYTEST) -m "$(TESTS)"

test-slow: TESTS = not long
test-slow: $(VENV)/ready-develop ## run all tests but those of hours: also other studies, every page, faults, full products (20 minutes)
	$(PYTEST) -m "$(TESTS)"

test-long: $(VENV)/ready-develop ## run the suites that take hours, or one of them (SUITE=kill_at, fuzz, default_study or slurm)
	$(PYTEST) -m long $(if $(SUITE),-k "$(SUITE)")

lint: $(VENV)/ready-develop $(TOOLS)/ready ## check formatting, style, types and workflows
	$(BIN)/pre-commit run --all-files

format: $(VENV)/ready-develop $(TOOLS)/ready ## format the code, the workflow and the scripts
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	$(ACTIVE) snakefmt Snakefile workflow examples
	npm --prefix tests/scripts run --silent format

COMPILE := $(BIN)/uv pip compile --universal --python-version 3.11 --fork-strategy fewest --generate-hashes \
  --quiet --no-header --no-annotate --no-emit-index-url --no-emit-find-links

lock: setup ## write the lock files for what pyproject.toml asks, and environment.yml (ARGS=--upgrade takes newer versions)
	$(COMPILE) $(ARGS) pyproject.toml --extra study --extra slurm --group build -o requirements/run.lock
	$(COMPILE) $(ARGS) --group bench -c requirements/run.lock -o requirements/bench.lock
	$(COMPILE) $(ARGS) --group test --group lint --group notebook -c requirements/run.lock \
	  -c requirements/bench.lock -o requirements/develop.lock
	{ sed '/- pip:/q' environment.yml; sed -nE 's/^([^ ]+==[^\\]*[^ \\]).*/      - "\1"/p' requirements/run.lock; } > environment.new
	mv environment.new environment.yml

clean: ## remove the environments and all results except the published ones in results/reference
	find results -mindepth 1 -maxdepth 1 ! -name reference -exec rm -rf {} +
	rm -rf $(VENV) $(VENV)-* .snakemake

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "%-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
