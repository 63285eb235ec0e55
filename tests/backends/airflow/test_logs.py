"""Records that pods left in the logs of their tasks, brought back through Airflow's API."""

from __future__ import annotations

import base64
import json
import threading
import uuid
import zlib
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from pipeglot_backends.airflow.remote import submit
from pipeglot_backends.remote.log_records import record
from pipeglot_backends.remote.protocol import Access, Handle, RunState

MARK = "0123456789abcdef"


def block(text: str, size: int = 20, mark: str = MARK) -> list[str]:
    packed = base64.b64encode(zlib.compress(text.encode())).decode()
    pieces = [packed[at : at + size] for at in range(0, len(packed), size)]
    return [f"[base] pipeglot-record {mark} {i + 1}/{len(pieces)} {piece}" for i, piece in enumerate(pieces)]


def test_it_finds_the_record_among_the_lines() -> None:
    assert record("\n".join(["hello", *block("one\ntwo\n"), "bye"])) == b"one\ntwo\n"


def test_it_takes_the_last_block_since_a_command_can_print_others() -> None:
    forged = block("forged", mark="f" * 16)
    assert record("\n".join([*forged, *block("true")])) == b"true"


def test_it_reads_lines_that_came_twice_or_in_another_order() -> None:
    lines = block("a long record " * 9)
    assert len(lines) > 1
    assert record("\n".join([*lines, *lines[::-1]])) == b"a long record " * 9


@pytest.mark.parametrize(
    "lines",
    [
        [],
        ["no record"],
        block("a long one " * 9)[:-1],
        block("a long one " * 9)[1:],
        [f"pipeglot-record {MARK} 1/1 QUJD"],
    ],
    ids=["nothing", "none", "cut off", "begun late", "not packed"],
)
def test_it_knows_a_record_that_is_not_whole(lines: list[str]) -> None:
    assert record("\n".join(lines)) is None


RUN = uuid.UUID("0192f0c1-7b1e-7c3a-9d55-0d1b5a3c9e10")
PATH = f"/api/v2/dags/d/dagRuns/pipeglot__{RUN}"
TASKS = [
    ("fit", 0, 1, "success"),
    ("fit", 1, 2, "failed"),
    ("each.items", -1, 1, "running"),
    ("verdict", -1, 1, "failed"),
]


def instance(name: str, index: int, tries: int, state: str) -> dict[str, object]:
    run = f"pipeglot__{RUN}"
    nothing = dict.fromkeys(
        (
            *("start_date", "end_date", "duration", "hostname", "unixname", "operator", "queue", "priority_weight"),
            *(
                "queued_when",
                "scheduled_when",
                "pid",
                "executor",
                "note",
                "rendered_map_index",
                "trigger",
                "triggerer_job",
            ),
            *("logical_date", "dag_version", "operator_name"),
        )
    )
    return {
        **nothing,
        "id": str(uuid.uuid4()),
        "task_id": name,
        "dag_id": "d",
        "dag_run_id": run,
        "map_index": index,
        "state": state,
        "try_number": tries,
        "max_tries": 2,
        "pool": "p",
        "pool_slots": 1,
        "executor_config": "{}",
        "run_after": "2026-01-01T00:00:00Z",
        "task_display_name": name,
        "dag_display_name": "d",
        "rendered_fields": {},
    }


class Airflow(BaseHTTPRequestHandler):
    """One run with four tasks, listed two at a time; a log comes in two pages."""

    def do_GET(self) -> None:
        asked = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(asked.query).items()}
        found = self.answer(asked.path, query)
        body = json.dumps(found or {"detail": "TaskInstance not found"}).encode()
        self.send_response(404 if found is None else 201 if "token" in asked.path else 200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def answer(self, path: str, query: dict[str, str]) -> object:
        if path == "/auth/token":
            return {"access_token": "t"}
        if path == PATH:
            nothing = dict.fromkeys(("logical_date", "queued_at", "start_date", "end_date", "note", "duration"))
            nothing |= dict.fromkeys(("data_interval_start", "data_interval_end", "last_scheduling_decision"))
            nothing |= dict.fromkeys(("triggered_by", "triggering_user_name", "bundle_version", "partition_key"))
            told = {"dag_run_id": f"pipeglot__{RUN}", "dag_id": "d", "run_type": "manual", "state": "failed"}
            more: dict[str, object] = {
                "run_after": "2026-01-01T00:00:00Z",
                "conf": {},
                "dag_versions": [],
                "dag_display_name": "d",
            }
            return {**nothing, **told, **more}
        if path == f"{PATH}/taskInstances":
            at = int(query["offset"])
            listed = [instance(*task) for task in TASKS]
            return {"task_instances": listed[at : at + 2], "total_entries": len(listed)}
        *_, task, _, number = path.split("/")
        if (task, query["map_index"], number) == ("fit", "1", "1"):
            return None  # Airflow has thrown that log away
        lines = [{"event": line} for line in block(f"{task} {query['map_index']} {number} " * 9)]
        first = "token" not in query
        return {"content": lines[:2] if first else lines[2:], "continuation_token": "more" if first else None}

    def log_message(self, format: str, *args: object) -> None:
        del format, args


@pytest.fixture
def url() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Airflow) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


def test_it_collects_what_the_tries_that_are_over_left(url: str, tmp_path: Path) -> None:
    access = Access({"url": url, "operator": "kubernetes"}, {"AIRFLOW_API_TOKEN": "t"}, folder=tmp_path)
    handle = Handle(RUN, {"dag": "d", "run": f"pipeglot__{RUN}", "url": url})
    for _ in range(2):
        found = submit.collect(handle, access)
        assert found.state is RunState.FAILED
        assert {path.name: path.read_text() for path in found.logs} == {
            "fit.0.try1.jsonl": "fit 0 1 " * 9,
            "fit.1.try2.jsonl": "fit 1 2 " * 9,
        }
