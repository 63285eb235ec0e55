"""A step table written by hand, and one run of the shipped sidecar over it."""

from __future__ import annotations

import functools
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

ROOT = Path(__file__).parents[2]
SIDECAR = ROOT / "metadata" / "pipeglot_sidecar" / "generated" / "sidecar.py"
SCHEMA = ROOT / "schemas" / "pipeglot_schemas" / "event.v1.schema.json"
RUN = "0192f0c1-7b1e-7c3a-9d55-0d1b5a3c9e10"
Tree = list[Any]


def lit(value: Any) -> Tree:
    return ["lit", value]


def ref(path: str) -> Tree:
    return ["ref", *path.split(".")]


def text(*parts: str | Tree) -> Tree:
    return ["text", *parts]


def argv(*parts: str | Tree) -> dict[str, Any]:
    return {"argv": [lit(part) if isinstance(part, str) else part for part in parts]}


def sh(script: str, **variables: Tree) -> dict[str, Any]:
    return {"script": script, "shell": "sh", "vars": variables}


def python(script: str, *parts: Tree) -> dict[str, Any]:
    return argv(sys.executable, "-c", script, *parts)


@functools.cache
def schema() -> Any:
    return Draft202012Validator(json.loads(SCHEMA.read_text("utf-8")))


def is_event(event: dict[str, Any]) -> bool:
    return bool(schema().is_valid(event))


@dataclass(frozen=True)
class Outcome:
    code: int
    out: str
    err: str
    results: dict[str, str]
    events: list[dict[str, Any]]
    artifacts: Path

    def of(self, kind: str) -> list[dict[str, Any]]:
        return [event for event in self.events if event["event"] == kind]

    def one(self, kind: str) -> dict[str, Any]:
        (event,) = self.of(kind)
        return event

    @property
    def end(self) -> tuple[str, str | None]:
        last = self.events[-1]
        assert last["event"] in ("end", "decided")
        return last["state"], last.get("reason")

    @property
    def state(self) -> Any:
        return json.loads(self.results["pipeglot-state"])


@dataclass
class Stage:
    """`folder` is fresh for each test; code runs in `folder/code`."""

    folder: Path
    interpreter: str
    sidecar: Path = SIDECAR
    user: int | None = None
    table: dict[str, Any] = field(default_factory=dict[str, Any])

    def step(self, body: Mapping[str, Any], **entries: Any) -> Stage:
        """The step `s` of a pipeline `p`. Other steps, params and their reads are given as they stand in the table."""
        params, steps = entries.pop("params", {}), entries.pop("steps", {})
        entry: dict[str, Any] = {"inputs": {}, "outputs": {}, "body": body, **entries}
        self.table = {
            "format": 1,
            "pipeline": "p",
            "definition": "sha256:" + "0" * 64,
            "params": params,
            "steps": {"s": entry, **steps},
        }
        return self

    def own_sidecar(self) -> None:
        """A copy of the sidecar in a folder that belongs to the test."""
        self.sidecar = self.folder / "sidecar.py"
        self.sidecar.write_bytes(SIDECAR.read_bytes())

    def environment(self, reads: Mapping[str, str] | None, settings: Mapping[str, str]) -> dict[str, str]:
        (self.folder / "code").mkdir(exist_ok=True)
        (self.folder / "steps.json").write_text(json.dumps(self.table), "utf-8")
        given = {
            "PATH": os.environ["PATH"],
            "PIPEGLOT_TABLE": str(self.folder / "steps.json"),
            "PIPEGLOT_ENGINE": "local",
            "PIPEGLOT_RUN_ID": RUN,
            "PIPEGLOT_ATTEMPT": "1",
            "PIPEGLOT_RESULT": str(self.folder / "result"),
            "PIPEGLOT_ARTIFACTS": str(self.folder / "artifacts"),
            "PIPEGLOT_WORK": str(self.folder / "work"),
            "PIPEGLOT_CODE": str(self.folder / "code"),
            "PIPEGLOT_RECORD": str(self.folder / "record"),
            "PIPEGLOT_PYTHON": self.interpreter,
            "PIPEGLOT_GRACE": "0.3",
        }
        if reads is not None:
            (self.folder / "reads.json").write_text(json.dumps(reads), "utf-8")
            given["PIPEGLOT_READS"] = str(self.folder / "reads.json")
        given.update(settings)
        return {name: value for name, value in given.items() if value != ""}

    def start(
        self,
        verb: str = "run",
        reads: Mapping[str, str] | None = None,
        variables: Mapping[str, str] | None = None,
        **settings: str,
    ) -> subprocess.Popen[str]:
        """An empty setting takes one away. `variables` are for names that are no identifiers."""
        return subprocess.Popen(
            [self.interpreter, str(self.sidecar), verb, "s"],
            user=self.user,
            env=self.environment(reads, {**(variables or {}), **settings}),
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        )

    def run(
        self,
        verb: str = "run",
        reads: Mapping[str, str] | None = None,
        variables: Mapping[str, str] | None = None,
        **settings: str,
    ) -> Outcome:
        return self.finished(self.start(verb, reads, variables, **settings))

    def signalled(self, number: signal.Signals, **settings: str) -> Outcome:
        """A run that gets a signal once its command has made a file `started` in the folder of the code."""
        process = self.start("run", None, None, **settings)
        wait_for((self.folder / "code" / "started").exists)
        process.send_signal(number)
        return self.finished(process)

    def finished(self, process: subprocess.Popen[str]) -> Outcome:
        out, err = process.communicate(timeout=60)
        result, record = self.folder / "result", self.folder / "record"
        results = {path.name: path.read_text("ascii") for path in result.iterdir()} if result.is_dir() else {}
        logs = sorted(record.rglob("*.jsonl")) if record.is_dir() else []
        events = [json.loads(line) for path in logs for line in path.read_text("ascii").splitlines()]
        assert [event for event in events if not is_event(event)] == []
        return Outcome(process.returncode, out, err, results, events, self.folder / "artifacts")


def wait_for(condition: Callable[[], bool]) -> None:
    until = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < until, "what was waited for did not come"
        time.sleep(0.01)
