"""Templates of other engines in the texts of a step, and words of a shell: plain text here, unknown to their writer."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from pipeglot.analysis.collector import Collector
from pipeglot.diagnostics import Severity
from pipeglot.diagnostics.sources import Json
from pipeglot.spec.merging import Path

_WORD = r"[A-Za-z_][A-Za-z0-9_-]*"
_BRACES = re.compile(rf"(?<!\$)\{{\{{-?\s{{0,9}}(?P<name>{_WORD}(?:\.{_WORD}){{0,9}})\b[^{{}}\n]{{0,200}}\}}\}}")
_PARENTHESES = re.compile(
    r"(?<!\$)\$\((?P<name>(?:params|inputs|tasks|context|workspaces|results|steps)\.[^()\s]{1,200})\)"
)
_SHELL = re.compile(rf"(?<!\$)\$\{{(?P<name>(?:params|inputs|steps|matrix)\.{_WORD}(?:\.{_WORD}){{0,4}})\}}")
_KINDS: Final = (("{{", _BRACES), ("$(", _PARENTHESES), ("${", _SHELL))
_ENGINES: Final = frozenset(
    (
        *("params", "inputs", "outputs", "steps", "tasks", "item", "matrix", "workflow", "pod", "retries"),
        *("ds", "ts", "ds_nodash", "ts_nodash", "execution_date", "logical_date", "data_interval_start"),
        *("data_interval_end", "prev_ds", "next_ds", "yesterday_ds", "tomorrow_ds", "dag", "dag_run", "run_id", "ti"),
        *(
            "task_instance",
            "var",
            "conn",
            "macros",
            "task",
            "cronworkflow",
            "context",
            "workspaces",
            "results",
            "secrets",
        ),
    )
)
_WHOLE: Final[Mapping[str, str]] = {
    "workflow.uid": "run.id",
    "workflow.name": "pipeline.name",
    "run_id": "run.id",
    "dag_run.run_id": "run.id",
    "dag.dag_id": "pipeline.name",
    "retries": "run.attempt",
    "item": "item",
    **dict.fromkeys(
        ("ds", "ts", "execution_date", "logical_date", "data_interval_start", "workflow.scheduledTime"),
        "default(run.scheduled_time, '')",
    ),
}
_SHAPES: Final[tuple[tuple[re.Pattern[str], str], ...]] = tuple(
    (re.compile(shape), put)
    for shape, put in (
        (r"workflow\.parameters\.(\w+)", r"params.\1"),
        (r"inputs\.(?:parameters|artifacts)\.(\w+)(?:\.path)?", r"inputs.\1"),
        (r"outputs\.(?:parameters|artifacts)\.(\w+)(?:\.path)?", r"outputs.\1"),
        (r"(?:steps|tasks)\.([\w-]+)\.outputs\.(?:parameters|artifacts)\.(\w+)", r"steps.\1.outputs.\2"),
        (r"(?:steps|tasks)\.([\w-]+)\.results\.(\w+)", r"steps.\1.outputs.\2"),
        (r"((?:params|inputs|outputs|item|matrix)\.\w+)", r"\1"),
        (r"steps\.([\w-]+)\.outputs\.(\w+)", r"steps.\1.outputs.\2"),
    )
)

_OF_SHELLS: Final = (">", ">>", "<", "|", "&&", "||", "2>", "2>&1", "&>")
_COMPARING: Final = (["expr"], ["test"], ["["])
"""Programs that take such words as arguments."""


def warn(value: Json, path: Path, spec: Mapping[str, Json], collector: Collector) -> None:
    """Of every text below a value of a step, the first template in it."""
    for place, text in _texts(value, ()):
        found = next(filter(None, (_first(text, *each) for each in _KINDS)), None)
        if found is not None:
            message = f"`{found.group()[:60]}` is plain text here: it looks like a template of another engine"
            meant = _meant(found["name"])
            there = meant is not None and _is_there(meant, spec, collector.merged.data)
            hint = f"write `${{{{ {meant} }}}}`" if there else None
            collector.report(
                "PG337", message, (*path, *place), offset=found.span(), hint=hint, severity=Severity.WARNING
            )


def warn_of_shells(run: Json, path: Path, collector: Collector) -> None:
    """Of a list of arguments, the first that only a shell would take for more."""
    words = run if isinstance(run, list) and run[:1] not in _COMPARING else ()
    for number, word in enumerate(words):
        if word in _OF_SHELLS:
            message = f"`{word}` is an argument like any other here: a list is run as it is, and no shell reads it"
            hint = "write `run` as a text, which is a script"
            collector.report("PG345", message, (*path, number), hint=hint, severity=Severity.WARNING)
            return


def _is_there(meant: str, spec: Mapping[str, Json], data: Mapping[str, Json]) -> bool:
    """Whether a hint can be followed: nobody is sent to a name that is not there."""
    context, *rest = meant.split(".")
    if context in ("item", "matrix"):
        return {"item": "foreach"}.get(context, context) in spec
    owner = {"params": data, "steps": data, "inputs": spec, "outputs": spec}.get(context)
    names = owner.get(context) if owner is not None else None
    return owner is None or (isinstance(names, dict) and bool(rest) and rest[0] in names)


def _first(text: str, mark: str, pattern: re.Pattern[str]) -> re.Match[str] | None:
    if mark not in text:
        return None
    return next((match for match in pattern.finditer(text) if match["name"].partition(".")[0] in _ENGINES), None)


def _meant(name: str) -> str | None:
    if name in _WHOLE:
        return _WHOLE[name]
    found = ((shape.fullmatch(name), put) for shape, put in _SHAPES)
    return next((match.expand(put) for match, put in found if match), None)


def _texts(value: Json, path: Path) -> Iterator[tuple[Path, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, list | dict):
        for key, part in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _texts(part, (*path, key))
