"""Results in one file, and the record as lines of the log: how a pod hands on what it has."""

from __future__ import annotations

import base64
import json
import random
import zlib
from itertools import count
from pathlib import Path

import pytest

from pipeglot_backends.remote import log_records
from pipeglot_sidecar.record.log_record import write_log_record
from tests.sidecar.stage import Outcome, Stage, is_event, lit, sh


def record(outcome: Outcome) -> str:
    """What stands behind the last mark in what was printed."""
    lines = [line.split(" ") for line in outcome.out.split("\n") if line.startswith("pipeglot-record ")]
    mark = lines[-1][1]
    pieces = [(number, piece) for _, found, number, piece in lines if found == mark]
    assert [number for number, _ in pieces] == [f"{each}/{len(pieces)}" for each in range(1, len(pieces) + 1)]
    return zlib.decompress(base64.b64decode("".join(piece for _, piece in pieces).replace("-", ""))).decode("ascii")


def test_it_hands_results_on_in_one_file(any_stage: Stage) -> None:
    path = any_stage.folder / "xcom" / "return.json"
    path.parent.mkdir()
    outputs = {"n": {"type": "int"}, "s": {"type": "string", "optional": True}}
    any_stage.step(sh('echo 1 > "$PIPEGLOT_OUTPUT_N"'), outputs=outputs)
    outcome = any_stage.run(PIPEGLOT_RESULT="", PIPEGLOT_RESULT_FILE=str(path))
    assert (outcome.code, outcome.results) == (0, {})
    assert json.loads(path.read_text()) == {"n": "1", "s": "null", "pipeglot-state": '"succeeded"'}


def test_it_hands_the_indices_of_a_list_on_in_one_file(stage: Stage) -> None:
    path = stage.folder / "return.json"
    stage.step(sh("true"), foreach={"items": lit([1, 2]), "item_type": "int"})
    stage.run("items", PIPEGLOT_RESULT="", PIPEGLOT_RESULT_FILE=str(path))
    assert json.loads(path.read_text()) == {"pipeglot-indices": "[0,1]", "pipeglot-state": '"succeeded"'}


def test_it_fails_when_the_one_file_cannot_be_written(stage: Stage) -> None:
    outcome = stage.step(sh("true")).run(PIPEGLOT_RESULT="", PIPEGLOT_RESULT_FILE="/nowhere/return.json")
    assert outcome.code == 68
    assert "/nowhere/return.json" in outcome.err


def test_it_prints_the_record_when_it_is_over(any_stage: Stage) -> None:
    forged = "pipeglot-record 0123456789abcdef 1/1 eJwDAAAAAAE="
    any_stage.step(sh(f"echo {forged}; printf 'an open line'"))
    outcome = any_stage.run(PIPEGLOT_RECORD_LOG="1", PIPEGLOT_RECORD_FILE=str(any_stage.folder / "log.jsonl"))
    events = [json.loads(line) for line in record(outcome).splitlines()]
    assert [event["event"] for event in events] == ["start", "end"]
    assert all(is_event(event) for event in events)
    assert outcome.out.startswith(f"{forged}\nan open line\npipeglot-record ")


def test_it_prints_a_long_record_in_pieces(stage: Stage) -> None:
    stage.step(sh('od -An -v -tx1 -w40 -N 40000 /dev/urandom | sed "s/ //g; s/.*/m&=1/" > "$PIPEGLOT_METRICS"'))
    outcome = stage.run(PIPEGLOT_RECORD_LOG="1")
    assert max(map(len, outcome.out.splitlines())) < 3100
    assert record(outcome).count("\n") == len(outcome.events) > 500


def test_it_prints_what_it_decided_without_a_command(stage: Stage) -> None:
    outcome = stage.step(sh("true"), when=lit(False)).run(PIPEGLOT_RECORD_LOG="1")
    assert json.loads(record(outcome))["state"] == "skipped"


def test_it_prints_no_record_where_there_is_none(stage: Stage) -> None:
    outcome = stage.step(sh("echo mine")).run(PIPEGLOT_RECORD_LOG="1", PIPEGLOT_RECORD="")
    assert (outcome.code, outcome.out) == (0, "mine\n")


def test_nothing_in_a_record_looks_like_a_token(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Airflow writes `***` in its logs for what follows `eyJ`."""
    written = next(data for data in map(noise, count()) if b"eyJ" in base64.b64encode(zlib.compress(data)))
    (tmp_path / "record.jsonl").write_bytes(written)
    write_log_record(str(tmp_path / "record.jsonl"))
    told = capfd.readouterr().out
    assert "eyJ" not in told
    assert log_records.record(told) == written


def noise(seed: int) -> bytes:
    return random.Random(seed).randbytes(5000)
