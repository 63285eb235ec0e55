"""What is captured of one attempt: begun before its command, ended after it. Nothing of it fails the step."""

from __future__ import annotations

import os
from time import time_ns

from pipeglot_sidecar.capture.events import Events
from pipeglot_sidecar.capture.helper import bring_helper
from pipeglot_sidecar.capture.log_tail import LogTail, tail_pieces
from pipeglot_sidecar.capture.mlflow_listener import Listener
from pipeglot_sidecar.capture.surroundings import (
    code_hash,
    git_state,
    interpreter_and_packages,
    machine_and_use,
    named_variables,
)
from pipeglot_sidecar.capture.tensorboard import read_event_files
from pipeglot_sidecar.capture.wandb import read_runs

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from pipeglot_sidecar.capture.events import Environment, Pen, Table

PROXIES = ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY")


class Capture:
    """One more of those that an attempt listens to: `open`, `pass_on`, `finish`, as the files of its command have them.

    `variables` are those of the command, `cover` keeps out of a text what nobody may see.
    """

    def __init__(
        self,
        pen: Pen,
        cover: Callable[[str], str],
        table: Table,
        environment: Environment,
        variables: dict[str, str],
        argv: list[str],
    ) -> None:
        self._events = Events(pen)
        self._cover = cover
        self._table = table
        self._environment = environment
        self._variables = variables
        self._argv = argv
        self._since = time_ns()
        self._scratch = os.path.dirname(variables["PIPEGLOT_EVENTS"])
        self._asked: list[str] = table.capture["of"]
        self._tail: LogTail | None = None
        self._said = b""
        self._listener: Listener | None = None

    def open(self) -> None:
        """Before the command starts: what it may change, and what it is to be told."""
        self._try("pipeglot_log", lambda: bring_helper(os.path.join(self._scratch, "helper"), self._variables))
        self._each(
            {
                "git": self._git,
                "code": self._code,
                "image": self._image,
                "env": self._names,
                "wandb": self._offline,
                "mlflow": self._listen,
                "logs": self._between,
            }
        )

    def pass_on(self) -> bool:
        """All that was said is in the record already."""
        return False

    def finish(self, pulse: Callable[[], None]) -> None:
        """Once the command is over, before anybody looks at what it wrote."""
        self._each(
            {
                "logs": self._behind,
                "mlflow": self._stop,
                "tensorboard": self._scalars,
                "wandb": self._runs,
                "resources": lambda: self._tell("resources", machine_and_use()),
            },
            pulse,
        )
        if "python" in self._asked or "packages" in self._asked:
            self._try("python", self._interpreter)

    def close(self, state: str) -> None:
        if state == "failed" and self._said:
            self._try("logs", self._last_words)

    def _each(self, acts: dict[str, Callable[[], None]], pulse: Callable[[], None] = lambda: None) -> None:
        for name, act in acts.items():
            if name in self._asked:
                self._try(name, act)
                pulse()

    def _try(self, name: str, act: Callable[[], None]) -> None:
        try:
            act()
        except Exception as fault:  # whatever it is: the step is not to hear of it
            self._events.complain(name, f"{type(fault).__name__}: {fault}")

    def _tell(self, name: str, value: Any) -> None:
        self._events.tell("captured", name, value)

    def _git(self) -> None:
        found = git_state(self._environment.code)
        if found is not None:
            self._tell("git", found)

    def _code(self) -> None:
        """Where the code came as an archive its hash is known."""
        archive = self._table.step.get("code")
        self._tell("code", {"archive": archive} if archive else code_hash(self._environment.code))

    def _image(self) -> None:
        image = self._table.capture.get("images", {}).get(self._table.id)
        if image and self._environment.engine != "local":
            self._tell("image", image)

    def _names(self) -> None:
        given = self._environment.environ
        passed = {name: text for name, text in given.items() if not name.startswith("PIPEGLOT")}
        own = self._table.step.get("env", {})
        self._tell("env", named_variables({**passed, **self._variables}, own, self._table.is_sensitive()))

    def _offline(self) -> None:
        folder = os.path.join(self._scratch, "wandb")
        os.makedirs(folder, exist_ok=True)
        self._variables.update({"WANDB_MODE": "offline", "WANDB_DIR": folder})

    def _listen(self) -> None:
        if "MLFLOW_TRACKING_URI" in self._table.step.get("env", {}):
            self._events.complain("mlflow", "the step's own `env` says where to log to")
            return
        run = os.urandom(16).hex()
        self._listener = Listener(self._events, run, self._table.id, self._uploads())
        variables = {"MLFLOW_TRACKING_URI": f"http://127.0.0.1:{self._listener.server_port}", "MLFLOW_RUN_ID": run}
        self._variables.update(variables)
        environ = {**self._environment.environ, **self._variables}
        if any(environ.get(name) for name in PROXIES):
            for name in ("no_proxy", "NO_PROXY"):
                self._variables[name] = ",".join(filter(None, [environ.get(name), "127.0.0.1"]))

    def _uploads(self) -> str:
        """An artifact of `format: mlflow` is what the code uploads; without one only its digests are kept."""
        for name, output in self._table.outputs.items():
            if output.get("format") == "mlflow":
                return self._variables[f"PIPEGLOT_OUTPUT_{name.upper()}"]
        return os.path.join(self._scratch, "mlflow")

    def _stop(self) -> None:
        if self._listener is not None:
            self._listener.stop()

    def _between(self) -> None:
        self._tail = LogTail()

    def _behind(self) -> None:
        if self._tail is not None:
            self._said = self._tail.finish()

    def _last_words(self) -> None:
        for number, piece in enumerate(tail_pieces(self._said, self._cover), 1):
            self._tell(f"logs.{number}", piece)

    def _scalars(self) -> None:
        folders = [os.path.join(self._environment.code, "logs")]
        for name, output in self._table.outputs.items():
            if output.get("format") == "tensorboard":
                folders.append(self._variables[f"PIPEGLOT_OUTPUT_{name.upper()}"])
        for folder in folders:
            read_event_files(self._events, folder, self._since)

    def _runs(self) -> None:
        read_runs(self._events, os.path.join(self._scratch, "wandb"))

    def _interpreter(self) -> None:
        named = self._argv[0] if self._argv else ""
        program = named if os.path.basename(named).startswith("python") else self._environment.python
        environ = {os.fsencode(name): os.fsencode(text) for name, text in self._environment.environ.items()}
        version, packages = interpreter_and_packages(program, environ)
        if "python" in self._asked:
            self._tell("python", version)
        if "packages" in self._asked:
            for begin in range(0, len(packages), 500):
                some = list(packages.items())[begin : begin + 500]
                self._tell("packages" if not begin else f"packages.{begin // 500 + 1}", dict(some))
