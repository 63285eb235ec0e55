"""`notify` as a step of `on_exit`: what every target runs and records already."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final, cast

from pipeglot.diagnostics.sources import Json
from pipeglot.spec.merging import Map, Merged, Path
from pipeglot_expression.runtime.contract import WEBHOOK

if TYPE_CHECKING:
    from pipeglot.spec.schema import models

DEFAULT: Final = "Pipeline ${{ pipeline.name }}: run ${{ run.id }} ${{ run.status }}"
_STATES = {"failure": "failed", "success": "succeeded"}
_SHARED = ("image", "workdir", "kubernetes")


def with_notify(merged: Merged) -> None:
    """Puts the step that sends the word after those of `on_exit`; each of its parts is told where it was written."""
    if "notify" not in merged.data:
        return
    spec = cast("models.Notify", merged.data["notify"])
    id = _free_name(merged.data)
    states = [_STATES[each] for each in dict.fromkeys(spec.get("on", ["failure"]))]
    step: Map = {
        "run": [spec.get("message", DEFAULT)],
        "notify": spec.get("format", "json"),
        "when": f"${{{{ run.status in {states} }}}}",
        "outputs": {"delivered": {"type": "bool"}},
        **_shared(merged, id),
    }
    inherited = step.get("env")
    step["env"] = {**(inherited if isinstance(inherited, dict) else {}), WEBHOOK: cast("Map", spec["webhook"])}
    places = {(): (), ("run",): ("message",), ("when",): ("on",), ("env", WEBHOOK): ("webhook",)}
    for own, written in places.items():
        path: Path = ("on_exit", id, *own)
        merged.moved[path] = merged.origin("notify", *written)
    merged.moved["on_exit", id, "run", 0] = merged.origin("notify", "message")
    last = merged.data.get("on_exit")
    merged.data = {**merged.data, "on_exit": {**(last if isinstance(last, dict) else {}), id: step}}


def _shared(merged: Merged, id: str) -> Map:
    """What the pods of the other steps have too: the image of `defaults`, else of the first step that has one."""
    given: Map = {}
    for field in (*_SHARED, "env"):
        if field in merged.defaults:
            given[field] = merged.defaults[field]
    variables = given.get("env")
    own = (("env", name) for name in (variables if isinstance(variables, dict) else ()) if name != WEBHOOK)
    for part in (*((field,) for field in _SHARED if field in given), *own):
        path: Path = ("on_exit", id, *part)
        merged.aliases[path] = ("defaults", *part)
    if "image" not in given:
        image = next((step["image"] for step in _steps(merged.data) if "image" in step), None)
        given |= {} if image is None else {"image": image}
    return given


def _steps(data: Mapping[str, Json]) -> list[Map]:
    found = data.get("steps")
    return [step for step in found.values() if isinstance(step, dict)] if isinstance(found, dict) else []


def _free_name(data: Mapping[str, Json]) -> str:
    """One that no step has, in the spelling of any target."""
    groups = (data.get("steps"), data.get("on_exit"))
    taken = {id.replace("-", "_") for group in groups if isinstance(group, dict) for id in group}
    names = itertools.chain(("notify",), (f"notify-{number}" for number in itertools.count(2)))
    return next(name for name in names if name.replace("-", "_") not in taken)
