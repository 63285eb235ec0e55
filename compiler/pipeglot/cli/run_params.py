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
from pipeglot.rendering import redaction
from pipeglot_expression.limits import check_limits, typed
from pipeglot_expression.values import WireFault, convert, parse_typed, read_json, to_wire, with_article

NO_FILE: Final = Source("", "", {})


@dataclass(frozen=True, slots=True)
class Filed:
    """What a file gives, and where its names and values stand."""

    source: Source = NO_FILE
    names: Mapping[str, Place] = field(default_factory=dict[str, Place])
    places: Mapping[str, Place] = field(default_factory=dict[str, Place])


def given(
    pipeline: Pipeline, pairs: Sequence[str], file: str | None, before: Mapping[str, Json] | None = None
) -> dict[str, Json]:
    """What was said of this run's params, by name; not those left to their defaults. Raises `SpecRejected`.

    `before` are the values of an earlier run, which hold where nothing else is said.
    """
    found: list[Diagnostic] = []
    known = {param.name: param for param in pipeline.params}
    filed = _read(file, known) if file else Filed()
    values = {**_kept(before or {}, known, found), **_filed(filed, known, found)}
    _hide_typed(known, pairs)
    for pair in pairs:
        name, separator, text = pair.partition("=")
        if not separator:
            # perhaps a value alone, and perhaps nobody's to see
            shown = name if name in known else "…"
            found.append(Diagnostic("PG506", f"`-p {shown}` gives no value", hint=f"write `-p {shown}=…`"))
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


def shown(pipeline: Pipeline, values: Mapping[str, Json]) -> dict[str, Json]:
    """As the record has them: those that are sensitive without their values."""
    hidden = {param.name for param in pipeline.params if param.sensitive}
    return {name: {"redacted": True} if name in hidden else {"value": value} for name, value in values.items()}


def _kept(before: Mapping[str, Json], known: Mapping[str, Param], found: list[Diagnostic]) -> dict[str, Json]:
    """Of an earlier run; of params that there are not any more nothing."""
    return {name: _converted(known[name], value, "", found) for name, value in before.items() if name in known}


def _read(file: str, known: Mapping[str, Param]) -> Filed:
    try:
        return _read_json(file) if file.lower().endswith(".json") else _read_yaml(file)
    except SpecRejected as rejected:
        if not any(param.sensitive for param in known.values()):
            raise
        raise SpecRejected(_unseen(each, file) for each in rejected.diagnostics) from None


def _read_json(file: str) -> Filed:
    from pipeglot.syntax.json_reading import read_json_file

    found = read_json_file(Path(file))
    return Filed(found.source, found.names, found.places)


def _read_yaml(file: str) -> Filed:
    from pipeglot.syntax.reader import read_file

    source = read_file(Path(file))
    places = {name: Origin(source.name, (name,)) for name in source.data}
    return Filed(source, places, places)


def _filed(filed: Filed, known: Mapping[str, Param], found: list[Diagnostic]) -> dict[str, Json]:
    """Where a param is sensitive, no line of the file is shown: it may hold the value."""
    seen = not any(param.sensitive for param in known.values())
    values: dict[str, Json] = {}
    for name, value in filed.source.data.items():
        said: list[Diagnostic] = []
        if name in known:
            values[name] = _converted(known[name], value, filed.source.name, said)
            place = filed.places[name]
        else:
            said.append(_unknown(name, known))
            place = filed.names[name]
        found += (replace(each, origin=place, key=name not in known) if seen else each for each in said)
    return values


def _converted(param: Param, value: Json, file: str, found: list[Diagnostic]) -> Json:
    if param.sensitive:
        redaction.remember(value)
    try:
        return _checked(param, cast(Json, convert(value, typed(param.type, param.limits))), found)
    except WireFault as fault:
        found.append(_bad(param, fault.message, f" in `{file}`"))
        return None


def _value(param: Param, text: str, found: list[Diagnostic]) -> Json:
    try:
        return _checked(param, cast(Json, parse_typed(text, typed(param.type, param.limits))), found)
    except WireFault as fault:
        found.append(_bad(param, fault.message))
        return None


def _checked(param: Param, value: Json, found: list[Diagnostic]) -> Json:
    fault = check_limits(value, param.type, param.limits)
    if fault:
        found.append(_bad(param, fault))
        return value
    try:
        to_wire(value)
    except WireFault as too_large:
        hint = "write it to a file, and give the step the path"
        found.append(Diagnostic("PG501", f"param `{param.name}`: {too_large.message}", hint=hint))
    return value


def _unseen(diagnostic: Diagnostic, file: str) -> Diagnostic:
    """What is wrong with a file of which no line may be shown."""
    if diagnostic.origin is None:
        return diagnostic
    message = f"`{file}` cannot be read, and its lines are not shown: the pipeline has params that are sensitive"
    return Diagnostic(diagnostic.code, message, hint=f"`pipeglot explain {diagnostic.code}` says what is wrong")


def _bad(param: Param, fault: str, where: str = "") -> Diagnostic:
    """Of a sensitive one not what is wrong with it: that would say what it is."""
    text = f"the value is not {with_article(typed(param.type, param.limits))} that meets its limits; it is sensitive"
    return Diagnostic("PG501", f"param `{param.name}`{where}: {text if param.sensitive else fault}")


def _hide_typed(known: Mapping[str, Param], pairs: Sequence[str]) -> None:
    """What was typed, and what it says, before anything is said of it."""
    for pair in pairs:
        name, _, text = pair.partition("=")
        if name in known and known[name].sensitive:
            redaction.remember(text, _json(text))


def _json(text: str) -> object:
    try:
        return read_json(text)
    except WireFault:
        return None


def _unknown(name: str, known: Mapping[str, Param]) -> Diagnostic:
    near = nearest(name, known)
    hint = f"did you mean `{near}`?" if near else None
    listed = ", ".join(f"`{each}`" for each in known) or "none"
    return Diagnostic("PG500", f"the pipeline has no param `{name}`; it has {listed}", hint=hint)
