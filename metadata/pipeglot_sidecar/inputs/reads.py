"""What a step reads from outside: the texts that came under its slots, as values."""

from __future__ import annotations

import os

from pipeglot_expression.runtime.contract import CACHED, CANCELLED, FAILED, KEPT, OPAQUE, SKIPPED, SUCCEEDED
from pipeglot_expression.runtime.kfp_values import BEYOND, inexact
from pipeglot_expression.values import (
    ABSENT,
    MAX_WIRE,
    Artifact,
    WireFault,
    convert,
    from_wire,
    kind,
    parse_typed,
    to_wire,
)
from pipeglot_sidecar.artifacts.object_store import is_stored, local_path
from pipeglot_sidecar.faults import Trouble
from pipeglot_sidecar.secrecy import SECRETS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

    from pipeglot_expression.values import Value
    from pipeglot_sidecar.inputs.environment import Environment
    from pipeglot_sidecar.inputs.step_table import Table

ENGINE_WORDS = {
    "succeeded": SUCCEEDED,
    "success": SUCCEEDED,
    "cached": CACHED,
    "failed": FAILED,
    "error": FAILED,
    "skipped": SKIPPED,
    "removed": SKIPPED,
    "cancelled": CANCELLED,
    "omitted": CANCELLED,
    "upstream_failed": CANCELLED,
}
"""What engines say of a task, in small letters: Argo, Airflow, the local engine."""

BASE64 = "base64:"


class Reads:
    """The values behind the slots.

    `unpacked` makes a piece of a fan-in of artifacts readable, in a folder of ours, and `named` gives it its file name.
    """

    def __init__(
        self,
        table: Table,
        surroundings: Environment,
        unpacked: Callable[[str, str, int], str | None],
        named: Callable[[str, str, int | None, str], str],
    ) -> None:
        self._table = table
        self._from = surroundings
        self._unpacked = unpacked
        self._named = named

    def param(self, name: str) -> Value:
        value = self._param(name)
        if self._table.is_sensitive_param(name):
            SECRETS.add(value)
        return value

    def _param(self, name: str) -> Value:
        entry = self._table.params.get(name, {})
        text = self._from.slot(f"params.{name}")
        typed = self._from.as_typed
        try:
            if text.startswith(BASE64):
                text, typed = _from_base64(text[len(BASE64) :]), True
            if typed:
                return parse_typed(text, entry["type"])
            value = from_wire(text)
            value = value if value is ABSENT else convert(value, entry["type"])
        except (WireFault, ValueError) as fault:
            reason = "it does not fit its type" if entry.get("sensitive") else fault
            raise Trouble(f"param `{name}` cannot be read: {reason}") from None
        executor = self._from.executor
        if executor and f"params.{name}" not in executor.exact and next(inexact(value, entry["type"]), None):
            reason = f"param `{name}` has an int beyond {BEYOND}, and the engine carries it as a double"
            raise WireFault("value-too-large", reason)
        return value

    def run(self, field: str) -> Value:
        return self._wire(f"run.{field}")

    def status(self, step: str) -> str:
        """A step's state, from the engine's word and from its own, which tells a skip from a success.

        What nobody says anything of has not succeeded: it was never started, or its pod is gone.
        """
        fanned = self._is_fan(step)
        states = dict(self._pairs(f"steps.{step}.items")) if fanned else {}
        if self._is_beside(step) and self._from.index in states:
            return str(states[self._from.index])
        return self._of_whole(step, fanned, states.values())

    def _of_whole(self, step: str, fanned: bool, among: Iterable[Value]) -> str:
        word = ENGINE_WORDS.get(self._from.slot(f"steps.{step}.engine").strip().strip('"').lower())
        own = self._wire(f"steps.{step}.state")
        if own == SKIPPED and word != FAILED:
            return SKIPPED
        if word == CANCELLED:
            return CANCELLED
        if FAILED in (own, *among):
            return FAILED  # also where the engine was told otherwise, so that it goes on
        silent = own is ABSENT and step in self._table.step.get("heeds", ())  # it was held back, and ended well
        if word in KEPT and CANCELLED not in among and not silent:
            return word
        if CANCELLED in (own, *among):
            return CANCELLED
        if word == SKIPPED:
            return SUCCEEDED if fanned and own == SUCCEEDED else SKIPPED
        if word == FAILED:
            return FAILED
        return SUCCEEDED if own == SUCCEEDED else CANCELLED

    def was_failed(self, step: str) -> bool:
        """Whether `run_if: failure` takes a need for failed: also when it did not run because of another failure."""
        state = self.status(step)
        if state == FAILED:
            words = (self._table.reads.get(f"steps.{step}.{word}", {}) for word in ("engine", "state"))
            return not any(word.get("allowed") for word in words)
        return state == CANCELLED and self._wire(f"steps.{step}.state") != CANCELLED

    def indices(self, step: str) -> Value:
        if self.status(step) not in KEPT:
            return ABSENT
        kept: Value = self._kept(step)
        return ABSENT if kept is None else kept

    def output(self, step: str, output: str) -> Value:
        slot = f"steps.{step}.outputs.{output}"
        read = self._table.reads.get(slot)
        if read is None:
            raise Trouble(f"the step table names no read `{slot}`")
        if self._says_how_it_ended(step) and self.status(step) not in KEPT:
            return _default_of(read)
        index = self._from.index if self._is_beside(step) else None
        value = self._list(read, index) if read.get("fan") else self._single(read, self._wire(slot), None)
        if self._table.is_sensitive_output(step, output):
            SECRETS.add(value)
        return value

    def _single(self, read: dict[str, Any], value: Value, index: int | None) -> Value:
        if value is ABSENT or value is None:
            return _default_of(read)
        try:
            if read["type"] != "artifact":
                return convert(value, read["type"])
            path = local_path(convert(value, "string"))  # type: ignore[arg-type]  # convert has just made it text
        except WireFault as fault:
            raise Trouble(f"`{read['slot']}` cannot be read: {fault.message}") from None
        if isinstance(value, str) and is_stored(value):
            return self._named_artifact(value, read, index)
        if path is None or not os.path.lexists(path):
            return _default_of(read)
        return self._named_artifact(path, read, index)

    def _named_artifact(self, place: str, read: dict[str, Any], index: int | None) -> Artifact:
        path = self._named(place, read["slot"], index, read.get("file") or os.path.basename(place))
        return Artifact(path, f"{read['step']}.{read['output']}", index)

    def _list(self, read: dict[str, Any], only: int | None) -> Value:
        """One value for each kept item, in item order; or that of one item alone."""
        slot = read["slot"]
        found = self._wire(slot)
        pieces = found if isinstance(found, str) and read["type"] == "artifact" else None
        values = {} if pieces is not None else dict(self._pairs(slot))
        if only is not None:
            return self._single(read, values.get(only) if pieces is None else self._unpacked(slot, pieces, only), only)
        kept = self._kept(read["step"])
        listed: list[Value] = []
        for index in kept if kept is not None else sorted(values):
            value = values.get(index) if pieces is None else self._unpacked(slot, pieces, index)
            listed.append(self._single(read, value, index))
        if ABSENT in listed:
            return ABSENT
        if len(self._from.slot(slot)) > MAX_WIRE:
            to_wire(listed)
        return listed

    def _kept(self, step: str) -> list[int] | None:
        """The indices of the items that succeeded; None where nobody says."""
        slot = f"steps.{step}.items"
        if slot not in self._table.reads:
            return None
        return sorted(index for index, state in self._pairs(slot) if state in KEPT)

    def _pairs(self, slot: str) -> list[tuple[int, Value]]:
        """An aggregate: pairs in any order, some as texts, some missing."""
        pairs: list[tuple[int, Value]] = []
        found = self._wire(slot)
        elements: list[Any] = found if isinstance(found, list) else []
        for element in elements:
            pair: Any = self._read(slot, element) if isinstance(element, str) else element
            if kind(pair) == "list" and len(pair) == 2 and kind(pair[0]) == "int":
                pairs.append((pair[0], pair[1]))
            elif pair is not None and pair is not ABSENT:
                raise Trouble(f"`{slot}` cannot be read: it holds something else than pairs of an index and a value")
        return pairs

    def _is_fan(self, step: str) -> bool:
        return f"steps.{step}.items" in self._table.reads or "foreach" in self._table.steps.get(step, {})

    def _is_beside(self, step: str) -> bool:
        """Whether it stands in the same item of a group that is fanned out."""
        return self._from.index is not None and step in self._table.aligned

    def _says_how_it_ended(self, step: str) -> bool:
        return any(f"steps.{step}.{word}" in self._table.reads for word in ("engine", "state"))

    def _wire(self, slot: str) -> Value:
        return self._read(slot, self._from.slot(slot))

    def _read(self, slot: str, text: str) -> Value:
        try:
            return from_wire(text[len(OPAQUE) :] if text.startswith(OPAQUE) else text)
        except WireFault as fault:
            raise Trouble(f"`{slot}` cannot be read: {fault.message}") from None


def _default_of(read: dict[str, Any]) -> Value:
    value: Value = read.get("default", ABSENT)
    return value


def _from_base64(text: str) -> str:
    from binascii import a2b_base64

    return a2b_base64(text.encode("ascii")).decode("utf-8")
