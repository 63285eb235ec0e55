"""Our own judge of containers and pods: each holds what its step asks for, read back from what Airflow would start."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from pipeglot.ir import Outside, Pipeline, Pod, PodField, Resources, Secret, Step
from pipeglot_backends.airflow.names import has_list_task, list_task

SHARED = {"pipeglot": "/pipeglot", "pipeglot-work": "/tmp/pipeglot", "xcom": "/airflow/xcom"}
BARE = re.compile(r"(?<!\$)(\$\$)*\$\(")
BYTES: Mapping[str, int] = {"": 0, "K": 1, "M": 2, "G": 3, "T": 4}


def tasks(pipeline: Pipeline) -> dict[str, tuple[str, Step]]:
    """The sidecar's verb and the step, by task."""
    steps = (*pipeline.steps, *pipeline.on_exit)
    lists = {list_task(step): ("items", step) for step in steps if has_list_task(step)}
    return {**lists, **{step.id: ("run", step) for step in steps}}


def containers(pipeline: Pipeline, read: Mapping[str, Any]) -> list[str]:
    """What is wrong with the containers that the DAG's tasks ask for."""
    operator = pipeline.settings.get("airflow", {}).get("operator", "bash")
    dag = read["dags"].get(pipeline.name, {"pods": {}, "containers": {}})
    wanted = {} if operator == "bash" else tasks(pipeline)
    found = dag["pods" if operator == "kubernetes" else "containers"]
    faults = [f"{name} is in no container" for name in wanted if name not in found]
    faults += [f"{name} is in a container" for name in found if name not in wanted]
    faults += [fault for each in read["config maps"] for fault in each["faults"]]
    for name in [name for name in wanted if name in found]:
        told = _pod(pipeline, *wanted[name], found[name], read) if operator == "kubernetes" else None
        told = told or (_container(pipeline, *wanted[name], found[name]) if operator == "docker" else None)
        faults += [f"{name}: {fault}" for fault in told or ()]
    return faults


def _container(pipeline: Pipeline, verb: str, step: Step, found: Mapping[str, Any]) -> Iterator[str]:
    home = "/pipeglot-python"
    carried = [f"{home}/ld.so", "--library-path", f"{home}/libs", f"{home}/bin/python3"]
    needs = step.resources if verb == "run" and step.resources else Resources(step.origin)
    secrets = [each for each in step.env.values() if isinstance(each, Secret)] if verb == "run" else []
    wanted = {
        "image": step.image,
        "entrypoint": [*(carried if pipeline.python else ["python3"]), "/pipeglot/sidecar.py"],
        "command": [verb, step.id],
        "workdir": step.workdir if verb == "run" else None,
        "cpu": cpu(needs.cpu) if needs.cpu else 1.0,
        "memory": size(needs.limit_memory or needs.memory or "") if needs.limit_memory or needs.memory else None,
        "shm": size(needs.shm) if needs.shm else None,
        "gpus": needs.gpu.count if needs.gpu else 0,
        "secrets": ["PIPEGLOT_SECRET_" + re.sub(r"\W", "_", f"{each.name}_{each.key}").upper() for each in secrets],
    }
    yield from _differences(wanted, found)


def _pod(pipeline: Pipeline, verb: str, step: Step, found: Mapping[str, Any], read: Mapping[str, Any]) -> Iterator[str]:
    yield from found["faults"]
    if not found["pod"]:
        return
    spec = found["pod"]["spec"]
    needs = step.resources if verb == "run" and step.resources else Resources(step.origin)
    (main,) = [each for each in spec["containers"] if each["name"] == "base"]
    variables = {each["name"]: each for each in main["env"]}
    yield from _differences(
        {
            "image": step.image,
            "command": ["python3"],
            "args": ["/pipeglot/sidecar.py", verb, step.id],
            "resources": _amounts(needs),
        },
        {"resources": {}, **main},
    )
    yield from _volumes(pipeline, needs, spec, main, {each["name"] for each in read["config maps"]})
    yield from _variables(verb, step, variables)
    yield from _besides(verb, step, found["pod"], main)
    kind = needs.gpu.type if needs.gpu else None
    if kind and kind not in spec.get("nodeSelector", {}).values():
        yield f"any node would do, and {kind} is wanted"


def _besides(verb: str, step: Step, pod: Any, main: Any) -> Iterator[str]:  # noqa: C901  # checks, one after the other
    """What the step says under `kubernetes`; a list task is placed as the step is, and mounts nothing of its."""
    wanted = step.pod or Pod(step.origin)
    found, told = pod["spec"], pod["metadata"]
    nodes, tolerations = found.get("nodeSelector", {}), found.get("tolerations", [])
    if wanted.node_selector.items() - nodes.items():
        yield f"the node has {nodes}, and {dict(wanted.node_selector)} is wanted"
    if tolerations != [dict(each) for each in wanted.tolerations]:
        yield f"tolerated is {tolerations}"
    if [each["name"] for each in found.get("imagePullSecrets", [])] != [*wanted.image_pull_secrets]:
        yield f"the image is pulled with {found.get('imagePullSecrets')}"
    if wanted.service_account and found.get("serviceAccountName") != wanted.service_account:
        yield f"the account is {found.get('serviceAccountName')}"
    for kind, entries in (("labels", wanted.labels), ("annotations", wanted.annotations)):
        if entries.items() - told.get(kind, {}).items():
            yield f"{kind} are {told.get(kind)}"
    yield from _differences(
        {
            "priorityClassName": wanted.priority_class,
            "terminationGracePeriodSeconds": int(wanted.termination_grace or 30),
        },
        found,
    )
    yield from _differences(
        {"imagePullPolicy": wanted.image_pull_policy, "envFrom": [dict(each) for each in wanted.env_from]},
        {"envFrom": [], **main},
    )
    volumes = {each["name"]: each for each in found["volumes"]}
    mounts = {each["mountPath"]: each for each in main["volumeMounts"]}
    for volume in wanted.volumes if verb == "run" else ():
        mount = mounts.get(volume.mount_path, {})
        if (mount.get("subPath"), bool(mount.get("readOnly"))) != (volume.sub_path, volume.read_only):
            yield f"at {volume.mount_path} is {mount}"
        elif {key: part for key, part in volumes[mount["name"]].items() if key != "name"} != volume.source:
            yield f"at {volume.mount_path} is {volumes[mount['name']]}"


def _volumes(pipeline: Pipeline, needs: Resources, spec: Any, main: Any, config_maps: set[str]) -> Iterator[str]:
    volumes = {each["name"]: each for each in spec["volumes"]}
    mounts = {each["name"]: each["mountPath"] for each in main["volumeMounts"]}
    if set(mounts) != set(volumes):
        yield f"mounts are {sorted(mounts)}, and volumes {sorted(volumes)}"
    wanted = {**SHARED, **_folders(pipeline)} | ({"pipeglot-shm": "/dev/shm"} if needs.shm else {})
    yield from _differences(wanted, mounts)
    sources = volumes["pipeglot"].get("projected", {}).get("sources", [])
    if {each.get("configMap", {}).get("name") for each in sources} != config_maps:
        yield f"sidecar and step table are in {volumes['pipeglot']}, and the ConfigMaps are {sorted(config_maps)}"


def _variables(verb: str, step: Step, found: Mapping[str, Any]) -> Iterator[str]:
    for read in step.reads:
        if f"PIPEGLOT.{read.slot}" not in found:
            yield f"{read.slot} is not there to read"
    outside = {name: each for name, each in step.env.items() if isinstance(each, Outside)} if verb == "run" else {}
    for name, each in outside.items():
        yield from _differences({name: {"name": name, "valueFrom": _source(each)}}, found)
    for name, variable in found.items():
        if BARE.search(variable.get("value", "")):
            yield f"Kubernetes would expand what stands in {name}"


def _source(value: Outside) -> dict[str, Any]:
    if isinstance(value, PodField):
        return {"fieldRef": {"fieldPath": value.path}}
    kind = "secretKeyRef" if isinstance(value, Secret) else "configMapKeyRef"
    return {kind: {"name": value.name, "key": value.key, **({"optional": True} if value.optional else {})}}


def _folders(pipeline: Pipeline) -> dict[str, str]:
    places = {"pipeglot-artifacts": pipeline.artifacts, "pipeglot-records": pipeline.records.sink}
    if "claim" in pipeline.settings.get("airflow", {}):
        del places["pipeglot-records"]
    return {name: place.removeprefix("file://").replace("%20", " ") for name, place in places.items() if place}


def _amounts(needs: Resources) -> dict[str, Any]:
    wanted = {"cpu": needs.cpu, "memory": needs.memory, "ephemeral-storage": needs.disk}
    amounts = {name: re.sub("K$", "k", amount) for name, amount in wanted.items() if amount}
    if needs.gpu:
        amounts[needs.gpu.resource] = str(needs.gpu.count)
    most = {"cpu": needs.limit_cpu, "memory": needs.limit_memory}
    limits = {**amounts, **{name: re.sub("K$", "k", amount) for name, amount in most.items() if amount}}
    return {name: each for name, each in (("requests", amounts), ("limits", limits)) if each}


def _differences(wanted: Mapping[str, Any], found: Mapping[str, Any]) -> Iterator[str]:
    for name, value in wanted.items():
        if found.get(name) != value:
            yield f"{name} is {found.get(name)}, not {value}"


def cpu(amount: str) -> float:
    return float(amount[:-1]) / 1000 if amount.endswith("m") else float(amount)


def size(amount: str) -> int:
    base = 1024 if amount.endswith("i") else 1000
    power = BYTES[re.sub(r"[\di]", "", amount)]
    return int(re.sub(r"\D", "", amount)) * int(base**power)
