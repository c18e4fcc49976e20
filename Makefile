# make install: what serving needs, and nothing else. make run: the product on an embedded database. make test: every test. make check: lint, types, contracts, words.
# make evidence: every test, and what it proves written down for the promise page; commit the file with the release.
PYTHON ?= python3
BIN := .venv/bin
MO := msewa/translations/pa/LC_MESSAGES/messages.mo msewa/translations/hi/LC_MESSAGES/messages.mo
WORKERS ?= 2

.PHONY: install run test evidence check bench words holidays clean

install: .venv/run.stamp $(MO)

run: install
	@$(BIN)/python app.py

test: .venv/test.stamp $(MO)
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal

evidence: .venv/test.stamp $(MO)
	MSEWA_EVIDENCE=1 $(BIN)/python -m pytest -n $(WORKERS) --dist worksteal

check: .venv/test.stamp $(MO)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/pyright
	$(BIN)/lint-imports
	$(BIN)/deptry .
	$(BIN)/djlint --lint --quiet templates
	$(BIN)/flask --app app catalogue check

bench: .venv/test.stamp $(MO)
	$(BIN)/python -m tests.bench

# Gathers the words of code and templates into the two catalogues; what is new waits there for its translation.
words: .venv/test.stamp
	$(BIN)/pybabel -q extract -F tests/house/babel.cfg --no-location --sort-output -o .venv/messages.pot .
	for lang in pa hi; do $(BIN)/pybabel -q update -i .venv/messages.pot -d msewa/translations -l $$lang --no-fuzzy-matching --ignore-obsolete --width 120; done

# Writes Punjab's holidays anew, as the pinned library knows them.
holidays: .venv/run.stamp
	$(BIN)/python -m msewa.applications.holidays

%.mo: %.po .venv/run.stamp
	@$(BIN)/pybabel -q compile -i $< -o $@

.venv/run.stamp: requirements.txt
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

.venv/test.stamp: .venv/run.stamp tests/requirements.txt
	@$(BIN)/pip install --quiet --disable-pip-version-check -r tests/requirements.txt
	@touch $@

clean:
	rm -rf .venv static/built
