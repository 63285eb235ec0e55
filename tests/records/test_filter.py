"""`pipeglot runs --where … --sort … --columns …`: which runs, in which order, and what of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest

from pipeglot.definition import definition_json
from pipeglot_records.queries import ranking
from pipeglot_records.queries.filter import FilterFault, NotComparable, Wanted, field, fields
from pipeglot_records.queries.filter import parse as parse_filter
from pipeglot_records.show.run_list import list_runs, table_of_runs
from pipeglot_records.show.run_table import table_csv, table_text
from pipeglot_records.store.database import Store, open_store
from tests.records.conftest import SECOND, Log, churn, step, take

BEGIN = 1_800_000_000
IDS = {name: f"0190c3f2-000{number}-7c4b-9a55-0d3f6c1b2a10" for number, name in enumerate("abcd", 1)}


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with open_store(str(tmp_path_factory.mktemp("records") / "records.db"), {}) as store:
        fill(store)
        yield store


def fill(store: Store) -> None:
    """Four runs: `a` good, `b` better after a try that failed, `c` failed, `d` still going on."""
    definition = definition_json(replace(churn(), steps=(step("pick"),), on_exit=()))
    store.register(definition)
    for at, (name, lr, auc) in enumerate([("a", 0.1, 0.8), ("b", 2, 0.95), ("c", "high", 0.5), ("d", True, None)]):
        log = Log(definition, IDS[name], BEGIN + at * 1000).run(lr=lr, regions=["eu"], odd='a\'b "c" \0')
        if name == "b":
            log.start("pick").say("metric", "pick", None, log.attempt("pick", None, 1), name="auc", value=0.1, at=1)
            log.fail("pick")
        if auc is not None:
            number = 2 if name == "b" else 1
            attempt = log.start("pick", number=number).attempt("pick", None, number)
            log.say("metric", "pick", None, attempt, name="auc", value=auc, at=1)
            log.say("metric", "pick", None, attempt, name="val.loss", value=auc / 2, at=1)
            log.say("tag", "pick", None, attempt, name="kind", value=name)
            log.fail("pick", number=number) if name == "c" else log.end("pick", number=number)
            log.over("failed" if name == "c" else "succeeded")
        take(store, log.events())


def found(store: Store, text: str, **more: Any) -> str:
    wanted = Wanted(where=parse_filter(text), **more)
    names = {run: name for name, run in IDS.items()}
    return "".join(names[entry["run"]] for entry in list_runs(store, wanted, now=(BEGIN + 3010) * SECOND))


HOLDS = (
    ("state == failed", "c"),
    ("state != failed", "dba"),
    ("state == running", "d"),
    ("state in [failed, running]", "dc"),
    ("params.lr > 0.05", "ba"),
    ("params.lr == 2", "b"),
    ("params.lr == high", "c"),
    ("params.lr == 'high' or params.lr == true", "dc"),
    ("params.lr in [0.1, 'high']", "ca"),
    ("params.lr != 2", "a"),
    ("params.none", ""),
    ("not params.none", "dcba"),
    ("metrics.pick.auc >= 0.8", "ba"),
    ("metrics.auc < 0.2", ""),
    ("metrics.auc", "cba"),
    ("metrics.pick.val.loss > 0.4", "b"),
    ("metrics.val.loss > 0.3 and not state == failed", "ba"),
    ("params.lr > 0.01 and metrics.pick.auc >= 0.9 and state == succeeded", "b"),
    ("params.lr == 2 and metrics.pick.auc >= 0.9", "b"),
    ("params.lr in [0.1, 2] and metrics.auc > 0.7 and metrics.pick.auc < 0.9", "a"),
    ("params.lr == 2 and metrics.val.loss > 0.9", ""),
    ("tags.kind == b", "b"),
    ("tags.kind != b", "ca"),
    ("steps.pick == failed", "c"),
    ("duration > 0s and duration < 1m", "cba"),
    ("duration", "cba"),
    ("started >= 2027-01-15T08:16:41Z", "dcb"),
    ("started > -20m", "dc"),
    ("ended < 2027-01-15T08:10:00+00:00", "a"),
    ("run == 0190c3f2-0002", "b"),
    ("run == 0190C3F2-0002", "b"),
    ("pipeline == churn and target == local", "dcba"),
    ("profile", ""),
    ("not (state == failed or params.lr == 2)", "da"),
    ("state == 'it''s' or state == \"fail\\u0065d\"", "c"),
    ('params."lr" == 2', "b"),
)


@pytest.mark.parametrize(("text", "runs"), HOLDS)
def test_it_takes_the_runs_of_which_it_holds(asked: Store, text: str, runs: str) -> None:
    assert found(asked, text) == runs


SORTED = (
    ("params.lr", False, "abcd"),
    ("params.lr", True, "badc"),
    ("metrics.pick.auc", True, "bacd"),
    ("metrics.auc", False, "cabd"),
    ("duration", True, "bcad"),
    ("started", False, "abcd"),
    ("tags.kind", False, "abcd"),
    ("steps.pick", False, "cbad"),
    ("state", False, "cbad"),
)


@pytest.mark.parametrize(("by", "down", "runs"), SORTED)
def test_it_sorts_them_and_what_has_none_comes_last(asked: Store, by: str, down: bool, runs: str) -> None:
    assert found(asked, "pipeline == churn", sort=(field(by), down)) == runs
    for limit in range(1, 5):
        assert found(asked, "pipeline == churn", sort=(field(by), down), limit=limit) == runs[:limit]


def test_it_tells_of_each_what_is_asked(asked: Store) -> None:
    named = [field(name) for name in ("run", "state", "params.lr", "metrics.pick.auc", "tags.kind", "steps.pick")]
    rows = table_of_runs(asked, Wanted(where=parse_filter("duration"), sort=(("params", "lr"), True)), named)
    assert [list(row.values())[2:] for row in rows] == [
        [2, 0.95, "b", "succeeded"],
        [0.1, 0.8, "a", "succeeded"],
        ["high", 0.5, "c", "failed"],
    ]
    assert table_text(rows[:2]).splitlines()[:2] == [
        "RUN            STATE      PARAMS.LR  METRICS.PICK.AUC  TAGS.KIND  STEPS.PICK",
        "0190c3f2-0002  succeeded          2              0.95  b          succeeded",
    ]
    assert table_csv(rows[:1], ["run", "params.lr"]) == f"run,params.lr\n{IDS['b']},2\n"


@pytest.mark.parametrize(
    ("text", "said", "hint"),
    [
        ("", "the filter ends where a condition, as `state == failed` should be", None),
        ("sate == failed", "a run has no `sate`", "did you mean `state`?"),
        ("params > 1", "`params` alone is none of them: write `params.NAME`", None),
        ("state.x == 1", "`state` has no parts", "write `state`"),
        ("state = failed", "`=` sets a value", "write `==`"),
        ("state == failed state", "`state` stands where the filter is over", "write `and` or `or`"),
        ("state ==", "the filter ends where a value should be", None),
        ("(state == failed", "`)` is missing", "write `)` at the end"),
        ("state in failed", "`[` is missing", "write `[` here"),
        ("state == 'failed", "`'` begins nothing", "close the quotes"),
        ("state == and", "`and` is no value", None),
        ("; drop table runs", "`;` begins nothing that a filter has", None),
        ("not " * 40 + "state == x", "more than 32 conditions stand inside each other", None),
        ("(" * 40 + "state == x", "more than 32 conditions stand inside each other", None),
        ("x" * 5000, "the filter has 5,000 letters, and 4,096 are read", None),
    ],
)
def test_it_says_what_it_cannot_read(text: str, said: str, hint: str | None) -> None:
    with pytest.raises(FilterFault) as fault:
        parse_filter(text)
    assert fault.value.message.startswith(said)
    assert (fault.value.hint or "").startswith(hint or "")
    assert 0 <= fault.value.start <= fault.value.end <= max(len(text), 1)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("state > failed", "states have no order"),
        ("metrics.auc > good", "a metric is a number, and `good` is none"),
        ("duration > long", "`long` is no duration"),
        ("started > yesterday", "`yesterday` is no time"),
        ("tags.kind > a", "tags have no order"),
        ("steps.pick < a", "states have no order"),
    ],
)
def test_it_says_what_cannot_be_compared(store: Store, text: str, said: str) -> None:
    with pytest.raises(NotComparable, match=said):
        list_runs(store, Wanted(where=parse_filter(text)))


def test_it_knows_what_a_filter_speaks_of() -> None:
    found = fields(parse_filter("not params.a.b > 1 or (metrics.x and state in [a])"))
    assert found == [("params", "a.b"), ("metrics", "x"), ("state",)]


def test_a_text_is_never_an_instruction_to_the_database(asked: Store) -> None:
    for hostile in ("'; drop table runs; --", "%", "_", "\\", "a' or '1'='1", "0190%"):
        quoted = "'" + hostile.replace("'", "''") + "'"
        for name in ("run", "params.lr", f"params.{quoted}", "pipeline", "tags.kind", f"metrics.{quoted}"):
            op = "" if name.startswith("metrics") else f" == {quoted}"
            assert found(asked, f"{name}{op}") == ""


def test_the_greatest_of_many_are_those_of_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Read off an index in parts, with items, ties, other spellings and tries that were superseded."""
    monkeypatch.setattr(ranking, "ROOM", 1)
    random, definition = Random(7), definition_json(churn())
    with open_store(str(tmp_path / "records.db"), {}) as store:
        for at in range(40):
            log = Log(definition, f"0190c3f2-{at:04}-7c4b-9a55-0d3f6c1b2a10", 1_800_000_000 + at).run()
            for item in range(random.randrange(4)):
                for number in range(1, 1 + random.randint(1, 2)):
                    log.start("train", item, number)
                    name = random.choice(["auc", "train.auc"])
                    value = random.choice([0.1, 0.5, 0.5, 0.9, "NaN"])
                    log.say("metric", "train", item, log.attempt("train", item, number), name=name, value=value)
            take(store, log.over("failed").events())
        for name in ("metrics.train.auc", "metrics.auc"):
            whole = table_of_runs(store, Wanted(sort=(field(name), True)), [field("run")])
            for limit in (1, 3, 20, 40, 50):
                some = Wanted(sort=(field(name), True), limit=limit)
                assert table_of_runs(store, some, [field("run")]) == whole[:limit]
