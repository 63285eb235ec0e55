"""The settings of a target as a JSON Schema, for editors: what it takes, as near as a schema can say it."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import Any, cast

from pipeglot_backends.settings import LINE, Flag, Setting, Several, Shape
from pipeglot_backends.targets import BUILT_IN, load


def of_all() -> Mapping[str, dict[str, Any]]:
    return {target: of(target) for target in BUILT_IN}


def versioned() -> tuple[str, ...]:
    """What may stand as `target`: each name, and each with its versions."""
    backends = [load(name) for name in BUILT_IN]
    return tuple(
        each
        for backend in backends
        for each in (backend.NAME, *(f"{backend.NAME}@{version}" for version in backend.VERSIONS))
    )


def table(target: str) -> Mapping[str, Setting]:
    """What pages, too, are written from."""
    return cast("Mapping[str, Setting]", importlib.import_module(f"{BUILT_IN[target]}.settings").SETTINGS)


def of(target: str) -> dict[str, Any]:
    return {
        "description": f"Settings of the target `{target}`.",
        "type": "object",
        "properties": {name: _one(setting) for name, setting in table(target).items()},
        "additionalProperties": False,
    }


def _one(setting: Setting) -> dict[str, Any]:
    found: dict[str, Any] = {"description": told(setting), **_type(setting)}
    if setting.default is not None:
        found["default"] = setting.default
    if setting.example is not None:
        found["examples"] = [setting.example]
    return found


def _type(setting: Setting) -> dict[str, Any]:
    if setting.choices:
        return {"type": "string", "enum": list(setting.choices)}
    if isinstance(setting.example, int) and not isinstance(setting.example, bool):
        return {"type": "integer", "minimum": 1}
    return _shape(setting.form or LINE)


def _shape(shape: Shape) -> dict[str, Any]:
    if isinstance(shape, Flag):
        return {"type": "boolean"}
    if isinstance(shape, Several):
        return {"type": "array", "items": _shape(shape.form)}
    return {"type": "string", "pattern": f"^(?:{shape.pattern})$", "maxLength": shape.longest}


def told(setting: Setting) -> str:
    """All that is to be said of one, on one line."""
    held = f" Only with the operator {' or '.join(f'`{each}`' for each in setting.owners)}." if setting.owners else ""
    return f"{setting.says}{held}{f' Without it: {setting.otherwise}.' if setting.otherwise else ''}"
