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

test-all:  ## the suite, the slow tests, and those that need real servers
	@script/setup all
	$(BIN)/python -m pytest -n auto --dist loadfile -m ""

bench: setup  ## speed and memory of the whole way
	$(BIN)/python bench/whole_way.py

lock:  ## make the locks anew from pyproject.toml
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	    --no-header --extra build pyproject.toml -o requirements.lock
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	    --no-header --extra build --extra test pyproject.toml -c requirements.lock \
	    -o requirements-test.lock

.PHONY: help setup check test test-all bench lock
