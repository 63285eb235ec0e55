"""How what a step reads reaches its pod: arguments of the task, inputs of the template, environment of the sidecar."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from pipeglot.ir import Pipeline, Read, ReadKind, RunIf, Step
from pipeglot_backends.argo.names import Names, slots
from pipeglot_backends.yaml_text import Data

WORK = "/tmp/pipeglot"
STATE = "pipeglot-state"
INDICES = "pipeglot-indices"
RECORD = "pipeglot-record"
RUN_ID = "pipeglot-run-id"
ABSENT = "null"
CANCELLED = "pipeglot/cancelled"
"""The annotation by which a workflow is known to have been cancelled through us."""

SHUTDOWN = " with strategy"
STOPPED = (SHUTDOWN, "deadline", "(exit code 143)")
"""What Argo says of a pod that did not fail by itself."""


@dataclass(slots=True)
class Carriage:
    """`arguments` stand in the DAG, `inputs` in the template, `environment` in its container."""

    argument_parameters: list[Data] = field(default_factory=list["Data"])
    argument_artifacts: list[Data] = field(default_factory=list["Data"])
    input_parameters: list[Data] = field(default_factory=list["Data"])
    input_artifacts: list[Data] = field(default_factory=list["Data"])
    environment: list[Data] = field(default_factory=list["Data"])

    def variable(self, name: str, value: str) -> None:
        self.environment.append({"name": name, "value": value})


def carry(pipeline: Pipeline, step: Step, names: Names, prefix: str) -> Carriage:
    """`prefix` is the key prefix under which items leave their artifacts (`artifact_key`)."""
    carriage = Carriage()
    named = slots(read.slot for read in step.reads)
    for position, read in enumerate(step.reads):
        if step.on_exit and read.kind is ReadKind.ENGINE:
            continue  # an exit handler sees no tasks; which steps failed, `run.failed_steps` says
        variable = f"PIPEGLOT.{read.slot}"
        if read.kind in _CONSTANT:
            carriage.variable(variable, _CONSTANT[read.kind](pipeline, read, names))
        elif read.is_artifact:
            _artifact(carriage, read, named[read.slot], position, names, prefix)
            carriage.variable(variable, json.dumps(_input_path(read, position)))
        elif _decided_at_compile_time(pipeline, read):
            carriage.variable(variable, '"succeeded"')
        else:
            _parameter(carriage, pipeline, step, read, named[read.slot], names)
            carriage.variable(variable, f"{{{{inputs.parameters.{named[read.slot]}}}}}")
    return carriage


def _param(pipeline: Pipeline, read: Read, names: Names) -> str:
    # as base64, so that neither Argo nor Kubernetes finds a tag of its own in what a person typed
    return f"base64:{{{{=sprig.b64enc(workflow.parameters['{read.param}'])}}}}"


def _run(pipeline: Pipeline, read: Read, names: Names) -> str:
    return _RUN[read.slot](pipeline, names)


def _run_status(pipeline: Pipeline, names: Names) -> str:
    return (
        "{{=workflow.status == 'Succeeded' ? '\"succeeded\"' : "
        f"get(get(workflow, 'annotations'), '{CANCELLED}') != nil or workflow.failures contains '{SHUTDOWN}' "
        "? '\"cancelled\"' : '\"failed\"'}}"
    )


def _failed_steps(pipeline: Pipeline, names: Names) -> str:
    # `workflow.failures` is JSON as a quoted Go string, failed attempts and stopped pods are among it
    steps = ", ".join(f"['{id}', '{names.step[id]}']" for id in sorted(step.id for step in pipeline.steps))
    not_failed = " or ".join(f"# contains '{word}'" for word in STOPPED)
    return (
        '{{=let nodes = split(workflow.failures, \'{\\\\"displayName\\\\":\\\\"\'); '
        f"toJson(map(filter([{steps}], "
        "{let name = #[1] + '\\\\\",'; "
        f"any(nodes, {{# startsWith name and not ({not_failed})}})}}), {{#[0]}}))}}}}"
    )


_RUN = {"run.status": _run_status, "run.failed_steps": _failed_steps}
_CONSTANT = {ReadKind.PARAM: _param, ReadKind.RUN: _run}


def _decided_at_compile_time(pipeline: Pipeline, read: Read) -> bool:
    """A fan-out over a literal list has no list task: it is never skipped as a whole."""
    source = pipeline.by_id[read.step or ""]
    return read.kind is ReadKind.STATE and source.fan_out is not None and not source.needs_list_task


def _parameter(carriage: Carriage, pipeline: Pipeline, step: Step, read: Read, name: str, names: Names) -> None:
    carriage.input_parameters.append({"name": name, "default": ABSENT})
    carriage.argument_parameters.append({"name": name, "value": _source(pipeline, step, read, names)})


def _source(pipeline: Pipeline, step: Step, read: Read, names: Names) -> str:
    source = pipeline.by_id[read.step or ""]
    task = names.step[source.id]
    if read.kind is ReadKind.ENGINE:
        return f"{{{{tasks.{task}.status}}}}"
    if read.kind is ReadKind.STATE and source.fan_out:
        task = names.items[source.id]
    output = read.output if read.kind is ReadKind.OUTPUT else STATE
    if step.run_if is RunIf.SUCCESS and not read.fan:
        return f"{{{{tasks.{task}.outputs.parameters.{output}}}}}"
    return left(task, output or "")


def left(task: str, output: str) -> str:
    """What a task left, else nothing. Argo waits for ever for a plain reference to what was not left.

    A task that failed or was omitted may have left nothing; one that had no items has no outputs, and one whose items
    all failed has a text in the place of its outputs.
    """
    outputs = f"get(get(get(tasks, '{task}'), 'outputs'), 'parameters')"
    return f"{{{{=let left = {outputs}; type(left) == 'map' ? get(left, '{output}') ?? '' : ''}}}}"


def _artifact(carriage: Carriage, read: Read, name: str, position: int, names: Names, prefix: str) -> None:
    entry: dict[str, Data] = {"name": name, "path": _input_path(read, position), "optional": True}
    if read.fan:
        entry |= {"archive": {"none": {}}, "s3": {"key": f"{prefix}{names.step[read.step or '']}/{read.output}"}}
    else:
        source = f"{{{{tasks.{names.step[read.step or '']}.outputs.artifacts.{read.output}}}}}"
        carriage.argument_artifacts.append({"name": name, "from": source, "optional": True})
    carriage.input_artifacts.append(entry)


def _input_path(read: Read, position: int) -> str:
    return f"{WORK}/in/{position}" if read.fan else f"{WORK}/in/{position}/{read.file}"


def result(names: Iterable[str]) -> list[Data]:
    """Output parameters, one for each file the sidecar leaves in its result folder."""
    return [{"name": name, "valueFrom": {"path": f"{WORK}/result/{name}", "default": ABSENT}} for name in names]


def artifact_key(prefix: str, task: str, output: str) -> str:
    """Where one item leaves one artifact: readers take everything under the part before the index."""
    return f"{prefix}{task}/{output}/{{{{inputs.parameters.index}}}}/data.tgz"


def key_prefix(artifacts: str | None) -> str:
    """The part of every key before the step: the folder of the profile's `artifacts`, then the run."""
    folder = (artifacts or "").split("://", 1)[-1].partition("/")[2].strip("/")
    return f"{folder}/{{{{workflow.uid}}}}/" if folder else "{{workflow.uid}}/"


def merged(*parts: Mapping[str, Data]) -> dict[str, Data]:
    """The entries that hold something, in order."""
    return {key: value for part in parts for key, value in part.items() if value not in (None, [], {})}
