"""Raw patches of targets: laid over what is emitted, last of all; told by `plan`; and what none of them may change."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.conformance.cases import HERE

from pipeglot.diagnostics import SpecRejected
from pipeglot.driver.compiling import compiled, find_target, options_for, validate
from pipeglot.driver.loading import load
from pipeglot.driver.planning import plan, plan_text
from pipeglot_backends.emit.patching import laid_over

PATCHED = HERE / "patched" / "pipeline.yaml"
PLAIN = """apiVersion: pipeglot/v1
kind: Pipeline
metadata: {name: p}
steps:
  a:
    image: alpine:3.20
    run: [echo]
"""


def written(folder: Path, step: str = "{}", whole: str = "") -> Path:
    path = folder / "pipeline.yaml"
    path.write_text(f"{PLAIN}    targets: {step}\n{whole}", "utf-8")
    return path


def document(target: str, name: str, path: Path = PATCHED, profile: str | None = None) -> Any:
    text = next(file.text for file in compiled(load(path, profile), target).native if file.path.endswith(name))
    return next(iter(yaml.safe_load_all(text)))


@pytest.mark.parametrize(
    ("base", "patch", "result"),
    [
        ({"a": "b"}, {"a": "c"}, {"a": "c"}),
        ({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}),
        ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
        ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
        ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
        ({"a": "foo"}, {"a": {"b": {"c": None}}}, {"a": {"b": {}}}),
        ({"e": None}, {"a": 1}, {"e": None, "a": 1}),
    ],
)
def test_it_is_a_merge_patch(base: Any, patch: Any, result: Any) -> None:
    assert laid_over(base, patch) == result


def test_it_patches_templates_and_the_spec_of_argo() -> None:
    spec = document("argo", "workflowtemplate.yaml")["spec"]
    named = {each["name"]: each for each in spec["templates"]}
    assert spec["ttlStrategy"] == {"secondsAfterCompletion": 86400}
    assert named["list"]["container"]["resources"] == {
        "requests": {"cpu": "100m", "memory": "64Mi"},
        "limits": {"memory": "64Mi"},
    }
    assert named["each"]["hostAliases"] == [{"ip": "127.0.0.1", "hostnames": ["db"]}]
    assert "hostAliases" not in named["each-items"]
    assert named["last"]["metadata"] == {"labels": {"last": "yes"}}


def test_it_patches_arguments_of_airflow() -> None:
    (dag, *_) = compiled(load(PATCHED), "airflow").native
    for argument in ('"priority_weight": 2}', 'tags=["patched"]', "priority_weight=7"):
        assert argument in dag.text
    pods = load(PATCHED)
    pods.settings = {"airflow": {"operator": "kubernetes"}}
    pods.by_id["list"].patches["airflow"].fields = {"startup_timeout_seconds": 60}
    (dag, *_) = compiled(pods, "airflow").native
    assert '**{"startup_timeout_seconds": 900, "log_pod_spec_on_failure": False, **POD, **rest}' in dag.text
    assert "startup_timeout_seconds=60" in dag.text


def test_it_patches_containers_and_documents_of_kubeflow_and_vertex() -> None:
    pipeline = load(PATCHED)
    for target in ("kubeflow", "vertex"):
        pipeline.by_id["list"].patches[target].fields = {"container": {"resources": {"cpuLimit": 2.0}}}
    spec = yaml.safe_load(compiled(pipeline, "vertex").native[0].text)
    assert spec["defaultPipelineRoot"] == "gs://churn/patched"
    resources = spec["deploymentSpec"]["executors"]["exec-list"]["container"]["resources"]
    assert (resources["cpuLimit"], resources["cpuRequest"]) == (2.0, 0.1)
    spec, platform = yaml.safe_load_all(compiled(pipeline, "kubeflow").native[0].text)
    assert spec["pipelineInfo"] == {"name": "patched", "description": "said by a patch"}
    assert spec["deploymentSpec"]["executors"]["exec-list"]["container"]["resources"]["cpuLimit"] == 2.0
    executors = platform["platforms"]["kubernetes"]["deploymentSpec"]["executors"]
    assert executors["exec-each"]["podMetadata"] == {"labels": {"team": "growth"}}


def test_a_plan_tells_each_field() -> None:
    pipeline = load(PATCHED)
    backend, version = find_target("argo")
    options = options_for(pipeline, backend, version)
    report = plan(pipeline, backend, options, backend.emit(pipeline, options))
    told = {(each["step"], each["field"]): each["change"] for each in report["patches"]}
    assert told[None, "ttlStrategy.secondsAfterCompletion"] == "set"
    assert told["list", "container.resources.limits.cpu"] == "deleted"
    assert "  list: container.imagePullPolicy, set\n" in plan_text(report)
    assert json.loads(json.dumps(report["patches"])) == report["patches"]
    airflow, version = find_target("airflow")
    told_of_dag = plan(pipeline, airflow, options_for(pipeline, airflow, version), ())["patches"]
    assert {"step": None, "field": "tags", "change": "replaced"} in told_of_dag


def test_a_profile_lays_patches_over_patches(tmp_path: Path) -> None:
    profiles = """profiles:
  p:
    targets: {argo: {podGC: {strategy: null, deleteDelayDuration: 10s}}, airflow: null}
    steps: {a: {targets: {argo: {container: {imagePullPolicy: null, resources: {limits: {cpu: "1"}}}}}}}
"""
    whole = "targets: {argo: {podGC: {strategy: OnPodSuccess}}, airflow: {tags: [x]}}\n" + profiles
    path = written(tmp_path, "{argo: {container: {imagePullPolicy: Always}}}", whole)
    pipeline = load(path, "p")
    assert pipeline.patches.keys() == {"argo"}
    spec = document("argo", "workflowtemplate.yaml", path, "p")["spec"]
    assert spec["podGC"] == {"deleteDelayDuration": "10s"}
    (template,) = [each for each in spec["templates"] if each["name"] == "a"]
    assert template["container"]["resources"] == {"limits": {"cpu": "1"}}
    assert "imagePullPolicy" not in template["container"]


REFUSED = [
    ("{agro: {a: 1}}", "", "PG210", "has no field `agro`", "did you mean `argo`?"),
    ("{local: {a: 1}}", "", "PG410", "there is nothing to patch for `local`", "take it out"),
    ("{argo: [1]}", "", "PG301", "`argo` is a map", None),
    ("{argo: {container: null}}", "", "PG410", "`container`, whose `command` starts the sidecar", None),
    ("{argo: {name: b}}", "", "PG410", "`name`, which is what the tasks", None),
    ("{argo: {outputs: {artifacts: []}}}", "", "PG410", "`outputs`, which hands on", None),
    ("{argo: {container: {env: []}}}", "", "PG410", "`container.env`", "write `env:`"),
    ("{argo: {metadata: {labels: {a: '${{ run.id }}'}}}}", "", "PG309", "`a` is plain text", None),
    (
        "{argo: {metadata: {annotations: {a: 'https://me:pass@x/'}}}}",
        "",
        "PG329",
        "holds a password",
        "write `https://x/`",
    ),
    ("{kubeflow: {containr: {}}}", "", "PG410", "has no part `containr`", "did you mean `container`?"),
    ("{kubeflow: {container: [1]}}", "", "PG410", "is a map of what is laid over it", None),
    ("{vertex: {kubernetes: {}}}", "", "PG410", "has no part `kubernetes` here: there is `container`", None),
    ("{airflow: {retries: 3}}", "", "PG410", "`retries`, which counts the attempts", "write `retry:`"),
    ("{airflow: {'a b': 3}}", "", "PG410", "`a b` is no name of one", None),
    ("{airflow: {on_failure_callback: x}}", "", "PG410", "a patch holds literals", None),
    ("{}", "targets: {argo: {templates: []}}", "PG410", "`templates`, which holds the steps", "of a step"),
    ("{}", "targets: {argo: {workflowMetadata: {labels: null}}}", "PG410", "whose `pipeglot/pipeline` names", None),
    ("{}", "targets: {airflow: {default_args: {retries: 1}}}", "PG410", "`default_args.retries`", "write `retry:`"),
    ("{}", "targets: {kubeflow: {spec: {root: {}}}}", "PG410", "`spec.root`", "write `steps:`"),
    ("{}", "profiles: {p: {targets: {argo: {entrypoint: x}}}}", "PG410", "`entrypoint`, which begins", None),
    ("{}", "defaults: {targets: {}}", "PG210", "`defaults` has no field `targets`", None),
]


@pytest.mark.parametrize(("step", "whole", "code", "said", "hint"), REFUSED)
def test_it_refuses(step: str, whole: str, code: str, said: str, hint: str | None, tmp_path: Path) -> None:
    with pytest.raises(SpecRejected) as found:
        validate(written(tmp_path, step, whole))
    (only,) = found.value.diagnostics
    assert (only.code, said in only.message, only.message) == (code, True, only.message)
    assert (only.hint or "").startswith(hint or "") or (hint or "") in (only.hint or "")
