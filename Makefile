# make demo: a first look. make test: every check. Both set up .venv first, once.

PYTHON ?=
export PYTHON

LAKE := demo-lake
NEWS := ../shared/data
VECTORS := .cache/vectors.sqlite
FIGURES := benchmarks/quality

.PHONY: help setup dev demo test test-s3 floors folds quality format docs clean distclean

help: ## This list
	@sed -n 's/^\([a-z0-9-]*\):.*## \(.*\)/make \1	\2/p' Makefile

setup: ## Set up .venv to run storybeam
	@sh deploy/setup.sh

dev: ## Set up .venv to work on storybeam
	@sh deploy/setup.sh dev

demo: setup ## Find the storylines of examples/ and show them
	@rm -rf $(LAKE)
	.venv/bin/storybeam run examples --lake $(LAKE)
	@echo "(. .venv/bin/activate puts storybeam on the path of your shell.)"

test: dev ## Lint, types and tests
	.venv/bin/ruff check
	.venv/bin/ruff format --check
	.venv/bin/mypy
	.venv/bin/python -m pytest -rs

test-s3: dev ## Build an S3 server once, then test lakes on it (make test does so too from then on)
	server=$$(sh deploy/s3_server.sh) && STORYBEAM_S3_SERVER=$$server \
	  .venv/bin/python -m pytest -rs tests/transforms/lake/test_s3.py tests/pipelines/test_s3.py

floors: dev $(VECTORS) ## Measure the samples that the tests keep above floors
	.venv/bin/python -m tests.quality.samples --write --vectors $(VECTORS)

folds: dev $(VECTORS) ## Fit the weights anew, and once more without each corpus
	.venv/bin/python benchmarks/fit_weights.py --limit 2500 --digests --write --vectors $(VECTORS)
	.venv/bin/python benchmarks/fit_folds.py benchmarks/folds --vectors $(VECTORS)

quality: dev $(VECTORS) ## Measure all labelled corpora and the stream, write docs/quality.md anew
	.venv/bin/storybeam evaluate $(NEWS)/labelled --folds benchmarks/folds \
	  --since allsides_to_2018=2017-01-01 --drop '^On the campaign trail, ' \
	  --set embedding.cache=$(VECTORS) --json $(FIGURES).json
	.venv/bin/storybeam evaluate $(NEWS)/stream \
	  --set embedding.cache=$(VECTORS) --json $(FIGURES)_stream.json
	.venv/bin/python -m pipelines.evaluate.report $(FIGURES)*.json > docs/quality.md

$(VECTORS):
	@mkdir -p $(@D) && touch $@

format: dev ## Put the code into the house's form
	.venv/bin/ruff check --fix
	.venv/bin/ruff format

docs: dev ## Write the generated pages of docs/ anew
	.venv/bin/python -m schemas.dictionary > docs/data-dictionary.md
	.venv/bin/python -m transforms.residue.listing > docs/residue.md

clean: ## Remove the demo's lake and all caches
	rm -rf $(LAKE) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -not -path './.venv/*' -prune -exec rm -rf {} +

distclean: clean ## Remove .venv as well
	rm -rf .venv
