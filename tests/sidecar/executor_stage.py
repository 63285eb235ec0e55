"""The shipped sidecar, started as the launcher of Kubeflow does it: one argument, real files, a store beside them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipeglot.driver.compiling import packed_sidecar
from pipeglot_backends.kubeflow.emit.delivery import BOOT
from pipeglot_expression.runtime.packing import packed_text

SIDECAR = Path(__file__).parents[2] / "metadata/pipeglot_sidecar/generated/sidecar.py"
PROGRAM = packed_sidecar()


@dataclass
class Left:
    """What a step leaves: `files` by output parameter, `told` by artifact, `events` of its record."""

    code: int
    out: str
    err: str
    files: dict[str, str]
    told: dict[str, dict[str, Any]]
    events: list[dict[str, Any]]

    @property
    def end(self) -> tuple[str, str | None]:
        last = self.events[-1]
        return last["state"], last.get("reason")


@dataclass
class Stage:
    """One step, `work`, of a pipeline with one parameter for each of `params` (name to type)."""

    folder: Path
    params: dict[str, str] = field(default_factory=dict)
    step: dict[str, Any] = field(default_factory=dict)
    verb: str = "run"
    python: str = sys.executable

    def place(self, name: str) -> Path:
        return self.folder / "minio/bucket/work" / name

    def run(
        self,
        parameters: dict[str, Any] | None = None,
        artifacts: dict[str, list[dict[str, Any]]] | None = None,
        **environ: str,
    ) -> Left:
        outputs = self.step.get("outputs", {})
        values = [name for name, each in outputs.items() if "type" in each]
        values += ["Output", "pipeglot-state"] if self.verb == "items" else ["pipeglot-state"]
        made = [name for name, each in outputs.items() if "artifact" in each] + ["pipeglot-metrics", "pipeglot-record"]
        given = {"pipeglot-step": f"{self.verb} work", "pipeglot-table": self._table(), **(parameters or {})}
        executor_input = {
            "inputs": {
                "parameterValues": given,
                "artifacts": {name: {"artifacts": listed} for name, listed in (artifacts or {}).items()},
            },
            "outputs": {
                "parameters": {name: {"outputFile": str(self.folder / "kfp" / name)} for name in values},
                "artifacts": {name: {"artifacts": [self._artifact(name)]} for name in made},
                "outputFile": str(self.folder / "kfp/executor_output.json"),
            },
        }
        command = [self.python, "-I", "-c", BOOT, PROGRAM, "execute", json.dumps(executor_input)]
        told = {"PATH": os.environ["PATH"], "PIPEGLOT_ENGINE": "kubeflow", "PIPEGLOT_RECORD_LOG": "failure", **environ}
        (self.folder / "code").mkdir(exist_ok=True)
        ended = subprocess.run(command, cwd=self.folder / "code", env=told, capture_output=True, text=True, check=False)
        return self._left(ended)

    def _table(self) -> str:
        table = {
            "format": 1,
            "pipeline": "p",
            "definition": "sha256:0",
            "params": {name: {"type": kind} for name, kind in self.params.items()},
            "steps": {"work": {"body": {"argv": [["text", "true"]]}, **self.step}},
        }
        return packed_text(json.dumps(table))

    def _artifact(self, name: str) -> dict[str, Any]:
        return {"name": name, "uri": f"file://{self.place(name)}", "type": {"schemaTitle": "system.Artifact"}}

    def _left(self, ended: subprocess.CompletedProcess[str]) -> Left:
        kept = self.folder / "kfp"
        told = kept / "executor_output.json"
        found = json.loads(told.read_text("utf-8"))["artifacts"] if told.exists() else {}
        files = {path.name: path.read_text("utf-8") for path in kept.glob("*") if path != told}
        record = "".join(path.read_text("utf-8") for path in self.place("pipeglot-record").glob("*.jsonl"))
        events = [json.loads(line) for line in record.splitlines()]
        described = {name: each["artifacts"][0]["metadata"] for name, each in found.items()}
        return Left(ended.returncode, ended.stdout, ended.stderr, files, described, events)
