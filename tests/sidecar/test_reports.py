"""What a command reports is read to its end, whatever the command does to the files."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import zlib
from pathlib import Path
from typing import Any

import pytest

from pipeglot_records.model.events import parse
from tests.sidecar.stage import SIDECAR, Outcome, Stage, python, sh, wait_for

ODD = [
    *('{"note": "\\ud800"}', '{"metric": "\\ud800", "value": 1}', '{"metric": "a\\u0000b", "value": 1}'),
    *('{"metric": "x", "value": %s}' % ("9" * 4000), '{"metric": "x", "value": %s}' % ("9" * 400)),
    *(
        '{"metric": "x", "value": 1e999}',
        '{"metric": "x", "value": 1, "step": -1e999}',
        '{"metric": ["x"], "value": 1}',
    ),
    *(
        '{"metric": "x", "value": [1]}',
        '{"metric": "x", "value": "1"}',
        '{"metric": "x"}',
        '{"metric": "", "value": 1}',
    ),
    *('{"param": "p", "value": {"a": ["\\udfff"]}}', '{"param": "p", "value": {"\\u0000": 1}}', '{"metric": 1}', "[]"),
    *(
        '{"param": "p", "value": %s}' % ("[" * 200 + "]" * 200),
        "[" * 30_000,
        '{"param": "p", "value": %s}' % ("1" * 900),
    ),
    *(
        '{"metric": "%s", "value": 1}' % ("n" * 300),
        '{"note": "%s"}' % ("x" * 1_000_000),
        "nothing",
        '{"metric": "x", ',
    ),
]
ODD_METRICS = ["=1", "x=", "x", "x=1 2", "x=1 step=y", "x=1e999", f"x={'9' * 4000}", f"x={'9' * 400}", "n" * 300 + "=1"]


def written(name: str, *parts: bytes) -> dict[str, Any]:
    """A command that writes these parts, each by itself."""
    packed = zlib.compress(repr(parts).encode())
    script = f"import os, zlib\nfor part in eval(zlib.decompress({packed!r})):\n "
    return python(script + f"open(os.environ[{name!r}], 'ab').write(part)")


def points(outcome: Outcome, name: str = "n") -> list[Any]:
    return [event["value"] for event in outcome.of("metric") if event["name"] == name]


def remarks(outcome: Outcome) -> list[str]:
    return [event["value"] for event in outcome.of("note") if event["name"] == "pipeglot"]


def test_it_reads_more_than_any_piece_holds(stage: Stage) -> None:
    script = """
import os
with open(os.environ["PIPEGLOT_METRICS"], "w") as file:
    for number in range(400_000):
        file.write("n=123456789\\n")
    file.write("final=1")
"""
    stage.step(python(script))
    process = stage.start()
    process.communicate(timeout=300)
    log = next((stage.folder / "record").rglob("*.jsonl"))
    found = [json.loads(line) for line in log.read_text().splitlines()]
    told = [(event["seq"], event["name"], event["value"]) for event in found if event["event"] == "metric"]
    assert told == [*((number, "n", 123456789) for number in range(400_000)), (400_000, "final", 1)]
    assert [event["event"] for event in (found[0], found[-1])] == ["start", "end"]


@pytest.mark.parametrize("line", ODD, ids=range(len(ODD)))
def test_a_bad_line_costs_itself_and_a_note(stage: Stage, line: str) -> None:
    bad = line.encode("utf-8", "surrogatepass")
    good = b'{"metric": "n", "value": 1}\n'
    outcome = stage.step(written("PIPEGLOT_EVENTS", good, bad + b"\n", good)).run()
    assert (outcome.code, points(outcome), len(remarks(outcome))) == (0, [1, 1], 1)
    assert remarks(outcome)[0].startswith("1 line of events.jsonl say")
    kept = [event for event in outcome.events if event["event"] in ("metric", "param", "note")]
    assert len(kept) == 3
    assert all(parse(json.dumps(event)) for event in outcome.events)


def test_bad_metrics_cost_themselves_and_a_note(any_stage: Stage) -> None:
    bad = [line.encode() for line in ODD_METRICS] + [b"\xff\xfe=1", b"x\0=1", b"x" * 1_000_000]
    parts = [part + b"\n" for line in bad for part in (b"n=1", line)]
    outcome = any_stage.step(written("PIPEGLOT_METRICS", b"".join(parts) + b"n=2")).run()
    assert (outcome.code, points(outcome)) == (0, [1] * len(bad) + [2])
    assert remarks(outcome)[0].startswith(f"{len(bad)} lines of metrics.txt say nothing")


def test_what_is_no_number_is_a_word(any_stage: Stage) -> None:
    lines = b"n=nan\nn=NaN\nn=inf\nn=-Infinity\nn=+inf\nn=1\n"
    outcome = any_stage.step(written("PIPEGLOT_METRICS", lines)).run()
    assert points(outcome) == ["NaN", "NaN", "Infinity", "-Infinity", "Infinity", 1]
    assert remarks(outcome) == []


def test_it_keeps_a_thousand_names(stage: Stage) -> None:
    outcome = stage.step(written("PIPEGLOT_METRICS", b"".join(b"m%d=1\n" % number for number in range(1000)))).run()
    assert len({event["name"] for event in outcome.of("metric")}) == 1000


LOOKING = {"PIPEGLOT_HEARTBEAT": "0.1"}
WAIT = """
import json, os, time
def path(name): return os.environ["PIPEGLOT_" + name]
def seen(text):
    until = time.monotonic() + 30
    while text not in open(os.environ["LOG"]).read():
        assert time.monotonic() < until
        time.sleep(0.02)
def say(text, how="a"):
    with open(path("METRICS"), how) as file: file.write(text)
"""
WRITERS = {
    "in two pieces": ('say("n=1\\nn=2"); seen("\\"value\\":1}"); say("3\\n")', [1, 23], []),
    "without an end": ('say("n=1\\nn=2"); seen("\\"value\\":1}")', [1, 2], []),
    "removed": ('say("n=1\\n"); os.unlink(path("METRICS"))', [1], []),
    "removed and made again": (
        'say("n=1\\n"); seen("\\"value\\":1}"); say("n=2\\n"); os.unlink(path("METRICS")); say("n=3\\n")',
        [1, 2, 3],
        [],
    ),
    "rotated": ('say("n=1\\n"); os.rename(path("METRICS"), "old"); say("n=2\\n")', [1, 2], []),
    "put in its place": ('open("new", "w").write("n=1\\nn=2"); os.rename("new", path("METRICS"))', [1, 2], []),
    "cut": ('say("n=1\\nn=22\\n"); seen("\\"value\\":22"); say("n=3\\n", "w")', [1, 22, 3], ["was written anew once"]),
    "written over": ('say("n=1\\n"); seen("\\"value\\":1}"); say("n=2\\n", "w")', [1, 2], ["was written anew once"]),
    "a link": ('open("real", "w").write("n=1\\n"); os.unlink(path("METRICS")); os.symlink(os.path.abspath("real"), '
               'path("METRICS"))', [1], []),
    "a folder": ('say("n=1\\n"); os.unlink(path("METRICS")); os.mkdir(path("METRICS"))', [1], ["is not a regular"]),
    "a pipe": ('os.unlink(path("METRICS")); os.mkfifo(path("METRICS"))', [], ["is not a regular file"]),
    "unreadable": ('say("n=1\\n"); os.chmod(path("METRICS"), 0)', [1], []),
    "a hole": ('open(path("METRICS"), "r+b").truncate(3_000_000); say("\\nn=1\\n")', [1], ["is longer than"]),
}  # fmt: skip


@pytest.mark.parametrize("way", WRITERS)
def test_it_follows_the_file(stage: Stage, way: str) -> None:
    script, expected, told = WRITERS[way]
    log = stage.folder / "log.jsonl"
    stage.step(python(WAIT + script), env={"LOG": ["lit", str(log)]})
    stage.run(variables={"PIPEGLOT_RECORD_FILE": str(log), **LOOKING})
    events = [json.loads(line) for line in log.read_text().splitlines()]
    assert [event["value"] for event in events if event["event"] == "metric"] == expected
    notes = [event["value"] for event in events if event["event"] == "note"]
    assert len(notes) == len(told)
    assert all(part in note for part, note in zip(told, notes, strict=True))
    assert len({(event["writer"], event["seq"]) for event in events}) == len(events)


def test_writers_beside_each_other_lose_nothing(stage: Stage) -> None:
    one = 'i=0; while [ $i -lt 300 ]; do echo "n=$i" >> "$PIPEGLOT_METRICS"; i=$((i + 1)); done'
    outcome = stage.step(sh(f"({one}) & ({one}) & ({one}) & wait")).run(variables=LOOKING)
    assert sorted(points(outcome)) == sorted([*range(300)] * 3)


def test_whoever_writes_on_for_ever_does_not_hold_the_step(stage: Stage) -> None:
    """In a session of its own, which a kill of the command's group does not reach."""
    endless = (
        'setsid sh -c "exec >/dev/null 2>&1; while [ ! -e stop ]; do echo n=1 >> $PIPEGLOT_METRICS; sleep 0.01; done" &'
    )
    outcome = stage.step(sh(endless + ' until [ -s "$PIPEGLOT_METRICS" ]; do sleep 0.1; done')).run()
    (stage.folder / "code" / "stop").touch()
    assert (outcome.code, set(points(outcome))) == (0, {1})


def recovered(stage: Stage) -> Outcome:
    done = subprocess.run([sys.executable, str(SIDECAR), "recover", str(stage.folder / "work")], check=False)
    assert done.returncode == 0
    return recorded(stage)


def recorded(stage: Stage) -> Outcome:
    events = [
        json.loads(line)
        for path in (stage.folder / "record").rglob("*.jsonl")
        for line in path.read_text().splitlines()
    ]
    unique = {(event["writer"], event["seq"]): event for event in events}
    return Outcome(0, "", "", {}, list(unique.values()), stage.folder)


def test_what_a_killed_sidecar_left_is_recovered_once(stage: Stage) -> None:
    script = 'echo n=1 >> "$PIPEGLOT_METRICS"; echo bad >> "$PIPEGLOT_METRICS"; printf n=2 >> "$PIPEGLOT_METRICS"; '
    stage.step(sh("exec > log 2>&1; " + script + "touch started; sleep 60"))
    stage.signalled(signal.SIGKILL)
    (folder,) = (stage.folder / "work").iterdir()
    outcome = recovered(stage)
    assert (points(outcome), len(remarks(outcome))) == ([1, 2], 1)
    assert not folder.exists()
    assert recovered(stage).events == outcome.events


def test_the_next_attempt_recovers_what_a_killed_one_left(stage: Stage) -> None:
    """As where a worker of Airflow was killed with all that it had started: nobody else comes by."""
    stage.step(sh('exec > log 2>&1; echo n=1 >> "$PIPEGLOT_METRICS"; touch started; sleep 60'))
    stage.signalled(signal.SIGKILL)
    (folder,) = (stage.folder / "work").iterdir()
    assert stage.step(sh("true")).run(variables={"PIPEGLOT_ATTEMPT": "2"}).code == 0
    told = recorded(stage)
    first = {event["attempt"] for event in told.events if event["event"] == "start" and event["number"] == 1}
    assert [(event["value"], {event["attempt"]}) for event in told.events if event["event"] == "metric"] == [(1, first)]
    assert not folder.exists()


def test_what_lives_is_not_recovered(stage: Stage) -> None:
    stage.step(sh('echo n=1 >> "$PIPEGLOT_METRICS"; touch started; until [ -e go ]; do sleep 0.05; done'))
    process = stage.start()
    wait_for((stage.folder / "code" / "started").exists)
    assert points(recovered(stage)) == []
    (stage.folder / "code" / "go").touch()
    assert points(stage.finished(process)) == [1]


def gone(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


def test_a_command_does_not_outlive_its_sidecar(stage: Stage) -> None:
    stage.step(sh("exec > log 2>&1; sleep 600 & echo $! > pid; mv pid started; wait"))
    stage.signalled(signal.SIGKILL)
    child = int((stage.folder / "code" / "started").read_text())
    wait_for(lambda: gone(child))


def test_a_sidecar_stops_when_whoever_started_it_is_gone(stage: Stage) -> None:
    stage.step(sh("exec > log 2>&1; echo $$ > pid; mv pid started; sleep 600"))
    told = {**stage.environment(None, LOOKING), "SIDECAR": str(SIDECAR), "PYTHON": sys.executable}
    parent = subprocess.Popen(["sh", "-c", '"$PYTHON" "$SIDECAR" run s; true'], env=told, cwd=stage.folder)
    started = stage.folder / "code" / "started"
    wait_for(started.exists)
    os.kill(parent.pid, signal.SIGKILL)
    parent.wait()
    wait_for(lambda: gone(int(started.read_text())))
    log = next((stage.folder / "record").rglob("*.jsonl"))
    wait_for(lambda: '"event":"end"' in log.read_text())
