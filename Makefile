# The verbs. `make demo` and `make test` need nothing before them but Python >= 3.10.
.PHONY: demo test check fix golden bench docs engines fuzz
BIN := .venv/bin

demo:     ## check, compile and run a real pipeline, and show its record
	@.ci/setup demo
	@.ci/demo

# a file stays whole, so that what its tests share is made once
test:     ## all tests that need no engine beside the local one; MORE="…" for pytest
	@.ci/setup dev
	@$(BIN)/python -m pytest tests examples/*/tests --ignore=tests/engines -q -n auto --dist loadfile $(MORE)

check:    ## linters, both type checkers, import contracts
	@.ci/setup dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python tests/house/pyright_everywhere.py
	$(BIN)/lint-imports

fix:      ## what linters can mend by themselves
	@.ci/setup dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

golden:   ## write the expected files anew: read the diff like code
	@.ci/setup dev
	PIPEGLOT_GOLDEN=1 $(BIN)/python -m pytest tests -q --ignore=tests/engines

engines:  ## the suites on real engines, those that this machine can run
	@.ci/setup dev
	@$(BIN)/python tests/engines

fuzz:     ## 100,000 broken texts through the compiler, goes on where it was stopped; MORE="--seed 7" for others
	@.ci/setup dev
	@$(BIN)/python -m tests.fuzz $(MORE)

bench:    ## every benchmark, as ratios
	@.ci/setup dev
	@for file in tests/bench/bench_*.py; do echo "== $$file"; $(BIN)/python $$file; done

docs:     ## the generated pages of docs/
	@.ci/setup dev
	$(BIN)/python docs/generate.py
