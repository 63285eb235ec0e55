"""The types of Kubeflow: which of our values travel as they are, and which as wire text."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import cast

from pipeglot.ir import MISSING, Json, Output, Param, Pipeline, Read, ReadKind, Step
from pipeglot_backends.emit.yaml_text import Data
from pipeglot_expression.limits import typed
from pipeglot_expression.runtime.kfp_values import inexact
from pipeglot_expression.values import Value, to_wire

ROOM_FOR_PARAMS = 10_000
"""Bytes of JSON that all parameters of a run may have."""
STRING, INTEGER, DOUBLE, BOOLEAN = "STRING", "NUMBER_INTEGER", "NUMBER_DOUBLE", "BOOLEAN"
LIST, STRUCT, FINAL_STATUS = "LIST", "STRUCT", "TASK_FINAL_STATUS"

PARAMS = {"string": STRING, "int": INTEGER, "float": DOUBLE, "bool": BOOLEAN, "dict": STRUCT}
OUTPUTS = {"float": DOUBLE, "bool": BOOLEAN}
"""Every number of Kubeflow is a double, and in texts it looks for tags of its own, also in those of lists and dicts."""

SCHEMAS = {"dataset": "system.Dataset", "model": "system.Model"}
METRICS = "system.Metrics"


def is_text(param: Param) -> bool:
    """Whether a param travels as a text of JSON: its default holds an int that no double has, and all others are."""
    if param.type == "string" or param.default is MISSING:
        return False
    return any(inexact(param.default, typed(param.type, param.limits)))


def param_type(param: Param) -> str:
    return STRING if is_text(param) else PARAMS.get(param.type, LIST)


def param_default(param: Param) -> Data:
    """As `submit` would send it: texts as JSON strings in ASCII, in which no engine finds a tag."""
    assert param.default is not MISSING
    return sent(param, param.default)


def sent(param: Param, value: Json) -> Data:
    return to_wire(cast("Value", value), None) if is_text(param) else wrapped(value)


def wrapped(value: Json) -> Data:
    if isinstance(value, str):
        return wire(value)
    if isinstance(value, list):
        return [wrapped(part) for part in value]
    if isinstance(value, dict):
        return {wire(name): wrapped(part) for name, part in value.items()}
    return value


def wire(text: str) -> str:
    """A JSON string without anything that an engine takes for a tag."""
    unsafe = {ord(char): f"\\u{ord(char):04x}" for char in "${}%#\x7f"}
    return json.dumps(text).translate(unsafe)


class Types:
    """Of the outputs of a pipeline's steps."""

    def __init__(self, pipeline: Pipeline, absent: Iterable[str] = ()) -> None:
        """`absent`: steps that end well and may have no outputs all the same."""
        self._by_id: Mapping[str, Step] = pipeline.by_id
        self._skippable: set[str] = set(absent)
        for step in pipeline.steps:
            if step.when or step.guard or any(map(self._reads_absent, step.reads)):
                self._skippable.add(step.id)

    def native(self, step: Step, output: Output) -> str | None:
        """None for what travels as wire text: also whatever can be absent, or belongs to an item."""
        if step.fan_out or step.id in self._skippable or (output.optional and output.default is MISSING):
            return None
        return OUTPUTS.get(output.type or "")

    def of_read(self, read: Read) -> str:
        """Of a value that is read from a step."""
        if read.fan or read.kind is ReadKind.ITEMS:
            return LIST if read.kind is not ReadKind.STATE else STRING
        if read.kind is not ReadKind.OUTPUT:
            return STRING
        step = self._by_id[read.step or ""]
        return self.native(step, step.output(read.output or "")) or STRING

    def _reads_absent(self, read: Read) -> bool:
        if read.kind is not ReadKind.OUTPUT:
            return False
        source = self._by_id[read.step or ""]
        return source.id in self._skippable or source.output(read.output or "").optional


VIEWS = {"html": "system.HTML", "svg": "system.HTML", "markdown": "system.Markdown", "md": "system.Markdown"}
"""Of reports, by their format: what a page shows as it is."""


def artifact_type(output: Output, many: bool = False) -> dict[str, Data]:
    known = VIEWS.get(output.format or "") if output.artifact == "report" else SCHEMAS.get(output.artifact or "")
    schema = {"schemaTitle": known or "system.Artifact", "schemaVersion": "0.0.1"}
    return {"artifactType": schema, "isArtifactList": True} if many else {"artifactType": schema}


ANY_ARTIFACT: Data = {"artifactType": {"schemaTitle": "system.Artifact", "schemaVersion": "0.0.1"}}
METRIC_ARTIFACT: Data = {"artifactType": {"schemaTitle": METRICS, "schemaVersion": "0.0.1"}}
