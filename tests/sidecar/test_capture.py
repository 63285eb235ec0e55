"""What a step's code already says, taken by the program that the step table brings."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from pipeglot_sidecar.bundle import CAPTURE, packed_capture
from tests.sidecar.stage import Outcome, Stage, lit, python, ref, sh

ALL = ["mlflow", "tensorboard", "wandb", "git", "code", "packages", "python", "image", "resources", "env", "logs"]
HELPER = CAPTURE.parents[2] / "pipeglot_log.py"
CANARY = "canary-9f8e7d6c"
LOGS = """
import json, os, urllib.error, urllib.request
run, at = os.environ["MLFLOW_RUN_ID"], os.environ["MLFLOW_TRACKING_URI"]
def call(what, said, method="POST"):
    body = said if isinstance(said, bytes) else json.dumps(said).encode()
    asked = urllib.request.Request(at + "/api/2.0/" + what, body, {"Content-Type": "application/json"}, method=method)
    try:
        return json.loads(urllib.request.urlopen(asked).read())
    except urllib.error.HTTPError as fault:
        return fault.code
def log(what, **said):
    return call("mlflow/runs/" + what, {"run_id": run, **said})
"""


def captured(stage: Stage, body: dict[str, Any], of: list[str], **entries: Any) -> Outcome:
    secret = entries.pop("reads", None)
    stage.step(body, **entries)
    program = CAPTURE.read_text("utf-8").split()[1 if "mlflow" in of else 2]
    stage.table["capture"] = {"of": of, "program": [program[:100], program[100:]], "images": {"s": "python:3.12"}}
    return stage.run(reads=secret)


def told(outcome: Outcome, kind: str = "captured") -> dict[str, Any]:
    return {event["name"]: event.get("value") for event in outcome.of(kind)}


def test_it_is_what_its_modules_say() -> None:
    assert CAPTURE.read_text("utf-8") == packed_capture(), "run `python -m pipeglot_sidecar.bundle`"


def test_it_tells_in_what_a_step_ran(any_stage: Stage) -> None:
    code = any_stage.folder / "code"
    code.mkdir()
    (code / "train.py").write_text("print(1)")
    body = sh("exit 0")
    found = captured(
        any_stage, body, ALL, env={"SHOWN": lit("yes"), "TOKEN": {"secret": "s", "key": "t", "optional": True}}
    )
    assert found.end == ("succeeded", None), found.err
    about = told(found)
    assert about["code"]["files"] == 1
    assert about["python"]["implementation"] == "cpython"
    assert about["env"]["values"] == {"SHOWN": "yes"}
    assert "PATH" in about["env"]["names"]
    assert about["resources"]["cpus"] > 0
    assert isinstance(about["packages"], dict)
    assert not told(found, "note")
    assert not [name for name in about if name.startswith("logs")]


def test_it_keeps_the_last_words_of_a_failure_and_no_secret(stage: Stage) -> None:
    script = f'for i in $(seq 20000); do echo {"x" * 9}; done; echo "$P"; echo last; echo "$P" >&2; exit 3'
    found = captured(
        stage,
        sh(script, P=ref("params.p")),
        ["logs", "env"],
        params={"p": {"type": "string", "sensitive": True}},
        reads={"params.p": json.dumps(CANARY)},
        env={"SECRET": ref("params.p")},
    )
    assert found.end == ("failed", "exit-code")
    said = "".join(value for name, value in told(found).items() if name.startswith("logs"))
    assert len(said) == 64 * 1024
    assert "[redacted]\nlast\n" in said
    assert said.count("[redacted]") == 2
    assert CANARY not in json.dumps(found.events)
    assert len(found.out) == 200_000 + len(f"{CANARY}\nlast\n")
    assert found.err.startswith(CANARY)


def test_it_hears_what_is_logged_to_mlflow(any_stage: Stage) -> None:
    script = (
        LOGS
        + """
log("log-batch", metrics=[{"key": "loss", "value": 1 / (i + 1), "step": str(i)} for i in range(3)],
    params=[{"key": "lr", "value": "0.1"}], tags=[{"key": "who", "value": "me"}])
log("log-metric", key="auc", value="NaN")
log("log-metric", key="odd", value="no number")
child = call("mlflow/runs/create", {"run_name": "fold/../1"})["run"]["info"]["run_id"]
call("mlflow/runs/log-metric", {"run_id": child, "key": "loss", "value": 7})
for place in (run, child):
    call(f"mlflow-artifacts/artifacts/0/{place}/artifacts/n/a.txt", b"hello", "PUT")
import http.client
connection = http.client.HTTPConnection(at.partition("//")[2])
place = f"/api/2.0/mlflow-artifacts/artifacts/0/{run}/artifacts/n/b"
connection.request("PUT", place, iter([b"he", b"llo"]), {"Transfer-Encoding": "chunked"}, encode_chunked=True)
assert connection.getresponse().read() == b"{}"
connection.request("PUT", f"{place}/c", b"no room below a file")
assert connection.getresponse().read() == b"{}"
connection.request("DELETE", place, b"")
assert connection.getresponse().status == 200
files = call(f"mlflow/artifacts/list?run_id={run}&path=n", {}, "GET")["files"]
assert [(each["path"], each["file_size"]) for each in files] == [("n/a.txt", 5), ("n/b", 5)], files
found = call(f"mlflow/runs/get?run_id={run}", {}, "GET")["run"]["data"]
latest = {each["key"]: each["value"] for each in found["metrics"]}
assert latest["auc"] == "NaN", latest
refused = [call("mlflow/runs/log-metric", {"run_id": "0" * 32, "key": "a", "value": 1}),
    call("mlflow/runs/log-batch", [1]), call("mlflow/runs/log-metric", {"run_id": run, "value": 1}),
    call(f"mlflow-artifacts/artifacts/0/{run}/artifacts/../../../x", b"", "PUT"), call("mlflow/strange", {}),
    call(f"mlflow-artifacts/artifacts/0/{'0' * 32}/artifacts/x", b"", "PUT")]
assert refused == [404, 400, 400, 400, 404, 404], refused
"""
    )
    kept = {"kept": {"artifact": "directory", "file": "kept", "format": "mlflow"}}
    found = captured(any_stage, python(script), ["mlflow"], outputs=kept)
    assert found.end == ("succeeded", None), found.err
    series = [(each["name"], each["value"], each.get("at")) for each in found.of("metric")]
    assert series[:4] == [("loss", 1.0, 0), ("loss", 0.5, 1), ("loss", 1 / 3, 2), ("auc", "NaN", None)]
    assert series[4:] == [("fold/../1/loss", 7, None)]
    assert (told(found, "param"), told(found, "tag")) == ({"lr": "0.1"}, {"who": "me"})
    unkept, strange = (event["value"] for event in found.of("note"))
    assert unkept.startswith("capture of mlflow: `n/b/c` is not kept: ")
    assert strange == "capture of mlflow: calls of `strange` are not understood: 1"
    files = {path.relative_to(found.artifacts).as_posix() for path in found.artifacts.rglob("*.txt")}
    assert {Path(each).name for each in files} == {"a.txt"}
    assert len(files) == 2


def test_it_reads_scalars_that_are_written_for_tensorboard(stage: Stage) -> None:
    script = """
import os, struct
def sized(number, raw): return bytes([number << 3 | 2, len(raw)]) + raw
def event(step, tag, value):
    summary = sized(1, sized(1, tag) + b"\\x15" + struct.pack("<f", value))
    raw = b"\\x09" + struct.pack("<d", 1.7e9 + step) + b"\\x10" + bytes([step]) + sized(5, summary)
    return struct.pack("<Q", len(raw)) + b"crc4" + raw + b"crc4"
os.makedirs("logs/val")
with open("logs/val/events.out.tfevents.1.host", "wb") as file:
    file.write(event(1, b"loss", 0.5) + event(2, b"loss", float("nan")) + event(3, b"torn", 1)[:-9])
"""
    found = captured(stage, python(script), ["tensorboard"])
    series = [(each["name"], each["value"], each.get("at")) for each in found.of("metric")]
    assert series == [("val/loss", 0.5, 1), ("val/loss", "NaN", 2)]
    assert not told(found, "note")


def test_it_brings_the_helper_to_code_that_has_it_not(any_stage: Stage) -> None:
    script = """
import pipeglot_log as log
log.params({"lr": 0.1}, model="logreg")
log.series("loss", [1, 0.5, float("nan")], start=1)
log.metric("auc", "no number")
log.table("confusion", [{"said": "yes", "count": 3}, {"said": "no", "was": "yes"}])
log.image("curve", b"\\x89PNG", step=2)
log.tag("who", "me")
log.note("done")
"""
    found = captured(
        any_stage, python(script), ["git"], outputs={"images": {"artifact": "directory", "file": "images"}}
    )
    assert found.end == ("succeeded", None), found.err
    assert told(found, "param") == {"lr": 0.1, "model": "logreg"}
    assert [(each["value"], each["at"]) for each in found.of("metric")] == [(1, 1), (0.5, 2), ("NaN", 3)]
    notes = told(found, "note")
    assert notes["confusion"] == {
        "table": {"columns": ["said", "count", "was"], "rows": [["yes", 3, None], ["no", None, "yes"]]}
    }
    assert (notes["curve"]["image"]["file"], notes["note"]) == ("curve.2.png", "done")
    assert (told(found, "tag"), found.err.count("no number")) == ({"who": "me"}, 2)
    assert [path.name for path in found.artifacts.rglob("*.png")] == ["curve.2.png"]


def test_the_helper_does_nothing_outside_a_run() -> None:
    script = (
        "import pipeglot_log as log; log.metric('a', 1); log.image('b', 3); log.series('c', [1]); log.table('d', [{}])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False, cwd=HELPER.parent
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert HELPER.read_text("utf-8").count("\n") <= 200


def test_what_is_not_asked_for_costs_nothing(stage: Stage) -> None:
    body = python("import os, sys; sys.exit(any(name.startswith(('MLFLOW', 'WANDB')) for name in os.environ))")
    found = captured(stage, body, ["git"])
    assert (found.code, found.of("captured")) == (0, [])


@pytest.mark.parametrize("of", [["logs"], ["mlflow", "logs"]])
def test_a_stop_ends_it_too(stage: Stage, of: list[str]) -> None:
    found = captured(stage, python("import time; time.sleep(60)"), of, timeout=0.2)
    assert found.end == ("failed", "timeout")
    assert sys.version_info >= (3, 8)
