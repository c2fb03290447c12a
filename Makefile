# Two commands for a newcomer: `make demo` and `make test`. Everything else is for those who work on it.
.PHONY: demo test setup setup-dev check bench test-server screenshots lock
PY := .venv/bin/python
# A machine may forbid writing bytecode; without it each process of a test run reads and rewrites all tests anew.
unexport PYTHONDONTWRITEBYTECODE

demo: setup
	@exec $(PY) -m sospeso demo

setup:
	@sh bootstrap.sh run

setup-dev:
	@sh bootstrap.sh dev

check: setup-dev
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@$(PY) -m mypy
	@.venv/bin/lint-imports
	@$(PY) -m sospeso forms lint
	@$(PY) -m pytest -q -m "not slow and not browser" --hypothesis-profile quick -n 2

# Four at a time also where there are two cores: browsers, jobs and databases are waited for.
test: setup-dev
	@$(PY) -m pytest -n 4 --dist loadgroup

# The whole suite on a PostgreSQL server of your own: make test-server URL=postgresql://user:password@127.0.0.1:5432/postgres
test-server: setup-dev
	@test -n "$(URL)" || { echo "Say which server: make test-server URL=postgresql://…" >&2; exit 2; }
	@SOSPESO_TEST_DATABASE_URL="$(URL)" $(PY) -m pytest -n 4 --dist loadgroup

bench: setup-dev
	@$(PY) -m bench

screenshots: setup-dev
	@$(PY) -m tests.screenshots

# Renews the hashed requirements from pyproject.toml.
lock: setup-dev
	@for level in dev run; do \
	  extra=""; test $$level = run || extra="--extra dev"; \
	  constraint=""; test $$level = dev || constraint="-c requirements/dev.txt"; \
	  $(PY) -m uv pip compile --quiet --universal --python-version 3.12 --generate-hashes --no-emit-index-url --custom-compile-command "make lock" \
	    $$extra $$constraint -o requirements/$$level.txt pyproject.toml; done
	@$(PY) -m uv pip compile --quiet --universal --python-version 3.12 --generate-hashes --no-emit-index-url --custom-compile-command "make lock" \
	  -o requirements/build.txt requirements/build.in
	@$(PY) -m uv pip compile --quiet --universal --python-version 3.12 --generate-hashes --no-emit-index-url --custom-compile-command "make lock" \
	  -o requirements/rasa.txt requirements/rasa.in
