# `make` installs the environment, runs the study and builds its site; `make help` lists the other targets.

PYTHON ?= python3
STUDY  ?= config/config.yaml
CORES  ?= all
PORT   ?= 8000
PROFILE ?= profiles/slurm
TRUST = $(if $(filter yes,$(TRUST_CODE)),trust_code=yes)# TRUST_CODE=yes lets metrics of STUDY run, which are code
TRUST_OPTION = $(if $(TRUST),--trust-code)

# Names of files are data: make does not expand what is in them, and shells take them from the environment.
override STUDY := $(value STUDY)
override PROFILE := $(value PROFILE)
export STUDY PROFILE

VENV := .venv
BIN  := $(VENV)/bin
SLURM := $(VENV)-slurm
ACTIVE = PATH="$$PWD/$(BIN):$$PATH"# as in an activated environment, because jobs run `python`
SNAKEMAKE = $(ACTIVE) snakemake --cores $(CORES) --config study="$$STUDY" $(TRUST)

.DEFAULT_GOAL := site
.PHONY: site setup report bench scale laboratories circumstances checker test test-full coverage mutation smoke mnist replications verify verdicts publish serve handouts slurm slurm-setup examples lint hooks format lock dist smoke-wheel clean help

site: setup ## set up, run the study and build its site (STUDY=config/smoke.yaml runs another study)
	@[ -z "$(wildcard .snakemake/locks/*.lock)" ] || $(BIN)/ontrial unlock --study "$$STUDY"
	@[ -t 2 ] || export COLUMNS=200; $(SNAKEMAKE) --logger rich || \
	  { $(BIN)/ontrial check-writable; exit 1; }

setup: $(VENV)/ready ## create .venv with the exact versions in requirements.lock, and install this package

PIP_INSTALL := -m pip install --quiet --disable-pip-version-check

# $(call install,ENVIRONMENT,WHAT): uv is many times faster. pip is the fallback where uv is not available, or where only
# pip is configured for the package index. Modules are compiled here, so that jobs do not compile them when they start.
define install
$(BIN)/uv pip install --quiet --compile-bytecode --python $(1)/bin/python $(2) || $(1)/bin/python $(PIP_INSTALL) $(2)
endef

# Only wheels, which run no code when they are installed. connection-pool has none: it is built with the packages of
# requirements-build.lock, which must be installed first, and downloads nothing.
WHEELS := --only-binary :all: --require-hashes
LOCKED := --only-binary :all: --no-binary connection-pool --no-build-isolation --require-hashes

$(VENV)/ready: requirements.lock requirements-build.lock requirements-install.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] < (3, 11) or sys.version_info[:2] > (3, 13))' || \
	  { echo 'Python 3.11, 3.12 or 3.13 is needed, but "$(PYTHON)" is' "$$($(PYTHON) --version 2>&1)." \
	    'Name another one: make PYTHON=python3.13'; exit 1; }
	$(PYTHON) -m venv $(VENV)
	-$(BIN)/python $(PIP_INSTALL) $(WHEELS) -r requirements-install.lock
	$(call install,$(VENV),$(WHEELS) -r requirements-build.lock)
	$(call install,$(VENV),$(LOCKED) -r requirements.lock)
	$(call install,$(VENV),--no-deps --no-build-isolation --editable .)
	@$(BIN)/python -m compileall -q src # nobody else does, where PYTHONDONTWRITEBYTECODE is set
	@touch $@

$(VENV)/ready-test $(VENV)/ready-lint: $(VENV)/ready-%: requirements-%.lock $(VENV)/ready
	$(call install,$(VENV),$(WHEELS) -r $<)
	@touch $@

# Biome and the Nu HTML checker
TOOLS := tests/scripts/node_modules

checker: $(TOOLS)/ready ## fetch the HTML checker that the tests use (needs npm; the checker needs Java)

$(TOOLS)/ready: tests/scripts/package-lock.json
	npm --prefix tests/scripts ci --silent --no-audit --no-fund
	@touch $@

# Each worker runs whole test files, the longest first. Workers share the cores, so each computes on one.
PYTEST := OPENBLAS_NUM_THREADS=1 $(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder

test: $(VENV)/ready-test ## run the tests
	$(PYTEST) -m "not full"

test-full: $(VENV)/ready-test ## run the tests and the long suites
	$(PYTEST)

coverage: $(VENV)/ready-test ## run the tests and report lines and branches that none of them reaches (at least 97% must be covered)
	$(PYTEST) -m "not full" --cov --cov-fail-under 97

mutation: $(VENV)/ready-test ## mutate nn and judge in a sample of places and check that a test fails each time (at most 40 minutes)
	cd tests && ../$(BIN)/python -m long.mutation

smoke: setup ## run a tiny study through the whole workflow (half a minute)
	@$(MAKE) --no-print-directory site STUDY=config/smoke.yaml

EXAMPLES := $(patsubst %/Snakefile,%,$(wildcard examples/*/Snakefile))

examples: setup ## run the folders in examples/ as their users do, and print their verdicts (two minutes)
	@PATH="$$PWD/$(BIN):$$PATH"; for folder in $(EXAMPLES); do \
	  (cd $$folder && snakemake --cores $(CORES) --quiet host reason && ontrial verdicts) || exit 1; \
	done

mnist: setup ## try three claims on MNIST and compare plain networks with the literature (half an hour; fetches MNIST once)
	@$(MAKE) --no-print-directory site STUDY=config/mnist.yaml

REPLICATIONS := $(notdir $(basename $(wildcard config/replications/*.yaml)))

replications: setup ## try the claims on other data and with other optimisers, and publish the verdicts (40 minutes)
	@for name in $(REPLICATIONS); do \
	  files="config/replications.yaml config/replications/$$name.yaml"; \
	  $(BIN)/ontrial unlock --study $$files || exit 1; \
	  echo "$$name: training and judging"; \
	  if $(ACTIVE) snakemake --cores $(CORES) --quiet all --configfile $$files \
	    -- results/$$name/verdicts.json results/$$name/provenance.json; then \
	    $(BIN)/ontrial publish --study $$files || exit 1; \
	  elif [ $$name = fashion-mnist ] && [ ! -e data/fashion_mnist ]; then \
	    echo "$$name: left out, because its data cannot be fetched"; \
	  else exit 1; fi; \
	done

verify: setup ## run STUDY twice from scratch and check that all files but logs and times have the same bytes
	@$(BIN)/ontrial verify --study "$$STUDY" $(TRUST_OPTION)

verdicts: setup ## print the verdicts of STUDY in the terminal
	@$(BIN)/ontrial verdicts --study "$$STUDY"

publish: site ## run STUDY and update its published results in results/reference/<study>
	@$(BIN)/ontrial publish --study "$$STUDY"

serve: setup ## serve the site of STUDY on this machine, at PORT
	@$(BIN)/ontrial serve --study "$$STUDY" --port $(PORT)

handouts: setup ## print the chapters and slides of the site of STUDY as PDF files in results/<study>/handouts (needs Chromium or Chrome)
	@$(BIN)/ontrial handouts --study "$$STUDY"

report: setup ## pack the results of STUDY, and how each file was made, into results/<study>/report.zip
	@$(BIN)/ontrial report --study "$$STUDY" $(TRUST_OPTION)

bench: $(VENV)-bench/ready ## compare the engine's speed with scikit-learn, PyTorch, JAX and Numba (QUICK=1, or ARGS="--batch-sizes 8 --runs 48")
	@$(VENV)-bench/bin/python -m benchmarks $(if $(QUICK),--quick) $(ARGS)

scale: setup ## measure how the workflow scales with the number of cells (minutes; ARGS="--most 1000" limits it)
	@$(BIN)/python -m benchmarks.scale $(ARGS)

# PyPI's builds. For another build of PyTorch, such as that for CPUs alone, name a lock file of your own, with hashes.
BENCH_LOCK ?= requirements-bench.lock

$(VENV)-bench/ready: $(BENCH_LOCK) requirements-build.lock $(VENV)/ready
	$(PYTHON) -m venv $(VENV)-bench
	$(call install,$(VENV)-bench,$(WHEELS) -r requirements-build.lock)
	$(call install,$(VENV)-bench,$(WHEELS) -r $(BENCH_LOCK))
	$(call install,$(VENV)-bench,--no-deps --no-build-isolation --editable .)
	@touch $@

laboratories: setup ## simulate pairs of laboratories that repeat STUDY with seeds of their own, and count contradictions (half an hour)
	@$(ACTIVE) python -m benchmarks.laboratories --study "$$STUDY" --cores $(CORES) $(TRUST_OPTION) $(ARGS)

circumstances: setup ## repeat STUDY with other BLAS kernels, NumPy, Python and seeds, and list verdicts that move (ARGS="--only seeds")
	@$(BIN)/ontrial robustness --study "$$STUDY" --cores $(CORES) $(TRUST_OPTION) $(ARGS)

slurm: slurm-setup ## run STUDY on a Slurm cluster with the settings in PROFILE (default: profiles/slurm)
	@$(SLURM)/bin/python -P -m ontrial unlock --study "$$STUDY"
	@$(SLURM)/bin/python -P -m ontrial cluster --profile "$$PROFILE"
	@PATH="$$PWD/$(SLURM)/bin:$$PATH" PYTHONSAFEPATH=1 \
	  python -m snakemake --profile "$$PROFILE" $(ARGS) --quiet host reason --config study="$$STUDY" $(TRUST)

slurm-setup: $(SLURM)/ready ## create .venv-slurm, which adds the executor plugin in requirements-slurm.lock to .venv

# Where a slurm.conf exists, the plugin queries Slurm whenever Snakemake starts. Plain `make` should not wait for that.
$(SLURM)/ready: requirements-slurm.lock $(VENV)/ready
	$(PYTHON) -m venv $(SLURM)
	$(BIN)/python -c 'import site; print("import site; site.addsitedir(%r)" % site.getsitepackages()[0])' \
	  > "$$($(SLURM)/bin/python -c 'import site; print(site.getsitepackages()[0])')/main.pth"
	$(call install,$(SLURM),$(WHEELS) --no-deps -r requirements-slurm.lock)
	$(SLURM)/bin/python -m pip check
	@touch $@

lint: $(VENV)/ready-lint $(TOOLS)/ready ## check format, style, types and workflows
	$(BIN)/pre-commit run --all-files

hooks: $(VENV)/ready-lint $(TOOLS)/ready ## install a Git hook that runs the checks of lint on every commit
	$(BIN)/pre-commit install

format: $(VENV)/ready-lint $(TOOLS)/ready ## format code, workflow and scripts
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	$(ACTIVE) snakefmt Snakefile workflow template examples
	npm --prefix tests/scripts run --silent format

COMPILE := $(BIN)/uv pip compile --universal --python-version 3.11 --fork-strategy fewest --generate-hashes --upgrade \
  --quiet --no-header --no-annotate --no-emit-index-url --no-emit-find-links

lock: setup ## update the lock files from pyproject.toml, and environment.yml from requirements.lock
	$(COMPILE) pyproject.toml --extra study --group build -o requirements.lock
	$(COMPILE) --group build -c requirements.lock -o requirements-build.lock
	$(COMPILE) --group install -o requirements-install.lock
	$(COMPILE) --group bench -c requirements.lock -o requirements-bench.lock
	$(COMPILE) --group numpy-2.3 --no-deps -o requirements-numpy-2.3.lock
	$(COMPILE) --group test -c requirements.lock -o requirements-test.lock
	$(COMPILE) --group lint -c requirements.lock -c requirements-test.lock -o requirements-lint.lock
	$(COMPILE) pyproject.toml --extra slurm --no-deps --no-emit-package numpy --no-emit-package scipy \
	  -o requirements-slurm.lock
	$(BIN)/ontrial environment

dist: setup ## build the wheel and the sdist
	rm -rf dist
	$(BIN)/uv build --quiet --no-build-isolation --python $(BIN)/python --out-dir dist

smoke-wheel: dist ## run the smoke study and a folder of `ontrial init` from the wheel, in a separate environment
	rm -rf $(VENV)-wheel
	$(PYTHON) -m venv $(VENV)-wheel
	$(call install,$(VENV)-wheel,$(WHEELS) -r requirements-build.lock)
	$(call install,$(VENV)-wheel,$(LOCKED) -r requirements.lock)
	$(call install,$(VENV)-wheel,--no-deps dist/*.whl)
	cp -r config $(VENV)-wheel/study
	cd $(VENV)-wheel/study && PATH="$$PWD/../bin:$$PATH" && \
	  snakemake --snakefile "$$(ontrial snakefile)" --cores $(CORES) --configfile smoke.yaml --quiet host reason
	test -s $(VENV)-wheel/study/results/smoke/site/index.html
	cd $(VENV)-wheel && PATH="$$PWD/bin:$$PATH" && \
	  ontrial init my-claims && cd my-claims && snakemake --cores $(CORES) --quiet host reason
	test -s $(VENV)-wheel/my-claims/results/my-claims/site/index.html

clean: ## remove the environments and the results of all studies (except the published ones in results/reference)
	find results -mindepth 1 -maxdepth 1 ! -name reference -exec rm -rf {} +
	rm -rf $(VENV) $(VENV)-* .circumstances .snakemake

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "%-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
