# Everything a newcomer or CI needs. `make demo` and `make test` each work from a fresh clone.
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps
DAGSTER_HOME ?= $(CURDIR)/data/lake/_dagster
PROOFS := lake_assets_tests/orchestration/test_audit.py \
	lake_assets_tests/orchestration/test_audit_of_seconds.py \
	lake_assets_tests/orchestration/test_truths_of_planted_days.py \
	lake_assets_tests/orchestration/test_processes.py \
	lake_assets_tests/orchestration/test_buying.py \
	lake_assets_tests/kernels lake_assets_tests/physics lake_assets_tests/seconds \
	lake_assets_tests/lake/test_mirrored_crash.py lake_assets_tests/orchestration/test_object_store.py
PROMISES := lake_assets_tests/promises
export DAGSTER_HOME

.PHONY: help env demo test test-browser test-distributed soak soak-faults soak-distributed check format bench bench-full lock dev soak-api sbom scan-secrets docs clean

help:
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/'

env: .venv/.ready ## build .venv from the hash-pinned lock

# uv takes a sixth of pip's time; pip is for an index that only pip was told of.
.venv/.ready: requirements.lock pyproject.toml
	$(PYTHON) -m venv .venv
	sed -n '/^uv==/,/[^\\]$$/p' requirements.lock > .venv/uv.lock
	$(PIP) --require-hashes -r .venv/uv.lock
	$(BIN)/uv pip install --quiet --python $(BIN)/python --compile-bytecode --no-deps --require-hashes -r requirements.lock \
		|| $(PIP) --require-hashes -r requirements.lock
	$(PIP) --no-build-isolation --editable .
	touch $@

demo: env ## simulate two sessions, build Bronze to Gold, say where to look
	$(BIN)/lake demo

test: env ## run the tests
	$(BIN)/python -m pytest -n auto --dist worksteal --timeout 600 -m "not browser and not distributed"

test-browser: env ## run the page's tests in Chromium, which Debian's packages give if it is not there
	command -v chromium >/dev/null || { apt-get update -qq && apt-get install -qq -y chromium; }
	$(BIN)/python -m pytest --timeout 600 -m browser lake_assets_tests/browser

test-distributed: env ## run a backfill over several workers, some of them killed; servers come from Debian's packages
	command -v redis-server >/dev/null && command -v caddy >/dev/null && ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 \
		|| { apt-get update -qq && apt-get install -qq -y caddy postgresql redis-server; }
	LAKE_DISTRIBUTED_LAKE=s3 $(BIN)/python -m pytest -s -m distributed lake_assets_tests/distributed -k "not random"
	$(BIN)/python -m pytest -s -m distributed lake_assets_tests/distributed -k random

soak-distributed: env ## 60 sessions, and deaths of daemon, workers and database in turn
	LAKE_DISTRIBUTED_SESSIONS=60 $(BIN)/python -m pytest -s -m distributed lake_assets_tests/distributed -k random

soak: env soak-faults ## the promises at full count: 200 cuts of each session, planted events of 20 seeds, 500 examples, every fault
	LAKE_PROOF_CUTS=200 LAKE_RECOVERY_SEEDS=20 LAKE_TRUTH_DAYS=3 LAKE_EXAMPLES=500 LAKE_RUN_KILLS=3 \
		LAKE_STORE_KILLS=100 LAKE_STORE_RACES=50 LAKE_STORE_WHOLE=1 \
		$(BIN)/python -m pytest -n auto --dist worksteal $(PROOFS)
	LAKE_DOCS=full $(BIN)/python -m pytest -q lake_assets_tests/docs/test_operations.py

soak-faults: env ## kills, kernel faults, power cuts, damaged files, edits: Debian's packages give strace and faketime
	for tool in strace faketime; do \
		command -v $$tool >/dev/null || { apt-get update -qq && apt-get install -qq -y $$tool; }; \
	done
	LAKE_PROOF_KILLS=400 LAKE_PROOF_READS=200000 LAKE_PROOF_FAULTS=1 LAKE_PROOF_POWER_CUTS=30 \
		LAKE_PROOF_PROCESSES=3 LAKE_PROOF_DAMAGES=1000 LAKE_PROOF_CAP=1 LAKE_PROOF_EDITS=1500 \
		LAKE_PROOF_GAPS=40 LAKE_PROOF_JOB=signals \
		$(BIN)/python -m pytest -n auto --dist worksteal $(PROMISES)

check: env ## format, lint, import contract, types, tests: what CI runs
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	$(BIN)/mypy
	$(MAKE) test
	$(MAKE) test-browser

format: env ## format and fix what can be fixed
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: env ## every promise of speed beside its reference, at quick sizes
	$(BIN)/python -m benchmarks
	$(BIN)/python -m benchmarks.serving
	$(BIN)/python -m benchmarks.retrieval

bench-full: env ## the same with the reference day, growth to 25 M records and 60 sessions
	$(BIN)/python -m benchmarks --full

soak-api: env ## thousands of made-up requests to a running service, and ten minutes of everything at once
	LAKE_API_CASES=400 $(BIN)/python -m pytest -q lake_assets_tests/serving/test_openapi.py
	LAKE_SOAK_SECONDS=$${LAKE_SOAK_SECONDS:-600} $(BIN)/python -m pytest -q -s lake_assets_tests/serving/test_soak.py

docs: env ## write docs/datasets.md from the catalog
	$(BIN)/lake describe --markdown > docs/datasets.md

sbom: env ## a bill of materials of requirements.lock, as CycloneDX: build/sbom.json
	mkdir -p build
	$(BIN)/cyclonedx-py requirements requirements.lock --pyproject pyproject.toml --output-reproducible --validate --of JSON -o build/sbom.json

scan-secrets: env ## look for keys and passwords in every file git knows
	git ls-files -z | xargs -0 $(BIN)/detect-secrets-hook --no-verify --plugin .ci/databento_key.py

lock: env ## renew requirements.lock
	$(BIN)/uv pip compile pyproject.toml --all-extras --group dev --universal --generate-hashes --no-annotate --no-strip-extras --no-header --upgrade --quiet --output-file requirements.lock

dev: env ## Dagster UI on this machine only
	mkdir -p $(DAGSTER_HOME)
	cp dagster.yaml $(DAGSTER_HOME)/dagster.yaml
	$(BIN)/dagster dev --host 127.0.0.1 --workspace workspace.yaml

clean: ## remove what make has made, but no data
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
