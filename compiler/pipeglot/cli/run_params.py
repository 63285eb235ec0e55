"""Run parameters as given by `-p` and `--params-file`, checked against those of the pipeline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final, cast

from pipeglot.diagnostics import Diagnostic, SpecRejected
from pipeglot.diagnostics.origins import Origin, Place
from pipeglot.diagnostics.sources import Source
from pipeglot.diagnostics.suggestions import nearest
from pipeglot.ir import MISSING, Json, Param, Pipeline
from pipeglot_expression.limits import check_limits, typed
from pipeglot_expression.values import WireFault, convert, parse_typed

NO_FILE: Final = Source("", "", {})


@dataclass(frozen=True, slots=True)
class Filed:
    """What a file gives, and where its names and values stand."""

    source: Source = NO_FILE
    names: Mapping[str, Place] = field(default_factory=dict[str, Place])
    places: Mapping[str, Place] = field(default_factory=dict[str, Place])


def given(pipeline: Pipeline, pairs: Sequence[str], file: str | None) -> dict[str, Json]:
    """What was said of this run's params, by name; not those left to their defaults. Raises `SpecRejected`."""
    found: list[Diagnostic] = []
    known = {param.name: param for param in pipeline.params}
    filed = _read(file) if file else Filed()
    values = _filed(filed, known, found)
    for pair in pairs:
        name, separator, text = pair.partition("=")
        if not separator:
            found.append(Diagnostic("PG506", f"`-p {pair}` gives no value", hint=f"write `-p {pair}=…`"))
        elif name not in known:
            found.append(_unknown(name, known))
        else:
            values[name] = _value(known[name], text, found)
    for param in pipeline.params:
        if param.default is MISSING and param.name not in values:
            hint = f"give it by `-p {param.name}=…`"
            found.append(Diagnostic("PG505", f"param `{param.name}` has no default, and no value was given", hint=hint))
    if found:
        raise SpecRejected(found, (filed.source,) if file else ())
    return values


def complete(pipeline: Pipeline, values: Mapping[str, Json]) -> dict[str, Json]:
    """All params of a run: what was given, else the default."""
    defaults = {param.name: param.default for param in pipeline.params if param.default is not MISSING}
    return {**defaults, **values}


def _read(file: str) -> Filed:
    if file.lower().endswith(".json"):
        from pipeglot.spec.json_reading import read_json_file

        found = read_json_file(Path(file))
        return Filed(found.source, found.names, found.places)
    from pipeglot.syntax.reader import read_file

    source = read_file(Path(file))
    places = {name: Origin(source.name, (name,)) for name in source.data}
    return Filed(source, places, places)


def _filed(filed: Filed, known: Mapping[str, Param], found: list[Diagnostic]) -> dict[str, Json]:
    values: dict[str, Json] = {}
    for name, value in filed.source.data.items():
        if name not in known:
            found.append(replace(_unknown(name, known), origin=filed.names[name], key=True))
            continue
        said: list[Diagnostic] = []
        values[name] = _converted(known[name], value, filed.source.name, said)
        found += (replace(each, origin=filed.places[name]) for each in said)
    return values


def _converted(param: Param, value: Json, file: str, found: list[Diagnostic]) -> Json:
    try:
        return _checked(param, cast(Json, convert(value, typed(param.type, param.limits))), found)
    except WireFault as fault:
        found.append(Diagnostic("PG501", f"param `{param.name}` in `{file}`: {fault.message}"))
        return None


def _value(param: Param, text: str, found: list[Diagnostic]) -> Json:
    try:
        return _checked(param, cast(Json, parse_typed(text, typed(param.type, param.limits))), found)
    except WireFault as fault:
        found.append(Diagnostic("PG501", f"param `{param.name}`: {fault.message}"))
        return None


def _checked(param: Param, value: Json, found: list[Diagnostic]) -> Json:
    fault = check_limits(value, param.type, param.limits)
    if fault:
        found.append(Diagnostic("PG501", f"param `{param.name}`: {fault}"))
    return value


def _unknown(name: str, known: Mapping[str, Param]) -> Diagnostic:
    near = nearest(name, known)
    hint = f"did you mean `{near}`?" if near else None
    listed = ", ".join(f"`{each}`" for each in known) or "none"
    return Diagnostic("PG500", f"the pipeline has no param `{name}`; it has {listed}", hint=hint)
