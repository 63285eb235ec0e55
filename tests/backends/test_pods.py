"""What the targets make of `kubernetes:`, of a secret, and of the way the sidecar is to come."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from pipeglot.diagnostics import SpecRejected
from pipeglot.driver.compiling import compiled, find_target, options_for, refusals, sidecar_text
from pipeglot.driver.loading import load
from pipeglot.driver.planning import plan, plan_text
from pipeglot.ir import Gpu, Json, Pipeline, Resources, Volume
from pipeglot_backends.features import delivery
from pipeglot_backends.kubeflow import WAY

PODS = Path(__file__).parents[1] / "judges" / "kubeflow" / "pipelines" / "pods.yaml"
FANNED = Path(__file__).parents[1] / "conformance" / "fan_out_dicts" / "pipeline.yaml"
NODES = {
    "requiredDuringSchedulingIgnoredDuringExecution": {
        "nodeSelectorTerms": [
            {"matchExpressions": [{"key": "kubernetes.io/arch", "operator": "In", "values": ["amd64", "arm64"]}]}
        ]
    }
}
TOLERATIONS = [{"key": "batch", "operator": "Exists", "effect": "NoSchedule"}]


def emitted(profile: str | None, target: str, deliver: str | None = None, path: Path = PODS) -> dict[str, str]:
    pipeline = replace(load(path, profile), deliver=deliver)
    return {file.path: file.text for file in compiled(pipeline, target).native}


def named(entries: list[Any]) -> dict[str, Any]:
    return {each["name"]: each for each in entries}


def test_argo_has_all_of_it_in_the_template() -> None:
    spec = yaml.safe_load(emitted("cluster", "argo")["workflowtemplate.yaml"])["spec"]
    templates = named(spec["templates"])
    assert spec["imagePullSecrets"] == [{"name": "registry"}]
    each, items, after = templates["each"], templates["each-items"], templates["after"]
    for template in (each, items, after):
        assert template["tolerations"] == TOLERATIONS
        assert template["serviceAccountName"] == "trainer"
    assert each["nodeSelector"] == items["nodeSelector"] == {"acme/disk": "ssd", "zone": "a"}
    assert after["nodeSelector"] == {"zone": "a"}
    assert each["metadata"] == {"labels": {"team": "churn"}, "annotations": {"acme/why": "a test"}}
    assert each["volumes"] == [
        {"name": "volume-0", "persistentVolumeClaim": {"claimName": "data"}},
        {"name": "volume-1", "configMap": {"name": "churn"}},
        {"name": "volume-2", "secret": {"secretName": "keys", "optional": True}},
        {"name": "volume-3", "emptyDir": {"medium": "Memory", "sizeLimit": "1Gi"}},
    ]
    assert each["container"]["volumeMounts"] == [
        {"name": "volume-0", "mountPath": "/data", "subPath": "churn"},
        {"name": "volume-1", "mountPath": "/etc/churn"},
        {"name": "volume-2", "mountPath": "/etc/keys"},
        {"name": "volume-3", "mountPath": "/scratch"},
    ]
    assert "volumes" not in items
    token = {"name": "TOKEN", "valueFrom": {"secretKeyRef": {"name": "acme-api", "key": "to.ken"}}}
    assert named(each["container"]["env"])["TOKEN"] == token


CLUSTER = PODS.parents[2] / "argo" / "pipelines" / "cluster.yaml"


def test_argo_has_what_a_cluster_knows() -> None:
    (template,) = yaml.safe_load(emitted(None, "argo", path=CLUSTER)["workflowtemplate.yaml"])["spec"]["templates"][1:]
    container, variables = template["container"], named(template["container"]["env"])
    assert (template["priorityClassName"], container["imagePullPolicy"]) == ("urgent", "Always")
    assert yaml.safe_load(template["podSpecPatch"]) == {"terminationGracePeriodSeconds": 60}
    assert variables["PIPEGLOT_GRACE"]["value"] == "40", "all but what its record needs"
    assert variables["MODE"]["valueFrom"] == {"configMapKeyRef": {"name": "churn", "key": "mode"}}
    assert variables["POD"]["valueFrom"] == {"fieldRef": {"fieldPath": "metadata.name"}}
    assert container["envFrom"] == [
        {"configMapRef": {"name": "churn"}, "prefix": "CHURN_"},
        {"secretRef": {"name": "keys", "optional": True}},
    ]
    assert container["resources"] == {
        "requests": {"memory": "1Gi", "nvidia.com/mig-1g.5gb": "2"},
        "limits": {"memory": "2Gi", "nvidia.com/mig-1g.5gb": "2"},
    }


def test_argo_keeps_and_locks_workflows_as_the_profile_says() -> None:
    files = emitted("kept", "argo", path=CLUSTER)
    spec = yaml.safe_load(files["workflowtemplate.yaml"])["spec"]
    assert spec["ttlStrategy"] == {"secondsAfterCompletion": 604800, "secondsAfterSuccess": 129600}
    assert (spec["podGC"], spec["archiveLogs"]) == ({"strategy": "OnPodSuccess"}, True)
    assert spec["synchronization"] == {
        "mutexes": [{"name": "churn"}],
        "semaphores": [{"configMapKeyRef": {"name": "limits", "key": "churn"}}],
    }
    files = emitted("scheduled", "argo", path=CLUSTER)
    assert yaml.safe_load(files["cronworkflow.yaml"])["spec"]["startingDeadlineSeconds"] == 600
    kept = yaml.safe_load(emitted("cluster", "argo")["workflowtemplate.yaml"])["spec"]
    assert not {"ttlStrategy", "podGC", "archiveLogs", "synchronization"} & set(kept)


def test_kubeflow_has_it_as_objects_where_it_keeps_pipelines_so() -> None:
    pipeline = load(PODS)
    wanted = replace(pipeline, settings={"kubeflow": {"pipeline_store": "kubernetes", "namespace": "ml"}})
    files = {file.path: file.text for file in compiled(wanted, "kubeflow").native}
    held, version = yaml.safe_load_all(files["kubernetes/pipelineversion.yaml"])
    assert (held["kind"], held["metadata"]["name"], held["metadata"]["namespace"]) == ("Pipeline", "pods", "ml")
    assert (version["kind"], version["apiVersion"]) == ("PipelineVersion", "pipelines.kubeflow.org/v2beta1")
    assert version["metadata"]["name"].startswith("pods-")
    definition, platform = yaml.safe_load_all(files["pipeline.yaml"])
    assert version["spec"] == {"pipelineName": "pods", "pipelineSpec": definition, "platformSpec": platform}
    assert list(emitted(None, "kubeflow")) == ["pipeline.yaml"]


CHOSEN = (
    ("argo", "pod_gc"),
    ("airflow", "operator"),
    ("kubeflow", "pipeline_store"),
    ("kubeflow", "retry_policy"),
)
WRONG: dict[tuple[str, str], tuple[Any, str]] = {
    ("argo", "ttl"): ("7", "`argo.ttl` is `7`, and it is whole seconds"),
    ("argo", "pod_gc"): ("Never", "`argo.pod_gc` is `Never`, and there are `OnPodCompletion`"),
    ("argo", "archive_logs"): ("yes", "`argo.archive_logs` is `true` or `false`"),
    ("argo", "semaphore"): ("limits", "and it is the key of a ConfigMap"),
    ("kubeflow", "pipeline_store"): ("etcd", "`kubeflow.pipeline_store` is `etcd`, and there are `database`"),
    ("airflow", "tags"): (["a" * 101], "`airflow.tags` has an element that is `aaa"),
    ("airflow", "queue"): (7, "`airflow.queue` is text"),
}


@pytest.mark.parametrize("setting", WRONG, ids=str)
def test_it_says_what_is_wrong_with_a_setting(setting: tuple[str, str]) -> None:
    value, message = WRONG[setting]
    with pytest.raises(SpecRejected) as rejected:
        find_target(setting[0])[0].check_settings({setting[1]: value})
    assert [message in each.message for each in rejected.value.diagnostics] == [True]


@pytest.mark.parametrize("setting", CHOSEN, ids=str)
def test_it_says_once_of_a_setting_with_choices_that_it_is_no_text(setting: tuple[str, str]) -> None:
    wrong: tuple[Any, ...] = ({"strategy": "OnPodSuccess"}, ["OnPodSuccess"], 7, True, None)
    for value in wrong:
        with pytest.raises(SpecRejected) as rejected:
            find_target(setting[0])[0].check_settings({setting[1]: value})
        (told,) = rejected.value.diagnostics
        assert told.message == f"`{setting[0]}.{setting[1]}` is text, and here is something else"


def test_airflow_has_owner_queue_and_tags_of_the_profile() -> None:
    settings: dict[str, Any] = {
        "airflow": {"owner": "growth", "queue": "gpu", "pool": "training", "tags": ["churn", "pipeglot"]}
    }
    pipeline = replace(load(FANNED), settings=settings)
    (dag, *_) = [file.text for file in compiled(pipeline, "airflow").native if file.path.endswith(".py")]
    assert 'tags=["pipeglot", "churn"]' in dag
    for each in ('"owner": "growth"', '"queue": "gpu"', '"pool": "training"'):
        assert each in dag


def test_who_has_no_word_for_it_says_so() -> None:
    def told(target: str) -> str:
        return "\n".join(each.message for each in refusals(load(CLUSTER), *find_target(target)))

    assert "priority of a pod" in told("kubeflow")
    assert "10 of them for the command" in told("kubeflow")
    assert "the pods" not in told("airflow")
    assert not told("local")
    assert "is there for pods alone" in told("vertex")
    assert "whole ones" in told("vertex")


RIGHTS: dict[str, Any] = {
    "runAsUser": 1000,
    "fsGroup": 2000,
    "capabilities": {"drop": ["ALL"]},
    "allowPrivilegeEscalation": False,
}
BESIDE = {"podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [{"topologyKey": "zone"}]}}


def placed(**other: Any) -> Pipeline:
    """The pipeline with something else in the pod of its first step."""
    pipeline = load(PODS)
    first, *others = pipeline.steps
    assert first.pod is not None
    return replace(pipeline, steps=(replace(first, pod=replace(first.pod, **other)), *others))


def test_argo_has_each_right_where_kubernetes_has_it() -> None:
    pipeline = placed(security_context=RIGHTS, affinity=BESIDE)
    texts = {file.path: file.text for file in compiled(pipeline, "argo").native}
    templates = named(yaml.safe_load(texts["workflowtemplate.yaml"])["spec"]["templates"])
    for name in ("each", "each-items"):
        assert templates[name]["securityContext"] == {"runAsUser": 1000, "fsGroup": 2000}
        assert templates[name]["affinity"] == BESIDE
        inside = {"capabilities": {"drop": ["ALL"]}, "allowPrivilegeEscalation": False}
        assert templates[name]["container"]["securityContext"] == inside
    assert "securityContext" not in templates["after"]


def test_kubeflow_has_the_rights_that_it_has_words_for() -> None:
    def told(pipeline: Pipeline, version: str = "2.17") -> list[str]:
        return [each.message for each in refusals(pipeline, *find_target(f"kubeflow@{version}"))]

    assert not told(placed())
    assert ["before Kubeflow 2.16" in each for each in told(placed(), "2.15")] == [True]
    assert ["`runAsNonRoot` alone" in each for each in told(placed(security_context=RIGHTS))] == [True]
    assert ["reads no affinity between pods" in each for each in told(placed(affinity=BESIDE))] == [True]


def test_kubeflow_has_it_in_the_platform_document() -> None:
    _, platform = yaml.safe_load_all(emitted(None, "kubeflow", "task")["pipeline.yaml"])
    executors = platform["platforms"]["kubernetes"]["deploymentSpec"]["executors"]
    each, items = (found for found in executors.values() if "pvcMount" in found)
    assert each == items, "two components, since their inputs differ"
    constant = {
        name: {"runtimeValue": {"constant": name}} for name in ("data", "churn", "keys", "registry", "acme-api")
    }
    assert each == {
        "secretAsEnv": [
            {
                "secretName": "acme-api",
                "secretNameParameter": constant["acme-api"],
                "keyToEnv": [{"secretKey": "to.ken", "envVar": "TOKEN"}],
            },
            {
                "secretName": "acme-api",
                "secretNameParameter": constant["acme-api"],
                "keyToEnv": [{"secretKey": "spare", "envVar": "SPARE"}],
                "optional": True,
            },
        ],
        "configMapAsEnv": [
            {
                "configMapName": "churn",
                "configMapNameParameter": constant["churn"],
                "keyToEnv": [{"configMapKey": "mode", "envVar": "MODE"}],
                "optional": True,
            }
        ],
        "nodeSelector": {"labels": {"acme/disk": "ssd", "acme/pool": "batch"}},
        "pvcMount": [
            {"constant": "data", "pvcNameParameter": constant["data"], "mountPath": "/data", "subPath": "churn"}
        ],
        "configMapAsVolume": [
            {"configMapName": "churn", "configMapNameParameter": constant["churn"], "mountPath": "/etc/churn"}
        ],
        "secretAsVolume": [
            {
                "secretName": "keys",
                "secretNameParameter": constant["keys"],
                "mountPath": "/etc/keys",
                "optional": True,
            }
        ],
        "emptyDirMounts": [{"volumeName": "volume-3", "mountPath": "/scratch", "medium": "Memory", "sizeLimit": "1Gi"}],
        "tolerations": TOLERATIONS,
        "imagePullSecret": [{"secretName": "registry", "secretNameParameter": constant["registry"]}],
        "imagePullPolicy": "IfNotPresent",
        "podMetadata": {"labels": {"team": "churn"}, "annotations": {"acme/why": "a test"}},
        "nodeAffinity": [{"nodeAffinityJson": {"runtimeValue": {"constant": NODES}}}],
        "securityContext": {"runAsUser": "1000", "runAsNonRoot": True},
    }


def refused(profile: str | None, target: str, **other: Any) -> list[str]:
    return [each.message for each in refusals(replace(load(PODS, profile), **other), *find_target(target))]


def test_who_has_no_pods_refuses_what_a_step_would_miss() -> None:
    assert any("Docker mounts no volumes of Kubernetes" in each for each in refused("docker", "airflow"))
    assert not refused("pods", "airflow")
    assert any("Vertex AI shows no pods" in each for each in refused(None, "vertex"))
    assert not refused(None, "local")


@pytest.mark.parametrize(
    "volume",
    [
        Volume("/x", {"nfs": {"server": "a", "path": "/"}}, load(PODS).origin),
        Volume("/x", {"emptyDir": {}}, load(PODS).origin, read_only=True),
        Volume("/x", {"configMap": {"name": "a", "items": []}}, load(PODS).origin),
        Volume("/x", {"secret": {"secretName": "a"}}, load(PODS).origin, sub_path="b"),
    ],
)
def test_kubeflow_refuses_volumes_that_it_has_no_words_for(volume: Volume) -> None:
    found = [each.message for each in refusals(placed(volumes=(volume,)), *find_target("kubeflow"))]
    assert len(found) == 1
    assert "no word for another source" in found[0]
    assert refused("cluster", "kubeflow") != []  # a service account of its own


DELIVERIES = {
    ("argo", "cluster"): {"configmap"},
    ("airflow", "pods"): {"configmap"},
    ("airflow", "docker"): set[str](),
    ("kubeflow", None): {"inline", "configmap", "task", "image"},
    ("vertex", None): {"inline", "importer", "image"},
    ("local", None): set[str](),
}


@pytest.mark.parametrize("given", DELIVERIES, ids=str)
def test_a_target_says_that_a_way_for_the_sidecar_is_none_of_its_own(given: tuple[str, str | None]) -> None:
    target, profile = given
    backend, version = find_target(target)
    pipeline = load(FANNED, None)
    ways = ("inline", "configmap", "task", "importer", "image")
    settings = load(PODS, profile).settings
    for way in ways:
        asked = replace(pipeline, deliver=way, settings=settings)
        told = plan_text(plan(asked, backend, options_for(asked, backend, version), ()))
        assert ("all the same" in told or "as with `auto`" in told or "ignored: the sidecar" in told) == (
            way not in DELIVERIES[given]
        ), told


def test_kubeflow_brings_env_from_as_folders() -> None:
    origin = load(PODS).origin
    data = Volume("/data", {"secret": {"secretName": "held"}}, origin)
    given: tuple[dict[str, Json], ...] = (
        {"configMapRef": {"name": "plain", "optional": True}},
        {"secretRef": {"name": "held"}, "prefix": "DB_"},
        {"configMapRef": {"name": "plain"}, "prefix": "AGAIN_"},
    )
    made = compiled(placed(volumes=(data,), env_from=given), "kubeflow").native
    _, platform = yaml.safe_load_all(next(file.text for file in made if file.path == "pipeline.yaml"))
    executors = platform["platforms"]["kubernetes"]["deploymentSpec"]["executors"].values()
    needed = next(each for each in executors if "configMapAsVolume" in each and "secretAsVolume" in each)
    assert [(each["configMapName"], each["mountPath"], each["optional"]) for each in needed["configMapAsVolume"]] == [
        ("plain", "/pipeglot-env/0", True)
    ]
    assert [each["mountPath"] for each in needed["secretAsVolume"]] == ["/data"]
    told = '[[\\"/pipeglot-env/0\\", \\"\\"], [\\"/data\\", \\"DB_\\"], [\\"/pipeglot-env/0\\", \\"AGAIN_\\"]]'
    assert told.replace("\\", "") in "".join(file.text for file in made).replace("\\", "")
    alike = placed(env_from=({"configMapRef": {"name": "held"}}, {"secretRef": {"name": "held"}}))
    assert any("names a volume after" in each.message for each in refusals(alike, *find_target("kubeflow")))


@pytest.mark.parametrize("target", ["argo", "kubeflow", "airflow"])
@pytest.mark.parametrize(
    ("gpu", "label"),
    [
        (Gpu(1, "NVIDIA-L4"), "nvidia.com/gpu.product"),
        (Gpu(1, "MI300X", resource="amd.com/gpu"), "amd.com/gpu.product-name"),
        (Gpu(1, "NVIDIA-L4", resource="nvidia.com/mig-1g.5gb"), "nvidia.com/gpu.product"),
    ],
)
def test_a_kind_of_gpu_is_a_label_of_its_vendor(target: str, gpu: Gpu, label: str) -> None:
    pipeline = load(FANNED, None)
    step = replace(pipeline.steps[0], image="x", resources=Resources(pipeline.origin, gpu=gpu))
    settings = {"airflow": {"operator": "kubernetes"}}
    text = "".join(file.text for file in compiled(replace(pipeline, steps=(step,), settings=settings), target).native)
    assert re.search(f"""{label}['"]?: ['"]?{gpu.type}""", text)


def test_kubeflow_takes_the_sidecar_by_config_map_where_that_is_wanted() -> None:
    assert list(emitted(None, "kubeflow", "task")) == ["pipeline.yaml"]
    assert list(emitted(None, "kubeflow", "configmap")) == ["kubernetes/sidecar.yaml", "pipeline.yaml"]


@pytest.mark.parametrize(("target", "document"), [("kubeflow", "pipeline.yaml"), ("vertex", "pipeline.json")])
def test_an_image_that_holds_the_sidecar_starts_it(target: str, document: str) -> None:
    files = emitted(None, target, "image", FANNED)
    assert list(files) == ["sidecar.py", document]
    assert files["sidecar.py"] == sidecar_text()
    spec = next(iter(yaml.safe_load_all(files[document])))
    containers = [each["container"] for each in spec["deploymentSpec"]["executors"].values()]
    assert {tuple(each["command"]) for each in containers} == {
        ("python3", "/pipeglot/sidecar.py", "execute", "{{$}}"),
    }
    tasks = [*spec["root"]["dag"]["tasks"].values(), *(t for c in spec["components"].values() for t in tasks_of(c))]
    started = [task["inputs"]["parameters"] for task in tasks if "pipeglot-step" in str(task.get("inputs"))]
    assert started
    assert all("pipeglot-table" in parameters for parameters in started)


def test_argo_brings_the_python_of_another_image_to_each_pod() -> None:
    pipeline = replace(load(FANNED), python="python:3.12-slim")
    texts = {file.path: file.text for file in compiled(pipeline, "argo").native}
    spec = yaml.safe_load(texts["workflowtemplate.yaml"])["spec"]
    first, container = spec["templateDefaults"]["initContainers"][0], spec["templateDefaults"]["container"]
    assert (first["image"], first["command"][2:]) == ("python:3.12-slim", ["carry", "/pipeglot-python"])
    assert container["command"][:2] == ["/pipeglot-python/ld.so", "--library-path"]
    shared = {each["name"]: each["mountPath"] for each in first["volumeMounts"]}
    assert shared.items() <= {each["name"]: each["mountPath"] for each in container["volumeMounts"]}.items()
    assert set(shared) <= {each["name"] for each in spec["volumes"]}


def test_who_starts_nothing_before_a_step_refuses_to_bring_python() -> None:
    told = {
        target: any("python3" in each for each in refused(profile, target, python="python:3.12-slim"))
        for target, profile in DELIVERIES
    }
    wanted = {"argo": False, "airflow": False, "kubeflow": True, "vertex": True, "local": False}
    assert told == wanted
    assert not refused("pods", "airflow", python="python:3.12-slim")


def tasks_of(component: dict[str, Any]) -> list[Any]:
    return list(component.get("dag", {}).get("tasks", {}).values())


def test_kubeflow_has_the_sidecar_in_the_container_of_one_task_alone(tmp_path: Path) -> None:
    path = tmp_path / "pipeline.yaml"
    head = "apiVersion: pipeglot/v1\nkind: Pipeline\nmetadata: {name: p}\ndefaults: {image: x}\nsteps:\n"

    def holders(steps: int, more: str = "", deliver: str | None = None) -> list[str]:
        """The containers that hold the sidecar."""
        path.write_text(
            head + more + "".join(f"  s{each}: {{run: [x], image: x{each}}}\n" for each in range(steps)), "utf-8"
        )
        spec = next(iter(yaml.safe_load_all(emitted(None, "kubeflow", deliver, path)["pipeline.yaml"])))
        executors: dict[str, Any] = spec["deploymentSpec"]["executors"]
        return [name for name, each in executors.items() if len(str(each)) > len(sidecar_text()) / 10]

    items = "  m: {run: [x], foreach: {items: [1, 2]}}\n"
    assert holders(1) == ["exec-s0"]
    assert len(holders(2, deliver="inline")) == 2
    assert holders(2) == holders(0, items) == holders(2, deliver="task") == ["exec-pipeglot-sidecar"]
    assert holders(1, deliver="task") == ["exec-s0"], "it is alone, and holds the sidecar itself"
    assert holders(3, deliver="configmap") == []
    with pytest.raises(SpecRejected, match="what Argo notes of a run would take"):
        holders(6, deliver="inline")


@pytest.mark.parametrize("more", ["", "  z: {run: [x]}\n"], ids=["one", "several"])
def test_kubeflow_brings_one_sidecar_for_on_exit_too(more: str, tmp_path: Path) -> None:
    path = tmp_path / "pipeline.yaml"
    steps = "steps: {a: {run: [x]}, b: {run: [x], foreach: {items: [1, 2]}}, c: {run: [x]}}\n"
    head = "apiVersion: pipeglot/v1\nkind: Pipeline\nmetadata: {name: p}\ndefaults: {image: x}\n"
    path.write_text(f"{head}{steps}on_exit:\n  y: {{run: [x, '${{{{ run.status }}}}']}}\n{more}", "utf-8")
    spec = yaml.safe_load(emitted(None, "kubeflow", None, path)["pipeline.yaml"])
    assert list(spec["root"]["dag"]["tasks"]) == ["pipeglot-sidecar", "pipeglot-run"]
    inside = spec["components"]["comp-pipeglot-run"]["dag"]["tasks"]
    last = next(task for task in inside.values() if "triggerPolicy" in task)
    assert last["dependentTasks"] == ["exit-handler-1"]
    taken = {str(task["inputs"]["artifacts"]) for part in spec["components"].values() for task in tasks_of(part)}
    assert taken == {"{'pipeglot-sidecar': {'componentInputArtifact': 'pipeglot-sidecar'}}"}, "no hook of another"
    holders = [each for each in spec["deploymentSpec"]["executors"].values() if len(str(each)) > 20_000]
    assert len(holders) == 1


SAID = {
    ("kubeflow", "inline"): delivery.INLINE,
    ("kubeflow", "configmap"): WAY,
    ("kubeflow", "task"): delivery.TASK,
    ("kubeflow", "image"): delivery.IMAGE,
    ("vertex", "inline"): delivery.INLINE,
    ("vertex", "importer"): delivery.IMPORTER,
    ("vertex", "image"): delivery.IMAGE,
}


@pytest.mark.parametrize("given", SAID, ids=str)
def test_a_target_says_by_what_the_sidecar_came(given: tuple[str, str], tmp_path: Path) -> None:
    target, deliver = given
    alone = tmp_path / "pipeline.yaml"
    alone.write_text(
        "apiVersion: pipeglot/v1\nkind: Pipeline\nmetadata: {name: p}\nsteps: {a: {run: [x], image: x}}\n", "utf-8"
    )
    path = alone if given == ("kubeflow", "inline") else FANNED
    pipeline = replace(load(path), deliver=deliver, artifacts="gs://acme/churn")
    assert find_target(target)[0].delivery(compiled(pipeline, target).native) == SAID[given]


def test_what_is_too_long_is_not_delivered_inline(monkeypatch: pytest.MonkeyPatch) -> None:
    from pipeglot_backends import kubeflow

    monkeypatch.setattr(kubeflow, "INLINE_LIMIT", 1000)
    with pytest.raises(SpecRejected, match=r"has at least \d+ KiB with the sidecar in it"):
        emitted(None, "kubeflow", "inline")
