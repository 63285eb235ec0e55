"""What is kept of a step's work, under its key: the entry that names its outputs, and these as if just written."""

from __future__ import annotations

import json
import os
from time import time

from pipeglot_expression.values import Artifact, convert
from pipeglot_sidecar.artifacts.cache_store import remove_draft, store_of_work
from pipeglot_sidecar.artifacts.object_store import store_of
from pipeglot_sidecar.outputs.outputs import ReadOutput as ReadOutput
from pipeglot_sidecar.outputs.outputs import read_outputs

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from pipeglot_sidecar.artifacts.cache_store import WorkStore
    from pipeglot_sidecar.inputs.environment import Environment as Environment
    from pipeglot_sidecar.inputs.step_table import Table as Table

ENTRY_FORMAT = 1
TOLD_OF_ARTIFACTS = ("kind", "digest", "size", "files")
ODD = (KeyError, TypeError, ValueError, AttributeError)
"""What an entry leads to that was written by another hand, or is torn: it is none."""


class NoEntry(Exception):
    """What is kept is not what it says, or is not there: the step runs."""


class Work:
    """What an attempt is about to do, and where such work is kept."""

    def __init__(
        self,
        table: Table,
        environment: Environment,
        paths: dict[str, str],
        parts: dict[str, str],
        say: Callable[[str], None],
        pulse: Callable[[], None],
    ) -> None:
        self.table = table
        self.paths = paths
        self.environment = environment
        self.pulse = pulse
        place = environment.environ["PIPEGLOT_CACHE"]
        self.store: WorkStore = store_of_work(place, say, pulse)
        self.shares = store_of(environment.environ).rstrip("/") == place.rstrip("/")
        self.parts = parts

    def entry(self, key: str) -> dict[str, Any]:
        """Raises `NoEntry` too where it is older than it may be."""
        text = self.store.read(key)
        if text is None:
            raise NoEntry
        most = self.table.step["cache"].get("max_age")
        try:
            entry: Any = json.loads(text)
            stands = (entry["format"], entry["key"]) == (ENTRY_FORMAT, key)
            stands = stands and (most is None or time() - entry["made"] <= most)
        except ODD:
            raise NoEntry from None
        if not stands:
            raise NoEntry
        found: dict[str, Any] = entry
        return found

    def outputs(self, kept: dict[str, Any]) -> dict[str, ReadOutput]:
        """As they are read after a command. Raises `NoEntry`, and what an odd entry leads to."""
        known: dict[str, ReadOutput] = {}
        for name, entry in kept.items():
            output = self.table.outputs[name]
            if "type" in output:
                known[name] = as_written(
                    convert(entry["value"], output["type"]), {"name": name, "value": entry["value"]}
                )
            elif self.shares:
                known[name] = self._stored(name, entry)
            else:
                self.store.bring(self._place(name, entry), self.paths[name])
        rest = {name: output for name, output in self.table.outputs.items() if name not in known}
        read = read_outputs(rest, self.paths, self.environment.keeps_artifacts, self.pulse)
        for name, written in read.items():
            if written.fault or (name in kept and not holds(written, kept[name])):
                self._spoil(name, kept)
        return {name: known.get(name) or read[name] for name in self.table.outputs}

    def _stored(self, name: str, entry: dict[str, Any]) -> ReadOutput:
        """It lies where the step's own would lie."""
        url = self.store.address(self._place(name, entry))
        if not url:
            raise NoEntry
        return as_written(Artifact(url), {"name": name, **{key: entry[key] for key in TOLD_OF_ARTIFACTS}, "uri": url})

    def _place(self, name: str, entry: dict[str, Any]) -> str:
        """That of its content and of its name, and no other."""
        place: str = entry["at"]
        ((kind, digest),) = entry["digest"].items()
        home, content, file = place.split("/")
        if (home, content.partition("-")[0], file) != (kind.lower(), digest, os.path.basename(self.paths[name])):
            raise NoEntry
        return place

    def _spoil(self, name: str, kept: dict[str, Any]) -> None:
        if name in kept:
            self.store.spoiled(self._place(name, kept[name]))
        raise NoEntry

    def clear(self) -> None:
        """What was brought before it was seen that not all is there."""
        for name, output in self.table.outputs.items():
            if "artifact" in output:
                remove_draft(self.paths[name].encode("utf-8", "surrogateescape"))

    def keep(self, key: str, found: dict[str, ReadOutput], attempt: str | None, metrics: list[dict[str, Any]]) -> None:
        outputs = {name: self._kept(name, each.event) for name, each in found.items() if each.event}
        entry = {
            "format": ENTRY_FORMAT,
            "key": key,
            "parts": self.parts,
            "made": int(time()),
            "run": self.environment.run,
            "step": self.table.id,
            "attempt": attempt,
            "outputs": outputs,
            "metrics": metrics,
        }
        self.store.write(key, json.dumps(entry, separators=(",", ":")).encode("ascii"))

    def _kept(self, name: str, event: dict[str, Any]) -> dict[str, Any]:
        if "value" in event:
            return {"value": event["value"]}
        at = self.store.keep(self.paths[name], event["digest"])
        return {**{key: event[key] for key in TOLD_OF_ARTIFACTS}, "at": at}


def as_written(value: Any, event: dict[str, Any]) -> ReadOutput:
    found = ReadOutput()
    found.value, found.event = value, event
    return found


def holds(written: ReadOutput, entry: dict[str, Any]) -> bool:
    return written.event is not None and written.event["digest"] == entry["digest"]
