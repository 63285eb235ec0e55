"""Tasks: a step, a fan-out with its list task, and the graphs that hold them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

from pipeglot.ir import Gpu, Pipeline, Step
from pipeglot_backends.emit.yaml_text import Data
from pipeglot_backends.kubeflow.emit import sidecar_task
from pipeglot_backends.kubeflow.emit.bindings import (
    DEFINITION,
    RUN_ID,
    STATUS,
    Binding,
    about_run,
    constant,
    final_status,
    from_run,
    input_definitions,
    merged,
    output_of,
    parameter,
    reads_of,
    selected,
    task_inputs,
)
from pipeglot_backends.kubeflow.emit.delivery import Delivery
from pipeglot_backends.kubeflow.emit.executors import container, gpu_of_kubernetes, kubernetes, tries_of_engine
from pipeglot_backends.kubeflow.emit.interning import Interned
from pipeglot_backends.kubeflow.emit.interning import mark as mark_of
from pipeglot_backends.kubeflow.emit.sidecar_task import SidecarTask
from pipeglot_backends.kubeflow.emit.softening.softened import Carrying
from pipeglot_backends.kubeflow.emit.step_tables import Tables
from pipeglot_backends.kubeflow.emit.types import (
    ANY_ARTIFACT,
    INTEGER,
    LIST,
    METRIC_ARTIFACT,
    STRING,
    Types,
    artifact_type,
)
from pipeglot_backends.kubeflow.names import BACKSTOP, ENDS, SIDECAR, Names
from pipeglot_backends.protocol import Options
from pipeglot_expression.runtime.contract import INDICES, STATE

STEP, TABLE, INDEX = "pipeglot-step", "pipeglot-table", "pipeglot-index"
RECORD, METRICS = "pipeglot-record", "pipeglot-metrics"
LISTED = "Output"
"""`kfp.local` loops over an output of no other name."""
NO_ITEMS = "[-1]"
NOT_CACHED: dict[str, Data] = {}
"""An empty policy says so, whatever is the default of an installation."""


@dataclass(slots=True)
class Graph:
    """What is made of the steps. `platform` holds what the executors need beside their containers.

    With `bringing` only a graph of one container has the sidecar by `delivery`.
    """

    pipeline: Pipeline
    options: Options
    delivery: Delivery
    bringing: SidecarTask | None = None
    engine: str = "kubeflow"
    gpu_name: Callable[[Gpu], str] = gpu_of_kubernetes
    tabled: bool = False
    """What brings the sidecar brings the step table with it."""
    carried: Carrying = field(default_factory=Carrying)
    given: Binding = sidecar_task.GIVEN
    backstop: bool = False
    """Of the steps of `on_exit` alone, which stand in the graph of the others too."""
    components: Interned = field(default_factory=lambda: Interned("comp"))
    executors: Interned = field(default_factory=lambda: Interned("exec"))
    platform: dict[str, Data] = field(default_factory=dict[str, Data])
    names: Names = field(init=False)
    types: Types = field(init=False)
    tables: Tables = field(init=False)
    shares_sidecar: bool = field(init=False)
    """One task brings it for the steps and for `on_exit`, and stands before the graph that holds both."""
    _deliveries: dict[str, Delivery] = field(init=False)

    def __post_init__(self) -> None:
        self.tables = Tables(self.options.table)
        self.names = Names(self.pipeline, f"{BACKSTOP}-" if self.backstop else "")
        self.types = Types(self.pipeline, self.carried.absent)
        self._deliveries = {}
        # an importer is no container, and nobody can read what Vertex AI makes of an exit task's artifact
        self.shares_sidecar = bool(self.bringing and self.pipeline.on_exit and self.engine == "kubeflow")
        both = self.pipeline.steps, self.pipeline.on_exit
        for steps in [(*both[0], *both[1])] if self.inside else both:
            self._deliveries |= dict.fromkeys((step.id for step in steps), self._delivery(steps))

    @property
    def inside(self) -> bool:
        """Whether the steps of `on_exit` stand in the graph of the others."""
        return self.carried.on_exit and not self.backstop

    def tasks(self, steps: Sequence[Step]) -> dict[str, Data]:
        """Of one graph: all steps of the pipeline, or all of its `on_exit`."""
        made = {} if self.shares_sidecar else self.bringing_task(steps)
        for step in steps:
            made.update(self._fanned(step) if step.fan_out else self._plain(step))
        return made

    def params_used(self, steps: Iterable[Step]) -> tuple[Binding, ...]:
        """What a sub-DAG with these steps must hand on to them, each once, under the name that the run has for it."""
        found: dict[str, Binding] = {}
        for step in steps:
            found |= {each.name: each for each in self._ours(step)}
            for given in reads_of(self.pipeline, step, self.names, self.types, inside=self._is_inside(step)):
                if given.param:
                    found[given.param] = Binding(given.param, given.definition, given.source, param=given.param)
        return tuple(found.values())

    def _delivery(self, steps: Sequence[Step]) -> Delivery:
        if self.bringing is None or (sidecar_task.alone(steps) and not self.shares_sidecar):
            return self.delivery
        return replace(sidecar_task.HANDED_ON, tabled=self.tabled)

    def bringing_task(self, steps: Sequence[Step]) -> dict[str, Data]:
        """The task that all others of the graph need, if the sidecar is brought."""
        if self.bringing is None or not self._deliveries[steps[0].id].brought:
            return {}
        executor = self.bringing(steps[0])
        label = self.executors.name_of(executor.made, SIDECAR, executor.needed)
        if executor.needed:
            self.platform[label] = executor.needed
        component = self.components.name_of({"executorLabel": label, **sidecar_task.INTERFACE}, SIDECAR)
        task = self._task(SIDECAR, component, (), [])
        return {SIDECAR: {**task, "retryPolicy": sidecar_task.RETRIES} if executor.retried else task}

    def _plain(self, step: Step) -> dict[str, Data]:
        given = (*self._reads(step), *self._told(step, "run"))
        key = self.names.step[step.id]
        return {key: self._tried(step, self._component(step, given, key), given, self._needs(step))}

    def _fanned(self, step: Step) -> dict[str, Data]:
        """A graph with the step in it, over the indices of its items; before it the task that lists them, if any."""
        assert step.fan_out is not None
        key = self.names.step[step.id]
        reads = self._reads(step)
        inner = (*(each.passed_through() for each in reads), *self._told(step, "run"), _from_loop())
        inside = self._tried(step, self._component(step, inner, key), inner, [])
        outer: list[Binding] = [each for each in reads if not _is_constant(each)]
        outer += self._ours(step)
        made: dict[str, Data] = {}
        needs, items = self._needs(step), _literal(len(step.fan_out.literal or ()))
        if step.needs_list_task:
            listing = self.names.items[step.id]
            listed = (*reads, *self._told(step, "items"))
            made[listing] = self._task(listing, self._list_component(step, listed, listing), listed, needs)
            outer.append(parameter(INDICES, LIST, output_of(listing, LISTED)))
            needs, items = [*needs, listing], {"inputParameter": INDICES}
        loop = self._loop(step, outer, inside, key)
        limit = step.fan_out.max_parallel
        made[key] = {
            **self._task(self._shown(step), self.components.name_of(loop, f"{key}-each"), outer, needs),
            "parameterIterator": {"items": items, "itemInput": INDEX},
            **({"iteratorPolicy": {"parallelismLimit": limit}} if limit else {}),
        }
        return made

    def _loop(self, step: Step, outer: list[Binding], inside: Data, key: str) -> Data:
        values = [output.name for output in step.outputs if not output.artifact]
        collected: dict[str, Data] = {name: selected(key, name) for name in sorted([*values, STATE])}
        pieces: dict[str, Data] = {
            output.name: {"artifactSelectors": [{"producerSubtask": key, "outputArtifactKey": output.name}]}
            for output in step.outputs
            if output.artifact
        }
        made = {output.name: artifact_type(output, many=True) for output in step.outputs if output.artifact}
        item = Binding(INDEX, {"parameterType": INTEGER}, None)
        return {
            "inputDefinitions": input_definitions([*outer, item]),
            "outputDefinitions": merged(
                {"artifacts": made, "parameters": {name: {"parameterType": LIST} for name in collected}}
            ),
            "dag": {"tasks": {key: inside}, "outputs": merged({"artifacts": pieces, "parameters": collected})},
        }

    def _component(self, step: Step, given: Iterable[Binding], key: str) -> str:
        values = [output for output in step.outputs if not output.artifact]
        parameters: dict[str, Data] = {
            output.name: {"parameterType": self.types.native(step, output) or STRING} for output in values
        }
        numeric = any(output.type in ("int", "float", "bool") and not output.sensitive for output in values)
        artifacts = merged(
            {output.name: artifact_type(output) for output in step.outputs if output.artifact},
            {METRICS: METRIC_ARTIFACT if numeric else None, RECORD: ANY_ARTIFACT},
        )
        return self._executed(step, given, key, {**parameters, STATE: {"parameterType": STRING}}, artifacts)

    def _list_component(self, step: Step, given: Iterable[Binding], key: str) -> str:
        parameters: dict[str, Data] = {LISTED: {"parameterType": LIST}, STATE: {"parameterType": STRING}}
        return self._executed(step, given, key, parameters, {RECORD: ANY_ARTIFACT})

    def _executed(
        self, step: Step, given: Iterable[Binding], key: str, parameters: dict[str, Data], artifacts: dict[str, Data]
    ) -> str:
        interface: dict[str, Data] = {
            "inputDefinitions": input_definitions(given),
            "outputDefinitions": {"artifacts": artifacts, "parameters": parameters},
        }
        component: Data = {"executorLabel": self._executor(step, key, interface), **interface}
        return self.components.name_of(component, key)

    def _executor(self, step: Step, key: str, interface: dict[str, Data]) -> str:
        delivery = self._deliveries[step.id]
        needed = kubernetes(step, delivery, self.options.settings, self.pipeline.records.server)
        mark = mark_of(interface, needed) if self.engine == "kubeflow" else None
        made: Data = {"container": container(self.pipeline, step, delivery, self.engine, self.gpu_name, mark)}
        label = self.executors.name_of(made, key, needed)
        if needed:
            self.platform[label] = needed
        return label

    def _tried(self, step: Step, component: str, given: Iterable[Binding], needs: list[str]) -> dict[str, Data]:
        task = self._task(self._shown(step), component, given, needs)
        return {**task, **tries_of_engine(step.retry)}

    def _task(self, shown: str, component: str, given: Iterable[Binding], needs: list[str]) -> dict[str, Data]:
        return {
            "taskInfo": {"name": shown},
            "componentRef": {"name": component},
            "cachingOptions": NOT_CACHED,
            **merged({"dependentTasks": needs, "inputs": task_inputs(given)}),
        }

    def _reads(self, step: Step) -> tuple[Binding, ...]:
        given = self.given.passed_through() if self.shares_sidecar else self.given
        brought = (given,) if self._deliveries[step.id].brought else ()
        status = (final_status(STATUS),) if self.backstop else ()
        read = reads_of(self.pipeline, step, self.names, self.types, inside=self._is_inside(step))
        return (*read, *status, *brought)

    def _shown(self, step: Step) -> str:
        return f"{BACKSTOP}-{step.id}" if self.backstop else step.id

    def _is_inside(self, step: Step) -> bool:
        return self.inside and step.on_exit

    def _needs(self, step: Step) -> list[str]:
        first = [SIDECAR] if self._deliveries[step.id].brought and not self.shares_sidecar else []
        needs = step.needs
        if self._is_inside(step):
            first.append(ENDS)
            needs = tuple(dict.fromkeys((*(read.step for read in step.reads if read.step), *step.after)))
        if step.fan_out and not self.backstop:
            read = ((each.step or "", each.output or "") for each in step.reads if each.is_artifact)
            first += [self.names.gathered[each] for each in read if each in self.names.gathered]
        return [*first, *(self.names.step[need] for need in needs)]

    def _told(self, step: Step, verb: str) -> tuple[Binding, ...]:
        """What the sidecar must know beside what the step reads."""
        constants = [constant(STEP, f"{verb} {step.id}")]
        if not self._deliveries[step.id].tabled:
            constants.append(self._own_table(step))
        constants += [*self._ours(step), *about_run(self.pipeline, step, self.engine, self.options.version)]
        return tuple(constants)

    def _ours(self, step: Step) -> list[Binding]:
        """The parameters of the run that are not the pipeline's."""
        names = (RUN_ID,) if self._deliveries[step.id].tabled else (RUN_ID, DEFINITION)
        return [from_run(name, STRING, name) for name in names]

    def _own_table(self, step: Step) -> Binding:
        """A block of YAML; for Vertex AI, which reads JSON, a list of lines."""
        table = self.tables.of(step.id)
        if self.engine == "kubeflow":
            return constant(TABLE, table + "\n")
        return parameter(TABLE, LIST, {"runtimeValue": {"constant": table.split("\n")}})

    @property
    def tells_definition(self) -> bool:
        return not all(each.tabled for each in self._deliveries.values())


def _from_loop() -> Binding:
    return parameter(INDEX, INTEGER, {"componentInputParameter": INDEX})


def _is_constant(given: Binding) -> bool:
    return isinstance(given.source, dict) and "runtimeValue" in given.source


def _literal(count: int) -> Data:
    """A loop of no items leaves nothing that could be collected, so there is one that stands for none."""
    return {"raw": json.dumps(list(range(count))) if count else NO_ITEMS}
