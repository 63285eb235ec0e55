"""The record of a run in other tools' forms: what is in the documents, and how they reach a server that is real."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from pipeglot.cli import arguments
from pipeglot.cli.main import main
from pipeglot.definition import definition_json
from pipeglot_records.exports.formats import FORMATS, export
from pipeglot_records.exports.mlflow import words
from pipeglot_records.exports.openlineage.datasets import located
from pipeglot_records.exports.recorded import as_uuid
from pipeglot_records.store.database import open_store
from tests.engines.answering import answering
from tests.receiver import Receiver
from tests.records.conftest import OTHER, RUN, Log, churn, take

Events = list[dict[str, Any]]


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A store with a whole run, and one that goes on after a first try that failed."""
    monkeypatch.chdir(tmp_path)
    found, definition = str(tmp_path / "records.db"), definition_json(churn())
    with open_store(found, {}) as store:
        store.register(definition)
        take(store, Log(definition, RUN).whole().events())
        log = Log(definition, OTHER, 1_800_100_000).run(rows=3).start("extract")
        for at, point in enumerate(("NaN", 0.5)):
            log.say("metric", "extract", None, log.attempt("extract", None, 1), name="loss", value=point, at=at)
        log.say("tag", "extract", None, log.attempt("extract", None, 1), name="colour", value="red")
        for name in ("mlflow.parentRunId", "pipeglot.run"):
            log.say("tag", "extract", None, log.attempt("extract", None, 1), name=name, value="another")
        log.fail("extract")
        log.start("extract", number=2).file("extract", "raw", "aaaa", number=2)
        take(store, log.events())
    return found


def events(capsys: pytest.CaptureFixture[str], place: str, run: str, *more: str) -> Events:
    assert main(["export", run, "--to", "openlineage", "--dry-run", "--records", place, *more]) == 0
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def of(found: Events, step: str) -> Events:
    return [each for each in found if each["job"]["name"] == f"churn.{step}"]


def test_attempts_are_runs_under_their_run(capsys: pytest.CaptureFixture[str], place: str) -> None:
    found = events(capsys, place, RUN, "--under", "acme")
    assert [each["eventType"] for each in found] == ["START", *["START", "COMPLETE"] * 7, "COMPLETE"]
    assert {each["job"]["namespace"] for each in found} == {"acme"}
    assert len({each["run"]["runId"] for each in found}) == 8
    assert found[0]["run"]["runId"] == found[-1]["run"]["runId"] == RUN
    assert {each["run"]["facets"]["parent"]["run"]["runId"] for each in found[1:-1]} == {RUN}
    given = found[0]["run"]["facets"]["executionParameters"]["parameters"]
    assert given == [
        {"key": "regions", "name": "regions", "value": '["eu","us","asia"]'},
        {"key": "threshold", "name": "threshold", "value": "0.8"},
    ]
    assert "pipeglot_run" not in found[0]["run"]["facets"], "a START says what is known at the start"


def test_what_one_wrote_is_what_the_other_reads(capsys: pytest.CaptureFixture[str], place: str) -> None:
    found = events(capsys, place, RUN)
    (raw,) = of(found, "extract")[1]["outputs"]
    read = [each for event in of(found, "train") for each in event["inputs"]]
    assert {(each["namespace"], each["name"]) for each in read} == {(raw["namespace"], raw["name"])}
    assert {each["facets"]["version"]["datasetVersion"] for each in read} == {
        raw["facets"]["version"]["datasetVersion"]
    }
    (models,) = of(found, "pick")[1]["inputs"]
    assert models["name"] == "churn.train.model"
    assert "version" not in models["facets"], "three items are three versions"


def test_a_try_that_failed_and_one_that_goes_on(capsys: pytest.CaptureFixture[str], place: str) -> None:
    found = of(events(capsys, place, OTHER), "extract")
    assert [each["eventType"] for each in found] == ["START", "FAIL", "START", "RUNNING"]
    failed = found[1]["run"]["facets"]
    assert "errorMessage" in failed
    assert "errorMessage" not in found[0]["run"]["facets"]
    assert failed["pipeglot_attempt"]["metrics"] == {"loss": 0.5}
    assert failed["tags"]["tags"][0] == {"key": "colour", "value": "red", "source": "USER"}


def test_it_says_what_it_could_not_carry(capsys: pytest.CaptureFixture[str], place: str) -> None:
    assert main(["export", OTHER, "--to", "openlineage", "-o", "made.jsonl", "--records", place]) == 0
    told = capsys.readouterr()
    assert "left out: the points of 1 series of metrics" in told.err
    before = Path("made.jsonl").read_bytes()
    assert main(["export", OTHER, "--to", "openlineage", "-o", "made.jsonl", "--records", place]) == 0
    assert Path("made.jsonl").read_bytes() == before


def test_a_receiver_that_is_away_is_asked_again(
    capsys: pytest.CaptureFixture[str], place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    receiver = Receiver(answers=[503, 200])
    with receiver.serve():
        monkeypatch.setenv("OPENLINEAGE_URL", receiver.url)
        assert main(["export", OTHER, "--to", "openlineage", "--records", place]) == 0
    assert capsys.readouterr().out == f"6 events, at 127.0.0.1:{receiver.port}\n"
    assert [json.loads(body) for _, _, body in receiver.got[1:]] == events(capsys, place, OTHER)
    assert receiver.got[0][2] == receiver.got[1][2], "the first one came twice"
    assert receiver.got[0][0].endswith("/api/v1/lineage")


@pytest.mark.parametrize(
    ("more", "code", "words"),
    [
        ([], 2, "PG600"),
        (["--url", "ftp://there"], 2, "PG600"),
        (["--url", "https://me:hush@there"], 2, "PG600"),
        (["--url", "http://127.0.0.1:99999"], 2, "PG600"),
        (["-o", "nowhere/made.jsonl"], 4, "PG519"),
    ],
)
def test_where_it_cannot_go_it_says_so(
    capsys: pytest.CaptureFixture[str],
    place: str,
    monkeypatch: pytest.MonkeyPatch,
    more: list[str],
    code: int,
    words: str,
) -> None:
    monkeypatch.delenv("OPENLINEAGE_URL", raising=False)
    assert main(["export", RUN, "--to", "openlineage", "--records", place, *more]) == code
    told = capsys.readouterr().err
    assert words in told
    assert "hush" not in told


def test_one_that_refuses_is_not_asked_again(capsys: pytest.CaptureFixture[str], place: str) -> None:
    receiver = Receiver(answers=[400])
    with receiver.serve():
        assert main(["export", RUN, "--to", "openlineage", "--url", receiver.url, "--records", place]) == 4
    assert len(receiver.got) == 1
    assert "PG601" in capsys.readouterr().err


def test_the_same_name_has_the_same_id() -> None:
    assert as_uuid(RUN, RUN) == RUN
    assert as_uuid("extract-1", RUN) == as_uuid("extract-1", RUN) != as_uuid("extract-1", OTHER)


def test_each_that_the_command_line_names_is_there() -> None:
    assert arguments.EXPORTS == FORMATS
    assert [export(name).TO_FILES for name in FORMATS] == [True, False, True, True]


def mlflow(capsys: pytest.CaptureFixture[str], place: str, run: str) -> Events:
    assert main(["export", run, "--to", "mlflow", "--dry-run", "--records", place]) == 0
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_items_are_nested_under_their_step(capsys: pytest.CaptureFixture[str], place: str) -> None:
    found = mlflow(capsys, place, RUN)
    above = {each["name"]: each["above"] for each in found}
    assert [above.pop(name) for name in ("train[0]", "train[1]", "train[2]")] == ["train"] * 3
    assert above == {f"churn {RUN[:12]}": None, "extract": "", "train": "", "pick": "", "publish": "", "report": ""}
    keys = [each["key"] for each in found]
    assert len({*keys}) == len(keys)
    assert all(each["above"] is None or each["above"] in keys[:index] for index, each in enumerate(found))
    assert {each["status"] for each in found} == {"FINISHED"}


def test_a_run_that_goes_on_has_no_end_there(capsys: pytest.CaptureFixture[str], place: str) -> None:
    whole, first, second = mlflow(capsys, place, OTHER)
    assert [(each["name"], each["status"]) for each in (first, second)] == [
        ("extract", "FAILED"),
        ("extract #2", "RUNNING"),
    ]
    assert whole["ended"] is None
    assert {name for name, value in first["tags"].items() if value == "another"} == {
        "tag.mlflow.parentRunId",
        "tag.pipeglot.run",
    }, "a step's own tags nest and find nothing"
    assert [(point["step"], point["value"]) for point in first["metrics"]] == [(0, "NaN"), (1, 0.5)]


def test_addresses_are_named_as_openlineage_does() -> None:
    assert located("s3://bucket/a/b.csv") == ("s3://bucket", "a/b.csv")
    assert located("file:///data/a") == ("file", "/data/a")
    assert located("https://me:hush@host/a?b") == ("https://host", "a")
    assert located("http://[") == ("unknown", "http://[")


def test_names_that_mlflow_does_not_take_are_spelled() -> None:
    odd = ["auc@5", "auc#5", "../up", "a//b", ".", "", "x" * 300, "x" * 301, "größe", "a\nb"]
    spelled = [words.name(each) for each in odd]
    assert len({*spelled}) == len(odd)
    assert all(re.fullmatch(r"[\w\-. :/]{1,250}", each, re.ASCII) for each in spelled)
    assert [words.name(each) for each in ("loss", "val/loss", "f1 score", "a:b")] == [
        "loss",
        "val/loss",
        "f1 score",
        "a:b",
    ]


@pytest.mark.parametrize(("at", "counted"), [(3, True), (3.0, True), (0.5, False), (None, False), (1e300, False)])
def test_points_are_where_whole_numbers_say(at: float | None, counted: bool) -> None:
    assert words.is_counted([{"at": at}]) is counted
    (point,) = words.points({"name": "loss", "points": [{"at": at, "value": 1.0, "time": "2026-01-01T00:00:00.5Z"}]})
    assert point["step"] == (3 if counted else 0)
    assert point["timestamp"] == 1767225600500


def test_a_page_that_says_200_to_all_is_no_mlflow(capsys: pytest.CaptureFixture[str], place: str) -> None:
    receiver = Receiver()
    with receiver.serve():
        assert main(["export", RUN, "--to", "mlflow", "--url", receiver.url, "--records", place]) == 4
    assert "answers no MLflow" in capsys.readouterr().err
    with answering(lambda _: {}, str) as address:
        assert main(["export", RUN, "--to", "mlflow", "--url", address, "--records", place]) == 4
    assert "there is no experiment_id in what it says" in capsys.readouterr().err
    assert main(["export", RUN, "--to", "mlflow", "-o", "there.json", "--records", place]) == 2
    assert "PG600" in capsys.readouterr().err


def test_a_trace_has_the_run_above_its_attempts(capsys: pytest.CaptureFixture[str], place: str) -> None:
    found: dict[str, Events] = {}
    for run in (RUN, OTHER):
        assert main(["export", run, "--to", "otel", "--dry-run", "--records", place]) == 0
        (resource,) = json.loads(capsys.readouterr().out)["resourceSpans"]
        found[run] = resource["scopeSpans"][0]["spans"]
    root, *others = found[RUN]
    assert (root["name"], root["parentSpanId"], len(others)) == ("churn", "", 7)
    assert {each["parentSpanId"] for each in others} == {root["spanId"]}
    assert len({each["spanId"] for each in found[RUN]}) == 8
    (failed,) = found[OTHER]
    assert failed["name"] == "extract", "what goes on has no span yet"
    assert failed["status"]["code"] == 2
    assert int(failed["endTimeUnixNano"]) > int(failed["startTimeUnixNano"]) > 10**18


def test_each_artifact_has_a_statement_of_where_it_came_from(capsys: pytest.CaptureFixture[str], place: str) -> None:
    assert main(["export", RUN, "--to", "in-toto", "-o", "made.jsonl", "--records", place]) == 0
    found = [json.loads(line) for line in Path("made.jsonl").read_text("utf-8").splitlines()]
    assert {each["_type"] for each in found} == {"https://in-toto.io/Statement/v1"}
    by_name = {each["subject"][0]["name"]: each for each in found}
    assert {"churn/extract.raw", "churn/train.model[0]", "churn/pick.model"} <= set(by_name)
    raw, model = by_name["churn/extract.raw"], by_name["churn/train.model[0]"]
    built = model["predicate"]["buildDefinition"]
    assert {"name": "extract.raw", "digest": raw["subject"][0]["digest"]} in built["resolvedDependencies"]
    assert built["externalParameters"]["pipeline"] == "churn"
    assert (built["internalParameters"]["step"], built["internalParameters"]["item"]) == ("train", "0")
    assert model["predicate"]["runDetails"]["metadata"]["invocationId"].startswith(f"{RUN}/")
    assert all(re.fullmatch(r"[0-9a-f]+", hex) for each in found for hex in each["subject"][0]["digest"].values())
    assert main(["export", OTHER, "--to", "in-toto", "--dry-run", "--records", place]) == 0
    assert capsys.readouterr().err == (
        "left out: the points of 1 series of metrics\n"
        "left out: 2 attempts that did not succeed: what they left is no artifact of the run\n"
    )


def test_statements_go_to_no_server(capsys: pytest.CaptureFixture[str], place: str) -> None:
    assert main(["export", RUN, "--to", "in-toto", "--records", place]) == 2
    assert "goes to no server" in capsys.readouterr().err
