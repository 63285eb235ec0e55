"""What was captured of the logs of failed attempts: their last words, which stand in the record itself."""

from __future__ import annotations

from collections.abc import Mapping

from pipeglot.ir import Json
from pipeglot_records.answering.rows import LogRow
from pipeglot_records.model.json_values import integer, mapping, sequence, text
from pipeglot_records.show.item_names import told_apart

LOGS = "logs."


def captured(picture: Mapping[str, Json], step: str) -> list[LogRow]:
    """Of a run as `show --format json` has it."""
    steps = [mapping(each) for each in sequence(picture.get("steps"))]
    found = next((each for each in steps if each.get("step") == step), mapping(None))
    if found.get("items") is None:
        return _of_place(found, step, step)
    items = [mapping(item) for item in sequence(found.get("items"))]
    names = told_apart({str(item.get("item")): mapping(item.get("item_value")) for item in items})
    return [row for item in items for row in _of_place(item, step, f"{step}[{names[str(item.get('item'))]}]")]


def _of_place(place: Mapping[str, Json], step: str, name: str) -> list[LogRow]:
    rows: list[LogRow] = []
    for count, one in enumerate(map(mapping, sequence(place.get("attempts"))), 1):
        pieces = {
            int(at): text(remark.get("value")) or ""
            for remark in map(mapping, sequence(one.get("remarks")))
            if (at := (text(remark.get("name")) or "").removeprefix(LOGS)).isdecimal()
            and remark.get("kind") == "captured"
        }
        if pieces:
            said = "".join(pieces[at] for at in sorted(pieces))
            number = integer(one.get("number")) or count
            rows.append({"step": step, "item": text(place.get("item")), "name": name, "attempt": number, "text": said})
    return rows
