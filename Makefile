# Two commands do everything: `make dev` and `make test`. Each makes the environment first if it is not there.
PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.installed

.PHONY: dev test lint unit end-to-end deployment proof fuzz bench bench-night clean

# The HTTP API runs behind Dagster, and ends with it: a shell's background processes do not hear Ctrl-C by themselves.
dev: $(STAMP)
	$(BIN)/yorutsuke aws start
	@trap 'kill $$api 2>/dev/null; wait $$api' EXIT; trap exit HUP INT TERM; \
	$(BIN)/yorutsuke api & api=$$!; \
	echo "Dagster's UI and the HTTP API each say below where they are: http://127.0.0.1:3000 and :4700, if these are free."; \
	DAGSTER_HOME="$(CURDIR)" $(BIN)/dagster dev

test: lint unit end-to-end

lint: $(STAMP)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/cfn-lint infra/template.yaml infra/ecs.yaml infra/violations.yaml
	YORUTSUKE_SAMPLES=false $(BIN)/dagster definitions validate

# Four workers for two cores: many tests wait for a wire that fails. The end-to-end tests start whole processes and go one by one.
unit: $(STAMP)
	$(BIN)/pytest -n 4 --dist worksteal -m "not end_to_end and not deployment"

end-to-end: $(STAMP)
	$(BIN)/pytest -m end_to_end

# A night on webserver, daemon and code server of their own over PostgreSQL, each killed in turn; a minute and more.
deployment: $(STAMP)
	$(BIN)/pytest -m deployment

# The long forms of what `make test` does briefly: every call of every flow killed, and ten parsers fuzzed for 75 s each.
proof: $(STAMP)
	$(BIN)/python -m yorutsuke_pipeline_tests.proof

fuzz: $(STAMP)
	$(BIN)/python -m yorutsuke_pipeline_tests.fuzz --seconds 75

$(STAMP): pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --constraint constraints.txt --editable ".[embedded,violations,api,deploy,test,lint]"
	touch $(STAMP)

# Three quarters of an hour, on a machine that does nothing else meanwhile. `docs/performance.md` says what it means.
bench: $(STAMP)
	$(BIN)/python -m yorutsuke_pipeline_tests.bench --document docs/performance.md \
		--json docs/performance.json --chart docs/pictures/performance.png

bench-night: $(STAMP)
	$(BIN)/python -m yorutsuke_pipeline_tests.bench night --rounds 1 --document docs/performance.md

clean:
	-$(BIN)/yorutsuke aws stop
	rm -rf .venv .dagster .yorutsuke .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
