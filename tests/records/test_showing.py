"""What a person sees of a run."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest

from pipeglot.definition import definition_json
from pipeglot_records.show import run as showing
from pipeglot_records.show.columns import measured
from pipeglot_records.show.formatting import duration, size
from pipeglot_records.show.text import Look, page
from pipeglot_records.store.database import Store
from pipeglot_records.store.details import Details
from pipeglot_records.store.intake.ingest import ingest_folder
from pipeglot_records.store.runs import load
from tests.records.conftest import OTHER, RUN, Log, churn, step

WHOLE = """\
churn: succeeded in 26.0s
run 0190c3f2-7d1e-7c4b-9a55-0d3f6c1b2a10 on local, 2027-01-15 08:00:01 UTC
with regions=["eu","us","asia"]  threshold=0.8

  ✓ extract   succeeded   3.0s
      n    42
      raw  dataset  v1  sha256:aaaaaaaaaaaa  12.3 kB
  ✓ train     succeeded  11.0s  3 of 3 items
      auc    [0.7, 0.9, 0.8]
      model  3 models
    ✓ [eu]    succeeded   3.0s
    ✓ [us]    succeeded   3.0s
    ✓ [asia]  succeeded   3.0s
  ✓ pick      succeeded   3.0s
      auc    0.9
      model  model  v1  sha256:cccccccccccc  12.3 kB
  ✓ publish   succeeded   1.0s

on exit
  ✓ report    succeeded   1.0s
"""

FAILED = """\
churn: failed in 19.0s
run 0190c3f2-7d1e-7c4b-9a55-0d3f6c1b2a10 on local, 2027-01-15 08:00:01 UTC

  ✓ extract   succeeded                   7.0s  2 attempts (exit-code 3)
      n     42
      raw   dataset  v1  sha256:aaaaaaaaaaaa  12.3 kB
      loss  0.1  2 points, 0.1 to 0.5
  ✗ train     failed, signal              5.0s  1 of 3 items
      auc    [0.7]
      model  1 model
    ✓ [eu]    succeeded                   3.0s
    ✗ [us]    failed, signal SIGKILL      1.0s
        the command was ended by SIGKILL
        log: LOG
          | epoch 1
          | epoch 2
    ✗ [asia]  failed, lost
  ■ pick      cancelled, upstream-failed
  ■ publish   cancelled, upstream-failed

on exit
  ✓ report    succeeded                   1.0s
"""


def failed(log: Log, note: str) -> Log:
    log.run().start("extract").fail("extract").start("extract", number=2)
    for point in (0.5, 0.1):
        log.say("metric", "extract", None, log.attempt("extract", None, 2), name="loss", value=point, at=1)
    log.file("extract", "raw", "aaaa", number=2).out("extract", "n", number=2, value=42).end("extract", number=2)
    log.listed("train", 3).train(0, 0.7)
    log.start("train", 1).end(
        "train",
        1,
        state="failed",
        reason="signal",
        exit_code=None,
        signal="SIGKILL",
        message="the command was ended by SIGKILL",
    )
    return log.say("note", "train", 1, name="log", value=note).report().over("failed")


def test_it_shows_the_tree_of_steps(log: Log, store: Store, tmp_path: Path) -> None:
    log.whole().into(store, tmp_path / "logs")
    assert showing.text(store, RUN) == WHOLE


def test_it_shows_why_a_run_failed(log: Log, store: Store, tmp_path: Path) -> None:
    place = tmp_path / "step.log"
    place.write_text("epoch 1\n\nepoch 2\n")
    failed(log, str(place)).into(store, tmp_path / "logs")
    assert showing.text(store, RUN).replace(str(place), "LOG") == FAILED


def test_it_says_that_a_failure_is_allowed(store: Store, tmp_path: Path) -> None:
    fetch, report = step("extract", allow_failure=True), step("report", on_exit=True)
    pipeline = dataclasses.replace(churn(), steps=(fetch,), on_exit=(report,))
    log = Log(definition_json(pipeline)).run().start("extract").fail("extract").report().over("succeeded")
    log.into(store, tmp_path / "logs")
    assert "✗ extract  failed, exit-code 3, allowed  " in showing.text(store, RUN)


def test_it_shows_what_was_captured(log: Log, store: Store, tmp_path: Path) -> None:
    git = {"commit": "0f" * 20, "branch": "ma\x1bin", "dirty": True}
    log.run().start("extract")
    attempt = log.attempt("extract", None, 1)
    for name, value in {"git": git, "python": {"implementation": "cpython", "version": "3.12.1"}, "image": 7}.items():
        log.say("captured", "extract", None, attempt, name=name, value=value)
    for number in range(3):
        log.say("captured", "extract", None, attempt, name="mlflow.artifact", value={"path": str(number)})
    log.say("captured", "extract", None, attempt, name="packages", value={"a": "1", "b": "2"})
    log.end("extract", state="succeeded").over("succeeded").into(store, tmp_path / "logs")
    shown = showing.text(store, RUN)
    assert "git: 0f0f0f0f0f0f on ma" in shown
    assert ", with changes that are in no commit\n" in shown
    assert "python: cpython 3.12.1\n" in shown
    assert ("packages: 2\n" in shown, "mlflow: 3 files uploaded\n" in shown, "\x1b" in shown) == (True, True, False)


def test_it_names_a_log_that_is_not_there(log: Log, store: Store, tmp_path: Path) -> None:
    failed(log, "/nowhere/step.log").into(store, tmp_path / "logs")
    shown = showing.text(store, RUN)
    assert "log: /nowhere/step.log\n" in shown
    assert " | " not in shown


def test_it_stays_within_a_terminal(log: Log, store: Store, tmp_path: Path) -> None:
    log.run(text="é" * 300, many=["x"] * 100, wide="日本語" * 20, regions=["a"] * 40).start("extract")
    log.out("extract", "n", value="y" * 300).out("extract", "m", value=["z\n"] * 99)
    log.end("extract", state="failed", reason="bad-output", message="m" * 300).over("failed")
    log.into(store, tmp_path / "logs")
    assert max(measured(line) for line in showing.text(store, RUN).splitlines()) <= 80


def test_it_never_lets_a_value_steer_the_terminal(log: Log, store: Store, tmp_path: Path) -> None:
    log.run().start("extract").out("extract", "n", value="\x1b[2J\x07").fail("extract").over("failed")
    log.into(store, tmp_path / "logs")
    shown = showing.text(store, RUN)
    assert "\x1b" not in shown
    assert "\\u001b[2J" in shown


def test_it_lists_only_the_failed_items_of_many(log: Log, store: Store, tmp_path: Path) -> None:
    log.run(regions=["x"] * 40).extract().listed("train", 40)
    for item in range(40):
        log.start("train", item)
        if item in (7, 23):
            log.fail("train", item)
        else:
            log.end("train", item)
    log.over("failed").into(store, tmp_path / "logs")
    lines = showing.text(store, RUN).splitlines()
    assert [line.split()[1] for line in lines if line.startswith("    ")][2:] == ["[7]", "[23]"]
    assert any("38 of 40 items" in line for line in lines)


def test_it_marks_with_ascii_or_colour_when_asked(log: Log, store: Store, tmp_path: Path) -> None:
    log.whole().into(store, tmp_path / "logs")
    assert showing.text(store, RUN, Look(plain=True)) == WHOLE.replace("✓", "+")
    coloured = showing.text(store, RUN, Look(colour=True))
    assert coloured.replace("\x1b[32m✓\x1b[0m", "✓") == WHOLE != coloured


def test_it_shows_what_is_there_without_a_definition(log: Log, store: Store, tmp_path: Path) -> None:
    ingest_folder(store, log.whole().write(tmp_path / "logs"))
    shown = showing.text(store, RUN)
    assert "its definition is not in this store" in shown
    assert "✓ train    succeeded  11.0s  3 of 3 items" in shown


def test_it_shows_a_run_that_goes_on(log: Log, store: Store, tmp_path: Path) -> None:
    log.run().start("extract").into(store, tmp_path / "logs")
    shown = page(load(store, RUN, now=log.lines[-1]["time"]), Details())
    assert shown.startswith("churn: running\n")
    assert "  ▶ extract  running\n  · train    pending\n" in shown


class TestVersions:
    def content(self, store: Store, run: str) -> list[int | None]:
        steps: Any = showing.as_json(store, run)["steps"]
        outputs = [attempt["outputs"] for step in steps for attempt in step.get("attempts", [])]
        return [entry.get("version") for entry in outputs for entry in entry.values() if "digest" in entry]

    def test_it_is_the_same_version_for_the_same_content(self, definition: str, store: Store, tmp_path: Path) -> None:
        Log(definition, RUN).whole().into(store, tmp_path / "one")
        Log(definition, OTHER, 1_800_001_000).whole().into(store, tmp_path / "two")
        assert self.content(store, OTHER) == [1, 1]

    def test_it_counts_in_the_order_of_making_and_not_of_arrival(
        self, definition: str, store: Store, tmp_path: Path
    ) -> None:
        later = Log(definition, OTHER, 1_800_001_000).run().start("extract").file("extract", "raw", "bbbb")
        later.end("extract").over("failed").into(store, tmp_path / "two")
        assert self.content(store, OTHER) == [1]
        Log(definition, RUN).whole().into(store, tmp_path / "one")
        assert (self.content(store, RUN), self.content(store, OTHER)) == ([1, 1], [2])


def test_it_is_whole_as_json(log: Log, store: Store, tmp_path: Path) -> None:
    failed(log, "/nowhere").into(store, tmp_path / "logs")
    shown: Any = showing.as_json(store, RUN)
    assert (shown["run"], shown["state"], shown["started"]) == (RUN, "failed", "2027-01-15T08:00:01.000Z")
    extract, train, *_ = shown["steps"]
    assert [attempt["exit_code"] for attempt in extract["attempts"]] == [3, 0]
    assert extract["attempts"][1]["metrics"] == {
        "loss": {"value": 0.1, "at": 1.0, "points": 2, "low": 0.1, "high": 0.5}
    }
    raw = extract["attempts"][1]["outputs"]["raw"]
    assert (raw["digest"], raw["version"], raw["uri"]) == ({"sha256": "aaaa" * 8}, 1, "/a/aaaa")
    assert train["indices"] == [0]
    data = train["items"][0]["attempts"][0]["inputs"]["data"]
    assert data == {"from": ["extract.raw"], "digests": [{"sha256": "aaaa" * 8}]}
    assert (train["items"][2]["reason"], train["items"][2]["derived"]) == ("lost", True)
    assert train["items"][1]["notes"] == {"log": "/nowhere"}


@pytest.mark.parametrize(
    ("nanoseconds", "shown"),
    [
        (None, ""),
        (0, "0.0s"),
        (49_000_000, "0.0s"),
        (59_940_000_000, "59.9s"),
        (59_960_000_000, "1m 00s"),
        (3_599_400_000_000, "59m 59s"),
        (3_600_000_000_000, "1h 00m"),
        (172_800_000_000_000, "2d 00h"),
    ],
)
def test_it_says_how_long(nanoseconds: int | None, shown: str) -> None:
    assert duration(nanoseconds) == shown


@pytest.mark.parametrize(
    ("count", "shown"), [(0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (99_950, "100 kB"), (999_600, "1.0 MB")]
)
def test_it_says_how_much(count: int, shown: str) -> None:
    assert size(count) == shown
