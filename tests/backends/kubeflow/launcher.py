"""Runs an emitted PipelineSpec by processes, as driver and launcher of Kubeflow 2.17 do it with pods.

Written from their source: how inputs are resolved, where outputs are collected, what happens to files in a store.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

PARSED: dict[str, Callable[[str], Any]] = {
    "NUMBER_INTEGER": lambda text: float(int(text)),
    "NUMBER_DOUBLE": float,
    "BOOLEAN": {"true": True, "false": False}.get,
}
LOST = 69
Inputs = dict[str, dict[str, Any]]


@dataclass
class Task:
    """What MLMD knows of a task that is over."""

    state: str
    parameters: dict[str, Any] = field(default_factory=dict)
    artifacts: dict[str, Any] = field(default_factory=dict)
    lost: bool = False
    """Nothing else is tried again where Argo has `retryPolicy: OnError`, as by the manifests of Kubeflow."""


@dataclass
class Launcher:
    """`store` is the object store; `config` what the ConfigMap holds, mounted as `/pipeglot`."""

    spec: Mapping[str, Any]
    folder: Path
    environ: Mapping[str, str]
    config: Mapping[str, str] = field(default_factory=dict[str, str])
    run: str = field(default_factory=lambda: str(uuid.uuid4()))
    began: str = field(default_factory=lambda: datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"))
    logs: list[str] = field(default_factory=list)
    always: bool = False
    """Whether the Argo below has `retryPolicy: Always`, and not that of the manifests of Kubeflow."""
    _components: dict[str, Mapping[str, Any]] = field(default_factory=dict[str, Mapping[str, Any]])

    @property
    def store(self) -> Path:
        return self.folder / "store"

    @property
    def _mounted(self) -> Path:
        return self.folder / "pipeglot"

    def start(self, params: Mapping[str, Any]) -> str:
        self._mounted.mkdir(parents=True)
        for name, text in self.config.items():
            (self._mounted / name).write_text(text, "utf-8")
        declared = self.spec["root"]["inputDefinitions"]["parameters"]
        values = {name: each.get("defaultValue") for name, each in declared.items()} | dict(params)
        dag = self.spec["root"]["dag"]
        done = self._graph(dag, {"parameters": values, "artifacts": {}})
        return self._ended(dag, done)

    def _ended(self, dag: Mapping[str, Any], done: Mapping[str, Task]) -> str:
        masked = {key for key in done if self._is_masked(key, dag["tasks"], done)}
        states = {task.state for key, task in done.items() if key not in masked}
        return "FAILED" if "FAILED" in states else "COMPLETE"

    def _is_masked(self, key: str, tasks: Mapping[str, Any], done: Mapping[str, Task]) -> bool:
        """A task with an exit task, and one more that needs it: what the exit task ends with stands for both."""
        after = {other for other, task in tasks.items() if key in task.get("dependentTasks", [])}
        exits = {other for other in after if "triggerPolicy" in tasks[other]}
        return bool(exits and after - exits) and all(done[other].state == "COMPLETE" for other in exits)

    def _graph(self, dag: Mapping[str, Any], given: Inputs) -> dict[str, Task]:
        """Starts nothing more once a task failed, but what follows whatever happened."""
        done: dict[str, Task] = {}
        waiting = dict(dag["tasks"])
        while waiting:
            key = next(key for key, task in waiting.items() if not set(task.get("dependentTasks", [])) & set(waiting))
            task = waiting.pop(key)
            needs = [done[need].state for need in task.get("dependentTasks", [])]
            always = task.get("triggerPolicy", {}).get("strategy") == "ALL_UPSTREAM_TASKS_COMPLETED"
            if always or all(state == "COMPLETE" for state in needs):
                done[key] = self._task(key, task, given, done)
            else:
                done[key] = Task("CANCELED")
        return done

    def _task(self, key: str, task: Mapping[str, Any], given: Inputs, done: Mapping[str, Task]) -> Task:
        component = self._kept(self.spec["components"][task["componentRef"]["name"]])
        inputs = self._resolved(task.get("inputs", {}), given, done)
        if "parameterIterator" not in task:
            return self._component(key, task, component, inputs)
        iterator = task["parameterIterator"]
        items = iterator["items"]
        listed = json.loads(items["raw"]) if "raw" in items else inputs["parameters"].pop(items["inputParameter"])
        assert listed, "the driver cannot collect what a loop of no items left"
        each = []
        for item in listed:
            parameters = {**inputs["parameters"], iterator["itemInput"]: item}
            each.append(self._component(key, task, component, {**inputs, "parameters": parameters}))
        state = "FAILED" if any(one.state == "FAILED" for one in each) else "COMPLETE"
        outputs = component["outputDefinitions"]
        return Task(
            state,
            {name: [one.parameters.get(name) for one in each] for name in outputs.get("parameters", {})},
            {name: [a for one in each for a in one.artifacts.get(name, [])] for name in outputs.get("artifacts", {})},
        )

    def _kept(self, component: Mapping[str, Any]) -> Mapping[str, Any]:
        """Kubeflow keeps a component under what its container says: the first of several with equal ones."""
        if "executorLabel" not in component:
            return component
        executors = self.spec["deploymentSpec"]["executors"]
        said = json.dumps(executors[component["executorLabel"]]["container"], sort_keys=True)
        return self._components.setdefault(said, component)

    def _resolved(self, inputs: Mapping[str, Any], given: Inputs, done: Mapping[str, Task]) -> Inputs:
        found: Inputs = {"parameters": {}, "artifacts": {}}
        for name, source in inputs.get("parameters", {}).items():
            ((kind, where),) = source.items()
            if kind == "runtimeValue":
                told = {"{{$.pipeline_job_uuid}}": self.run, "{{$.pipeline_job_create_time_utc}}": self.began}
                found["parameters"][name] = told.get(str(where["constant"]), where["constant"])
            elif kind == "componentInputParameter":
                found["parameters"][name] = given["parameters"][where]
            elif kind == "taskFinalStatus":
                found["parameters"][name] = {"state": done[where["producerTask"]].state}
            else:
                found["parameters"][name] = done[where["producerTask"]].parameters[where["outputParameterKey"]]
        for name, source in inputs.get("artifacts", {}).items():
            ((kind, where),) = source.items()
            if kind == "componentInputArtifact":
                # of a list that a graph is given `GetInputArtifactsByExecutionID` keeps one
                found["artifacts"][name] = given["artifacts"][where][-1:]
            else:
                found["artifacts"][name] = done[where["producerTask"]].artifacts[where["outputArtifactKey"]]
        return found

    def _component(self, key: str, task: Mapping[str, Any], component: Mapping[str, Any], inputs: Inputs) -> Task:
        if "dag" in component:
            return self._dag(component, inputs)
        tries = task.get("retryPolicy", {}).get("maxRetryCount", 0) + 1
        salt = uuid.uuid4().hex[:8]
        found = Task("FAILED")
        for number in range(tries):
            found = self._pod(f"{key}/{salt}", number, component, inputs)
            if found.state == "COMPLETE" or not (found.lost or self.always):
                break
        return found

    def _dag(self, component: Mapping[str, Any], inputs: Inputs) -> Task:
        done = self._graph(component["dag"], inputs)
        made = Task(self._ended(component["dag"], done))
        outputs = component["dag"].get("outputs", {})
        for name, each in outputs.get("parameters", {}).items():
            where = each["valueFromParameter"]
            made.parameters[name] = done[where["producerSubtask"]].parameters.get(where["outputParameterKey"])
        for name, each in outputs.get("artifacts", {}).items():
            (where,) = each["artifactSelectors"]
            made.artifacts[name] = done[where["producerSubtask"]].artifacts.get(where["outputArtifactKey"], [])
        return made

    def _pod(self, task: str, number: int, component: Mapping[str, Any], inputs: Inputs) -> Task:
        pod = self.folder / "pods" / task.replace("/", "-") / str(number)
        declared = component.get("outputDefinitions", {})
        made = {
            name: {
                "name": name,
                "uri": f"minio://mlpipeline/{task}/{name}",
                "type": each["artifactType"],
                "metadata": {},
            }
            for name, each in declared.get("artifacts", {}).items()
        }
        files = {name: f"{pod}/tmp/kfp/outputs/{name}" for name in declared.get("parameters", {})}
        executor_input: dict[str, dict[str, Any]] = {
            "inputs": {
                "parameterValues": {name: value for name, value in inputs["parameters"].items() if value is not None},
                "artifacts": {
                    name: {"artifacts": self._placed(pod, each)} for name, each in inputs["artifacts"].items()
                },
            },
            "outputs": {
                "parameters": {name: {"outputFile": file} for name, file in files.items()},
                "artifacts": {name: {"artifacts": self._placed(pod, [each])} for name, each in made.items()},
                "outputFile": f"{pod}/minio/mlpipeline/{task}/output_metadata.json",
            },
        }
        self._download(pod, inputs["artifacts"])
        for path in [*files.values(), *(self._path(pod, each) for each in made.values())]:
            Path(path).parent.mkdir(parents=True, exist_ok=True)
        code = self._execute(pod, number, component, executor_input)
        if code:
            return Task("FAILED", lost=code < 0 or code == LOST)
        return self._collected(pod, declared, files, made, executor_input["outputs"]["outputFile"])

    def _execute(self, pod: Path, number: int, component: Mapping[str, Any], executor_input: Mapping[str, Any]) -> int:
        container = self.spec["deploymentSpec"]["executors"][component["executorLabel"]]["container"]
        texts = {"{{$}}": json.dumps(executor_input)}
        for side in ("inputs", "outputs"):
            for name, each in executor_input[side]["artifacts"].items():
                path = each["artifacts"][0]["customPath"] if len(each["artifacts"]) == 1 else ""
                texts[f"{{{{$.{side}.artifacts['{name}'].path}}}}"] = path
        command = [texts.get(part, part) for part in container["command"]]
        if command[1].startswith("/pipeglot/"):
            command[1] = f"{self._mounted}/{Path(command[1]).name}"
        command[0] = {"python3": sys.executable}.get(command[0], command[0])
        (pod / "code").mkdir(parents=True, exist_ok=True)
        told = {each["name"]: each["value"] for each in container.get("env", [])}
        if "PIPEGLOT_TABLE" in told:
            told["PIPEGLOT_TABLE"] = f"{self._mounted}/{Path(told['PIPEGLOT_TABLE']).name}"
        environ = {"KFP_RETRY_INDEX": str(number), **self.environ, **told, "PATH": os.environ["PATH"]}
        ended = subprocess.run(command, cwd=pod / "code", env=environ, capture_output=True, text=True, check=False)
        self.logs.append(ended.stdout + ended.stderr)
        return ended.returncode

    def _collected(
        self, pod: Path, declared: Mapping[str, Any], files: Mapping[str, str], made: Mapping[str, Any], result: str
    ) -> Task:
        done = Task("COMPLETE")
        for name, each in declared.get("parameters", {}).items():
            text = Path(files[name]).read_text("utf-8")
            done.parameters[name] = PARSED.get(each["parameterType"], str)(text)
            if each["parameterType"] in ("LIST", "STRUCT"):
                done.parameters[name] = json.loads(text)
        told = json.loads(Path(result).read_text("utf-8"))["artifacts"] if Path(result).exists() else {}
        for name, artifact in made.items():
            if name in told:
                artifact["metadata"] |= told[name]["artifacts"][0]["metadata"]
            self._upload(Path(self._path(pod, artifact)), self.store / artifact["uri"].partition("://")[2])
            done.artifacts[name] = [artifact]
        return done

    def _placed(self, pod: Path, artifacts: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """A pod has a root of its own; these have folders of their own, named by the path that a step may be told."""
        return [{**each, "customPath": self._path(pod, each)} for each in artifacts]

    def _path(self, pod: Path, artifact: Mapping[str, Any]) -> str:
        return f"{pod}/minio/{artifact['uri'].partition('://')[2]}"

    def _upload(self, path: Path, key: Path) -> None:
        """Objects have neither bits nor folders: what is empty is not there."""
        for file in [path] if path.is_file() else [each for each in path.rglob("*") if each.is_file()]:
            target = key / file.relative_to(path) if file != path else key
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, target)

    def _download(self, pod: Path, artifacts: Mapping[str, Any]) -> None:
        for each in (artifact for listed in artifacts.values() for artifact in listed):
            self._upload(self.store / each["uri"].partition("://")[2], Path(self._path(pod, each)))
