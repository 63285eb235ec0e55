"""The event log: complete, valid after a kill, and never in the way of a step."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
from pathlib import Path
from typing import Any

import pytest

from pipeglot_expression.runtime.identity import attempt_id, derived_run_id
from tests.sidecar.stage import RUN, SIDECAR, Stage, argv, lit, ref, sh, wait_for

WRITER = ("v", "run", "step", "item", "attempt", "writer", "seq", "time")


def test_it_records_a_run_in_order(any_stage: Stage) -> None:
    outcome = any_stage.step(sh('echo 1 > "$PIPEGLOT_OUTPUT_N"'), outputs={"n": {"type": "int"}}).run()
    assert [event["event"] for event in outcome.events] == ["start", "output", "metric", "end"]
    assert [event["seq"] for event in outcome.events] == [0, 1, 2, 3]
    assert all(set(WRITER) <= set(event) for event in outcome.events)
    assert {(event["v"], event["run"], event["step"]) for event in outcome.events} == {(1, RUN, "s")}
    assert {event["attempt"] for event in outcome.events} == {attempt_id(RUN, "s", None, 1)}
    start, end = outcome.one("start"), outcome.one("end")
    assert {"number", "engine", "native", "definition", "host", "pid", "sidecar", "argv", "inputs", "lineage"} <= set(
        start
    )
    assert end["cpu"] > 0
    assert end["max_rss"] > 100_000


def test_it_names_the_log_by_run_step_item_and_try(stage: Stage) -> None:
    stage.step(argv("true"), foreach={"items": lit([1, 2]), "item_type": "int"})
    stage.run(PIPEGLOT_INDEX="1", PIPEGLOT_ATTEMPT="2")
    stage.run("items")
    logs = {str(path.relative_to(stage.folder / "record")) for path in (stage.folder / "record").rglob("*")}
    assert logs == {RUN, f"{RUN}/s.1.2.jsonl", f"{RUN}/s.list.1.jsonl"}


def test_it_writes_to_exactly_the_file_it_is_told(stage: Stage) -> None:
    path = stage.folder / "here" / "log.jsonl"
    stage.step(argv("true")).run(PIPEGLOT_RECORD_FILE=str(path))
    assert [json.loads(line)["event"] for line in path.read_text().splitlines()] == ["start", "end"]


def test_it_records_nothing_when_nobody_asks(stage: Stage) -> None:
    assert stage.step(argv("true")).run(PIPEGLOT_RECORD="").events == []


def test_it_has_recorded_the_start_before_the_command_starts(stage: Stage) -> None:
    stage.step(sh('cat "$LOG"'), env={"LOG": lit(str(stage.folder / "record" / RUN / "s.1.jsonl"))})
    assert json.loads(stage.run().out)["event"] == "start"


def test_it_leaves_a_valid_log_when_it_is_killed(stage: Stage) -> None:
    stage.step(sh("exec > log 2>&1; touch started; sleep 3"))
    outcome = stage.signalled(signal.SIGKILL)
    assert outcome.code == -signal.SIGKILL
    assert [event["event"] for event in outcome.events] == ["start"]


def test_it_begins_a_line_of_its_own_after_a_torn_one(stage: Stage) -> None:
    path = stage.folder / "log"
    path.write_text('{"v":1,"ev')
    stage.step(argv("true")).run(PIPEGLOT_RECORD_FILE=str(path))
    assert [line[:5] for line in path.read_text().splitlines()] == ['{"v":', '{"v":', '{"v":']


def test_it_derives_the_run_from_what_the_engine_calls_it(stage: Stage) -> None:
    known = {
        "PIPEGLOT_NATIVE_RUN": "scheduled__1",
        "PIPEGLOT_INSTANCE": "air/p",
        "PIPEGLOT_SCHEDULED": "2026-01-02T00:00:00Z",
    }
    outcome = stage.step(argv("true")).run(variables=known, PIPEGLOT_RUN_ID="")
    assert outcome.one("start")["run"] == derived_run_id("air/p", "scheduled__1", "2026-01-02T00:00:00Z")
    assert outcome.one("start")["native"] == {"run": "scheduled__1", "instance": "air/p"}


def test_it_makes_an_attempt_of_its_own_where_tries_are_not_numbered(stage: Stage) -> None:
    stage.step(argv("true"))
    attempts = [stage.run(PIPEGLOT_ATTEMPT="", PIPEGLOT_RECORD_FILE=str(stage.folder / f"{n}")) for n in "ab"]
    found = {json.loads((stage.folder / name).read_text().splitlines()[0])["attempt"] for name in "ab"}
    assert len(found) == len(attempts) == 2


@pytest.mark.parametrize("place", ["under-a-file", "no-right", "pipe"])
def test_it_runs_a_step_although_it_cannot_record(stage: Stage, place: str) -> None:
    outcome = stage.step(sh("echo ran")).run(PIPEGLOT_RECORD_FILE=unwritable(stage.folder, place))
    assert (outcome.code, outcome.out) == (0, "ran\n")
    assert outcome.err.startswith("pipeglot: the record cannot be written: ")
    assert outcome.err.count("\n") == 1


@pytest.mark.parametrize("place", ["under-a-file", "pipe"])
def test_it_runs_nothing_unrecorded_when_told_so(stage: Stage, place: str) -> None:
    settings = {"PIPEGLOT_RECORD_ON_FAILURE": "fail", "PIPEGLOT_RECORD_FILE": unwritable(stage.folder, place)}
    outcome = stage.step(sh("echo ran")).run(variables=settings)
    assert (outcome.code, outcome.out) == (68, "")


def unwritable(folder: Path, place: str) -> str:
    if place == "pipe":
        os.mkfifo(folder / "pipe")
        return str(folder / "pipe")
    if place == "no-right":
        return "/proc/nothing/log"
    (folder / "file").write_text("")
    return str(folder / "file" / "log")


def test_it_keeps_its_last_words_on_a_full_disk(stage: Stage) -> None:
    script = 'i=0; while [ $i -lt 400 ]; do echo "m$i=1"; i=$((i + 1)); done >> "$PIPEGLOT_METRICS"'
    environment = stage.step(sh(script)).environment(
        None, {"PIPEGLOT_RECORD_FILE": str(stage.folder / "small" / "log")}
    )
    (stage.folder / "small").mkdir()
    small = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c"]
    full = 'mount -t tmpfs -o size=48k none small || exit 77; "$@"; code=$?; cp small/log kept; exit $code'
    command = [*small, full, "sh", stage.interpreter, str(SIDECAR), "run", "s"]
    done = subprocess.run(command, cwd=stage.folder, env=environment, capture_output=True, text=True, check=False)
    if done.returncode == 77 or "unshare" in done.stderr:
        pytest.skip("this machine does not let users mount a small disk of their own")
    assert (done.returncode, done.stderr) == (0, "")
    lines = (stage.folder / "kept").read_text("ascii").splitlines()
    events = [json.loads(line) for line in lines if line.endswith("}")]
    assert (events[0]["event"], events[-1]["event"]) == ("start", "end")
    assert len(lines) - len(events) <= 1
    assert events[-1]["dropped"] > 0


def test_it_passes_reports_on(stage: Stage) -> None:
    script = """
    echo 'loss=0.5 step=3' >> "$PIPEGLOT_METRICS"; echo 'epochs=7' >> "$PIPEGLOT_METRICS"
    echo 'nonsense' >> "$PIPEGLOT_METRICS"; printf 'last=1e-3' >> "$PIPEGLOT_METRICS"
    echo '{"metric": "auc", "value": 0.9, "step": 1}' >> "$PIPEGLOT_EVENTS"
    echo '{"param": "lr", "value": "é"}' >> "$PIPEGLOT_EVENTS"
    echo '{"tag": "stage", "value": true}' >> "$PIPEGLOT_EVENTS"
    echo '{"note": "went well"}' >> "$PIPEGLOT_EVENTS"; echo '{"metric": "x", "value": NaN}' >> "$PIPEGLOT_EVENTS"
    echo '{"metric": "x", "value": "y"}' >> "$PIPEGLOT_EVENTS"; echo '[' >> "$PIPEGLOT_EVENTS"
    """
    outcome = stage.step(sh(script)).run()
    told: list[tuple[Any, ...]] = [
        (event["event"], event["name"], event["value"], event.get("at"))
        for event in outcome.events
        if event["event"] in ("metric", "param", "tag", "note") and event["name"] != "pipeglot"
    ]
    assert told == [
        ("metric", "auc", 0.9, 1),
        ("param", "lr", "é", None),
        ("tag", "stage", True, None),
        ("note", "note", "went well", None),
        ("metric", "x", "NaN", None),
        ("metric", "loss", 0.5, 3),
        ("metric", "epochs", 7, None),
        ("metric", "last", 0.001, None),
    ]
    notes = [event["value"] for event in outcome.of("note") if event["name"] == "pipeglot"]
    assert [note.partition(" ")[0] for note in notes] == ["2", "1"]


def test_it_gives_signs_of_life_and_reports_while_the_command_runs(stage: Stage) -> None:
    stage.step(sh("echo a=1 >> $PIPEGLOT_METRICS; while [ ! -e go ]; do sleep 0.05; done"))
    process = stage.start(PIPEGLOT_HEARTBEAT="0.1")
    log = stage.folder / "record" / RUN / "s.1.jsonl"
    wait_for(lambda: log.exists() and log.read_text().count("heartbeat") >= 2)
    assert '"event":"metric"' in log.read_text()
    (stage.folder / "code" / "go").touch()
    assert stage.finished(process).code == 0


def test_it_keeps_every_record_within_64_kib(stage: Stage) -> None:
    value = "x" * 50_000
    inputs = {name: {"type": "string", "value": ref("params.p")} for name in ("a", "b")}
    stage.step(
        sh('printf %s "$PIPEGLOT_INPUT_A" > "$PIPEGLOT_OUTPUT_O"'),
        inputs=inputs,
        outputs={"o": {"type": "string"}},
        params={"p": {"type": "string"}},
        reads=[{"slot": "params.p", "type": "string"}],
    )
    outcome = stage.run(reads={"params.p": json.dumps(value)})
    assert max(len(line) for line in (stage.folder / "record" / RUN / "s.1.jsonl").read_text().splitlines()) < 65536
    assert set(outcome.one("start")["inputs"]["a"]["value"]) == {"cut", "size"}
    assert outcome.one("output")["value"]["size"] == 50_002
    assert len(outcome.results["o"]) == 50_002


def test_it_needs_no_right_but_to_its_own_folders(stage: Stage) -> None:
    """As a user who owns nothing, in a folder that cannot be written."""
    installed = shutil.which("python3", path="/usr/local/bin:/usr/bin:/bin")
    if os.geteuid() or installed is None:
        pytest.skip("only root can start a process as another user, who needs a Python that all may use")
    for path in (stage.folder, *stage.folder.parents):
        if not path.stat().st_mode & 0o001:
            path.chmod(0o755)
    for name in ("result", "artifacts", "work", "record"):
        (stage.folder / name).mkdir()
        (stage.folder / name).chmod(0o777)
    stage.own_sidecar()
    script = 'id -u; touch x 2>/dev/null || echo refused; echo 1 > "$PIPEGLOT_OUTPUT_N"'
    stage.interpreter, stage.user = installed, 65534
    outcome = stage.step(sh(script), outputs={"n": {"type": "int"}}).run()
    assert (outcome.code, outcome.out, outcome.err) == (0, "65534\nrefused\n", "")
    assert outcome.results["n"] == "1"


@pytest.mark.parametrize(
    "told",
    [
        "2026-01-31T06:00:00Z",
        "2026-01-31T06:00:00+00:00",
        "2026-01-31T07:00:00+01:00",
        "2026-01-31T06:00:00.000000+00:00",
    ],
)
def test_it_tells_the_time_a_run_was_due_in_one_way(told: str, any_stage: Stage) -> None:
    outcome = any_stage.step(argv("echo", ref("run.scheduled_time"))).run(PIPEGLOT_SCHEDULED=told)
    assert (outcome.code, outcome.out) == (0, "2026-01-31T06:00:00Z\n")
