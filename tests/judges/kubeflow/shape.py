"""How the steps, edges and requests that stand in a definition differ from those of the pipeline."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from pipeglot.ir import Missing, Param, Pipeline, RetryOn, Step
from pipeglot_backends.kubeflow.emit.softening.queues import queued
from pipeglot_backends.kubeflow.emit.softening.rewriting import reading_states
from pipeglot_backends.kubeflow.emit.softening.softened import Carrying, carrying
from pipeglot_backends.kubeflow.emit.types import is_text
from pipeglot_backends.kubeflow.names import Names

OURS, DEFINITION = "pipeglot-run-id", "pipeglot-definition"
"""The second where tasks carry tables of their own."""
TYPES = {
    "string": "STRING", "int": "NUMBER_INTEGER", "float": "NUMBER_DOUBLE", "bool": "BOOLEAN", "list": "LIST",
    "dict": "STRUCT",
}  # fmt: skip
EXIT = ("exit-handler-1", "on-exit")
SIDECAR = "pipeglot-sidecar"
CARRIERS = ("pipeglot-ends", "pipeglot-exits", "pipeglot-verdict")
BACKSTOP = "pipeglot-backstop-"
GATHERING = "-gathered"
"""Ends the name of a task that makes one artifact of those of all items."""


def shape(pipeline: Pipeline, spec: Mapping[str, Any]) -> list[str]:
    pipeline = queued(pipeline)
    carried = carrying(pipeline, retries='"vertex"' in json.dumps(spec["deploymentSpec"]))
    pipeline = reading_states(pipeline, carried)
    found, wanted = _found(pipeline, spec), _wanted(pipeline, carried)
    return [
        f"{what}: {_less(found[what], each)} too many, {_less(each, found[what])} missing"
        for what, each in wanted.items()
        if found[what] != each
    ]


def _less(these: Any, those: Any) -> Any:
    return [each for each in these if each not in those]


def _found(pipeline: Pipeline, spec: Mapping[str, Any]) -> Mapping[str, list[Any]]:
    listing = {name: step for step, name in Names(pipeline).items.items()}
    tasks = [each for each in _tasks(spec) if each[0] != SIDECAR and not _carries(each[0])]
    started = [(task, spec["components"][task["componentRef"]["name"]]) for _, task in tasks]
    containers = [
        (task, spec["deploymentSpec"]["executors"][component["executorLabel"]]["container"])
        for task, component in started
        if "executorLabel" in component
    ]
    steps = [(task["taskInfo"]["name"], task, each) for task, each in containers]
    return {
        "steps": sorted(name for name, *_ in steps if name not in listing),
        "list tasks": sorted(name for name, *_ in steps if name in listing),
        "edges": sorted(
            {edge for edge in _edges(spec, listing) if edge[1] not in {step.id for step in pipeline.on_exit}}
        ),
        "carriers": sorted({key for key, _ in _tasks(spec) if _needs_no_sidecar(key)}),
        "images": sorted((name, each["image"]) for name, _, each in steps if name not in listing),
        "re-tries": sorted(
            (name, task["retryPolicy"]["maxRetryCount"]) for name, task, _ in steps if "retryPolicy" in task
        ),
        "at once": sorted(
            (task["taskInfo"]["name"], task["iteratorPolicy"]["parallelismLimit"])
            for task, _ in started
            if "iteratorPolicy" in task
        ),
        "resources": sorted(
            (name, *_resources(each["resources"]))
            for name, _, each in steps
            if "resources" in each and name not in listing
        ),
        "cached": [
            task["taskInfo"]["name"] for _, task in _tasks(spec) if task.get("cachingOptions", {}).get("enableCache")
        ],
        "without the sidecar": _without_sidecar(spec),
        "params": sorted(
            (name, each["parameterType"], "defaultValue" in each)
            for name, each in spec["root"].get("inputDefinitions", {}).get("parameters", {}).items()
            if name != DEFINITION
        ),
        "untold of the definition": [
            name
            for name, task, _ in steps
            if "pipeglot-table" in inputs(task)
            and inputs(task).get(DEFINITION) != {"componentInputParameter": DEFINITION}
        ],
        "at the end": sorted(key for key, task in _tasks(spec) if "strategy" in task.get("triggerPolicy", {})),
    }


def inputs(task: Any) -> Mapping[str, Any]:
    found: Mapping[str, Any] = task.get("inputs", {}).get("parameters", {})
    return found


def _tasks(spec: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for component in (spec["root"], *spec["components"].values()):
        yield from component.get("dag", {}).get("tasks", {}).items()


def _without_sidecar(spec: Mapping[str, Any]) -> list[str]:
    """Tasks that are not after the task that brings it to their graph, or do not take it, or it comes by two ways."""
    found: list[str] = []
    for component in (spec["root"], *spec["components"].values()):
        tasks = component.get("dag", {}).get("tasks", {})
        given: Any = {"componentInputArtifact": SIDECAR}
        if SIDECAR in tasks:
            given = {"taskOutputArtifact": {"producerTask": SIDECAR, "outputArtifactKey": "artifact"}}
        elif SIDECAR not in component.get("inputDefinitions", {}).get("artifacts", {}):
            given = None
        for key, task in tasks.items():
            taken = task.get("inputs", {}).get("artifacts", {}).get(SIDECAR)
            after = SIDECAR in task.get("dependentTasks", ())
            if key != SIDECAR and not _needs_no_sidecar(key) and (taken != given or after != (SIDECAR in tasks)):
                found.append(key)
    return found


def _edges(spec: Mapping[str, Any], listing: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """By the names of steps; a list task and its step are one."""
    names = {key: task["taskInfo"]["name"] for key, task in _tasks(spec)}
    for key, task in _tasks(spec):
        for each in task.get("dependentTasks", ()):
            if each == SIDECAR or _carries(each) or _carries(key):
                continue
            need, step = names.get(each, each), names[key]
            ends = listing.get(need, need), listing.get(step, step)
            if ends[0] != ends[1] and ends[0] not in EXIT:
                yield ends


def _carries(key: str) -> bool:
    return _needs_no_sidecar(key) or key.startswith(BACKSTOP)


def _needs_no_sidecar(key: str) -> bool:
    return key in CARRIERS or key.endswith(GATHERING)


def _resources(asked: Mapping[str, Any]) -> tuple[str, str, str]:
    accelerator = asked.get("accelerator", {})
    count = accelerator.get("resourceCount") or accelerator.get("count") or ""
    return asked.get("resourceCpuLimit", ""), asked.get("resourceMemoryLimit", ""), str(count)


def _carriers(pipeline: Pipeline, carried: Carrying) -> list[str]:
    loops = carried.on_exit and any(step.fan_out for step in pipeline.on_exit)
    counted = any(not pipeline.by_id[id].allow_failure for id in carried.softened)
    there = (carried.on_exit, loops, carried.on_exit or counted)
    return [name for name, is_there in zip(CARRIERS, there, strict=True) if is_there]


def _wanted(pipeline: Pipeline, carried: Carrying) -> Mapping[str, list[Any]]:
    steps: tuple[Step, ...] = (*pipeline.steps, *pipeline.on_exit)
    names = Names(pipeline)
    asked = [(step.id, step.resources) for step in steps if step.resources]
    ends = [BACKSTOP * carried.on_exit + names.step[step.id] for step in pipeline.on_exit]
    listed = [step.id for step in steps if step.fan_out and step.needs_list_task]
    return {
        "steps": sorted(step.id for step in steps),
        "list tasks": sorted(names.items[step] for step in listed),
        "edges": sorted((need, step.id) for step in pipeline.steps for need in step.needs),
        "carriers": sorted([*_carriers(pipeline, carried), *names.gathered.values()]),
        "images": sorted((step.id, step.image) for step in steps),
        "re-tries": sorted(
            (step.id, step.retry.limit) for step in steps if step.retry and RetryOn.LOST in step.retry.on
        ),
        "at once": sorted(
            (step.id, step.fan_out.max_parallel) for step in steps if step.fan_out and step.fan_out.max_parallel
        ),
        "resources": sorted(
            (step, each.most_cpu or "", each.most_memory or "", str(each.gpu.count) if each.gpu else "")
            for step, each in asked
            if each.most_cpu or each.most_memory or each.gpu
        ),
        "cached": [],
        "without the sidecar": [],
        "untold of the definition": [],
        "params": sorted(
            [
                (OURS, "STRING", True),
                *(
                    (
                        each.name,
                        "STRING" if is_text(each) else TYPES[each.type.partition("[")[0]],
                        not each.sensitive and not isinstance(each.default, Missing),
                    )
                    for each in pipeline.params
                ),
            ]
        ),
        "at the end": ends if len(ends) < 2 else ["on-exit"],
    }


def _has_default(param: Param) -> bool:
    """A default that is sensitive stands in no file."""
    return not param.sensitive and not isinstance(param.default, Missing)
