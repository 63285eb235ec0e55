"""A rare text is given as a sensitive value, and looked for in all that runs, compilations and refusals leave."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.secrecy.canary import CANARY, INSIDE, NUMBER, PARAMS, SPEC, TARGETS, leaks, pipeglot, seen_in

FAILING = """
  fails:
    run: [sh, -c, 'echo "$1"; exit 3', sh, "${{ params.token }}"]
  unfit:
    run: [sh, -c, 'printf %s "$1" > "$2"', sh, "${{ params.token }}", "${{ outputs.n }}"]
    outputs: {n: {type: int}}
  raises:
    inputs: {token: "${{ params.token }}"}
    python: body:raising
  wrong:
    run: [echo, "${{ params.keys.nothing }}"]
  killed:
    run: [sh, -c, 'echo "$1"; kill -9 $PPID', sh, "${{ params.token }}"]
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PIPEGLOT_TRACEBACK", "1")
    (tmp_path / "pipeline.yaml").write_text(SPEC, "utf-8")
    (tmp_path / "failing.yaml").write_text(SPEC.replace("secretive", "failing") + FAILING, "utf-8")
    (tmp_path / "given.json").write_text(json.dumps(PARAMS), "utf-8")
    (tmp_path / "body.py").write_text("def raising(token):\n    raise ValueError(token)\n", "utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("file", "state", "keep"), [("pipeline", 0, False), ("pipeline", 0, True), ("failing", 1, False)]
)
def test_a_local_run_leaves_nothing_of_it(folder: Path, file: str, state: int, keep: bool) -> None:
    words = ("run", f"{file}.yaml", "--params-file", "given.json", "-j", "4", *(("--keep",) if keep else ()))
    ran = pipeglot(*words)
    assert ran.code == state, ran.said.decode()
    assert not seen_in(ran.said)
    assert b"[redacted]" in (folder / ".pipeglot/runs").joinpath(*_logs(folder)).read_bytes()
    assert not leaks(folder, "given.json")
    for form in ("text", "json"):
        assert not seen_in(pipeglot("show", "--format", form).said)


def _logs(folder: Path) -> tuple[str, ...]:
    (found,) = (folder / ".pipeglot/runs").glob("*/logs/tell.1.log")
    return found.relative_to(folder / ".pipeglot/runs").parts


def test_it_is_covered_where_it_was_typed(folder: Path) -> None:
    typed = [word for name, value in PARAMS.items() for word in ("-p", f"{name}={_typed(value)}")]
    ran = pipeglot("run", "failing.yaml", *typed, "--format", "json")
    assert ran.code == 1
    assert not seen_in(ran.said)
    assert not leaks(folder, "given.json")


def _typed(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def test_a_run_that_is_stopped_leaves_nothing_of_it(folder: Path) -> None:
    waiting = SPEC + '  waits: {run: [sh, -c, \'echo "$1"; sleep 60\', sh, "${{ params.token }}"]}\n'
    (folder / "pipeline.yaml").write_text(waiting, "utf-8")
    words = [sys.executable, "-m", "pipeglot", "run", "--params-file", "given.json"]
    with subprocess.Popen(words, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as running:
        while not any(path.stat().st_size for path in folder.glob(".pipeglot/runs/*/logs/waits.1.log")):
            time.sleep(0.05)
        running.send_signal(signal.SIGINT)
        assert not seen_in(running.communicate()[0])
    assert running.returncode == 130
    assert not leaks(folder, "given.json")


@pytest.mark.parametrize("target", TARGETS)
def test_a_target_has_nothing_to_write_of_it(folder: Path, target: str) -> None:
    spec = (folder / "pipeline.yaml").read_text("utf-8")
    fits = spec.replace("  items:\n", "  x-items:\n").partition("  x-items:")[0] if target == "vertex" else spec
    (folder / "pipeline.yaml").write_text(fits, "utf-8")
    build = ("compile", "--target", target, "-o", "build")
    assert pipeglot(*build).code == 0
    assert not leaks(folder / "build")
    (folder / "pipeline.yaml").write_text(fits.replace("secretive", "other"), "utf-8")
    checked = pipeglot(*build, "--check")
    assert checked.code
    assert not seen_in(checked.said)


@pytest.mark.parametrize(
    "given",
    [
        ("-p", f"token={INSIDE}", "-p", f"keys={CANARY}", "-p", f"list={json.dumps([1, CANARY])}"),
        ("-p", f"keys=[{json.dumps(CANARY)}]", "-p", f'list={{"a": {json.dumps(INSIDE)}}}'),
        ("-p", f"token={CANARY}" * 5000),
        ("--params-file", "bad.json"),
        ("--params-file", "large.json"),
        ("--params-file", "torn.json"),
        ("--params-file", "torn.yaml"),
    ],
)
@pytest.mark.parametrize("form", ["text", "json"])
def test_no_refusal_repeats_it(folder: Path, given: tuple[str, ...], form: str) -> None:
    (folder / "bad.json").write_text(json.dumps({"token": [CANARY], "keys": INSIDE, "list": {"a": NUMBER}}), "utf-8")
    (folder / "large.json").write_text(json.dumps({**PARAMS, "token": CANARY * 9000}), "utf-8")
    (folder / "torn.json").write_text(json.dumps(PARAMS)[:-1], "utf-8")
    (folder / "torn.yaml").write_text(f"token: {INSIDE}: {INSIDE}\n", "utf-8")
    refused = pipeglot("run", *given, "--format", form)
    assert refused.code in (1, 2)
    assert not seen_in(refused.said)
    assert not (folder / ".pipeglot/runs").exists()


@pytest.mark.parametrize(
    "spec",
    [
        "params: {token: {type: string, sensitive: true, default: VALUE}}",
        "params: {token: {type: int, sensitive: true, default: VALUE}}",
        "params: {token: {type: string, sensitive: true, enum: [VALUE, VALUE]}}",
        "params: {token: {type: dict, sensitive: true}}\nprofiles: {p: {params: {token: {a: VALUE}}}}",
        "profiles: {p: {argo: {server: 'https://me:VALUE@argo.example.com'}}}",
        "profiles: {p: {artifacts: 's3://me:VALUE@bucket/x'}}",
        "records: {sink: 'https://me:VALUE@records.example.com'}",
    ],
)
@pytest.mark.parametrize("form", ["text", "json", "github", "concise"])
def test_it_is_refused_in_a_file_and_not_repeated(folder: Path, spec: str, form: str) -> None:
    text = f"apiVersion: pipeglot/v1\nkind: Pipeline\nmetadata: {{name: x}}\n{spec}\nsteps: {{a: {{run: x}}}}\n"
    (folder / "pipeline.yaml").write_text(text.replace("VALUE", "birdsong-Kj4"), "utf-8")
    refused = pipeglot("validate", "--format", form)
    assert refused.code == 1
    assert b"PG327" in refused.said or b"PG329" in refused.said
    assert b"birdsong" not in refused.said
