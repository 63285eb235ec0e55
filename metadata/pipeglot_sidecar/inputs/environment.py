"""What the engine says by the environment: the run, the try, the places."""

from __future__ import annotations

import json
import os

from pipeglot_expression.runtime.contract import SLOT
from pipeglot_expression.runtime.identity import derived_run_id, is_uuid, timed_uuid
from pipeglot_sidecar.artifacts.decoding import is_object, local_path
from pipeglot_sidecar.artifacts.object_store import store_of
from pipeglot_sidecar.faults import Trouble

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from pipeglot_sidecar.inputs.executor_input import ExecutorInput

GRACE = 10.0
HEARTBEAT = 15.0


class Environment:
    """The environment, read once. Times in seconds.

    `executor` is how Kubeflow and Vertex start a step, `packed` the sidecar's own text where it came as an argument.
    """

    def __init__(
        self, environ: dict[str, str], sidecar: str, executor: ExecutorInput | None = None, packed: str | None = None
    ) -> None:
        self.environ = environ
        self.sidecar = sidecar
        self.executor = executor
        self.packed = packed
        self.engine = environ.get("PIPEGLOT_ENGINE", "")
        self.scheduled = in_utc(environ.get("PIPEGLOT_SCHEDULED", ""))
        self.run = _run_id(environ)
        self.number = self.count("PIPEGLOT_ATTEMPT", 1)
        self.index = self.count("PIPEGLOT_INDEX", 0)
        self.result = self.folder("PIPEGLOT_RESULT")
        self.result_file = self.folder("PIPEGLOT_RESULT_FILE")
        self.artifacts = self.folder("PIPEGLOT_ARTIFACTS")
        self.out = self.folder("PIPEGLOT_OUT")
        self.work = self.folder("PIPEGLOT_WORK")
        self.code = self.folder("PIPEGLOT_CODE") or os.getcwd()
        self.python = environ.get("PIPEGLOT_PYTHON") or "python3"
        self.skip_code = self.count("PIPEGLOT_SKIP_CODE", 0) or 0
        self.opaque_items = environ.get("PIPEGLOT_OPAQUE_ITEMS") == "1"
        self.as_typed = environ.get("PIPEGLOT_PARAM_TEXT") == "1"
        self.grace = self.seconds("PIPEGLOT_GRACE", GRACE)
        self.heartbeat = self.seconds("PIPEGLOT_HEARTBEAT", HEARTBEAT)
        self.keeps_work = environ.get("PIPEGLOT_KEEP") == "1"
        self.tells_record = environ.get("PIPEGLOT_RECORD_LOG", "")
        self.fails_unrecorded = environ.get("PIPEGLOT_RECORD_ON_FAILURE") == "fail"
        self._reads = _reads(environ.get("PIPEGLOT_READS", ""))

    def slot(self, name: str) -> str:
        """The text that travels under a slot; empty when there is none."""
        if self._reads is None:
            return self.environ.get(SLOT + name, "")
        return self._reads.get(name, "")

    @property
    def keeps_artifacts(self) -> bool:
        """Whether artifacts stay where they are written, and their path is handed on; else the engine takes them."""
        return self.out is None and self.executor is None

    @property
    def native(self) -> dict[str, str]:
        names = {"run": "PIPEGLOT_NATIVE_RUN", "instance": "PIPEGLOT_INSTANCE"}
        return {name: self.environ[key] for name, key in names.items() if self.environ.get(key)}

    @property
    def table(self) -> str:
        return self.folder("PIPEGLOT_TABLE") or os.path.join(os.path.dirname(self.sidecar), "steps.json")

    @property
    def deadline(self) -> float | None:
        """When the run must be over, Unix time."""
        allowed = self.seconds("PIPEGLOT_DEADLINE", 0)
        started = self.seconds("PIPEGLOT_RUN_STARTED", 0)
        return started + allowed if allowed and started else None

    def halted_by(self) -> str:
        """What a signal to stop means: an engine that ends a run says so in a file, a machine that goes does not."""
        announced = self.folder("PIPEGLOT_ANNOUNCED")
        return "run-cancelled" if announced is not None and os.path.exists(announced) else "lost"

    def folder(self, name: str) -> str | None:
        text = self.environ.get(name, "")
        if not text:
            return None
        path = local_path(text)
        if text == store_of(self.environ):
            return None
        if path is None:
            raise Trouble(f"{name} is `{text}`, and the sidecar writes to folders only")
        return os.path.abspath(path)

    def count(self, name: str, least: int) -> int | None:
        text = self.environ.get(name, "")
        if not text:
            return None
        if text.isascii() and text.isdigit() and int(text) >= least:
            return int(text)
        raise Trouble(f"{name} is `{text}`, not a number from {least}")

    def seconds(self, name: str, default: float) -> float:
        text = self.environ.get(name, "")
        try:
            return float(text) if text else default
        except ValueError:
            raise Trouble(f"{name} is `{text}`, not a number of seconds") from None


def in_utc(text: str) -> str:
    """The same text for the same moment, in whichever zone an engine tells it."""
    if not text:
        return ""
    from datetime import datetime, timezone

    try:
        moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        return text
    return moment.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def fresh_uuid() -> str:
    from time import time_ns

    return timed_uuid(time_ns() // 1_000_000, os.urandom(10))


def _run_id(environ: dict[str, str]) -> str:
    given, native = environ.get("PIPEGLOT_RUN_ID", ""), environ.get("PIPEGLOT_NATIVE_RUN", "")
    if is_uuid(given):
        return given.lower()
    if not (given or native):
        return fresh_uuid()
    return derived_run_id(environ.get("PIPEGLOT_INSTANCE", ""), native or given, environ.get("PIPEGLOT_SCHEDULED", ""))


def _reads(path: str) -> dict[str, str] | None:
    if not path:
        return None
    try:
        with open(path, "rb") as file:
            found: Any = json.loads(file.read())
    except (OSError, ValueError) as fault:
        raise Trouble(f"PIPEGLOT_READS, `{path}`, cannot be read: {fault}") from None
    if is_object(found) and all(isinstance(text, str) for text in found.values()):
        texts: dict[str, str] = found
        return texts
    raise Trouble(f"PIPEGLOT_READS, `{path}`, is not an object of texts")
