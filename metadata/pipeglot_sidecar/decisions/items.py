"""The items of a fan-out: the elements of a list, or of a file of JSON, which may be a long one."""

from __future__ import annotations

from pipeglot_expression.evaluate import ExpressionFault, evaluate, evaluate_as
from pipeglot_expression.values import Artifact, WireFault, convert, read_json, to_wire
from pipeglot_sidecar.artifacts.decoding import encoded
from pipeglot_sidecar.artifacts.transfer import fetch_awaited
from pipeglot_sidecar.faults import Trouble

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipeglot_expression.values import Value
    from pipeglot_sidecar.decisions.scope import Scope
    from pipeglot_sidecar.inputs.step_table import Table


def count_items(table: Table, scope: Scope) -> int:
    """How many there are. Of a file every element is looked at: a list that is wrong fails once, not item by item."""
    file = _list_file(table, scope)
    if file is None:
        return len(_listed(table, scope))
    count = 0
    for place, text in _elements(table, file):
        _element(table, place, text)
        count += 1
    return count


def chosen_item(table: Table, scope: Scope, index: int | None) -> None:
    """The item of a step that is fanned out."""
    if table.fan_out is None:
        return
    file = _list_file(table, scope)
    items = _listed(table, scope) if file is None else None
    if index is not None and items is not None and index < len(items):
        scope.item = items[index]
        return
    count = len(items or ())
    for place, text in _elements(table, file) if file is not None else ():
        if count == index:
            scope.item = _element(table, place, text)
            return
        count += 1
    raise Trouble(f"PIPEGLOT_INDEX is {index}, and `{table.id}` is fanned out over {count} items")


def _listed(table: Table, scope: Scope) -> list[Value]:
    assert table.fan_out is not None
    items = evaluate_as(table.fan_out["items"], scope, f"list[{table.fan_out['item_type']}]")
    assert isinstance(items, list)
    return items


def _list_file(table: Table, scope: Scope) -> Artifact | None:
    if table.fan_out is None or "format" not in table.fan_out:
        return None
    found = evaluate(table.fan_out["items"], scope)
    if not isinstance(found, Artifact):
        raise Trouble(f"the list of `{table.id}` is no artifact")
    fetch_awaited()
    scope.listed = [found]
    return found


def _elements(table: Table, file: Artifact) -> Iterator[tuple[str, Value]]:
    """Each with the place where it stands; of `jsonl` still as text, as most are not wanted."""
    assert table.fan_out is not None
    by_line = table.fan_out["format"] == "jsonl"
    try:
        with open(encoded(file.path), encoding="utf-8") as opened:
            if by_line:
                for number, line in enumerate(opened, 1):
                    if line.strip():
                        yield f"line {number}", line
                return
            found = read_json(opened.read())
    except (OSError, UnicodeDecodeError, WireFault) as fault:
        reason = fault.message if isinstance(fault, WireFault) else getattr(fault, "strerror", None) or "it is no UTF-8"
        raise ExpressionFault(f"the list of `{table.id}` cannot be read from `{file.source}`: {reason}") from None
    if not isinstance(found, list):
        raise ExpressionFault(f"the list of `{table.id}` cannot be read from `{file.source}`: it is no list")
    for number, value in enumerate(found):
        yield f"element {number}", value


def _element(table: Table, place: str, found: Value) -> Value:
    assert table.fan_out is not None
    wanted = table.fan_out["item_type"]
    try:
        parsed = read_json(found) if isinstance(found, str) and table.fan_out["format"] == "jsonl" else found
        value = convert(parsed, wanted)
        to_wire(value)
    except WireFault as fault:
        message = f"{place} of the list of `{table.id}`: {fault.message}"
        raise (ExpressionFault(message) if fault.reason == "bad-output" else WireFault(fault.reason, message)) from None
    return value
