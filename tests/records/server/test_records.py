"""The record from Python: a store and a server answer the same, in rows that pandas and polars take."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

import pipeglot_records
from pipeglot.cli.main import main
from pipeglot_records import FilterFault, Records, RecordsFault, RunUnknown
from tests.records.conftest import OTHER, RUN, Log, take
from tests.records.server.conftest import Running

pandas: Any = pytest.importorskip("pandas")
polars: Any = pytest.importorskip("polars")
PAGE = Path(__file__).parents[3] / "docs/reference/python.md"
BLOCK = re.compile(r"^```python\n(.*?)^```", re.M | re.S)


@pytest.fixture(scope="module")
def filled(server: Running, churned: str) -> Running:
    server.store.register(churned)
    take(server.store, Log(churned, RUN).whole().events())
    failing = Log(churned, OTHER, 1_800_001_000).run(regions=["eu", "us"], threshold=0.5).extract()
    for at, value in enumerate((4.0, "NaN", "-Infinity")):
        attempt = failing.attempt("extract", None, 1)
        failing.say("metric", "extract", None, attempt, name="loss", value=value, at=at)
    failing.listed("train", 2).train(0, 0.7).start("train", 1)
    for number, piece in ((2, "two\n"), (1, "one\n")):
        failing.say("captured", "train", 1, failing.attempt("train", 1, 1), name=f"logs.{number}", value=piece)
    take(server.store, failing.fail("train", 1).over("failed").events())
    return server


@pytest.fixture(params=["store", "server"])
def records(request: pytest.FixtureRequest, filled: Running) -> Iterator[Records]:
    address = f"http://127.0.0.1:{filled.port}/"
    store = request.param == "store"
    with Records(filled.store.place) if store else Records(address, token=filled.secrets["read"]) as found:
        yield found


def answers(records: Records) -> dict[str, Any]:
    return {
        "runs": records.runs(),
        "some": records.runs("params.threshold < 0.7", columns=["run", "params.threshold"], sort="started", desc=True),
        "one": records.runs(pipeline="churn", state="failed", limit=1),
        "show": records.show(RUN[:13]),
        "normal": records.normal(OTHER),
        "metrics": records.metrics(OTHER, step="extract", metric="loss"),
        "compare": records.compare(RUN, OTHER),
        "items": records.items(OTHER, "train"),
        "diff": records.diff(RUN, OTHER),
        "lineage": records.lineage(RUN, "pick.model", down=False),
        "artifacts": records.artifacts(RUN),
        "logs": records.logs(OTHER, "train"),
    }


def test_a_store_and_a_server_answer_the_same(filled: Running) -> None:
    with Records(filled.store.place) as kept:
        here = answers(kept)
    with Records(f"http://127.0.0.1:{filled.port}", token=filled.secrets["read"]) as served:
        assert answers(served) == here
    assert all(here.values())


def test_it_answers(records: Records) -> None:
    found = answers(records)
    assert [run["run"] for run in found["runs"]] == [OTHER, RUN]
    assert found["some"] == [{"run": OTHER, "params.threshold": 0.5}]
    assert [(point["at"], point["value"]) for point in found["metrics"]] == [(0, 4.0), (1, None), (2, float("-inf"))]
    assert found["artifacts"][0]["digest"] == f"sha256:{'aaaa' * 8}"
    said = {"step": "train", "item": "1", "name": "train[us]", "attempt": 1, "text": "one\ntwo\n"}
    assert found["logs"] == records.logs(OTHER, "train", "us") == records.logs(OTHER, "train", "1", attempt=1) == [said]
    assert records.logs(OTHER, "train", "0") == records.logs(OTHER, "none") == records.items(RUN, "none") == []
    for ask in (lambda: records.show("ffff"), lambda: records.lineage(RUN, "pick.none")):
        with pytest.raises(RunUnknown):
            ask()
    with pytest.raises(FilterFault, match="sate"):
        records.runs("sate == x")


def test_frames_take_the_rows_as_they_are(records: Records) -> None:
    found = answers(records)
    for name in ("runs", "some", "metrics", "compare", "items", "artifacts", "logs"):
        rows = found[name]
        assert list(pandas.DataFrame(rows).columns) == polars.DataFrame(rows).columns == list(rows[0]), name
        assert len(pandas.DataFrame(rows)) == polars.DataFrame(rows).height == len(rows)
    assert pandas.DataFrame(found["metrics"])["value"].dtype == "float64"
    assert polars.DataFrame(found["metrics"])["value"].dtype == polars.Float64


@pytest.mark.parametrize("kind", ["store", "server"])
def test_the_page_shows_what_runs(
    kind: str, filled: Running, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PIPEGLOT_RECORDS", filled.store.place if kind == "store" else f"http://127.0.0.1:{filled.port}")
    monkeypatch.setenv("PIPEGLOT_RECORDS_TOKEN", filled.secrets["read"])
    blocks = BLOCK.findall(PAGE.read_text("utf-8"))
    assert len(blocks) == 3
    exec("\n".join(blocks), {})
    assert RUN in capsys.readouterr().out


class Stranger(BaseHTTPRequestHandler):
    """Some other server: a page for all, or the way to a third one."""

    told: list[str | None]

    def do_GET(self) -> None:
        self.told.append(self.headers["Authorization"])
        status = 302 if "moved" in self.path else 500 if "broken" in self.path else 200
        self.send_response(status)
        if status == 302:
            self.send_header("Location", "/elsewhere")
        self.end_headers()
        self.wfile.write(b"<html>")

    def log_message(self, format: str, *args: Any) -> None: ...


@pytest.mark.parametrize(("path", "why"), [("", "no server"), ("/moved", "answered 302"), ("/broken", "answered 500")])
def test_what_is_no_server_is_said_to_be_none(path: str, why: str) -> None:
    handler: Any = type("Told", (Stranger,), {"told": []})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as stranger:
        threading.Thread(target=stranger.serve_forever, daemon=True).start()
        with pytest.raises(RecordsFault, match=why) as fault:
            Records(f"http://127.0.0.1:{stranger.server_port}{path}", token="hush").runs()
        stranger.shutdown()
    assert handler.told == ["Bearer hush"], "once, and nowhere else"
    assert "hush" not in str(fault.value)


def test_who_may_not_ask_is_told_so(filled: Running, capsys: pytest.CaptureFixture[str]) -> None:
    address = f"http://127.0.0.1:{filled.port}"
    for token, why in ((None, "401"), ("wrong", "401"), (filled.secrets["write"], "403")):
        with pytest.raises(RecordsFault, match=why):
            Records(address, token=token).show()
    for odd in ("http://", "http://me:hush@127.0.0.1", f"{address}?token=hush", "https://[::1"):
        with pytest.raises(RecordsFault) as fault:
            Records(odd)
        assert "hush" not in str(fault.value)
    assert main(["watch", "--records", address]) == 4
    assert "PG591" in capsys.readouterr().err


def test_a_run_of_a_server_is_watched(
    filled: Running, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PIPEGLOT_RECORDS_TOKEN", filled.secrets["read"])
    watched = ["watch", "--records", f"http://127.0.0.1:{filled.port}", "--format", "json"]
    assert (main([*watched, RUN]), main([*watched, OTHER])) == (0, 1)
    last = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (last["run"], last["state"]) == (OTHER, "failed")


def test_the_names_of_rows_are_there() -> None:
    assert all(hasattr(pipeglot_records, name) for name in pipeglot_records.__all__)
