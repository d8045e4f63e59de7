.DEFAULT_GOAL := help
BIN := .venv/bin

help:  ## what there is to do
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

setup:  ## install what development needs
	@script/setup test

check: setup  ## format, lint, types, import contracts, file lengths
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python script/max_lines.py

test: setup  ## the suite
	$(BIN)/python -m pytest -n auto --dist loadfile

test-all:  ## every test on every side: embedded, PostgreSQL and Elasticsearch, over either broker
	@script/setup all
	@$(BIN)/python script/test_all.py

services:  ## start the servers of the scaled tests on loopback; `make stop-services` ends them
	@$(BIN)/python script/services.py start

stop-services:  ## stop them and take their data away
	@$(BIN)/python script/services.py stop

bench: setup  ## speed and memory of the whole way
	$(BIN)/python bench/whole_way.py

lock:  ## make the locks anew from pyproject.toml
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	    --no-header --extra build pyproject.toml -o requirements.lock
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	    --no-header --extra build --extra test pyproject.toml -c requirements.lock \
	    -o requirements-test.lock
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	    --no-header --extra build --extra heic --extra scaled --extra token pyproject.toml \
	    -c requirements-test.lock -o requirements-scaled.lock

compose-check:  ## read docker-compose.yml as Compose does and lint the Dockerfiles
	$(BIN)/python -m pytest -q tests/unit/deploy

test-containers:  ## start the shipped containers for real, feed them, kill one, look them over
	@script/setup containers
	$(BIN)/python tests/containers/run.py

.PHONY: help setup check test test-all services stop-services bench lock compose-check test-containers
