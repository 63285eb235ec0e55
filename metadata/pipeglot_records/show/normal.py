"""The normal form of a run: what must be equal on every engine, and nothing else (`runtime.md` section 9)."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

from pipeglot.ir import Json, Missing
from pipeglot_expression.runtime.contract import CANCELLED, KEPT, SKIPPED, SUCCEEDED
from pipeglot_records.faults import DefinitionFault
from pipeglot_records.model.definitions import Port
from pipeglot_records.model.digests import Digests, digests
from pipeglot_records.model.events import Fields
from pipeglot_records.model.facts import Attempt
from pipeglot_records.model.json_values import mapping
from pipeglot_records.model.lineage import edges
from pipeglot_records.model.run_view import Outcome, RunView, StepRun, Try
from pipeglot_records.model.vital import NOBODY, Vital
from pipeglot_records.store.database import Store
from pipeglot_records.store.runs import load


def text(store: Store, run: str, vital: Vital = NOBODY) -> str:
    """Raises `DefinitionFault` for a run whose definition the store does not hold: it would lack what left no word."""
    picture = load(store, run, vital=vital)
    if not picture.definition.known:
        raise DefinitionFault(
            f"the definition of the run `{run}` is not in the store `{store.place}`",
            hint="pipeglot collect --definition definition.json takes it in",
        )
    return normal_text(picture)


def normal_text(picture: RunView) -> str:
    return json.dumps(normal_form(picture), sort_keys=True, indent=2, ensure_ascii=True) + "\n"


def normal_form(picture: RunView) -> dict[str, Json]:
    known = digests(picture)
    shown: dict[str, Json] = {step.definition.id: _step(step, known) for step in picture.steps.values()}
    shown |= {name: {**_state(outcome), "group": True} for name, outcome in picture.groups.items()}
    last = {name for name, step in picture.steps.items() if step.definition.on_exit}
    last |= {name for name in picture.groups if any(id.startswith(f"{name}.") for id in last)}
    return {
        "pipeline": picture.definition.pipeline,
        "run": picture.state,
        "steps": {name: entry for name, entry in shown.items() if name not in last},
        "on_exit": {name: entry for name, entry in shown.items() if name in last},
        "lineage": [list(edge) for edge in edges(picture)],
    }


def _step(step: StepRun, known: Digests) -> dict[str, Json]:
    return _single(step, known) if step.items is None else _fan_out(step, step.items, known)


def _single(step: StepRun, known: Digests) -> dict[str, Json]:
    last = step.last
    return {
        **_state(step.outcome),
        "attempts": [_attempt(one) for one in step.started],
        "inputs": _inputs(step, last, known) if last else {},
        "outputs": _outputs(step),
    }


def _fan_out(step: StepRun, items: tuple[StepRun, ...], known: Digests) -> dict[str, Json]:
    whole = step.state in (SKIPPED, CANCELLED) and not items
    return {
        **_state(step.outcome),
        "indices": list(step.indices),
        "items": [_single(item, known) for item in items],
        "outputs": {} if whole else _lists(step),
    }


def _state(outcome: Outcome) -> dict[str, Json]:
    if outcome.state == SUCCEEDED or outcome.reason is None:
        return {"state": outcome.state}
    return {"state": outcome.state, "reason": outcome.reason}


def _lists(step: StepRun) -> dict[str, Json]:
    """The outputs of the kept items, as their readers have them: those that every kept item has."""
    kept = [_outputs(item) for item in step.kept]
    names = [port.name for port in step.definition.outputs]
    return {name: [found[name] for found in kept] for name in names if all(name in found for found in kept)}


def _exit_code(end: Fields) -> dict[str, Json]:
    return {"exit_code": end.get("exit_code")}


def _signal(end: Fields) -> dict[str, Json]:
    return {"signal": end.get("signal")}


_TOLD: Mapping[str, Callable[[Fields], dict[str, Json]]] = {
    "exit-code": _exit_code,
    "missing-output": _exit_code,
    "bad-output": _exit_code,
    "value-too-large": _exit_code,
    "signal": _signal,
}
"""What else is told of an attempt that did not succeed, by its reason: what no engine or clock has a part in."""


def _attempt(one: Try) -> dict[str, Json]:
    reason, end = one.outcome.reason, one.attempt.end
    if one.outcome.state == SUCCEEDED:
        return _exit_code(end)
    if reason is None:
        return {"state": one.outcome.state}
    detail = _TOLD.get(reason)
    return {"reason": reason, **(detail(end) if detail else {})}


def _inputs(step: StepRun, attempt: Attempt, known: Digests) -> dict[str, Json]:
    recorded = mapping(attempt.start.get("inputs"))
    shown: dict[str, Json] = {}
    for port in step.definition.inputs:
        entry = mapping(recorded.get(port.name))
        if "from" in entry:
            found: list[Json] = [dict(digest) for digest in known.read(entry)]
            shown[port.name] = found[0] if port.type == "artifact" and found else found
        elif "digest" in entry:
            shown[port.name] = dict(mapping(entry["digest"]))
        elif port.type.startswith("list[artifact") and entry.get("value") == []:
            shown[port.name] = []
        elif entry:
            shown[port.name] = _value(entry)
    return shown


def _outputs(step: StepRun) -> dict[str, Json]:
    """What was written; of a step whose outputs there are also the defaults, which stand for what was not."""
    if step.last is None:
        return {}
    ports = step.definition.outputs if step.state in KEPT else ()
    shown: dict[str, Json] = {port.name: _default(port) for port in ports if not isinstance(port.default, Missing)}
    shown.update((name, _output(entry)) for name, entry in step.last.outputs.items())
    return shown


def _default(port: Port) -> dict[str, Json]:
    return {"redacted": True} if port.sensitive or isinstance(port.default, Missing) else {"value": port.default}


def _output(entry: Fields) -> dict[str, Json]:
    return dict(mapping(entry.get("digest"))) if "digest" in entry else _value(entry)


def _value(entry: Fields) -> dict[str, Json]:
    return {"redacted": True} if entry.get("redacted") is True else {"value": entry.get("value")}
