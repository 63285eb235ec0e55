"""Events within 64 KiB: what is too long in them is cut, in the same way on every engine."""

from __future__ import annotations

import json

from pipeglot_expression.runtime.identity import light_hash

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

ROOM_FOR_VALUES = 48 * 1024
ROOM_FOR_ITEM = 4 * 1024
ROOM_FOR_TEXT = 8 * 1024
ROOM_FOR_MESSAGE = 2000


def truncated(event: dict[str, Any]) -> dict[str, Any]:
    """Long values become `{"cut": sha256, "size": bytes}` of their JSON, the longest first; text keeps its start."""
    if "value" in event:
        event["value"] = shortened_value(event["value"], ROOM_FOR_VALUES)
    if "value" in event.get("item_value", ()):
        event["item_value"] = {"value": shortened_value(event["item_value"]["value"], ROOM_FOR_ITEM)}
    if "inputs" in event:
        event["inputs"] = shortened_inputs(event["inputs"])
    if "argv" in event:
        event["argv"] = shortened_argv(event["argv"])
    message = event.get("message")
    if message and len(message) > ROOM_FOR_MESSAGE:
        event["message"] = message[: ROOM_FOR_MESSAGE - 1] + "…"
    return event


def shortened_value(value: Any, room: int) -> Any:
    text = _plain(value)
    return _cut(text) if len(text) > room else value


def shortened_inputs(inputs: dict[str, Any]) -> dict[str, Any]:
    texts = {name: _plain(entry["value"]) for name, entry in inputs.items() if "value" in entry}
    total = sum(len(text) for text in texts.values())
    shown = dict(inputs)
    for name in sorted(texts, key=lambda name: (-len(texts[name]), name)):
        if total <= ROOM_FOR_VALUES:
            break
        total -= len(texts[name])
        shown[name] = {"value": _cut(texts[name])}
    return shown


def shortened_argv(argv: list[str]) -> list[str]:
    room = ROOM_FOR_TEXT
    kept: list[str] = []
    for argument in argv:
        if len(_plain(argument)) > room:
            return [*kept, "…"]
        room -= len(_plain(argument))
        kept.append(argument)
    return kept


def _cut(text: str) -> dict[str, Any]:
    return {"cut": light_hash("sha256", text.encode("ascii")).hex(), "size": len(text)}


def _plain(value: Any) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"))
