# negsim's errands. `make demo` shows what it does; everything is installed into $(VENV) and nothing outside it.
#
#   PYTHON=python3.13   the interpreter to use (default: the first that works; an existing $(VENV) is kept)
#   VENV=.venv-3.13     another environment, so that two interpreters can stand side by side
#   RUNS=100000         of the study that `make bench` runs
#   TESTS=tests/x/y.py   which tests `make test` runs, as pytest is told
#   WORKERS=4           processes that share them, a file of tests at a time (0: this one alone)
#   MARKS=deep          those that it runs, as pytest's -m names them: here what `make test` leaves out
#   OTHER=python3.13    the interpreter of `make test-other`
#   COUNT=400           of the mutants that `make mutants` tries
#   PART=study          of the package that they are in
#   LEAST=.7            share of them that the tests have to notice
#   ONLY=attack,waits   steps of `make release` (all)
#   PAGE=docs/axioms.md what `make fresh` makes anew, or what is stale in a folder

VENV := .venv
PYTHON :=
RUNS := 1000000
TESTS :=
WORKERS := 4
MARKS := not deep
OTHER ?= python3.13
COUNT := 80
PART := model
LEAST := 0
ONLY :=
PAGE :=
CANDIDATES := python3 python3.13 python3.12 python3.11 python /usr/bin/python3 /usr/local/bin/python3

BIN := $(VENV)/bin
PIP := -m pip --quiet --disable-pip-version-check --no-input
KERNELS := $(wildcard src/negsim/negotiation/*.py src/negsim/randomness.py src/negsim/elementary.py src/negsim/kernel.py src/negsim/compiler.py src/negsim/platforms.py)
TEACHING := docs/teaching/focal/README.md
MADE := docs/made/tutorial/.made docs/made/gallery/.made docs/made/live/.made
SPHINX := $(BIN)/python -m sphinx -q -W --keep-going -b html -d docs/_build/doctrees docs docs/_build/html
PLATFORMS := linux-x86_64 linux-aarch64 macos-arm64 macos-x86_64 windows-x86_64
COLOR := $(if $(MAKE_TERMOUT),,--color=no)

unexport PYTHONDONTWRITEBYTECODE  # the tests start Python hundreds of times

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.ONESHELL:
.SHELLFLAGS := -euc
.PHONY: help setup developer developer-other demo test test-other check gate release newcomer mutants bits attack mesa docs anywhere wheels bench stale fresh lock clean FORCE

help:  ## list these targets
	@sed -n 's/^\([a-z-]*\):.*##/  make \1 \t/p' Makefile | expand -t 20

setup: $(VENV)/.compiled  ## install negsim, with what it needs to run, and compile its kernels

developer: setup $(VENV)/.developer node_modules/.packages  ## install what tests, checks, docs, the studio and every extra need on top

developer-other:  ## the environment of `make test-other` (OTHER=python3.13), but for the compiled model
	@$(MAKE) VENV=$(VENV)-other PYTHON=$(OTHER) $(VENV)-other/.developer

demo: setup  ## the 2011 working group, and what would have changed its end, into demo/
	@$(BIN)/negsim demo --out demo

test: developer  ## the test suite, but for what is slow and seldom finds anything
	@$(BIN)/python -m pytest $(COLOR) -n $(WORKERS) --dist loadfile --no-loadscope-reorder -m "$(MARKS)" $(TESTS)

# What the standard library does (signals, processes, files, sockets, sources of plug-ins), what annotations become
# (files, options of commands), and packages of which the lock has other versions there (Mesa, numpy, scipy). The model
# is the same program file; pages are the same JavaScript.
test-other:  ## what another Python may do otherwise (OTHER=python3.13), in $(VENV)-other
	@$(MAKE) test VENV=$(VENV)-other PYTHON=$(OTHER) WORKERS=1 MARKS="not (deep or browser or firefox or nginx)" \
	    TESTS="tests/test_*.py $(addprefix tests/,cli scenario policies notebook cases report/test_folders.py) \
	    $(addprefix tests/study/test_,archive.py own.py results.py solutions.py store.py sweep.py) \
	    $(addprefix tests/studio/test_,class_pages.py connections.py gate.py server.py work.py)"

check: developer $(TEACHING) $(MADE)  ## formatting, lint, types (of Python and JavaScript), layering, docs
	@$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/node node_modules/typescript/bin/tsc -p jsconfig.json
	$(BIN)/node node_modules/eslint/bin/eslint.js src tests benchmarks
	$(BIN)/lint-imports --no-logo
	$(BIN)/python -m pytest $(COLOR) -q -n0 tests/checks
	$(SPHINX)

gate: developer developer-other  ## all that has to pass before a change lands; goes on where it was
	@$(BIN)/python -m benchmarks.lanes gate

release: developer developer-other  ## everything, and a table of it (ONLY=attack,waits)
	@$(BIN)/python -m benchmarks.lanes release --only "$(ONLY)"

newcomer:  ## the two commands of the README in a clean clone, with an empty home
	@rm -rf build/newcomer
	git clone --quiet . build/newcomer/clone
	cd build/newcomer/clone
	for target in demo test; do
	    env -u VIRTUAL_ENV -u PYTHONPATH HOME="$$PWD/../home" XDG_CACHE_HOME= $(MAKE) $$target
	done
	git status --porcelain | { ! grep .; }

mutants: developer  ## small defects in a copy of the model: which of them do its tests not notice? (PART=study)
	@$(BIN)/python benchmarks/mutants.py --part $(PART) --count $(COUNT) --least $(LEAST)

bits: developer developer-other  ## the same numbers as the reference commit, and on another Python (OTHER) and in node
	@$(BIN)/python benchmarks/same_bits.py --keep results/reference --other $(VENV)-other/bin/python
	$(BIN)/python benchmarks/anywhere.py --on node --runs 20

attack: developer  ## the studio under attack, in short: how long does an honest visitor wait?
	@$(BIN)/python benchmarks/attack_studio.py --short

mesa: setup  ## the Mesa window on every version of Mesa, each in an environment of its own
	@$(BIN)/python benchmarks/mesa_versions.py

docs: developer $(TEACHING) $(MADE)  ## the documentation, into docs/_build/html
	@$(SPHINX)

# The lessons written by hand, and those beside them, are pages of the documentation; they change with the model and with
# their templates.
$(TEACHING): $(VENV)/.compiled $(shell find src/negsim scenarios -type f -not -name '*.pyc')
	@echo "writing the lessons into docs/teaching" >&2
	rm -rf docs/teaching
	mkdir docs/teaching
	$(BIN)/negsim classroom lessons storm --out docs/teaching/storm >/dev/null
	$(BIN)/negsim classroom lessons cstd_wgigf_2011 --out $(@D) >/dev/null

# Pages whose pictures are made by their own commands; each has a folder.
docs/made/%/.made: docs/%.md tests/follow.py $(VENV)/.compiled $(shell find src/negsim scenarios -type f -not -name '*.pyc')
	@echo "following the commands of $< into $(@D)" >&2
	$(BIN)/python tests/follow.py $< $(@D)
	touch $@

anywhere: developer  ## the same bits wherever this machine can run the program: browsers, other processors and systems
	@$(BIN)/python benchmarks/anywhere.py

wheels: developer  ## a wheel for each platform, into dist/
	@for platform in $(PLATFORMS); do
	    NEGSIM_PLATFORM=$$platform $(BIN)/python -m hatchling build --target wheel
	done

bench: developer  ## what commands cost, and speed against peers, for docs/performance.md (RUNS=100000: a shorter study)
	@$(BIN)/python benchmarks/waits.py --write
	@$(BIN)/python benchmarks/run.py --runs $(RUNS)

stale: developer  ## the pages whose numbers are older than the last change of results, and their commands
	@$(BIN)/python benchmarks/evidence.py stale

fresh: developer  ## make the numbers of a page anew (PAGE=docs/axioms.md), or those of a folder that are stale
	@$(BIN)/python benchmarks/evidence.py fresh "$(PAGE)"

lock: $(VENV)/.developer  ## resolve the locks anew, for every platform and Python >= 3.11
	@$(BIN)/python -m venv build/lock
	build/lock/bin/python $(PIP) install uv
	resolve() {
	    UV_CUSTOM_COMPILE_COMMAND="make lock" build/lock/bin/uv pip compile --quiet --upgrade --universal \
	        --generate-hashes --no-emit-index-url --no-emit-find-links --python-version 3.11 pyproject.toml "$$@"
	}
	resolve --extra dev --group checkout --output-file locks/developers.lock
	resolve --extra compile --group checkout --constraint locks/developers.lock --output-file locks/core.lock
	$(BIN)/npm update --package-lock-only --omit-lockfile-registry-resolved --no-audit --no-fund
	$(BIN)/node -e '
	    const fs = require("fs"), lock = JSON.parse(fs.readFileSync("package-lock.json"));
	    for (const one of Object.values(lock.packages)) delete one.funding; // addresses, of which a lock has none
	    fs.writeFileSync("package-lock.json", JSON.stringify(lock, null, 2) + "\n");'

clean:  ## remove everything made here but study results
	@rm -rf .venv* node_modules build dist demo docs/_build docs/made docs/paper docs/experiments docs/teaching docs/codebook.md docs/measures.md docs/methodologies.md docs/odd.md docs/parameters.md .coverage .*_cache .hypothesis
	find . -name __pycache__ -prune -exec rm -rf {} +

# ------------------------------------------------------------------------------------------ environment
# Six stamps, each newer than what it was made from: the interpreter, the packages that negsim needs, negsim itself, its
# compiled kernels; on top of the packages those of developers, in the same versions, so that none replaces another; and
# node's packages, which check JavaScript, for all environments of the checkout.

$(VENV)/.compiled: $(VENV)/.negsim $(KERNELS)
	@$(BIN)/negsim compile
	touch $@

$(VENV)/.negsim: $(VENV)/.packages pyproject.toml
	@$(BIN)/python $(PIP) install --no-deps --no-build-isolation --editable .
	touch $@

$(VENV)/.developer: $(VENV)/.packages locks/developers.lock | $(VENV)/.negsim
	@echo "installing the developers' packages into $(VENV)" >&2
	$(BIN)/python $(PIP) install --require-hashes --requirement locks/developers.lock
	touch $@

node_modules/.packages: package-lock.json | $(VENV)/.developer
	@echo "installing the packages that check JavaScript into node_modules" >&2
	$(BIN)/npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	touch $@

$(VENV)/.packages: $(VENV)/.python locks/core.lock
	@echo "installing the packages that negsim needs into $(VENV)" >&2
	$(BIN)/python $(PIP) install --require-hashes --requirement locks/core.lock
	touch $@

# A name in PATH proves nothing (it may be a shim that fails), so every candidate is run: it must be new enough and
# able to give an environment its pip. It prints its real path, past any environment that is active now.
define SUITS
import os, sys
if sys.version_info < (3, 11): sys.exit(1)
if sys.argv[1:]: import ensurepip; ensurepip.version()
print(os.path.realpath(getattr(sys, "_base_executable", sys.executable)))
endef
export SUITS

# Remade only when the interpreter asked for is not the one it was made with, or it no longer runs.
$(VENV)/.python: FORCE
	@works() { "$$1" -c "$$SUITS" $${2-} 2>/dev/null </dev/null; }
	made=$$(cat $@ 2>/dev/null) && $(BIN)/python -c "" 2>/dev/null || made=none
	if [ -n "$(PYTHON)" ]; then
	    base=$$(works "$(PYTHON)") || { echo "PYTHON=$(PYTHON) does not run, or is older than 3.11" >&2; exit 2; }
	elif [ "$$made" != none ]; then
	    base=$$made
	else
	    for name in $(CANDIDATES); do base=$$(works $$name pip) && break || base=; done
	    [ -n "$$base" ] || { echo "found no Python >= 3.11 with venv; name one: make PYTHON=..." >&2; exit 2; }
	fi
	[ "$$base" != "$$made" ] || exit 0
	[ ! -e $(VENV) ] || [ -e $(VENV)/pyvenv.cfg ] || { echo "$(VENV) is no environment of ours" >&2; exit 2; }
	rm -rf $(VENV)
	if works "$$base" pip >/dev/null; then
	    "$$base" -m venv $(VENV)
	else # no ensurepip (Debian keeps it in python3-venv): borrow another interpreter's pip
	    "$$base" -m venv --without-pip $(VENV)
	    for name in "$$base" $(CANDIDATES); do
	        ! "$$name" $(PIP) --python $(BIN)/python install pip 2>/dev/null || break
	    done
	    $(BIN)/python -m pip --version >/dev/null 2>&1 ||
	        { echo "$$base has no ensurepip, and no pip was found to stand in" >&2; exit 2; }
	fi
	echo "$$base" >$@
