"""Values and the types of parameters, conditions, and the placeholders that stand in texts."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from typing import Any

EXACT = 2**53
"""Numbers travel as doubles."""
PLACEHOLDER = re.compile(r"\{\{\$.*?\}\}")
NAMED = re.compile(
    r"\{\{\$\.(?P<way>inputs|outputs)\.(?P<kind>parameters|artifacts)\['(?P<name>[^']+)'\](?P<rest>.*)\}\}"
)
RESTS = {
    ("inputs", "parameters"): r"|\.json_escape\[\d\]",
    ("inputs", "artifacts"): r"\.(uri|path|name)|\.metadata(\['[^']+'\])?",
    ("outputs", "parameters"): r"\.output_file",
    ("outputs", "artifacts"): r"\.(uri|path|name)|\.metadata(\['[^']+'\])?",
}
ANONYMOUS = (
    "{{$}}", "{{$.outputs.output_file}}", "{{$.outputMetadataUri}}", "{{$.pipeline_job_name}}",
    "{{$.pipeline_job_resource_name}}", "{{$.pipeline_job_uuid}}", "{{$.pipeline_task_name}}",
    "{{$.pipeline_task_uuid}}", "{{$.pipeline_root}}", "{{$.pipeline_job_create_time_utc}}",
    "{{$.pipeline_job_schedule_time_utc}}", "{{$.workspace_path}}",
)  # fmt: skip
ALLOWED_IN_CONDITIONS = (
    ast.Expression, ast.BoolOp, ast.And, ast.Or, ast.UnaryOp, ast.Not, ast.USub, ast.Compare, ast.Eq, ast.NotEq,
    ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.In, ast.Call, ast.Name, ast.Load, ast.Attribute, ast.Subscript,
    ast.Constant, ast.List,
)  # fmt: skip
FUNCTIONS = ("int", "double", "string", "bool", "size")


def fits(value: Any, kind: str) -> bool:
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return {
        "NUMBER_INTEGER": number and abs(value) <= EXACT and value == int(value),
        "NUMBER_DOUBLE": number,
        "STRING": isinstance(value, str),
        "BOOLEAN": isinstance(value, bool),
        "LIST": isinstance(value, list),
        "STRUCT": isinstance(value, dict),
    }.get(kind, False)


def texts(value: Any) -> Iterator[str]:
    """All texts inside a value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for each in value:
            yield from texts(each)
    elif isinstance(value, Mapping):
        for name, each in value.items():
            yield from texts(name)
            yield from texts(each)


def unresolved(text: str, component: Mapping[str, Any]) -> Iterator[str]:
    """Placeholders in a text that name nothing of the component, and what Argo below would take for its own."""
    for match in PLACEHOLDER.finditer(text):
        placeholder = match[0]
        named = NAMED.fullmatch(placeholder)
        if named is None:
            if placeholder not in ANONYMOUS:
                yield f"there is no placeholder {placeholder}"
            continue
        given = component.get({"inputs": "inputDefinitions", "outputs": "outputDefinitions"}[named["way"]], {})
        if named["name"] not in given.get(named["kind"], {}):
            yield f"{placeholder} names nothing that is there"
        elif not re.fullmatch(RESTS[named["way"], named["kind"]], named["rest"]):
            yield f"there is nothing like {placeholder}"
    if "{{" in PLACEHOLDER.sub("", text):
        yield f"Argo takes {text!r:.60} for a template of its own"


def condition_faults(text: str, inputs: Mapping[str, Any]) -> Iterator[str]:  # noqa: C901  # checks, one after the other
    """Of an expression in CEL, as far as conditions go: nothing but comparisons of inputs that are there."""
    python = re.sub(r"!(?!=)", " not ", text.replace("&&", " and ").replace("||", " or ")).replace("\n", " ")
    python = re.sub(r"\btrue\b", "True", re.sub(r"\bfalse\b", "False", python))
    try:
        tree = ast.parse(python.strip(), mode="eval")
    except SyntaxError:
        yield f"the condition {text!r} is no expression"
        return
    for node in ast.walk(tree):
        if not isinstance(node, ALLOWED_IN_CONDITIONS):
            yield f"the condition {text!r} holds what no condition may"
        if isinstance(node, ast.Call) and not (isinstance(node.func, ast.Name) and node.func.id in FUNCTIONS):
            yield f"the condition {text!r} calls an unknown function"
        if isinstance(node, ast.Name) and node.id not in (*FUNCTIONS, "inputs"):
            yield f"the condition {text!r} reads {node.id}"
        if isinstance(node, ast.Attribute) and not (
            isinstance(node.value, ast.Name) and node.attr in ("parameter_values", "parameters")
        ):
            yield f"the condition {text!r} reads {node.attr}"
    for name in re.findall(r"parameter_values\['([^']*)'\]", text):
        if name not in inputs:
            yield f"the condition reads the input {name!r}, which the task is not given"
