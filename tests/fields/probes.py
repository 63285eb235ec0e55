"""Two pipelines for each field, that differ in nothing but its value."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.fields.walk import laid_over

BASE: dict[str, Any] = {
    "apiVersion": "pipeglot/v1",
    "kind": "Pipeline",
    "metadata": {"name": "probe"},
    "steps": {
        "a": {"image": "python:3.12", "run": ["echo", "a"]},
        "b": {"image": "python:3.12", "run": ["echo", "b"]},
    },
    "profiles": {"p": {}},
}
BARE = laid_over(BASE, {"steps": {"a": {"image": None}, "b": {"image": None}}})
"""For targets that start no containers."""
Two = tuple[Any, Any]


def at(path: str, value: Any) -> Any:
    for part in reversed(path.split(".")):
        value = {part: value}
    return value


def param(kind: str, **two: Two) -> Two:
    """A param that step `a` reads."""
    ((field, (one, other)),) = two.items()
    whole = {"params": {"x": {"type": kind}}, "steps": {"a": {"run": ["echo", "${{ params.x }}"]}}}
    return laid_over(whole, at(f"params.x.{field}", one)), laid_over(whole, at(f"params.x.{field}", other))


def step(path: str, one: Any, other: Any, whole: Any = None) -> Two:
    base = {"steps": {"a": whole or {}}}
    return laid_over(base, at(f"steps.a.{path}", one)), laid_over(base, at(f"steps.a.{path}", other))


def top(path: str, one: Any, other: Any, whole: Any = None) -> Two:
    return laid_over(whole or {}, at(path, one)), laid_over(whole or {}, at(path, other))


def pod(path: str, one: Any, other: Any) -> Two:
    return step(f"kubernetes.{path}", one, other)


def output(field: str, one: Any, other: Any, **whole: Any) -> Two:
    shown = "steps.a.outputs.o" if "default" in whole or field == "default" else "default(steps.a.outputs.o, 'none')"
    read = {} if "artifact" in whole else {"b": {"run": ["echo", f"${{{{ {shown} }}}}"]}}
    base = {"steps": {"a": {"run": ["touch", "${{ outputs.o }}"], "outputs": {"o": whole}}, **read}}
    return laid_over(base, at(f"steps.a.outputs.o.{field}", one)), laid_over(
        base, at(f"steps.a.outputs.o.{field}", other)
    )


CACHED = {"steps": {"a": {"cache": {"version": 1}}}}
TOLERATION = {"key": "gpu", "operator": "Equal", "value": "x", "effect": "NoExecute", "tolerationSeconds": 7}
VOLUME = {"mount_path": "/data", "persistentVolumeClaim": {"claimName": "data"}}
SOURCES: dict[str, Two] = {
    "configMap": ({"name": "a"}, {"name": "b"}),
    "secret": ({"secretName": "a"}, {"secretName": "b"}),
    "emptyDir": ({"sizeLimit": "1Gi"}, {"sizeLimit": "2Gi"}),
    "hostPath": ({"path": "/a"}, {"path": "/b"}),
    "nfs": ({"server": "a", "path": "/"}, {"server": "b", "path": "/"}),
    "csi": ({"driver": "a"}, {"driver": "b"}),
    "ephemeral": (
        {"volumeClaimTemplate": {"spec": {"volumeName": "a"}}},
        {"volumeClaimTemplate": {"spec": {"volumeName": "b"}}},
    ),
    "projected": ({"sources": [{"secret": {"name": "a"}}]}, {"sources": [{"secret": {"name": "b"}}]}),
}
TERMS: dict[str, Callable[[Any], Any]] = {
    "nodeAffinity": lambda each: {"nodeSelectorTerms": [{"matchExpressions": [each]}]},
    "podAffinity": lambda each: [{"topologyKey": "a", "labelSelector": {"matchExpressions": [each]}}],
    "podAntiAffinity": lambda each: [{"topologyKey": "a", "labelSelector": {"matchExpressions": [each]}}],
}
AFFINITY: dict[str, Two] = {
    kind: (
        {"requiredDuringSchedulingIgnoredDuringExecution": of({"key": "a", "operator": "Exists"})},
        {"requiredDuringSchedulingIgnoredDuringExecution": of({"key": "b", "operator": "Exists"})},
    )
    for kind, of in TERMS.items()
}
RIGHTS: dict[str, Two] = {
    "runAsUser": (1, 2),
    "runAsGroup": (1, 2),
    "runAsNonRoot": (True, False),
    "seccompProfile": ({"type": "RuntimeDefault"}, {"type": "Unconfined"}),
    "seLinuxOptions": ({"level": "a"}, {"level": "b"}),
    "appArmorProfile": ({"type": "RuntimeDefault"}, {"type": "Unconfined"}),
    "fsGroup": (1, 2),
    "fsGroupChangePolicy": ("Always", "OnRootMismatch"),
    "supplementalGroups": ([1], [2]),
    "sysctls": ([{"name": "a", "value": "1"}], [{"name": "a", "value": "2"}]),
    "allowPrivilegeEscalation": (True, False),
    "capabilities": ({"drop": ["ALL"]}, {"add": ["CHOWN"]}),
    "privileged": (True, False),
    "procMount": ("Default", "Unmasked"),
    "readOnlyRootFilesystem": (True, False),
}
ENV_FROM: dict[str, Two] = {
    "prefix": ({"configMapRef": {"name": "a"}, "prefix": "A_"}, {"configMapRef": {"name": "a"}, "prefix": "B_"}),
    **{
        f"{kind}{field}": ({kind: {"name": "a", "optional": True}}, {kind: {"name": "b"}})
        for kind in ("configMapRef", "secretRef")
        for field in ("", ".name", ".optional")
    },
}
RETRY = {"limit": 3, "delay": "10s"}
CRON = {"schedule": {"cron": "0 6 * * *"}}
FAN = {"foreach": {"items": ["x", "y"]}, "run": ["echo", "${{ item }}"]}


def volume(field: str, one: Any, other: Any) -> Two:
    return tuple(pod("volumes", [laid_over(VOLUME, at(field, each))], None)[0] for each in (one, other))


def toleration(field: str, one: Any, other: Any) -> Two:
    return pod("tolerations", [{**TOLERATION, field: one}], [{**TOLERATION, field: other}])


def plain_toleration(field: str, one: Any, other: Any) -> Two:
    return pod("tolerations", [{"key": "gpu", field: one}], [{"key": "gpu", field: other}])


def told(field: str, one: Any, other: Any) -> Two:
    whole = {"notify": {"webhook": {"secret": "chat", "key": "url"}}}
    return laid_over(whole, at(f"notify.{field}", one)), laid_over(whole, at(f"notify.{field}", other))


def listed(kind: str) -> Any:
    """Over the lines of an artifact."""
    made = {"run": ["touch", "${{ outputs.o }}"], "outputs": {"o": {"artifact": "file", "format": "jsonl"}}}
    items = {"items": "${{ steps.b.outputs.o }}", "item_type": kind}
    return {"steps": {"a": {"foreach": items, "run": ["echo", "${{ item }}"]}, "b": made}}


PROBES: dict[str, Two] = {
    "notify.on": told("on", ["failure"], ["success"]),
    "notify.webhook": told("webhook", {"secret": "one", "key": "url"}, {"secret": "other", "key": "url"}),
    "notify.webhook.secret": told("webhook.secret", "one", "other"),
    "notify.webhook.key": told("webhook.key", "one", "other"),
    "notify.webhook.optional": told("webhook.optional", True, False),
    "notify.message": told("message", "one", "other"),
    "notify.format": told("format", "json", "slack"),
    "profiles.*.notify": top("profiles.p.notify.message", "one", "other", told("on", ["failure"], ["success"])[0]),
    "steps.*.foreach.item_type": (listed("int"), listed("string")),
    "steps.*.notebook": (
        {"steps": {"a": {"run": None, "notebook": "one.ipynb"}}},
        {"steps": {"a": {"run": None, "notebook": "other.ipynb"}}},
    ),
    "metadata.name": top("metadata.name", "one", "other"),
    "metadata.description": top("metadata.description", "one thing", "another"),
    "metadata.labels": top("metadata.labels", {"team": "one"}, {"team": "other"}),
    "params.*.type": param("int", type=("int", "string")),
    "params.*.default": param("int", default=(1, 2)),
    "params.*.description": param("int", description=("one thing", "another")),
    "params.*.sensitive": param("int", sensitive=(True, False)),
    "params.*.enum": param("int", enum=([1], [2])),
    "params.*.min": param("int", min=(1, 2)),
    "params.*.max": param("int", max=(1, 2)),
    "params.*.pattern": param("string", pattern=("a", "b")),
    "params.*.min_length": param("string", min_length=(1, 2)),
    "params.*.max_length": param("string", max_length=(1, 2)),
    "params.*.items": param("list", items=("int", "string")),
    "params.*.min_items": param("list", min_items=(1, 2)),
    "params.*.max_items": param("list", max_items=(1, 2)),
    "steps.*.image": step("image", "python:3.11", "python:3.12"),
    "steps.*.workdir": step("workdir", "/one", "/other"),
    "steps.*.shell": step("shell", "sh", "bash", {"run": "echo a"}),
    "steps.*.env": step("env", {"A": "one"}, {"A": "other"}),
    "steps.*.env.*.secret": step("env.A", {"secret": "one", "key": "k"}, {"secret": "other", "key": "k"}),
    "steps.*.env.*.key": step("env.A", {"secret": "one", "key": "k"}, {"secret": "one", "key": "l"}),
    "steps.*.env.*.optional": step(
        "env.A", {"secret": "one", "key": "k", "optional": True}, {"secret": "one", "key": "k"}
    ),
    "steps.*.env.*.config_map": step("env.A", {"config_map": "one", "key": "k"}, {"config_map": "other", "key": "k"}),
    "steps.*.env.*.field": step("env.A", {"field": "metadata.name"}, {"field": "metadata.uid"}),
    "kubernetes": top("kubernetes", {"labels": {"a": "one"}}, {"labels": {"a": "other"}}),
    "steps.*.kubernetes.image_pull_policy": pod("image_pull_policy", "Always", "Never"),
    "steps.*.kubernetes.priority_class": pod("priority_class", "one", "other"),
    "steps.*.kubernetes.termination_grace": pod("termination_grace", "60s", "90s"),
    **{
        f"steps.*.kubernetes.env_from.[].{field}": pod("env_from", [one], [other])
        for field, (one, other) in ENV_FROM.items()
    },
    "steps.*.resources.limits.cpu": step("resources.limits.cpu", "1", "2"),
    "steps.*.resources.limits.memory": step("resources.limits.memory", "1Gi", "2Gi"),
    "steps.*.resources.gpu.resource": step(
        "resources.gpu", {"count": 1, "resource": "amd.com/gpu"}, {"count": 1, "resource": "intel.com/gpu"}
    ),
    "steps.*.kubernetes.node_selector": pod("node_selector", {"a": "one"}, {"a": "other"}),
    "steps.*.kubernetes.tolerations": pod("tolerations", [TOLERATION], []),
    "steps.*.kubernetes.tolerations.[].key": toleration("key", "one", "other"),
    "steps.*.kubernetes.tolerations.[].operator": plain_toleration("operator", "Equal", "Exists"),
    "steps.*.kubernetes.tolerations.[].value": toleration("value", "one", "other"),
    "steps.*.kubernetes.tolerations.[].effect": plain_toleration("effect", "NoSchedule", "NoExecute"),
    "steps.*.kubernetes.tolerations.[].tolerationSeconds": toleration("tolerationSeconds", 1, 2),
    "steps.*.kubernetes.volumes": pod("volumes", [VOLUME], []),
    "steps.*.kubernetes.volumes.[].mount_path": volume("mount_path", "/one", "/other"),
    "steps.*.kubernetes.volumes.[].sub_path": volume("sub_path", "one", "other"),
    "steps.*.kubernetes.volumes.[].read_only": volume("read_only", True, False),
    "steps.*.kubernetes.volumes.[].persistentVolumeClaim": volume("persistentVolumeClaim.claimName", "one", "other"),
    "steps.*.kubernetes.volumes.[].persistentVolumeClaim.claimName": volume(
        "persistentVolumeClaim.claimName", "one", "other"
    ),
    "steps.*.kubernetes.volumes.[].persistentVolumeClaim.readOnly": volume(
        "persistentVolumeClaim.readOnly", True, False
    ),
    **{
        f"steps.*.kubernetes.volumes.[].{kind}": pod(
            "volumes", [{"mount_path": "/d", kind: one}], [{"mount_path": "/d", kind: other}]
        )
        for kind, (one, other) in SOURCES.items()
    },
    "steps.*.kubernetes.service_account": pod("service_account", "one", "other"),
    "steps.*.kubernetes.image_pull_secrets": pod("image_pull_secrets", ["one"], ["other"]),
    **{f"steps.*.kubernetes.affinity.{kind}": pod(f"affinity.{kind}", *two) for kind, two in AFFINITY.items()},
    **{
        f"steps.*.kubernetes.security_context.{name}": pod(f"security_context.{name}", *two)
        for name, two in RIGHTS.items()
    },
    "steps.*.kubernetes.labels": pod("labels", {"a": "one"}, {"a": "other"}),
    "steps.*.kubernetes.annotations": pod("annotations", {"a": "one"}, {"a": "other"}),
    "steps.*.timeout": step("timeout", "10s", "20s"),
    "steps.*.run": step("run", ["echo", "one"], ["echo", "other"]),
    "steps.*.python": (
        {"steps": {"a": {"run": None, "python": "one:f"}}},
        {"steps": {"a": {"run": None, "python": "other:f"}}},
    ),
    "steps.*.retry.delay": step("retry", RETRY, {**RETRY, "delay": "20s"}),
    "steps.*.retry.backoff": step("retry", {**RETRY, "backoff": 2}, {**RETRY, "backoff": 1}),
    "steps.*.retry.max_delay": step("retry", {**RETRY, "backoff": 2, "max_delay": "15s"}, {**RETRY, "backoff": 2}),
    "steps.*.retry.on": step("retry", {**RETRY, "on": ["error", "lost"]}, RETRY),
    "steps.*.retry.limit": step("retry", RETRY, {**RETRY, "limit": 4}),
    "steps.*.resources.cpu": step("resources.cpu", "1", "2"),
    "steps.*.resources.memory": step("resources.memory", "1Gi", "2Gi"),
    "steps.*.resources.disk": step("resources.disk", "1Gi", "2Gi"),
    "steps.*.resources.shm": step("resources.shm", "1Gi", "2Gi"),
    "steps.*.resources.gpu.count": step("resources.gpu", {"count": 1}, {"count": 2}),
    "steps.*.resources.gpu.type": step(
        "resources.gpu", {"count": 1, "type": "nvidia-l4"}, {"count": 1, "type": "nvidia-tesla-t4"}
    ),
    "steps.*.inputs.*.value": step("inputs.i", {"type": "string", "value": "one"}, {"type": "string", "value": "two"}),
    "steps.*.inputs.*.type": step("inputs.i", {"type": "int", "value": 1}, {"type": "float", "value": 1}),
    "steps.*.inputs.*.items": step(
        "inputs.i", {"type": "list", "items": "int", "value": [1]}, {"type": "list", "items": "float", "value": [1]}
    ),
    "steps.*.inputs.*.uri": step("inputs.i", {"artifact": "file", "uri": "one"}, {"artifact": "file", "uri": "other"}),
    "steps.*.inputs.*.digest": step(
        "inputs.i.digest",
        f"sha256:{'1' * 64}",
        f"sha256:{'2' * 64}",
        {"inputs": {"i": {"artifact": "file", "uri": "a"}}},
    ),
    "steps.*.inputs.*.mode": step(
        "inputs.i",
        {"artifact": "file", "uri": "a", "mode": "reference"},
        {"artifact": "file", "uri": "a", "mode": "fetch"},
    ),
    "steps.*.cache.enabled": step("cache.enabled", True, False),
    "steps.*.cache.key": step("cache.key", "one", "other"),
    "steps.*.cache.max_age": step("cache.max_age", "1h", "2h"),
    "steps.*.cache.version": step("cache.version", 1, 2),
    "profiles.*.cache.store": top("profiles.p.cache.store", "file:///one", "file:///other", CACHED),
    "profiles.*.cache.environment": top("profiles.p.cache.environment", "one", "other", CACHED),
    "steps.*.outputs.*.optional": output("optional", True, False, type="string"),
    "steps.*.outputs.*.description": output("description", "one thing", "another", type="string", optional=True),
    "steps.*.outputs.*.format": output("format", "csv", "parquet", artifact="dataset"),
    "steps.*.outputs.*.sensitive": output("sensitive", True, False, type="string", optional=True),
    "steps.*.outputs.*.type": output("type", "string", "any", optional=True),
    "steps.*.outputs.*.items": output("items", "int", "float", type="list", default=[]),
    "steps.*.outputs.*.default": output("default", "one", "other", type="string"),
    "steps.*.outputs.*.register": output("register", "one", "another", artifact="model"),
    "steps.*.outputs.*.artifact": output("artifact", "file", "directory", artifact="file"),
    "steps.*.needs": step("needs", ["b"], []),
    "steps.*.when": top("steps.a.when", "${{ params.x == 'a' }}", None, {"params": {"x": {"type": "string"}}}),
    "steps.*.allow_failure": step("allow_failure", True, False),
    "steps.*.run_if": step("run_if", "always", "success", {"needs": ["b"]}),
    "steps.*.foreach.items": step("foreach.items", ["x", "y"], ["x", "z"], FAN),
    "steps.*.foreach.max_parallel": step("foreach.max_parallel", 1, 2, FAN),
    "steps.*.foreach.fail_fast": step("foreach.fail_fast", True, False, FAN),
    "steps.*.matrix": step("matrix", {"x": [1, 2]}, {"x": [1, 3]}, {"run": ["echo", "${{ matrix.x }}"]}),
    "on_exit": ({"on_exit": {"z": {"image": "python:3.12", "run": ["echo", "z"]}}}, {}),
    "max_parallel": top("max_parallel", 1, 2),
    "fail_fast": top(
        "fail_fast", True, False, {"steps": {"c": {"image": "python:3.12", "run": ["c"], "needs": ["b"]}}}
    ),
    "deadline": top("deadline", "10s", "20s"),
    "schedule.cron": top("schedule.cron", "0 6 * * *", "0 7 * * *"),
    "schedule.timezone": top("schedule.timezone", "Europe/Berlin", "UTC", CRON),
    "schedule.start": top("schedule.start", "2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z", CRON),
    "schedule.end": top("schedule.end", "2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z", CRON),
    "schedule.catchup": top("schedule.catchup", True, False, CRON),
    "schedule.overlap": top("schedule.overlap", "skip", "allow", CRON),
    "schedule.max_active": top("schedule.max_active", 2, 3, CRON),
    "records.sink": top("records.sink", "file:///one", "file:///other"),
    "records.capture": top("records.capture", ["env"], ["python"]),
    "records.on_failure": top("records.on_failure", "fail", "warn"),
    "profiles.*.name": top("profiles.p.name", "one", "other"),
    "profiles.*.artifacts": top(
        "profiles.p.artifacts",
        "s3://one/a",
        "gs://other/a",
        {"steps": {"a": output("artifact", "file", "file", artifact="file")[0]["steps"]["a"]}},
    ),
    "profiles.*.params": top("profiles.p.params.x", 1, 2, param("int", description=("x", "y"))[0]),
    "profiles.*.defaults": top("profiles.p.defaults.env", {"A": "one"}, {"A": "other"}),
    "profiles.*.steps": top("profiles.p.steps.a.env", {"A": "one"}, {"A": "other"}),
    "profiles.*.records": top("profiles.p.records.on_failure", "fail", "warn"),
    "profiles.*.schedule": top("profiles.p.schedule.cron", "0 6 * * *", "0 7 * * *", CRON),
    "profiles.*.kubernetes": top("profiles.p.kubernetes.labels", {"a": "one"}, {"a": "other"}),
    "profiles.*.secrets": top(
        "profiles.p.secrets", {"s": "one"}, {"s": "other"}, step("env.A", {"secret": "s", "key": "k"}, None)[0]
    ),
    "profiles.*.sidecar.deliver": top("profiles.p.sidecar.deliver", "image", "inline"),
    "profiles.*.sidecar.python": top("profiles.p.sidecar.python", "python:3.11", "python:3.12"),
}
