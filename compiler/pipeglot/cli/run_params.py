"""Run parameters as given by `-p` and `--params-file`, checked against those of the pipeline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import cast

from pipeglot.diagnostics import Diagnostic, SpecRejected
from pipeglot.diagnostics.suggestions import nearest
from pipeglot.ir import MISSING, Json, Param, Pipeline
from pipeglot_expression.limits import check_limits, typed
from pipeglot_expression.values import WireFault, convert, parse_typed


def given(pipeline: Pipeline, pairs: Sequence[str], file: str | None) -> dict[str, Json]:
    """What was said of this run's params, by name; not those left to their defaults. Raises `SpecRejected`."""
    found: list[Diagnostic] = []
    known = {param.name: param for param in pipeline.params}
    values = dict(_filed(file, known, found)) if file else {}
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
        raise SpecRejected(found)
    return values


def complete(pipeline: Pipeline, values: Mapping[str, Json]) -> dict[str, Json]:
    """All params of a run: what was given, else the default."""
    defaults = {param.name: param.default for param in pipeline.params if param.default is not MISSING}
    return {**defaults, **values}


def _filed(file: str, known: Mapping[str, Param], found: list[Diagnostic]) -> dict[str, Json]:
    from pipeglot.syntax.reader import read_file

    source = read_file(Path(file))
    values: dict[str, Json] = {}
    for name, value in source.data.items():
        if name not in known:
            found.append(_unknown(name, known))
            continue
        param = known[name]
        try:
            values[name] = _checked(param, cast(Json, convert(value, typed(param.type, param.limits))), found)
        except WireFault as fault:
            found.append(Diagnostic("PG501", f"param `{name}` in `{file}`: {fault.message}"))
    return values


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
