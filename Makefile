# The commands for a laptop and for CI. `make help` lists them.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

PORT ?= 8000
TRACKER ?= examples/minimal.yaml
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PYTEST := $(BIN)/pytest
GO := $(or $(shell command -v go),/usr/local/go/bin/go)
# Tests whose servers are their own, or that start none, run in a process for each core; a file stays in one.
PARALLEL := --numprocesses auto --maxprocesses 8 --dist loadfile
# Where servers mostly wait, three files at once; the files with few tests are the long ones, so they do not come last.
WAITING := --numprocesses 3 --dist loadfile --no-loadscope-reorder

.PHONY: help run backbone run-backbone setup setup-dev web servers test test-faults test-workloads test-contract test-unit test-browser lint audit sbom olm dist test-install format generate docs release-check install-yaml lock clean \
  others test-apiserver bench-operator test-compose \
  bench-frames bench-ingest bench-views bench-gateway bench-gateways bench-limits bench-scaling bench-abuse bench-questions bench-turns bench-local bench-backbone bench-producing bench-sources bench-history bench-page bench-page-heap screenshots \
  images former-images test-chart test-cluster dev-cluster dev-cluster-page

help: ## List these commands
	@bold= plain=; if [ -t 1 ] && [ -z "$${NO_COLOR:-}" ] && [ "$${TERM:-dumb}" != dumb ]; then bold='\033[1m' plain='\033[0m'; fi; \
	awk -v bold="$$bold" -v plain="$$plain" \
	  'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  %s%-15s%s %s\n", bold, $$1, plain, $$2}' $(MAKEFILE_LIST)
	@printf '\nVariables: PORT=%s TRACKER=%s PYTHON=%s\n' '$(PORT)' '$(TRACKER)' '$(PYTHON)'

run: $(VENV)/.run web/out/.built ## Show live aircraft at http://localhost:PORT (TRACKER=examples/....yaml)
	@exec $(BIN)/flighttracker local $(TRACKER) --port $(PORT)

backbone: setup-dev servers ## Start a real Kafka, Redis and schema registry and print their addresses
	@exec $(BIN)/python -m scripts.backbone

run-backbone: setup-dev servers web/out/.built ## Show live aircraft through real servers, a generator and two gateways (PORT, TRACKER)
	@exec $(BIN)/python -m scripts.backbone --run $(TRACKER) --port $(PORT)

test: setup-dev web ## Run all tests that need neither Kubernetes nor a browser (unit, contract, pipeline, fuzz, chart, docs)
	cd web && npm test
	$(PYTEST) $(PARALLEL) tests/unit tests/chart tests/docs tests/monitoring tests/contract tests/pipeline tests/fuzz

test-faults: setup-dev servers ## Kill, freeze and poison every part of a running tracker and check what viewers show
	$(PYTEST) tests/faults

test-workloads: setup-dev servers others ## Start the built-in Kafka, Redis, registry and page server with the files of their pods
	$(PYTEST) $(WAITING) tests/workloads

servers: setup-dev ## Fetch the Kafka and the schema registry that the contract tests use
	$(BIN)/python -m tests.servers.prepare

test-contract: setup-dev servers ## Run the same contract tests against every bus, with real servers that crash, freeze and recover
	$(PYTEST) tests/contract

test-unit: setup-dev ## Run the fast Python tests only
	$(PYTEST) $(PARALLEL) tests/unit

others: setup-dev ## Fetch what the operator's tests need from other projects (Kafka's commands, Strimzi's CRDs and more)
	$(BIN)/python -m tests.workloads.fetch

test-apiserver: setup-dev others ## Test the CRD and the operator against a real API server (KUBEBUILDER_ASSETS)
	$(PYTEST) $(PARALLEL) tests/apiserver

test-browser: setup-dev web ## Test the page in Chromium against a real gateway
	$(PYTEST) $(PARALLEL) tests/browser

screenshots: setup-dev web ## Take a screenshot of every view, for a visual review (FOLDER=build/pictures AIRCRAFT="100 7000 20000")
	$(BIN)/python -m tests.browser.gallery $(or $(FOLDER),build/pictures) --aircraft $(or $(AIRCRAFT),100 7000 20000)

images: ## Build the images and print their names (TAG=, CONTAINER_TOOL=docker|podman|buildah; more in scripts/images.sh)
	@scripts/images.sh

former-images: ## Build images of the former release for the upgrade test and print their names (after make images; FORMER=)
	@scripts/former_images.sh

dev-cluster: ## Build and install on the current cluster, then copy changed files into the running pods (IMAGE_LOAD=)
	@$(PYTHON) scripts/dev_cluster.py

# skaffold.yaml runs this when the page's sources change.
dev-cluster-page:
	@$(PYTHON) scripts/dev_cluster.py page

test-cluster: setup-dev ## Install on the cluster of KUBECONFIG and test the whole system (TAG=, FORMER_TAG=former, FLIGHTTRACKER_INGRESS=http://ADDRESS)
	$(BIN)/python -m tests.servers.prepare s3
	$(PYTEST) tests/cluster

test-compose: setup-dev ## Run the image and the Compose project in Docker, kill every container, restart (TAG=; needs make images)
	$(PYTEST) tests/compose

test-chart: setup-dev ## Test the Helm chart: its output, the values that it rejects, its RBAC rules (needs helm)
	$(PYTEST) tests/chart

lint: setup-dev web/node_modules/.installed ## Check style, types and import layers
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	cd web && npm run lint

audit: setup-dev web/node_modules/.installed ## Check the locked packages for known vulnerabilities at PyPI and npm (needs the internet)
	@$(BIN)/python -m scripts.audit

sbom: setup-dev ## Write a software bill of materials of each image and the wheel to build/sbom (CycloneDX; needs the internet)
	@$(BIN)/python -m scripts.sbom

release-check: setup-dev ## Check versions, changelog and workflows, and write a release to build/release (needs helm and Go; TAG=v1.2.3)
	@$(BIN)/python -m scripts.release check --tag "$${TAG:-}"
	@$(BIN)/check-jsonschema --builtin-schema vendor.github-workflows .github/workflows/*.yml
	@$(BIN)/check-jsonschema --builtin-schema vendor.compose-spec compose.yaml
	@$(BIN)/zizmor --offline --quiet .github/workflows
	@$(GO) run github.com/rhysd/actionlint/cmd/actionlint@v1.7.12
	@$(MAKE) dist
	@$(MAKE) olm
	@$(BIN)/python -m scripts.release write build/release --tag "$${TAG:-}"

install-yaml: $(VENV)/.run ## Write the whole installation for `kubectl apply` to build/install.yaml (needs helm)
	@$(BIN)/python -m scripts.release install-yaml build/install.yaml

olm: setup-dev ## Write the bundle for the Operator Lifecycle Manager to build/olm (needs helm; SOURCE_URL, MAINTAINER="Name <address>")
	@$(BIN)/python -m scripts.olm.bundle build/olm

dist: $(VENV)/.run web ## Build the wheel and the sdist, with the page, to dist/
	@rm -rf dist
	@SOURCE_DATE_EPOCH=$${SOURCE_DATE_EPOCH:-$$(git log -1 --format=%ct 2>/dev/null || echo 1735689600)} \
	  $(BIN)/hatchling build --directory dist

test-install: setup-dev dist ## Install wheel and sdist in fresh environments of every Python found, and show the map (needs a package index)
	$(PYTEST) --verbose tests/install

format: setup-dev web/node_modules/.installed ## Format the sources
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	cd web && npm run format

setup: $(VENV)/.run web/node_modules/.installed ## Install what make run needs
setup-dev: $(VENV)/.dev ## Install what tests and linters need

generate: setup-dev ## Regenerate the generated files (frame vectors, CRD, the chart's README, schema, rules and dashboards, compose.yaml)
	$(BIN)/python -m scripts.make_frame_vectors
	$(BIN)/python -m scripts.make_tile_vectors
	$(BIN)/python scripts/make_crd.py
	$(BIN)/python scripts/make_chart.py
	$(BIN)/python -m scripts.make_monitoring
	$(BIN)/python -m scripts.make_compose

docs: setup-dev ## Build the documentation to build/site, with the generated reference, and check its links (DOCS_REPOSITORY=URL)
	@$(BIN)/python -m scripts.site_pages
	@$(BIN)/zensical build --strict --clean --config-file mkdocs.yml

UV_LOCK = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate
lock: setup-dev ## Resolve the Python dependencies again and write the three lock files
	$(UV_LOCK) --extra services --group build pyproject.toml --output-file requirements.lock
	$(UV_LOCK) --constraint requirements.lock --group operator-image --group build --output-file requirements-operator.lock
	$(UV_LOCK) --constraint requirements.lock --constraint requirements-operator.lock --extra services --extra operator \
	  --group build --group dev --group docs pyproject.toml --output-file requirements-dev.lock

bench-frames: setup-dev ## Measure bytes per update, compared with JSON and binCraft (OPENSKY_STATES=FILE adds real traffic)
	$(BIN)/python bench/frames.py

bench-ingest: setup-dev ## Measure the CPU of one position in the generator and in the gateway that owns its shard
	$(BIN)/python -m bench.ingest

bench-sources: setup-dev ## Measure the CPU time per record of real sources
	$(BIN)/python -m bench.sources

bench-history: setup-dev ## Measure CPU, bytes and error of the history, and questions about a day (OPENSKY_STATES=FILE adds real traffic)
	$(BIN)/python -m bench.history
	$(BIN)/python -m bench.history_reads
	$(BIN)/python -m bench.history_viewers

bench-views: setup-dev ## Measure bytes a second and errors in pixels of viewers at four zooms with tiles (OPENSKY_STATES=FILE)
	$(BIN)/python -m bench.views

bench-gateway: setup-dev ## Measure the CPU of one WebSocket delivery, compared with a Go hub, Litestar Channels and a C send loop
	$(BIN)/python -m bench.gateway.fanout

bench-scaling: setup-dev ## Calculate what 10,000 to a million viewers need, from measured costs (3 minutes)
	$(BIN)/python -m bench.scaling

bench-limits: setup-dev ## Measure one gateway with 10,000 viewers, stalled viewers and a reconnect storm (7 minutes; PLOT=FILE.svg)
	$(BIN)/python -m bench.gateway.limits $(if $(PLOT),--plot $(PLOT))

bench-questions: setup-dev ## Measure the cost of an HTTP answer, and of 64 clients who ask all the time (3 minutes)
	$(BIN)/python -m bench.gateway.questions

bench-turns: setup-dev ## Measure how long one request keeps everything else waiting, with 20,000 aircraft (10 seconds)
	$(BIN)/python -m bench.turns

bench-abuse: setup-dev ## Measure what honest viewers notice of floods from one address (14 minutes; VIEWERS=200)
	$(BIN)/python -m bench.abuse.measure --viewers $(or $(VIEWERS),200)

bench-local: setup-dev ## Measure the CPU of the whole pipeline with 20,000 positions a second and 200 viewers
	$(BIN)/python bench/local.py

bench-operator: setup-dev ## Measure time, writes and memory of the operator on a real API server (KUBEBUILDER_ASSETS)
	$(BIN)/python -m bench.reconcile

bench-backbone: setup-dev servers ## Measure 20,000 positions a second through real servers to 1,000 viewers on two gateways (DURATION=60, AIRCRAFT=20000, PROTOCOL=flights.v1)
	$(BIN)/python -m bench.backbone --seconds $(or $(DURATION),60) --aircraft $(or $(AIRCRAFT),20000) --protocol $(or $(PROTOCOL),flights.v1)

bench-gateways: setup-dev servers ## Measure the cost of another gateway: 1, 2 and 4 gateways on the same log
	$(BIN)/python -m bench.many_gateways

bench-producing: setup-dev servers ## Measure one tick of records to a real Kafka, in batches and one by one
	$(BIN)/python -m bench.producing

bench-page: setup-dev web ## Measure the page's script and decode time in Chromium with 20,000 aircraft, compared with Leaflet markers
	$(BIN)/python -m bench.page

bench-page-heap: setup-dev web ## Measure whether the page's memory stays constant with 20,000 aircraft (MINUTES=10)
	$(BIN)/python -m bench.page_heap

clean: ## Remove everything that make installed or built
	rm -rf $(VENV) web/node_modules web/out web/.next .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

$(VENV)/.python:
	@command -v $(PYTHON) >/dev/null || { echo "error: $(PYTHON) is not installed: install Python 3.11 or newer, or set PYTHON=" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "error: $$($(PYTHON) --version) is too old: Python 3.11 or newer is needed (set PYTHON=python3.12, for example)" >&2; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { echo "error: Python's venv module is missing: on Debian and Ubuntu, apt-get install python3-venv" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	@touch $@

# After a failed installation or build: the tools' own output stays, and a full disk is reported in one line.
MB_NEEDED := 200
define or_explain
|| { free=$$(df -Pk . | awk 'NR == 2 {print int($$4 / 1024)}'); \
  [ "$$free" -ge $(MB_NEEDED) ] || echo "error: the disk is full ($$free MB are free): make room, then run make again" >&2; exit 1; }
endef

$(VENV)/.run: $(VENV)/.python requirements.lock pyproject.toml
	@echo "Installing the Python packages (once, about a minute) ..."
	@$(BIN)/pip install --disable-pip-version-check --progress-bar on --require-hashes -r requirements.lock \
	  | { grep --line-buffered -v -E 'already satisfied|^Ignoring' || true; } $(or_explain)
	@$(BIN)/pip install --disable-pip-version-check --quiet --no-deps --no-build-isolation --editable . $(or_explain)
	@touch $@

$(VENV)/.dev: $(VENV)/.run requirements-dev.lock
	@echo "Installing the test and lint tools (once) ..."
	@$(BIN)/pip install --disable-pip-version-check --quiet --require-hashes -r requirements-dev.lock $(or_explain)
	@touch $@

web/node_modules/.installed: web/package.json web/package-lock.json
	@command -v node >/dev/null && command -v npm >/dev/null || { echo "error: Node.js with npm is not installed: install Node.js 20 or newer" >&2; exit 1; }
	@node -e 'process.exit(Number(process.versions.node.split(".")[0]) < 20 ? 1 : 0)' || { echo "error: Node.js $$(node --version) is too old: Node.js 20 or newer is needed" >&2; exit 1; }
	@echo "Installing the page's packages (once, about a minute) ..."
	@cd web && npm ci --ignore-scripts --no-audit --no-fund $(or_explain)
	@touch $@

web: web/out/.built ## Build the page
web/out/.built: web/node_modules/.installed $(shell find web/src web/scripts web/client/src web/public web/*.ts web/*.mjs web/package.json -type f 2>/dev/null)
	@echo "Building the page (half a minute) ..."
	@rm -rf web/out
	@cd web && { npm run --silent build || { rm -rf out .next; false; }; } $(or_explain)
	@touch $@
