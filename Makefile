# Everything sets itself up: a fresh clone needs only make and Python 3.11 (see scripts/setup.sh).
PYTHON := .venv/bin/python
.DEFAULT_GOAL := help

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 16

setup: ## virtual environment and system libraries for running
	@scripts/setup.sh run

setup-camera: ## the same, and what a document camera needs
	@scripts/setup.sh camera

setup-dev: ## the same, and what the tests need
	@scripts/setup.sh dev

run: setup ## the counter on an embedded demo; without a display the same job headless
	@scripts/run.sh

test: setup-dev ## the daily tests
	@$(PYTHON) -m pytest -q -n 3 --dist loadfile -m "not soak and not devices"

check: setup-dev ## ruff, mypy --strict, architecture
	@$(PYTHON) -m ruff check .
	@$(PYTHON) -m ruff format --check .
	@$(PYTHON) -m mypy
	@$(PYTHON) -m pytest -q tests/test_architecture.py

setup-devices: ## the same, and the printers and spoolers of the slow device tests
	@scripts/setup.sh devices

devices-test: setup-devices ## the slow device tests, against services it starts and stops
	@$(PYTHON) -m pytest -q -m devices

soak: setup-dev ## kill it at 100 random instants, other long trials, and many new random examples
	@$(PYTHON) -m pytest -q -s -m soak
	@HYPOTHESIS_PROFILE=thorough $(PYTHON) -m pytest -q -n 2 -m "hypothesis and not soak and not devices"

bench-intake: setup ## a case beside the raw limit of the disk (docs/benchmarks.md)
	@PYTHONPATH=. $(PYTHON) benchmarks/intake.py

bench-catalog: setup-dev ## building, searching and fetching 100 000 items beside the usual ways (docs/benchmarks.md)
	@PYTHONPATH=. $(PYTHON) benchmarks/catalog.py
	@PYTHONPATH=. $(PYTHON) benchmarks/catalog_sync.py

bench-devices: setup-dev ## our share of a card, a slip, a re-plug; ten thousand of each (docs/benchmarks.md)
	@PYTHONPATH=. $(PYTHON) benchmarks/device_lines.py

pictures: setup-dev ## the pictures of the README, from a tour, and an album of every state in out/album
	@scripts/pictures.sh all

lock: setup-dev ## resolve the pinned dependencies anew
	@$(PYTHON) scripts/lock.py

clean: ## remove the environment and everything made
	rm -rf .venv out build

.PHONY: help setup setup-camera setup-dev setup-devices run test check devices-test soak bench-intake bench-catalog bench-devices pictures lock clean
