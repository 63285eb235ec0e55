"""Declared outputs: values with a type, artifacts with a file name."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from pipeglot.analysis.collector import Collector
from pipeglot.analysis.secrecy import check_output
from pipeglot.analysis.sizes import check_value
from pipeglot.ir import Json, Output
from pipeglot.spec.merging import Path
from pipeglot_expression.values import WireFault, convert, with_article

if TYPE_CHECKING:
    from pipeglot.spec.schema import models

EXECUTED = "notebook"
_NOT_ENDINGS = "_+-"


def outputs(spec: models.Step, path: Path, collector: Collector) -> dict[str, Output]:
    """Those that a step declares; a notebook leaves itself too, with what its cells said."""
    entries = cast("dict[str, dict[str, Json]]", spec.get("outputs", {}))
    found = {name: _output(name, entry, (*path, "outputs", name), collector) for name, entry in entries.items()}
    if "notebook" in spec and EXECUTED in found:
        message = f"`{EXECUTED}` is the output that every notebook leaves: its executed copy"
        collector.report("PG315", message, (*path, "outputs", EXECUTED), key=True)
    elif "notebook" in spec:
        origin, file = collector.origin(*path, "notebook"), file_name(EXECUTED, "ipynb")
        found[EXECUTED] = Output(EXECUTED, origin, artifact="report", format="ipynb", file=file)
    return found


def _output(name: str, entry: dict[str, Json], path: Path, collector: Collector) -> Output:
    output = Output(
        name,
        collector.origin(*path),
        optional=bool(entry.get("optional", False)),
        sensitive=bool(entry.get("sensitive", False)),
        description=str(entry.get("description", "")),
        format=_text(entry.get("format")),
    )
    if "artifact" in entry:
        output.artifact = str(entry["artifact"])
        output.file = file_name(name, output.format)
        output.register = _text(entry.get("register"))
        return output
    output.type = declared_type(entry, path, collector)
    check_output(name, entry, path, collector)
    if "default" in entry:
        output.default = entry["default"]
        check_value(entry["default"], f"the default of output `{name}`", (*path, "default"), collector)
        try:
            output.default = convert(entry["default"], output.type)  # type: ignore[assignment]  # JSON in, JSON out
        except WireFault as fault:
            message = f"the default of output `{name}` is not {with_article(output.type)}: {fault.message}"
            collector.report("PG312", message, (*path, "default"))
    return output


def declared_type(entry: dict[str, Json], path: Path, collector: Collector) -> str:
    """The type of an entry with `type` and perhaps `items`: `list` with `items: int` is `list[int]`."""
    kind, items = str(entry["type"]), entry.get("items")
    if items is None:
        return kind
    if kind != "list":
        collector.report("PG312", f"`items` is the type of a list's elements, and {with_article(kind)} has none",
                     (*path, "items"))  # fmt: skip
        return kind
    return kind if items == "any" else f"list[{items}]"


def file_name(name: str, format: str | None) -> str:
    """An artifact's file: its `format` ends the name when it is a file ending (`csv`, `tar.gz`)."""
    if format is None or not format.replace(".", "").isalnum() or format != format.lower():
        return name
    return f"{name}.{format}"


def _text(value: Json) -> str | None:
    return value if isinstance(value, str) else None
