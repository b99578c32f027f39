# `make` sets up, runs the study and builds its site; `make help` lists the rest.

PYTHON ?= python3
STUDY  ?= config/config.yaml
CORES  ?= all
PORT   ?= 8000
PROFILE ?= profiles/slurm

VENV := .venv
BIN  := $(VENV)/bin
SLURM := $(VENV)-slurm
ACTIVE = PATH="$$PWD/$(BIN):$$PATH"# as in an active environment: jobs run `python`
SNAKEMAKE = $(ACTIVE) snakemake --cores $(CORES) --config study=$(STUDY)

.DEFAULT_GOAL := site
.PHONY: site setup report bench scale circumstances checker test test-full coverage mutation smoke mnist verify verdicts publish serve slurm slurm-setup lint format lock dist clean help

site: setup ## set up, run the study, build its site (STUDY=config/smoke.yaml for another study)
	@$(BIN)/ontrial unlock
	@if [ -t 2 ]; then $(SNAKEMAKE) --logger rich; else $(SNAKEMAKE) --quiet host reason; fi || \
	  { $(BIN)/ontrial check-writable; exit 1; }

setup: $(VENV)/ready ## create .venv with exactly the versions of requirements.lock, and this package

# $(call install,ENVIRONMENT,WHAT): uv is many times faster; pip is for where uv is not available, or for an index that
# only pip is configured for. Compiled once, modules are not compiled again at the start of each job.
define install
$(BIN)/uv pip install --quiet --compile-bytecode --python $(1)/bin/python $(2) || \
  $(1)/bin/python -m pip install --quiet --disable-pip-version-check $(2)
endef

$(VENV)/ready: requirements.lock requirements-install.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] < (3, 11) or sys.version_info[:2] > (3, 13))' || \
	  { echo 'Python 3.11, 3.12 or 3.13 is needed, but "$(PYTHON)" is' "$$($(PYTHON) --version 2>&1)." \
	    'Name another one: make PYTHON=python3.13'; exit 1; }
	$(PYTHON) -m venv $(VENV)
	-$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-install.lock
	$(call install,$(VENV),--require-hashes -r requirements.lock)
	$(call install,$(VENV),--no-deps --no-build-isolation --editable .)
	@touch $@

$(VENV)/ready-test $(VENV)/ready-lint: $(VENV)/ready-%: requirements-%.lock $(VENV)/ready
	$(call install,$(VENV),--require-hashes -r $<)
	@touch $@

# The Nu HTML checker, one version of it
CHECKER        := 26.9.27
CHECKER_SHA256 := 5970d3ffca91a627cf0965e5d91bb2e4242307c29292998de0b419d6a901b2b7

checker: .checker/vnu.jar ## fetch the HTML checker of the tests (needs npm; the checker needs Java)

.checker/vnu.jar:
	@mkdir -p .checker
	cd .checker && npm pack --silent vnu-jar@$(CHECKER)
	cd .checker && echo "$(CHECKER_SHA256)  vnu-jar-$(CHECKER).tgz" | sha256sum --check --quiet || { rm *.tgz; exit 1; }
	cd .checker && tar -xzf vnu-jar-$(CHECKER).tgz --strip-components 3 package/build/dist/vnu.jar && rm *.tgz

# A worker runs whole files of tests, the longest first; workers share the cores, so each of them computes on one.
PYTEST := OPENBLAS_NUM_THREADS=1 $(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder

test: $(VENV)/ready-test ## run the tests
	$(PYTEST) -m "not full"

test-full: $(VENV)/ready-test ## run the tests and the long suites
	$(PYTEST)

coverage: $(VENV)/ready-test ## run the tests and see which lines and branches none of them reaches; at least 97 % must be
	$(PYTEST) -m "not full" --cov --cov-fail-under 97

mutation: $(VENV)/ready-test ## break nn and judge in a sample of places: a test must notice (at most 40 minutes)
	$(BIN)/python tests/long/mutation.py

smoke: setup ## the whole flow in seconds
	@$(MAKE) --no-print-directory site STUDY=config/smoke.yaml

mnist: setup ## three claims on MNIST, which is fetched once, and plain networks beside the literature (half an hour)
	@$(MAKE) --no-print-directory site STUDY=config/mnist.yaml

verify: setup ## run STUDY twice from nothing: every file but logs and times must be the same to the byte
	@$(BIN)/ontrial verify --study $(STUDY)

verdicts: setup ## print the verdicts of STUDY in the terminal
	@$(BIN)/ontrial verdicts --study $(STUDY)

publish: site ## run STUDY and renew its published results, results/reference/<study>
	@$(BIN)/ontrial publish --study $(STUDY)

serve: setup ## show the site of STUDY in a browser, at PORT
	@$(BIN)/ontrial serve --study $(STUDY) --port $(PORT)

report: setup ## pack what was made, and how each file of it, into results/<study>/report.zip: the audit appendix of STUDY
	@$(BIN)/ontrial report --study $(STUDY)

bench: $(VENV)-bench/ready ## time the engine beside scikit-learn, PyTorch and JAX (QUICK=1, or ARGS="--batch-sizes 8 --runs 48")
	@$(VENV)-bench/bin/python -m benchmarks $(if $(QUICK),--quick) $(ARGS)

scale: setup ## measure how the workflow grows with its cells (minutes; ARGS="--most 1000" for fewer)
	@$(BIN)/python -m benchmarks.scale $(ARGS)

# By pip, since its configuration is where people name the builds of PyTorch that suit their machine.
$(VENV)-bench/ready: benchmarks/requirements.txt
	$(PYTHON) -m venv $(VENV)-bench
	$(VENV)-bench/bin/python -m pip install --quiet --disable-pip-version-check -r benchmarks/requirements.txt
	$(VENV)-bench/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	@touch $@

circumstances: setup ## run STUDY under other kernels, NumPy, Python and seeds: which verdicts move? (ARGS="--only seeds")
	@$(BIN)/ontrial robustness --study $(STUDY) --cores $(CORES) $(ARGS)

slurm: slurm-setup ## run STUDY on a Slurm cluster, with the settings of PROFILE (default: profiles/slurm)
	@$(SLURM)/bin/python -m ontrial unlock
	@$(SLURM)/bin/python -m ontrial cluster --profile $(PROFILE)
	@PATH="$$PWD/$(SLURM)/bin:$$PATH" python -m snakemake --profile $(PROFILE) $(ARGS) --quiet host reason --config study=$(STUDY)

slurm-setup: $(SLURM)/ready ## create .venv-slurm: .venv and, apart from it, the executor plugin of requirements-slurm.lock

# Where there is a slurm.conf, the plugin asks Slurm at every start of Snakemake: nobody else should wait for that.
$(SLURM)/ready: requirements-slurm.lock $(VENV)/ready
	$(PYTHON) -m venv $(SLURM)
	$(BIN)/python -c 'import site; print("import site; site.addsitedir(%r)" % site.getsitepackages()[0])' \
	  > "$$($(SLURM)/bin/python -c 'import site; print(site.getsitepackages()[0])')/main.pth"
	$(call install,$(SLURM),--require-hashes --no-deps -r requirements-slurm.lock)
	$(SLURM)/bin/python -m pip check
	@touch $@

lint: $(VENV)/ready-lint ## check format, style and workflows
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports --no-cache
	$(ACTIVE) snakefmt --check Snakefile workflow
	$(ACTIVE) snakemake --lint
	$(BIN)/check-jsonschema --quiet --builtin-schema vendor.github-workflows .github/workflows/*.yml
	$(BIN)/check-jsonschema --quiet --builtin-schema vendor.dependabot .github/dependabot.yml
	$(BIN)/zizmor --offline --no-progress --quiet --persona pedantic .github

format: $(VENV)/ready-lint ## format code and workflow
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	$(ACTIVE) snakefmt Snakefile workflow

COMPILE := $(BIN)/uv pip compile --universal --python-version 3.11 --fork-strategy fewest --generate-hashes --upgrade \
  --quiet --no-header --no-annotate --no-emit-index-url --no-emit-find-links

lock: setup ## renew the lock files from pyproject.toml, and environment.yml from requirements.lock
	$(COMPILE) pyproject.toml --extra study --group build -o requirements.lock
	$(COMPILE) --group install -o requirements-install.lock
	$(COMPILE) --group test -c requirements.lock -o requirements-test.lock
	$(COMPILE) --group lint -c requirements.lock -c requirements-test.lock -o requirements-lint.lock
	$(COMPILE) pyproject.toml --extra slurm --no-deps --no-emit-package numpy --no-emit-package scipy \
	  -o requirements-slurm.lock
	$(BIN)/ontrial environment

dist: setup ## build the wheel and the sdist
	rm -rf dist
	$(BIN)/uv build --quiet --no-build-isolation --python $(BIN)/python --out-dir dist

clean: ## remove the results of all studies (not the published ones in results/reference) and the environment
	find results -mindepth 1 -maxdepth 1 ! -name reference -exec rm -rf {} +
	rm -rf $(VENV) $(VENV)-* .circumstances .snakemake

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "%-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
