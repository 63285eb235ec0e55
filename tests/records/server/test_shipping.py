"""Runs of this machine on their way to a server: all of it arrives, and no run waits for what is in the way."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from pipeglot_expression.runtime.contract import SINK_TOKEN
from pipeglot_records.engines import shipping
from pipeglot_records.engines.shipping import Shipper
from pipeglot_records.show import normal
from pipeglot_records.store.database import open_store
from tests.receiver import Receiver
from tests.records.conftest import Log
from tests.records.server.conftest import Running, command, running

Ran = Callable[[str, str], tuple[int, str, str]]
SPEC = """\
apiVersion: pipeglot/v1
kind: Pipeline
metadata: {name: sent}
records: {sink: "SINK"}
steps:
  count:
    run: [sh, -c, 'env | grep -c SINK_TOKEN > "$1"; echo loss=0.5 >> "$PIPEGLOT_METRICS"', sh, "${{ outputs.n }}"]
    outputs: {n: {type: int}}
  fails: {run: ["false"], needs: [count]}
"""


@pytest.fixture
def ran(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Ran:
    """A run with this sink and this token: its exit code, its id, and what was said."""

    def run(sink: str, token: str) -> tuple[int, str, str]:
        (tmp_path / "pipeline.yaml").write_text(SPEC.replace("SINK", sink), "utf-8")
        monkeypatch.setenv(SINK_TOKEN, token)
        monkeypatch.setattr(shipping, "DEADLINE", 60)
        code, said, why = command(capsys, "run", str(tmp_path / "pipeline.yaml"), "--format", "json")
        return code, json.loads(said)["run"], why

    return run


def test_a_run_arrives_whole_and_its_steps_know_no_token(server: Running, tmp_path: Path, ran: Ran) -> None:
    code, run, said = ran(f"http://127.0.0.1:{server.port}/", server.secrets["write"])
    assert (code, said) == (1, "")
    with open_store(str(tmp_path / ".pipeglot" / "records.db"), {}) as store:
        here = normal.text(store, run)
    assert server.get(f"/api/v1/runs/{run}/normal").body.decode() == here
    assert json.loads(here)["steps"]["count"]["outputs"]["n"] == {"value": 0}
    (point,) = [each for each in server.get(f"/api/v1/runs/{run}/metrics").json if each["name"] == "loss"]
    assert point["points"][0]["value"] == 0.5


def test_a_run_ends_as_ever_where_nothing_can_be_sent(server: Running, tmp_path: Path, ran: Ran) -> None:
    code, run, said = ran(f"http://127.0.0.1:{server.port}", "hush-hush")
    assert code == 1
    assert "not all of the record is at the sink: the server answered 401; it is in the store" in said
    assert "hush" not in said
    with open_store(str(tmp_path / ".pipeglot" / "records.db"), {}) as store:
        assert '"run": "failed"' in normal.text(store, run)


@contextmanager
def answering(*answers: int) -> Iterator[str]:
    with Receiver(list(answers)).serve() as receiver:
        yield f"http://127.0.0.1:{receiver.port}"


@contextmanager
def silent() -> Iterator[str]:
    """Takes connections and never says a word."""
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


@contextmanager
def nobody() -> Iterator[str]:
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        port = listener.getsockname()[1]
    yield f"http://127.0.0.1:{port}"


@pytest.mark.parametrize(
    ("sink", "why"),
    [
        (nobody(), "connection refused"),
        (silent(), "there was no answer in time"),
        (answering(401), "the server answered 401"),
        (answering(302), "the server answered 302"),
        (answering(413), "the server answered 413"),
        (answering(429), "the server answered 429"),
        (answering(500, 503), "the server answered 50"),
        (answering(200), "what answers there is no server of pipeglot"),
    ],
    ids=["refused", "silent", "401", "302", "413", "429", "5xx", "not ours"],
)
def test_what_is_in_the_way_is_told_and_waited_for_no_longer_than_the_deadline(
    sink: Iterator[str], why: str, tmp_path: Path, churned: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shipping, "DEADLINE", 2)
    record = Log(churned).whole().write(tmp_path)
    with sink as address:  # type: ignore[attr-defined]  # each is a context
        shipper = Shipper(address, churned, {})
        shipper.begin(record)
        until = time.monotonic() + 30
        while why not in str(shipper.fault) and time.monotonic() < until:
            time.sleep(0.01)
        monkeypatch.setattr(shipping, "DEADLINE", 0.1)
        assert why in (shipper.finish() or "")


def test_what_a_server_could_not_take_is_sent_once_it_can(
    tmp_path: Path, churned: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shipping, "DEADLINE", 20)
    monkeypatch.setattr(shipping, "ROOM", shipping.LEAST)
    log = Log(churned).run().start("extract")
    for value in range(2000):
        log.say("metric", "extract", None, log.attempt("extract", None, 1), name="loss", value=value, at=value)
    log.end("extract").over("failed")
    record = log.write(tmp_path / "record")
    with running(str(tmp_path / "records.db")) as server:
        shipper = Shipper(f"http://127.0.0.1:{server.port}", churned, {SINK_TOKEN: server.secrets["write"]})
        with server.store.writing():
            shipper.begin(record)
            assert server.send(b'{"v":1,"event":"heartbeat","run":"r","writer":"w","seq":0,"time":1}').status == 503
        assert shipper.finish() is None
        found = server.get(f"/api/v1/runs/{log.run_id}/metrics").json
        assert len(found[0]["points"]) == 2000
        assert server.get(f"/api/v1/runs/{log.run_id}").json["state"] == "failed"
