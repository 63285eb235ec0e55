"""A step of a recorded run, made ready to run again on this machine, with what it had."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any, cast

from pipeglot.diagnostics import Diagnostic, SpecRejected
from pipeglot_backends.local.replaying import Replay, script_of
from pipeglot_expression.values import WireFault, convert, parse_typed, to_wire
from pipeglot_records.reuse.code import code_of
from pipeglot_records.reuse.past import Past, Unfit
from pipeglot_records.reuse.replayed import Selection, refuse_unknown, selection
from pipeglot_records.show.item_names import chosen


@dataclass(frozen=True, slots=True)
class Prepared:
    """`values` are the params as wire text, `script` is what the step's script says."""

    name: str
    past: Past
    replay: Replay
    values: Mapping[str, str]
    selection: Selection
    script: str | None


def prepared(past: Past, kept: Path, step: str, item: str | None, pairs: Sequence[str], dump: Path | None) -> Prepared:
    """Raises `SpecRejected`."""
    index = _index(past, step, item)
    refuse_unknown(past, step, index)
    if dump is not None and index is None and past.picture.steps[step].items is not None:
        raise Unfit(f"`{step}` has more than one item, and a shell is about one", "name the item after the step")
    body: Mapping[str, Any] = past.body
    sidecar = resources.files("pipeglot_sidecar").joinpath("generated/sidecar.py").read_text("utf-8")
    replay = Replay(
        body, str(past.hash), step, code_of(kept, body["steps"][step]), sidecar, None if dump is None else str(dump)
    )
    name = step if item is None else f"{step}[{item}]"
    values = _values(past, step, pairs)
    return Prepared(name, past, replay, values, selection(past, step, index), script_of(body["steps"][step]["body"]))


def _index(past: Past, step: str, item: str | None) -> int | None:
    found = past.picture.steps.get(step)
    if found is None:
        hint = f"there are: {', '.join(past.picture.steps)}"
        raise SpecRejected([Diagnostic("PG550", f"the run has no step `{step}`", hint=hint)])
    if item is None:
        return None
    place = chosen(found, item)
    if place is None or place.item is None:
        raise SpecRejected([Diagnostic("PG550", f"`{step}` has no item `{item}`")])
    return int(place.item)


def _values(past: Past, step: str, pairs: Sequence[str]) -> dict[str, str]:
    """Those of the run, and what is given in their place. Raises `SpecRejected`."""
    body: Mapping[str, Any] = past.body
    params: Mapping[str, Mapping[str, Any]] = body.get("params", {})
    texts = {name: text for name, _, text in (pair.partition("=") for pair in pairs)}
    bad = [Diagnostic("PG500", f"the pipeline has no param `{name}`") for name in texts if name not in params]
    bad += [Diagnostic("PG506", "`-p` gives no value", hint="write `-p NAME=…`") for pair in pairs if "=" not in pair]
    if bad:
        raise SpecRejected(bad[-1:])
    found: dict[str, str] = {}
    for name, entry in params.items():
        try:
            if name in texts:
                found[name] = to_wire(parse_typed(texts[name], entry["type"]))
            elif name in past.values:
                found[name] = to_wire(convert(cast("Any", past.values[name]), entry["type"]))
        except WireFault as fault:
            message = "it does not fit its type" if entry.get("sensitive") else fault.message
            raise SpecRejected([Diagnostic("PG501", f"param `{name}`: {message}")]) from None
    slots = [read["slot"].partition(".") for read in body["steps"][step].get("reads", ())]
    wanted = [name for space, _, name in slots if space == "params"]
    lacking = next((name for name in wanted if name not in found), None)
    if lacking is not None:
        message = f"`{step}` reads `{lacking}`, whose value the record does not hold"
        raise Unfit(message, f"give it by `-p {lacking}=…`")
    return found
