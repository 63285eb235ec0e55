"""How what a step reads reaches it: the inputs of its component, and where its task takes them from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from pipeglot.ir import MISSING, Param, Pipeline, Read, ReadKind, Secret, Step
from pipeglot_backends.emit.yaml_text import Data
from pipeglot_backends.kubeflow.emit.expressions import TAGS
from pipeglot_backends.kubeflow.emit.types import (
    ANY_ARTIFACT,
    FINAL_STATUS,
    STRING,
    Types,
    artifact_type,
    param_default,
    param_type,
    wire,
)
from pipeglot_backends.kubeflow.names import ENDS, EXIT_HANDLER, GATHERED, Names
from pipeglot_expression.runtime.contract import STATE
from pipeglot_expression.runtime.kfp_values import input_names

RUN_ID = "pipeglot-run-id"
STATUS = "pipeglot-status"
DEFINITION = "pipeglot-definition"
"""The hash of the definition, once for all tasks that carry tables of their own."""
ALWAYS_SUCCEEDED = '"succeeded"'
NATIVE_RUN, SCHEDULED, STARTED = "pipeglot-native-run", "pipeglot-scheduled", "pipeglot-run-started"
JOB = "pipeglot-job"
"""Of Google Cloud: it names the project whose secrets are asked for."""
TELLS_TIMES = ("2.16", "2.17")


@dataclass(frozen=True, slots=True)
class Binding:
    """One input. `definition` stands in the component, `source` in the task. `param` is the run's, where it is one."""

    name: str
    definition: Data
    source: Data
    artifact: bool = False
    param: str | None = None

    def passed_through(self) -> Binding:
        """As a task inside a sub-DAG takes it, which has an input of the same name."""
        if isinstance(self.source, dict) and "runtimeValue" in self.source:
            return self
        source: Data = {"componentInputArtifact" if self.artifact else "componentInputParameter": self.name}
        return Binding(self.name, self.definition, source, self.artifact)


def constant(name: str, text: str) -> Binding:
    return Binding(name, {"parameterType": STRING}, {"runtimeValue": {"constant": text}})


def parameter(name: str, kind: str, source: Data) -> Binding:
    return Binding(name, {"parameterType": kind}, source)


def final_status(name: str) -> Binding:
    definition: Data = {"parameterType": FINAL_STATUS, "isOptional": True}
    return Binding(name, definition, {"taskFinalStatus": {"producerTask": EXIT_HANDLER}})


def from_run(name: str, kind: str, param: str) -> Binding:
    return Binding(name, {"parameterType": kind}, {"componentInputParameter": param}, param=param)


def about_run(pipeline: Pipeline, step: Step, engine: str, version: str) -> Iterator[Binding]:
    """What the engine itself knows of it, as far as the sidecar must know it too."""
    yield constant(NATIVE_RUN, "{{$.pipeline_job_uuid}}")
    if engine != "kubeflow" or version in TELLS_TIMES:
        if pipeline.schedule:
            yield constant(SCHEDULED, "{{$.pipeline_job_schedule_time_utc}}")
        if pipeline.schedule or (pipeline.deadline and not step.on_exit):
            yield constant(STARTED, "{{$.pipeline_job_create_time_utc}}")
    if engine == "vertex" and (pipeline.records.server or any(isinstance(each, Secret) for each in step.env.values())):
        yield constant(JOB, "{{$.pipeline_job_resource_name}}")


def reads_of(
    pipeline: Pipeline, step: Step, names: Names, types: Types, *, inside: bool = False
) -> tuple[Binding, ...]:
    """`inside`: steps of `on_exit` stand in the graph of the others, behind what tells how these ended."""
    named = input_names(read.slot for read in step.reads)
    beside = inside or not step.on_exit
    carried = [read for read in step.reads if _is_carried(read, beside or read.step in step.needs)]
    of_run = [read for read in carried if inside and read.kind is ReadKind.RUN]
    given = [_from_ends(named[read.slot], read) for read in of_run]
    for read in carried:
        task = names.gathered.get((read.step or "", read.output or "")) if step.fan_out else None
        if read.is_artifact and task:
            given.append(Binding(named[read.slot], ANY_ARTIFACT, output_of_artifact(task, GATHERED), artifact=True))
        elif read not in of_run:
            given.append(_given(pipeline, read, named[read.slot], names, types))
    return tuple(given)


def _is_carried(read: Read, beside: bool) -> bool:
    """What Kubeflow cannot say is refused by the compiler, or was told to be left out."""
    if read.kind is ReadKind.ENGINE:
        return False
    if beside:
        return True
    return read.kind is ReadKind.PARAM or read.slot == "run.status"


def _from_ends(name: str, read: Read) -> Binding:
    return parameter(name, STRING, output_of(ENDS, read.slot.partition(".")[2]))


def _given(pipeline: Pipeline, read: Read, name: str, names: Names, types: Types) -> Binding:
    if read.kind is ReadKind.PARAM:
        param = next(param for param in pipeline.params if param.name == read.param)
        return from_run(name, param_type(param), param.name)
    if read.kind is ReadKind.RUN:
        return final_status(name)
    step = pipeline.by_id[read.step or ""]
    if read.is_artifact:
        output = step.output(read.output or "")
        source = output_of_artifact(names.step[step.id], output.name)
        return Binding(name, artifact_type(output, read.fan), source, artifact=True)
    task = names.step[step.id]
    if read.kind is ReadKind.STATE and step.fan_out:
        if not step.needs_list_task:
            return constant(name, ALWAYS_SUCCEEDED)
        task = names.items[step.id]
    output_name = read.output if read.kind is ReadKind.OUTPUT and read.output else STATE
    return parameter(name, types.of_read(read), output_of(task, output_name))


def code_folder(folder: str | None) -> dict[str, Data]:
    """A folder in which an engine would see a tag of its own stands as JSON, where none can begin."""
    if folder is None or not any(mark in folder for mark in TAGS):
        return {"PIPEGLOT_CODE": folder}
    return {"PIPEGLOT_CODE_JSON": wire(folder)}


def output_of(task: str, name: str = STATE) -> Data:
    """As a task beside it takes it."""
    return {"taskOutputParameter": {"producerTask": task, "outputParameterKey": name}}


def output_of_artifact(task: str, name: str) -> Data:
    return {"taskOutputArtifact": {"producerTask": task, "outputArtifactKey": name}}


def selected(task: str, name: str = STATE) -> Data:
    """As the graph around it tells it."""
    return {"valueFromParameter": {"producerSubtask": task, "outputParameterKey": name}}


def task_inputs(given: Iterable[Binding]) -> dict[str, Data]:
    return _by_kind(given, lambda each: each.source)


def input_definitions(given: Iterable[Binding]) -> dict[str, Data]:
    return _by_kind(given, lambda each: each.definition)


def _by_kind(given: Iterable[Binding], part: Callable[[Binding], Data]) -> dict[str, Data]:
    listed = tuple(given)
    parameters = {each.name: part(each) for each in listed if not each.artifact}
    artifacts = {each.name: part(each) for each in listed if each.artifact}
    return merged({"artifacts": artifacts, "parameters": parameters})


def merged(*parts: Mapping[str, Data]) -> dict[str, Data]:
    """The entries that hold something, in order."""
    return {key: value for part in parts for key, value in part.items() if value not in (None, [], {})}


def run_parameters(pipeline: Pipeline, definition: str | None) -> dict[str, Data]:
    """What a run is given: the params, and what is ours."""
    given = {RUN_ID: "", **({DEFINITION: definition} if definition else {})}
    ours: dict[str, Data] = {
        name: {"parameterType": STRING, "defaultValue": text, "isOptional": True} for name, text in given.items()
    }
    return {**{param.name: _param(param) for param in pipeline.params}, **ours}


def _param(param: Param) -> Data:
    fields = merged({"parameterType": param_type(param), "description": param.description or None})
    if param.default is MISSING:
        return fields
    return {**fields, "defaultValue": param_default(param), "isOptional": True}
