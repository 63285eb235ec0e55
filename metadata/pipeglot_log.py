"""What a step's code may say of itself: params, metrics, series, tables, images, tags. Does nothing outside a run.

One file without dependencies, for Python 3.8 and later; it can be copied. Nothing here raises because of what is
recorded: what cannot be is told on standard error, once.

    import pipeglot_log as log

    log.params(lr=0.1, model="logreg")
    for epoch in range(10):
        log.metric("loss", loss, step=epoch)
    log.table("confusion", [{"said": "yes", "was": "no", "count": 3}])
"""

# ruff: noqa: PTH103, PTH118, PTH120, PTH122, PTH123
from __future__ import annotations

import json
import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

__all__ = ["image", "metric", "metrics", "note", "param", "params", "series", "table", "tag", "tags"]

LONGEST = 60 * 1024
"""Bytes of one line: what is longer would not be kept."""
IMAGES = "PIPEGLOT_OUTPUT_IMAGES"
_TOLD: set[str] = set()


def is_in_a_run() -> bool:
    return bool(os.environ.get("PIPEGLOT_EVENTS"))


def param(name: str, value: Any) -> None:
    """What the step was set to; of a name the last word counts."""
    _say("param", name, _plain(value))


def params(given: Mapping[str, Any] | None = None, **named: Any) -> None:
    for name, value in {**(given or {}), **named}.items():
        param(name, value)


def metric(name: str, value: Any, step: float | None = None) -> None:
    """A number, also one that is not finite; with a step it is a point of a series."""
    number = _number(value)
    if number is None:
        _complain(f"metric `{name}` is no number: {value!r:.60}")
    else:
        _say("metric", name, number, step)


def metrics(given: Mapping[str, Any], step: float | None = None) -> None:
    for name, value in given.items():
        metric(name, value, step)


def series(name: str, values: Iterable[Any], start: int = 0) -> None:
    """Points one after the other, in one write."""
    found = [(at, _number(value)) for at, value in enumerate(values, start)]
    if any(value is None for _, value in found):
        _complain(f"series `{name}` has values that are no numbers")
    _write([_line("metric", name, value, at) for at, value in found if value is not None])


def table(name: str, rows: Any) -> None:
    """Rows as dicts, or whatever has `to_dict("records")`, as a frame of pandas. A long one is cut at its end."""
    if hasattr(rows, "to_dict"):
        rows = rows.to_dict("records")
    found = [_plain(dict(row)) for row in rows]
    columns = list(dict.fromkeys(str(key) for row in found for key in row))
    cells = [[row.get(key) for key in columns] for row in found]
    content: dict[str, Any] = {"columns": columns, "rows": cells}
    while cells and len(json.dumps(content)) > LONGEST // 2:
        cells = cells[: len(cells) // 2]
        content = {"columns": columns, "rows": cells, "of": len(found)}
    _say("note", name, {"table": content})


def image(name: str, content: Any, step: int | None = None) -> None:
    """Bytes, a path, a figure of matplotlib or an image of Pillow.

    It is kept in the artifact `images` of the step, where that is declared: `images: {artifact: directory}`. What is
    recorded is its hash and its size.
    """
    if not is_in_a_run():
        return
    try:
        raw, ending = _bytes(content)
        file = f"{name}{'' if step is None else f'.{step}'}.{ending}"
        from hashlib import sha256

        value = {"image": {"sha256": sha256(raw).hexdigest(), "size": len(raw)}}
        if os.environ.get(IMAGES):
            value["image"]["file"] = file
            place = os.path.join(os.environ[IMAGES], *[part for part in file.split("/") if part not in ("", ".", "..")])
            os.makedirs(os.path.dirname(place), exist_ok=True)
            with open(place, "wb") as out:
                out.write(raw)
    except (OSError, TypeError, ValueError) as fault:
        _complain(f"image `{name}` is not kept: {fault}")
        return
    _say("note", name, value, step)


def tag(name: str, value: Any) -> None:
    _say("tag", name, _plain(value))


def tags(given: Mapping[str, Any] | None = None, **named: Any) -> None:
    for name, value in {**(given or {}), **named}.items():
        tag(name, value)


def note(text: str) -> None:
    _say("note", "note", text)


def _bytes(content: Any) -> tuple[bytes, str]:
    """And the ending of the file."""
    from io import BytesIO

    if isinstance(content, (bytes, bytearray)):
        raw = bytes(content)
        return raw, "jpg" if raw.startswith(b"\xff\xd8") else "png"
    if isinstance(content, str) or hasattr(content, "__fspath__"):
        path = str(os.fspath(content))
        with open(path, "rb") as file:
            return file.read(), os.path.splitext(path)[1].lstrip(".") or "png"
    held = BytesIO()
    if hasattr(content, "savefig"):
        content.savefig(held, format="png")
    elif hasattr(content, "save"):
        content.save(held, format="PNG")
    else:
        raise TypeError(f"{type(content).__name__} is no image")
    return held.getvalue(), "png"


def _number(value: Any) -> Any:
    """A number of Python, of whatever knows to be one: NumPy's, a tensor of one element."""
    if isinstance(value, (bool, int, float)):
        return value
    if isinstance(value, (str, bytes)):
        return None
    try:
        return value.item() if hasattr(value, "item") else float(value)
    except (TypeError, ValueError, RuntimeError):
        return None


def _plain(value: Any) -> Any:
    """As JSON has it; what it has not, as text."""
    if value is None or isinstance(value, (str, bool, int, float)):
        return value
    if hasattr(value, "items"):
        return {str(key): _plain(part) for key, part in value.items()}
    if type(value) in (list, tuple, set):
        return [_plain(part) for part in value]
    number = _number(value) if hasattr(value, "item") or hasattr(value, "__float__") else None
    return str(value) if number is None else number


def _line(kind: str, name: str, value: Any, step: Any = None) -> bytes:
    fields = {kind: str(name), "value": "" if value is None else value}
    at = None if step is None else _number(step)
    return json.dumps(fields if at is None else {**fields, "step": at}).encode("ascii") + b"\n"


def _say(kind: str, name: str, value: Any, step: Any = None) -> None:
    line = _line(kind, name, value, step)
    if len(line) > LONGEST:
        _complain(f"{kind} `{name}` is too long to be recorded")
    else:
        _write([line])


def _write(lines: list[bytes]) -> None:
    """Whole lines by one write each, so that threads and processes may speak at once."""
    if not is_in_a_run() or not lines:
        return
    try:
        descriptor = os.open(os.environ["PIPEGLOT_EVENTS"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o666)
        try:
            os.write(descriptor, b"".join(lines))
        finally:
            os.close(descriptor)
    except OSError as fault:
        _complain(f"nothing can be recorded: {fault}")


def _complain(text: str) -> None:
    if text not in _TOLD and is_in_a_run():
        _TOLD.add(text)
        sys.stderr.write(f"pipeglot_log: {text}\n")
