"""What the last attempt of a step left, as another run can take it: looked at before anything of that run starts."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from pipeglot.contents import digest_of
from pipeglot.ir import Json, Missing
from pipeglot_backends.local.taken import Fields, Taken
from pipeglot_expression.values import ABSENT, convert, to_wire
from pipeglot_records.model.json_values import mapping, text
from pipeglot_records.model.run_view import StepRun
from pipeglot_records.store.details import Details as Details
from pipeglot_records.store.details import details as details

KEPT = ("definition", "inputs", "lineage", "item_value")
"""What the start of an attempt says that holds of its outputs wherever they are taken."""


class Untaken(Exception):
    """Why what an attempt left cannot be taken, as a sentence that goes on after the name of the step."""


def taken(run: str, place: StepRun, optional: frozenset[str], known: Details) -> Taken:
    """Raises `Untaken`. `optional` are outputs that may not be there."""
    attempt = place.last
    if attempt is None:
        raise Untaken("left no attempt in the record")
    texts, files = dict[str, str](), dict[str, Path]()
    for port in place.definition.outputs:
        entry = attempt.outputs.get(port.name)
        if entry is None:
            texts[port.name] = _unwritten(port.name, port.default, port.name in optional)
        elif "digest" in entry:
            texts[port.name] = to_wire(_address(port.name, entry, files))
        else:
            texts[port.name] = _value(port.name, port.type, entry)
    source = mapping(attempt.start.get("reused")) or {"run": run, "attempt": attempt.id}
    return Taken(
        run=str(source.get("run")),
        attempt=str(source.get("attempt")),
        start={key: attempt.start[key] for key in KEPT if key in attempt.start},
        outputs={name: _told(entry) for name, entry in attempt.outputs.items()},
        texts=texts,
        files=files,
        metrics=tuple(
            {"name": each.name, "value": each.value, "at": each.at}
            for each in known.metrics.get(attempt.id, ())
            if each.value is not None
        ),
    )


def _told(entry: Fields) -> dict[str, Json]:
    return {key: value for key, value in entry.items() if key in _FIELDS}


_FIELDS = ("name", "value", "redacted", "kind", "digest", "size", "files", "uri")


def _unwritten(name: str, default: Json | Missing, optional: bool) -> str:
    if not isinstance(default, Missing):
        return to_wire(default)
    if optional:
        return to_wire(ABSENT)
    raise Untaken(f"its output `{name}` is not in the record")


def _value(name: str, type: str, entry: Fields) -> str:
    if entry.get("redacted") is True:
        raise Untaken(f"its output `{name}` is sensitive, so that no record holds it")
    if set(mapping(entry.get("value"))) == {"cut", "size"}:
        raise Untaken(f"its output `{name}` is too large for the record, which holds the beginning alone")
    return to_wire(convert(entry.get("value"), type))


def _address(name: str, entry: Fields, files: dict[str, Path]) -> str:
    """Where the artifact is: in a store, which holds each file to its digest when it is read, or in a folder."""
    uri = (text(entry.get("uri")) or "").removeprefix("file://")
    if not uri:
        raise Untaken(f"the record does not say where its output `{name}` is")
    if "://" in uri:
        return uri
    files[name] = Path(uri)
    try:
        found = digest_of(files[name])
    except OSError:
        raise Untaken(f"its output `{name}` is not there any more: `{uri}`") from None
    if found != dict(mapping(entry.get("digest"))):
        raise Untaken(f"its output `{name}` is not what it was: `{uri}`")
    return uri


def optional_outputs(entry: Mapping[str, Json]) -> frozenset[str]:
    """Of a step of a definition."""
    ports = mapping(entry.get("outputs"))
    return frozenset(name for name, port in ports.items() if mapping(port).get("optional") is True)
