# Two commands matter: `make demo` and `make test`. Each sets up all it needs.
SHELL := /bin/bash
BIN := .venv/bin
ARGS ?=
NAME ?=

.PHONY: demo real test check audit bench docs vectors lock clean help

help:  ## what there is
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/'

.venv/.ready: requirements.lock pyproject.toml deploy/build/environment.sh
	@deploy/build/environment.sh

demo: .venv/.ready  ## six institutions, one round, a portal; ARGS=--once ends after the release
	@$(BIN)/python -m foyer_demo $(ARGS)

real: .venv/.ready  ## the same with the real files beside the checkout
	@$(BIN)/python -m foyer_demo.real $(ARGS)

check: .venv/.ready  ## lint, types and contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

test: check  ## what CI runs
	@deploy/build/test-packages.sh
	$(BIN)/pytest -q -n 2 -m "not audit and not processes"
	$(BIN)/pytest -q -n 2 --dist loadfile -m "processes and not audit"

audit: .venv/.ready  ## slow statistical audits
	$(BIN)/pytest -q -n 2 -m audit

bench: .venv/.ready  ## measure everything in benchmarks/, or NAME=x
	$(BIN)/python -m benchmarks $(NAME)

docs: .venv/.ready  ## write the generated parts of the docs
	$(BIN)/python -m docs_generator

vectors: .venv/.ready  ## write the conformance vectors of this version
	$(BIN)/python -m tests.conformance.generate

lock:  ## choose new versions for everything
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --upgrade \
	    --all-extras --no-emit-index-url --no-annotate --no-header pyproject.toml -o requirements.lock

clean:  ## take away what was built
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis
