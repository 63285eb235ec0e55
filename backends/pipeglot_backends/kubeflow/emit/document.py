"""The two documents: a PipelineSpec, and what Kubernetes must give its executors."""

from __future__ import annotations

from dataclasses import dataclass, replace

from pipeglot_backends.emit.patching import inside, laid_over
from pipeglot_backends.emit.yaml_text import Data
from pipeglot_backends.kubeflow.emit.bindings import (
    STATUS,
    Binding,
    final_status,
    input_definitions,
    merged,
    run_parameters,
    task_inputs,
)
from pipeglot_backends.kubeflow.emit.carried import ends, gathering
from pipeglot_backends.kubeflow.emit.tasks import Graph
from pipeglot_backends.kubeflow.names import EXIT_HANDLER, ON_EXIT, SIDECAR, WHOLE

SCHEMA = "2.1.0"
SDK = "pipeglot"


@dataclass(frozen=True, slots=True)
class Documents:
    """`platform` is empty for pipelines that need nothing of Kubernetes."""

    pipeline: dict[str, Data]
    platform: dict[str, Data]


def documents(graph: Graph) -> Documents:
    pipeline = graph.pipeline
    tasks = _with_exit(graph) if pipeline.on_exit else _steps(graph)
    if graph.shares_sidecar:
        tasks = _after_sidecar(graph, tasks)
    spec = merged(
        {"pipelineInfo": merged({"name": pipeline.name, "description": pipeline.description or None})},
        {"schemaVersion": SCHEMA, "sdkVersion": SDK},
        {"root": {"inputDefinitions": {"parameters": _params(graph)}, "dag": {"tasks": tasks}}},
        {"components": dict(sorted(graph.components.entries.items()))},
        {"deploymentSpec": {"executors": dict(sorted(graph.executors.entries.items()))}},
    )
    needed: Data = {"executors": dict(sorted(graph.platform.items()))}
    patch = pipeline.patches.get(graph.engine)
    kubernetes = laid_over({"deploymentSpec": needed} if graph.platform else {}, inside(patch, "kubernetes"))
    platform: dict[str, Data] = {"platforms": {"kubernetes": kubernetes}} if kubernetes else {}
    return Documents(laid_over(spec, inside(patch, "spec")), platform)


def _after_sidecar(graph: Graph, tasks: dict[str, Data]) -> dict[str, Data]:
    """A graph around the steps and `on_exit`, which takes what the task before it brings.

    Beside that task, an exit task could not: of each task that it takes something from, it is a hook.
    """
    steps = (*graph.pipeline.steps, *graph.pipeline.on_exit)
    inside = (*graph.params_used(steps), graph.given)
    component: Data = {"inputDefinitions": input_definitions(inside), "dag": {"tasks": tasks}}
    whole = _group(WHOLE, graph.components.name_of(component, WHOLE), inside)
    return {**graph.bringing_task(steps), WHOLE: {**whole, "dependentTasks": [SIDECAR]}}


def _handed_on(graph: Graph) -> tuple[Binding, ...]:
    """The sidecar, to a graph inside of the one that takes it."""
    return (graph.given.passed_through(),) if graph.shares_sidecar else ()


def _steps(graph: Graph) -> dict[str, Data]:
    """What is carried of failures fails the graph at its end."""
    made = {**graph.tasks(graph.pipeline.steps), **gathering.gathering(graph)}
    return {**made, **ends.verdict(graph, graph.carried.softened)}


def _with_exit(graph: Graph) -> dict[str, Data]:
    """All steps in one task; after it the one task that Kubeflow starts whatever became of them."""
    if graph.carried.on_exit:
        return _with_exit_inside(graph)
    inside = (*graph.params_used(graph.pipeline.steps), *_handed_on(graph))
    component: Data = {"inputDefinitions": input_definitions(inside), "dag": {"tasks": _steps(graph)}}
    handler: Data = _group(EXIT_HANDLER, graph.components.name_of(component, EXIT_HANDLER), inside)
    return {EXIT_HANDLER: handler, **_exit_task(graph)}


def _with_exit_inside(graph: Graph) -> dict[str, Data]:
    """The steps of `on_exit` as the last ones, since they read of the others; once more behind their graph, where they
    do something only if the engine itself failed a task; and a verdict on a graph that has ended well."""
    everything = (*graph.pipeline.steps, *graph.pipeline.on_exit)
    inside = (*graph.params_used(everything), *_handed_on(graph))
    definitions, outputs = ends.told_outside(graph)
    component: Data = {
        "inputDefinitions": input_definitions(inside),
        "outputDefinitions": definitions,
        "dag": {
            "tasks": {**graph.tasks(everything), **gathering.gathering(graph), **ends.ends(graph)},
            "outputs": outputs,
        },
    }
    handler: Data = _group(EXIT_HANDLER, graph.components.name_of(component, EXIT_HANDLER), inside)
    backstop = _exit_task(replace(graph, backstop=True))
    return {EXIT_HANDLER: handler, **ends.outer_verdict(graph), **backstop}


def _exit_task(graph: Graph) -> dict[str, Data]:
    steps = graph.pipeline.on_exit
    last: dict[str, Data] = {
        "dependentTasks": [EXIT_HANDLER],
        "triggerPolicy": {"strategy": "ALL_UPSTREAM_TASKS_COMPLETED"},
    }
    tasks = graph.tasks(steps)
    if len(tasks) == 1:
        return {key: {**_mapping(task), **last} for key, task in tasks.items()}
    inside = (*graph.params_used(steps), *_handed_on(graph), final_status(STATUS))
    component: Data = {"inputDefinitions": input_definitions(inside), "dag": {"tasks": _told_status(tasks)}}
    return {ON_EXIT: {**_group(ON_EXIT, graph.components.name_of(component, ON_EXIT), inside), **last}}


def _told_status(tasks: dict[str, Data]) -> dict[str, Data]:
    """Inside a graph, the status is an input of that."""
    fields: dict[str, Data] = {}
    for key, task in tasks.items():
        inputs = _mapping(_mapping(task).get("inputs", {}))
        parameters: dict[str, Data] = {
            name: {"componentInputParameter": STATUS} if "taskFinalStatus" in _mapping(source) else source
            for name, source in _mapping(inputs.get("parameters", {})).items()
        }
        fields[key] = {**_mapping(task), "inputs": {**inputs, "parameters": parameters}} if inputs else task
    return fields


def _group(name: str, component: str, given: tuple[Binding, ...]) -> dict[str, Data]:
    return {
        "taskInfo": {"name": name},
        "componentRef": {"name": component},
        "cachingOptions": {},
        "inputs": task_inputs(given),
    }


def _mapping(value: Data) -> dict[str, Data]:
    assert isinstance(value, dict)
    return value


def _params(graph: Graph) -> dict[str, Data]:
    return run_parameters(graph.pipeline, graph.options.definition_hash if _tells_definition(graph) else None)


def _tells_definition(graph: Graph) -> bool:
    """Also where nothing but the steps of `on_exit` that follow once more need it."""
    return graph.tells_definition or (graph.carried.on_exit and replace(graph, backstop=True).tells_definition)
