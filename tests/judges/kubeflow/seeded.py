"""Faults to be put into a good definition, and what the reader must say of each."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import yaml

GOOD = Path(__file__).with_name("good.yaml").read_text("utf-8")
SPEC, PLATFORM = yaml.safe_load_all(GOOD)
Change = Callable[[SimpleNamespace], object]


def parts(spec: Any, platform: Any) -> SimpleNamespace:
    """The places where faults are put."""
    inner = spec["components"]["comp-exit-handler-1"]["dag"]["tasks"]
    return SimpleNamespace(
        spec=spec,
        components=spec["components"],
        executors=spec["deploymentSpec"]["executors"],
        make=spec["deploymentSpec"]["executors"]["exec-make"]["container"],
        main=inner,
        best=inner["best"]["inputs"],
        loop=spec["components"]["comp-loop"],
        root=spec["root"]["dag"]["tasks"],
        platform=platform,
        placed=platform["platforms"]["kubernetes"]["deploymentSpec"]["executors"],
    )


def faulty(change: Change) -> str:
    spec, platform = copy.deepcopy((SPEC, PLATFORM))
    change(parts(spec, platform))
    text = yaml.safe_dump_all([spec, platform], sort_keys=False)
    assert text != yaml.safe_dump_all([SPEC, PLATFORM], sort_keys=False), "nothing is changed"
    return text


SEEN_ON_A_REAL_BACKEND: Mapping[str, tuple[Change, str]] = {
    # refused when it is read
    "an unknown field": (lambda at: at.spec.update(rooot={}), "'rooot' is unknown"),
    "an unknown field deep down": (lambda at: at.main["make"].update(cache={}), "'cache' is unknown"),
    "a bad enum": (lambda at: at.root["bye"]["triggerPolicy"].update(strategy="AT_THE_END"), "is no strategy"),
    "an empty name": (lambda at: at.spec["pipelineInfo"].update(name=""), "name is missing or empty"),
    "another schema version": (lambda at: at.spec.update(schemaVersion="2.2.0"), "schemaVersion is 2.2.0"),
    "no root": (lambda at: at.spec.pop("root"), "root is missing"),
    # refused by its compiler
    "an unknown component": (
        lambda at: at.main["make"]["componentRef"].update(name="comp-mak"), "no component 'comp-mak'",
    ),
    "an unknown executor": (
        lambda at: at.components["comp-make"].update(executorLabel="exec-mak"), "no executor 'exec-mak'",
    ),
    "an unknown producer": (
        lambda at: at.best["parameters"]["scores"]["taskOutputParameter"].update(producerTask="loops"),
        "reads from the task 'loops'",
    ),
    "an unknown producer of an artifact": (
        lambda at: at.best["artifacts"]["models"]["taskOutputArtifact"].update(producerTask="loops"),
        "reads from the task 'loops'",
    ),
    "an empty DAG": (lambda at: at.components["comp-exit-handler-1"]["dag"].update(tasks={}), "tasks is missing"),
    "a resolver": (lambda at: at.executors.update({"exec-best": {"resolver": {}}}), "a resolver is nothing"),
    "a custom job": (lambda at: at.executors.update({"exec-best": {"customJob": {}}}), "a customJob is nothing"),
    # refused by Argo below
    "an unknown dependency": (lambda at: at.main["best"].update(dependentTasks=["loop", "no"]), "depends on 'no'"),
    "a cycle": (lambda at: at.main["make"].update(dependentTasks=["best"]), "make waits for itself"),
    # refused by Kubernetes
    "a bad name of the pipeline": (lambda at: at.spec["pipelineInfo"].update(name="No_Good"), "no name of a pipeline"),
    # the driver fails, later
    "a constant of a wrong type": (
        lambda at: at.best["parameters"].update(strict={"runtimeValue": {"constant": "yes"}}), "is no BOOLEAN",
    ),
    "a missing input": (lambda at: at.best["parameters"].pop("options"), "does not give the input 'options'"),
    "a missing artifact": (lambda at: at.best["artifacts"].pop("models"), "does not give the input 'models'"),
    "an unknown input": (
        lambda at: at.main["make"]["inputs"]["parameters"].update(text={"componentInputParameter": "txt"}),
        '"txt"}, which is not there',
    ),
    "a bad condition": (
        lambda at: at.main["best"]["triggerPolicy"].update(condition="inputs.parameter_values['strict'] == ("),
        "is no expression",
    ),
    "a condition over nothing": (
        lambda at: at.main["best"]["triggerPolicy"].update(condition="inputs.parameter_values['strikt'] == true"),
        "reads the input 'strikt'",
    ),
    "an unknown input of an iterator": (
        lambda at: at.main["loop"]["parameterIterator"]["items"].update(inputParameter="index"),
        "iterates over the input 'index'",
    ),
    "an unknown item of an iterator": (
        lambda at: at.main["loop"]["parameterIterator"].update(itemInput="item"), "its item goes to 'item'",
    ),
    "an unknown output": (
        lambda at: at.best["parameters"]["scores"]["taskOutputParameter"].update(outputParameterKey="scor"),
        "which is not there",
    ),
    "an unknown artifact": (
        lambda at: at.best["artifacts"]["models"]["taskOutputArtifact"].update(outputArtifactKey="modl"),
        "which is not there",
    ),
    # the driver panics
    "an unknown subtask": (
        lambda at: at.loop["dag"]["outputs"]["parameters"]["score"]["valueFromParameter"].update(producerSubtask="x"),
        "x has no 'score'",
    ),
    # an error in the code of whoever wrote the step
    "an integer where text is wanted": (
        lambda at: at.main["make"]["inputs"]["parameters"].update(text={"runtimeValue": {"constant": 5}}),
        "5 is no STRING",
    ),
    "an output of another type": (
        lambda at: at.components["comp-each"]["inputDefinitions"]["parameters"]["rows"].update(parameterType="STRING"),
        "is STRING, and gets NUMBER_INTEGER",
    ),
    # it says that it succeeded
    "an input too many": (
        lambda at: at.best["parameters"].update(more={"runtimeValue": {"constant": 1}}), "'more', which nobody asks",
    ),
    "an artifact of another kind": (
        lambda at: at.components["comp-best"]["inputDefinitions"]["artifacts"]["models"]["artifactType"].update(
            schemaTitle="system.Dataset"
        ),
        "is system.Dataset, and gets system.Model",
    ),
    "an unused component": (
        lambda at: at.components.update(more=copy.deepcopy(at.components["comp-make"])), "more is a component of no",
    ),
    "an exit task that depends on nothing": (
        lambda at: at.root["bye"].pop("dependentTasks"), "at the end of others, and depends on none",
    ),
    # it waits for ever
    "no image": (lambda at: at.make.pop("image"), "image is missing or empty"),
}  # fmt: skip
MORE: Mapping[str, tuple[Change, str]] = {
    "an empty image": (lambda at: at.make.update(image=""), "image is missing or empty"),
    "no command": (lambda at: at.make.pop("command"), "there is no command"),
    "no sdkVersion": (lambda at: at.spec.pop("sdkVersion"), "sdkVersion is missing"),
    "a long name of the pipeline": (lambda at: at.spec["pipelineInfo"].update(name="a" * 64), "no name of a pipeline"),
    "a bad name of a task": (lambda at: at.main.update({"Be_st": at.main.pop("best")}), "is no name of a task"),
    "no name in taskInfo": (lambda at: at.main["best"].update(taskInfo={}), "taskInfo is missing or empty"),
    "two implementations": (lambda at: at.loop.update(executorLabel="exec-each"), "exactly one of dag"),
    "two sources of a value": (
        lambda at: at.best["parameters"]["strict"].update(componentInputParameter="text"), "exactly one of",
    ),
    "no source of a value": (lambda at: at.best["parameters"].update(strict={}), "exactly one of"),
    "an old type": (
        lambda at: at.components["comp-make"]["inputDefinitions"]["parameters"].update(text={"type": "STRING"}),
        "'type' is unknown",
    ),
    "an unknown type": (
        lambda at: at.components["comp-make"]["inputDefinitions"]["parameters"]["text"].update(parameterType="TEXT"),
        "is no parameter type",
    ),
    "an edge that only the values show": (
        lambda at: at.main["best"].pop("dependentTasks"), "reads from 'loop' and does not wait for it",
    ),
    "a dependency said twice": (lambda at: at.main["best"].update(dependentTasks=["loop"] * 2), "twice on 'loop'"),
    "a component inside itself": (
        lambda at: at.loop["dag"]["tasks"]["each"]["componentRef"].update(name="comp-loop"), "a part of itself",
    ),
    "iterated over and not": (
        lambda at: at.main["three"].pop("parameterIterator"), "is iterated over by one task, and not by another",
    ),
    "an iterated output that is no list": (
        lambda at: at.loop["outputDefinitions"]["parameters"]["score"].update(parameterType="STRING"),
        "is STRING, and gets LIST",
    ),
    "an iterated artifact that is no list": (
        lambda at: at.loop["outputDefinitions"]["artifacts"]["model"].pop("isArtifactList"), "one artifact is wanted",
    ),
    "a list of artifacts where one is wanted": (
        lambda at: at.components["comp-best"]["inputDefinitions"]["artifacts"]["models"].pop("isArtifactList"),
        "one artifact is wanted, and a list comes",
    ),
    "one artifact where a list is wanted": (
        lambda at: at.components["comp-best"]["inputDefinitions"]["artifacts"]["anything"].update(isArtifactList=True),
        "a list is wanted, and one comes",
    ),
    "an output of a DAG of another type": (
        lambda at: at.components["comp-each"]["outputDefinitions"]["artifacts"]["model"]["artifactType"].update(
            schemaTitle="system.Metrics"
        ),
        "is system.Model, and gets system.Metrics",
    ),
    "an output of a DAG from nowhere": (
        lambda at: at.loop["dag"]["outputs"].pop("parameters"), "'score' comes from nowhere",
    ),
    "an output of a DAG that is not declared": (
        lambda at: at.loop["outputDefinitions"].pop("artifacts"), "'model' is not declared",
    ),
    "an item of another type": (
        lambda at: at.main["three"]["parameterIterator"]["items"].update(raw='[0, "a"]'), "'a', which is no NUMBER",
    ),
    "items that are no JSON": (
        lambda at: at.main["three"]["parameterIterator"]["items"].update(raw="[0,"), "which is no list",
    ),
    "items that are no list": (
        lambda at: at.loop["inputDefinitions"]["parameters"]["indices"].update(parameterType="STRING"),
        "'indices', which is no list",
    ),
    "an item that is given too": (
        lambda at: at.main["three"]["inputs"]["parameters"].update(
            {"indices-item": {"runtimeValue": {"constant": 1}}}
        ),
        "a value, and its items too",
    ),
    "an iterator over an executor": (
        lambda at: at.loop["dag"]["tasks"]["each"].update(
            parameterIterator={"itemInput": "index", "items": {"raw": "[1]"}}
        ),
        "a component that is no DAG",
    ),
    "an iterator over artifacts": (
        lambda at: at.main["three"].update(artifactIterator={"itemInput": "x"}), "iterates over artifacts",
    ),
    "a policy without an iterator": (
        lambda at: at.main["best"].update(iteratorPolicy={"parallelismLimit": 1}), "a policy of an iterator, and none",
    ),
    "a constant that is too exact": (
        lambda at: at.main["three"]["inputs"]["parameters"].update(rows={"runtimeValue": {"constant": 2**53 + 1}}),
        "is no NUMBER_INTEGER",
    ),
    "a default of another type": (
        lambda at: at.spec["root"]["inputDefinitions"]["parameters"]["text"].update(defaultValue=1), "1 is no STRING",
    ),
    "a default that nobody may leave out": (
        lambda at: at.spec["root"]["inputDefinitions"]["parameters"]["text"].pop("isOptional"), "is not optional",
    ),
    "a default that Argo expands": (
        lambda at: at.spec["root"]["inputDefinitions"]["parameters"]["text"].update(defaultValue="{{=2*3}}"),
        "for a template of its own",
    ),
    "an exit task that a failure stops": (
        lambda at: at.root["bye"].pop("triggerPolicy"), "and does not run then",
    ),
    "an exit task that succeeds with all": (
        lambda at: at.root["bye"]["triggerPolicy"].update(strategy="ALL_UPSTREAM_TASKS_SUCCEEDED"),
        "and does not run then",
    ),
    "an exit task that nobody tells": (
        lambda at: at.root["bye"]["inputs"].pop("parameters"), "nothing tells the status",
    ),
    "a status of nobody": (
        lambda at: at.root["bye"]["inputs"]["parameters"]["status"]["taskFinalStatus"].update(producerTask="main"),
        "reads from the task 'main'",
    ),
    "a status of a task that is not waited for": (
        lambda at: at.root["bye"].update(dependentTasks=["bye"]), "does not wait for it",
    ),
    "an exit task that starts at the end of two others": (
        lambda at: at.root["bye"]["dependentTasks"].append("before"), "runs at the end of each of",
    ),
    "an exit task that reads what may not be there": (
        lambda at: at.main["best"]["triggerPolicy"].update(strategy="ALL_UPSTREAM_TASKS_COMPLETED"),
        "runs after a failure too",
    ),
    "a bad duration": (
        lambda at: at.loop["dag"]["tasks"]["each"]["retryPolicy"].update(backoffDuration="30"), "is no duration",
    ),
    "retries that are no number": (
        lambda at: at.loop["dag"]["tasks"]["each"]["retryPolicy"].update(maxRetryCount=1.5), "is no count",
    ),
    "an unknown placeholder": (lambda at: at.make["args"].append("{{$.outputs.folder}}"), "no placeholder"),
    "a placeholder of nothing": (
        lambda at: at.make["args"].append("{{$.inputs.parameters['txt']}}"), "names nothing that is there",
    ),
    "a placeholder of a bad part": (
        lambda at: at.make["args"].append("{{$.outputs.artifacts['data'].file}}"), "there is nothing like",
    ),
    "what Argo expands": (lambda at: at.make["args"].append("{{workflow.uid}}"), "a template of its own"),
    "a variable that is set twice": (lambda at: at.make.update(env=at.make["env"] * 2), "stands twice"),
    "a bad variable": (lambda at: at.make["env"][0].update(name="A B"), "is no variable"),
    "a long argument": (lambda at: at.make["args"].append("x" * 131072), "longer than Linux allows"),
    "a bad quantity": (lambda at: at.make["resources"].update(resourceMemoryLimit="4GB"), "is no quantity"),
    "two accelerators": (lambda at: at.make["resources"]["accelerator"].update(count="2"), "of one kind, and so many"),
    "no accelerator": (lambda at: at.make["resources"]["accelerator"].update(count="0"), "is no amount"),
    "an unused executor": (
        lambda at: at.executors.update(more=at.executors["exec-best"]), "an executor of no component",
    ),
    "an unknown kind of artifact": (
        lambda at: at.components["comp-make"]["outputDefinitions"]["artifacts"]["record"]["artifactType"].update(
            schemaTitle="Artifact"
        ),
        "is no kind of artifact",
    ),
    "a document of a megabyte": (
        lambda at: at.spec["pipelineInfo"].update(description="x" * 1024 * 1024), "the definition has",
    ),
    # of the document beside it
    "an unknown platform": (
        lambda at: at.platform["platforms"].update(nomad={}), "platform 'nomad' is unknown",
    ),
    "a place for nobody": (
        lambda at: at.placed.update({"exec-mak": at.placed.pop("exec-make")}), "there is no such executor",
    ),
    "an unknown field of a place": (lambda at: at.placed["exec-make"].update(nodes={}), "'nodes' is unknown"),
    "a mount at no folder": (
        lambda at: at.placed["exec-make"]["pvcMount"][0].update(mountPath="data"), "is no folder",
    ),
    "two mounts at one folder": (
        lambda at: at.placed["exec-make"]["pvcMount"][0].update(mountPath="/pipeglot"), "two things are mounted",
    ),
    "a bad name of a secret": (
        lambda at: at.placed["exec-make"]["secretAsEnv"][0].update(secretName="To_kens"), "no object of Kubernetes",
    ),
    "a variable from two places": (
        lambda at: at.placed["exec-make"]["secretAsEnv"][0]["keyToEnv"][0].update(envVar="PIPEGLOT_ENGINE"),
        "is set twice",
    ),
    "a secret without a name": (
        lambda at: at.placed["exec-make"]["secretAsEnv"][0].pop("secretName"), "exactly one of secretName",
    ),
    "a secret by no parameter": (
        lambda at: at.placed["exec-make"]["secretAsEnv"][0].update(
            secretNameParameter={"componentInputParameter": "secret"}
        ),
        "has no parameter 'secret'",
    ),
    "a bad operator": (lambda at: at.placed["exec-make"]["tolerations"][0].update(operator="Is"), "is no operator"),
    "a bad pull policy": (lambda at: at.placed["exec-make"].update(imagePullPolicy="always"), "is no pull policy"),
    "two volumes of one name": (
        lambda at: at.placed["exec-make"]["enabledSharedMemory"].update(volumeName="work"), "stands twice",
    ),
}  # fmt: skip
BY_KUBEFLOW_ALONE: Mapping[str, tuple[Change, str]] = {
    # seen on a real backend; of Vertex, nothing is known
    "two components of one container": (
        lambda at: [
            at.executors[each].update(container={"image": "a", "command": ["true"]})
            for each in ("exec-make", "exec-each")
        ],
        "comp-each: has the container of comp-make",
    ),
}
FAULTS = {**SEEN_ON_A_REAL_BACKEND, **BY_KUBEFLOW_ALONE, **MORE}
TEXTS: Mapping[str, tuple[str, str, str]] = {
    "a name that YAML takes for a bool": ("text: {componentInput", "n: {componentInput", "False is no name"),
    "a text that YAML takes for a bool": ("imagePullPolicy: IfNotPresent", "imagePullPolicy: on", "True is no pull"),
    "a text that YAML takes for a number": ("secretName: tokens", "secretName: 1e3", "1000.0 is no text"),
    "a text that YAML takes for a date": ("secretName: tokens", "secretName: 2026-01-01", "is no text"),
    "a key twice": ("pipelineInfo: {name: good}", "pipelineInfo: {name: good, name: good}", "'name' stands twice"),
    "no YAML": ("pipelineInfo: {name: good}", "pipelineInfo: {name: good", "unreadable"),
    "a third document": ("platforms:", "{}\n---\nplatforms:", "there are 3 documents"),
}  # fmt: skip


def on_google_cloud() -> Any:
    spec = copy.deepcopy(SPEC)
    accelerator = spec["deploymentSpec"]["executors"]["exec-make"]["container"]["resources"]["accelerator"]
    accelerator.update(type="NVIDIA_L4", resourceType="NVIDIA_L4")
    return spec


ON_VERTEX: Mapping[str, tuple[Change, str]] = {
    "an accelerator of Kubernetes": (
        lambda at: at.make["resources"]["accelerator"].update(type="nvidia.com/gpu", resourceType="nvidia.com/gpu"),
        "Google Cloud has no accelerator 'nvidia.com/gpu'",
    ),
    "so many accelerators as no machine has": (
        lambda at: at.make["resources"]["accelerator"].update(count="3", resourceCount="3"), "has 3 accelerators",
    ),
    "a request without a limit": (
        lambda at: at.make.update(resources={"cpuRequest": 1.0}), "there is none for cpu",
    ),
    "a part for another platform": (
        lambda at: at.components["comp-make"].update(singlePlatformSpecs=[]), "Vertex knows no singlePlatformSpecs",
    ),
    **SEEN_ON_A_REAL_BACKEND,
}  # fmt: skip
IN_SHAPE: Mapping[str, tuple[str, Callable[[Any], object], str]] = {
    "another image": (
        "heavy",
        lambda spec: spec["deploymentSpec"]["executors"]["exec-fit"]["container"].update(image="other"),
        "images",
    ),
    "another step": (
        "chain_values", lambda spec: spec["root"]["dag"]["tasks"]["use"].update(taskInfo={"name": "uze"}), "steps",
    ),
    "a step less": ("chain_values", lambda spec: spec["root"]["dag"]["tasks"].pop("use"), "steps"),
    "a list task less": (
        "fan_out_dicts", lambda spec: spec["root"]["dag"]["tasks"].pop("each-items"), "list tasks",
    ),
    "an edge less": (
        "failed_branch", lambda spec: spec["root"]["dag"]["tasks"]["after-bad"].pop("dependentTasks"), "edges",
    ),
    "an edge more": (
        "failed_branch", lambda spec: spec["root"]["dag"]["tasks"]["bad"].update(dependentTasks=["good"]), "edges",
    ),
    "another retry": ("retry_third", lambda spec: _retried(spec).update(maxRetryCount=1), "re-tries"),
    "no limit of items": ("heavy", lambda spec: spec["root"]["dag"]["tasks"]["fit"].pop("iteratorPolicy"), "at once"),
    "other resources": (
        "heavy",
        lambda spec: spec["deploymentSpec"]["executors"]["exec-light"]["container"]["resources"].update(
            resourceCpuLimit="5"
        ),
        "resources",
    ),
    "a task that is cached": (
        "chain_values",
        lambda spec: spec["root"]["dag"]["tasks"]["use"].update(cachingOptions={"enableCache": True}),
        "cached",
    ),
    "a param less": ("params_typed", lambda spec: _params(spec).pop(next(iter(_params(spec)))), "params"),
    "a param of another type": (
        "leaving", lambda spec: _params(spec)["on"].update(parameterType="STRING"), "params",
    ),
    "a default that is not to be seen": (
        "heavy", lambda spec: _params(spec)["token"].update(defaultValue="t"), "params",
    ),
    "nothing at the end": (
        "on_exit_success", lambda spec: _task_with(spec, "triggerPolicy").pop("triggerPolicy"), "at the end",
    ),
}  # fmt: skip


def _params(spec: Any) -> Any:
    return spec["root"]["inputDefinitions"]["parameters"]


def _retried(spec: Any) -> Any:
    return _task_with(spec, "retryPolicy")["retryPolicy"]


def _task_with(spec: Any, field: str) -> Any:
    """A step's: the task that brings the sidecar is none."""
    graphs = [part["dag"]["tasks"] for part in (spec["root"], *spec["components"].values()) if "dag" in part]
    every = [(key, task) for tasks in graphs for key, task in tasks.items()]
    return next(task for key, task in every if field in task and key != "pipeglot-sidecar")
