"""What a container is given, by operator: the arguments of a step's task, and what all tasks have in common."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import TypeAlias

from pipeglot.ir import ConfigKey, Origin, Outside, Patch, Pipeline, PodField, Secret, Step
from pipeglot_backends.airflow.emit import pods
from pipeglot_backends.airflow.emit.python_text import Call, Name, Node
from pipeglot_backends.airflow.settings import Settings, store
from pipeglot_backends.emit.patching import laid_over
from pipeglot_backends.protocol import Options
from pipeglot_expression.runtime.contract import secret_variable

Arguments: TypeAlias = dict[str, Node]

UNITS: Mapping[str, int] = {
    "": 1,
    "K": 1000,
    "M": 1000**2,
    "G": 1000**3,
    "T": 1000**4,
    "Ki": 1024,
    "Mi": 1024**2,
    "Gi": 1024**3,
    "Ti": 1024**4,
}
OPTIONAL: Mapping[str, Mapping[str, str]] = {
    "bash": {},
    "docker": {"secrets": "secrets=()"},
    "kubernetes": {"outside": "outside=()", "workdirs": "workdir=None", "mounted": "mounted=()"},
}
"""Arguments of our own that the operator takes where a pipeline needs them, by flag."""


OVERRIDDEN = frozenset(("startup_timeout_seconds", "log_pod_spec_on_failure"))
"""Arguments that a task may have in place of those that stand once, in the class of all."""
NO_PATCH = Patch({}, Origin("", ()))


def flags(pipeline: Pipeline) -> dict[str, bool]:
    steps = (*pipeline.steps, *pipeline.on_exit)
    wanted = [step.resources for step in steps if step.resources]
    return {
        "secrets": any([*_secrets(step), *_of_pods(step)] for step in steps),
        "outside": any(isinstance(each, Outside) for step in steps for each in step.env.values()),
        "graced": any(step.pod and step.pod.termination_grace for step in steps),
        "workdirs": any(step.workdir for step in steps),
        "mounted": any(each.shm for each in wanted) or any(step.pod and step.pod.volumes for step in steps),
        "accounts": any(step.pod and step.pod.service_account for step in steps),
        "gpus": any(each.gpu for each in wanted),
        "stored": store(pipeline) is not None,
        "cached": any(step.cache for step in pipeline.steps),
        "carried": pipeline.python is not None,
        "overridden": any(OVERRIDDEN & each.patches.get("airflow", NO_PATCH).fields.keys() for each in steps),
    }


def constants(pipeline: Pipeline, settings: Settings, options: Options) -> Arguments:
    """What stands once in the DAG file, for all tasks."""
    if settings.operator == "docker":
        # As the worker itself, so that both can read and write the folders that they share.
        user: Node = settings.user or Name('f"{os.getuid()}:{os.getgid()}"')
        given: Arguments = {"user": user, "mount_tmp_dir": False, "auto_remove": "never"}
        given |= {"docker_url": settings.docker_url, "docker_conn_id": settings.connection}
        return {"CONTAINER": {name: value for name, value in given.items() if value is not None}}
    return pods.constants(pipeline, settings, options) if settings.operator == "kubernetes" else {}


def arguments(step: Step, settings: Settings) -> Arguments:
    return _ARGUMENTS[settings.operator](step, settings)


def with_patch(given: Mapping[str, Node], patch: Patch | None) -> Arguments:
    """A patch holds literals, and what it deletes is left to Airflow."""
    return laid_over(given, patch.fields) if patch else dict(given)


def listing(step: Step, settings: Settings) -> Arguments:
    """Of a list task: it runs in the step's image, on a node as the step's, and needs no more than that."""
    if settings.operator == "bash":
        return {}
    return {"image": step.image, **(pods.placed(step.pod) if step.pod and settings.operator == "kubernetes" else {})}


def _bash(step: Step, settings: Settings) -> Arguments:
    del step, settings
    return {}


def _docker(step: Step, settings: Settings) -> Arguments:
    del settings
    given: Arguments = {"image": step.image, "working_dir": step.workdir}
    held = [secret_variable(each.name, each.key, each.exact) for each in _secrets(step)]
    given["secrets"] = [*held, *_of_pods(step)] or None
    if step.resources:
        needs = step.resources
        given["cpus"] = float(_cpu(needs.cpu)) if needs.cpu else None
        given["mem_limit"] = _bytes(needs.most_memory) if needs.most_memory else None
        given["shm_size"] = _bytes(needs.shm) if needs.shm else None
        if needs.gpu:
            request: tuple[tuple[str, Node], ...] = (("count", needs.gpu.count), ("capabilities", [["gpu"]]))
            given["device_requests"] = [Call("DeviceRequest", request)]
    return given


def _kubernetes(step: Step, settings: Settings) -> Arguments:
    given: Arguments = {"image": step.image, "workdir": step.workdir}
    given["outside"] = pods.outside(step) or None
    return {**given, **pods.arguments(step, settings)}


_ARGUMENTS: Mapping[str, Callable[[Step, Settings], Arguments]] = {
    "bash": _bash,
    "docker": _docker,
    "kubernetes": _kubernetes,
}


def _secrets(step: Step) -> list[Secret]:
    return [each for each in step.env.values() if isinstance(each, Secret)]


def _of_pods(step: Step) -> list[str]:
    """Variables that only pods have from elsewhere: here from the worker, as its secrets are."""
    return [name for name, each in step.env.items() if isinstance(each, ConfigKey | PodField)]


def _cpu(amount: str) -> Decimal:
    return Decimal(amount[:-1]) / 1000 if amount.endswith("m") else Decimal(amount)


def _bytes(amount: str) -> int:
    number = amount.rstrip("iKMGT")
    return int(number) * UNITS[amount[len(number) :]]
