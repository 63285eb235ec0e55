"""What expressions can read, by its shape: `params.NAME`, `steps.ID.outputs.NAME`, `item`, …"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeglot_expression.spelling import nearest

if TYPE_CHECKING:
    from typing import TypeAlias

FIELDS = {"run": ("id", "scheduled_time", "attempt", "status", "failed_steps"), "pipeline": ("name",)}
STEP_PARTS = ("outputs", "status", "indices")
NAMED = ("params", "inputs", "outputs", "matrix")
CONTEXTS = ("params", "steps", "inputs", "outputs", "item", "index", "matrix", "run", "pipeline")
FUNCTIONS = {"default": (2, 2), "first_of": (2, None), "length": (1, 1), "join": (2, 2), "json": (1, 1), "args": (1, 1)}

_NO_NULL = "there is no null in expressions: a value is there or absent, which `default` and `first_of` ask"
_OTHERS = "this is a word of another tool: expressions read params, steps, inputs, outputs and the run"
_NO_WORDS = {
    **dict.fromkeys(("null", "None", "nil", "none", "NULL", "undefined"), _NO_NULL),
    "if": "there is no `if` in expressions: a step's `when` chooses",
    "else": "there is no `else` in expressions: a step's `when` chooses",
    "is": "there is no `is` in expressions",
    "lambda": "there are no functions of one's own in expressions",
    "for": "there are no loops in expressions: `foreach` and `matrix` repeat a step",
    "env": "expressions do not read the environment",
    "secrets": "expressions do not read secrets: `env` hands them on, `{secret: NAME, key: KEY}`",
    **dict.fromkeys(("github", "gitlab", "runner", "vars", "ds", "ti", "macros", "dag", "workflow"), _OTHERS),
}
_MEANT = {
    "True": "true",
    "TRUE": "true",
    "False": "false",
    "FALSE": "false",
    "AND": "and",
    "OR": "or",
    "NOT": "not",
    "IN": "in",
    "is": "==",
    "tasks": "steps",
    "jobs": "steps",
    "parameters": "params",
    "ds": "run.scheduled_time",
    "workflow": "run",
}
_MEANT_FUNCTIONS = {
    "len": "length",
    "size": "length",
    "count": "length",
    "coalesce": "first_of",
    "toJSON": "json",
    "tojson": "json",
    "to_json": "json",
}

Said: TypeAlias = "tuple[str, str | None]"
"""A message and its hint."""


def unknown_name(name: str) -> Said:
    """Why a word that begins a value is none."""
    if name in FUNCTIONS:
        return f"`{name}` is a function, which is called: `{name}(…)`", None
    hint = _NO_WORDS.get(name)
    meant = _MEANT.get(name)
    if hint is not None:
        return hint, f"write `{meant}`" if meant else None
    if meant in ("true", "false", "and", "or", "not", "in"):
        return f"`{name}` is written in lower case", f"write `{meant}`"
    if "-" in name and name.partition("-")[0] in CONTEXTS:
        return f"`{name}` is one name, for `-` belongs to names: there is no arithmetic in expressions", None
    meant = meant or nearest(name, CONTEXTS)
    known = ", ".join(f"`{context}`" for context in CONTEXTS)
    return f"`{name}` is nothing that expressions read: there are {known}", meant and f"did you mean `{meant}`?"


def unknown_function(name: str) -> Said:
    known = ", ".join(f"`{function}`" for function in FUNCTIONS)
    meant = _MEANT_FUNCTIONS.get(name) or nearest(name, FUNCTIONS)
    return f"`{name}` is no function: there are {known}", meant and f"did you mean `{meant}`?"


def wrong_count(name: str, count: int) -> str | None:
    """What is wrong with the number of a function's arguments."""
    least, most = FUNCTIONS[name]
    if count >= least and (most is None or count <= most):
        return None
    wanted = f"{least}" if most == least else f"{least} or more"
    return f"`{name}` takes {wanted} argument{'' if wanted == '1' else 's'}, and here are {count}"


def incomplete(read: tuple[str, ...]) -> str:
    """Why a reading that ends early is no value."""
    text = ".".join(read)
    if read[0] in FIELDS:
        wanted = " or ".join(f"`{text}.{field}`" for field in FIELDS[read[0]])
    elif len(read) == 2:
        wanted = f"`{text}.outputs.NAME`, `{text}.status` or `{text}.indices`"
    else:
        wanted = f"`{text}.ID.outputs.NAME`" if text == "steps" else f"`{text}.NAME`"
    return f"`{text}` alone is no value: read {wanted}"


_ANY_RESULT = frozenset(("result", "results", "value", "return_value", "xcom", "data"))
"""Words of tools whose tasks have one result, without a name."""


def unknown_part(read: tuple[str, ...], name: str) -> Said:
    """Why a step, the run or the pipeline has no such part."""
    text = ".".join(read)
    parts = FIELDS.get(text, STEP_PARTS)
    known = ", ".join(f"`{part}`" for part in parts)
    meant = nearest(name, parts)
    if meant is None and read[0] == "steps" and name not in _ANY_RESULT:
        return f"`{text}` has {known}, but no `{name}`", f"did you mean `{text}.outputs.{name}`?"
    return f"`{text}` has {known}, but no `{name}`", meant and f"did you mean `{text}.{meant}`?"
