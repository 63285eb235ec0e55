"""`kubernetes:` and secrets, from the text to the IR: what they hold, how they merge, what is wrong with them."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.analysis.specs import HEAD, rejected

from pipeglot.driver.loading import load
from pipeglot.ir import Pod, Secret

PODS = Path(__file__).parents[1] / "judges" / "kubeflow" / "pipelines" / "pods.yaml"


def said(text: str) -> list[tuple[str, str]]:
    return [(each.code, each.message) for each in rejected(text)]


def pod(step: str, profile: str | None = None) -> Pod:
    found = load(PODS, profile).by_id[step].pod
    assert found is not None
    return found


def test_it_reads_a_secret() -> None:
    env = load(PODS).by_id["each"].env
    assert env == {"TOKEN": Secret("acme-api", "to.ken"), "NAME": ["ref", "item"]}


def test_it_merges_what_a_step_says_over_the_defaults() -> None:
    each, after = pod("each"), pod("after")
    assert each.node_selector == {"acme/disk": "ssd", "acme/pool": "batch"}
    assert after.node_selector == {"acme/pool": "batch"}
    assert each.tolerations == after.tolerations == ({"key": "batch", "operator": "Exists", "effect": "NoSchedule"},)
    assert (each.labels, after.labels) == ({"team": "churn"}, {})
    assert (list(each.affinity), each.security_context) == (["nodeAffinity"], {"runAsUser": 1000, "runAsNonRoot": True})
    assert [(each.mount_path, each.source, each.sub_path) for each in each.volumes] == [
        ("/data", {"persistentVolumeClaim": {"claimName": "data"}}, "churn"),
        ("/etc/churn", {"configMap": {"name": "churn"}}, None),
        ("/etc/keys", {"secret": {"secretName": "keys", "optional": True}}, None),
        ("/scratch", {"emptyDir": {"medium": "Memory", "sizeLimit": "1Gi"}}, None),
    ]


def test_a_profile_lays_over_the_defaults_of_all_steps() -> None:
    assert pod("after", "cluster").service_account == "trainer"
    assert pod("after", "cluster").node_selector == {"zone": "a"}
    assert pod("each", "cluster").node_selector == {"acme/disk": "ssd", "zone": "a"}


def test_a_profile_says_how_the_sidecar_comes(tmp_path: Path) -> None:
    path = tmp_path / "pipeline.yaml"
    text = "steps: {a: {run: [x]}}\nprofiles:\n  p: {sidecar: {deliver: configmap}}\n  q: {sidecar: {deliver: auto}}\n"
    path.write_text(HEAD + text + "  r: {sidecar: {python: 'python:3.12-slim'}}\n", "utf-8")
    assert [load(path, profile).deliver for profile in (None, "p", "q", "r")] == [None, "configmap", None, None]
    assert [load(path, profile).python for profile in (None, "p", "r")] == [None, None, "python:3.12-slim"]


def test_it_says_how_images_without_python_are_run() -> None:
    (found,) = rejected("steps: {s: {run: [x]}}\nprofiles: {p: {sidecar: {language: sh}}}\n")
    message = "`sidecar` has no field `language`: `python: IMAGE` brings one from another image where there is none"
    assert (found.code, found.message) == ("PG210", message)


NAMESPACE = "all pods of a run are in one, which a profile names: `argo: {namespace: …}`"
WRONG = {
    "volumes: [{mount_path: /a}]": ("PG325", "a volume has one source, and here is none"),
    "volumes: [{mount_path: /a, emptyDir: {}, nfs: {}}]": (
        "PG325",
        "a volume has one source, and here is `emptyDir`, `nfs`",
    ),
    "volumes: [{mount_path: /a, emptyDir: {}}, {mount_path: /a/, emptyDir: {}}]": (
        "PG325",
        "two volumes are mounted at `/a`",
    ),
    "volumes: [{mount_path: /pipeglot/x, emptyDir: {}}]": (
        "PG325",
        "`/pipeglot/x` is not free: there are files that the step needs to run",
    ),
    "volumes: [{mount_path: data, emptyDir: {}}]": (
        "PG301",
        "`mount_path` is the text `data`, and a volume is mounted at an absolute path without `:`",
    ),
    "volumes: [{mount_path: /a, emptydir: {}}]": ("PG210", "`volumes` has no field `emptydir`"),
    "tolerations: [{effect: Never}]": (
        "PG317",
        "`effect` is the text `Never`, and it can be one of `NoSchedule`, `PreferNoSchedule`, `NoExecute`",
    ),
    "affinity: {nodeAfinity: {}}": ("PG210", "`affinity` has no field `nodeAfinity`"),
    "security_context: {runAsUser: -1}": ("PG318", "`runAsUser` is the number -1, and it has to be at least 0"),
    "security_context: {runAsRoot: false}": ("PG210", "`security_context` has no field `runAsRoot`"),
    "namespace: ml": ("PG210", f"`kubernetes` has no field `namespace`: {NAMESPACE}"),
    "node_selector: {a: 1}": ("PG302", "`a` is text, and here is the number 1"),
}


@pytest.mark.parametrize("text", WRONG)
def test_it_says_what_is_wrong_with_a_pod(text: str) -> None:
    assert WRONG[text] in said(f"steps: {{s: {{run: [x], kubernetes: {{{text}}}}}}}\n")


def test_it_says_where_a_namespace_is_named() -> None:
    (found,) = rejected("steps: {s: {run: [x], kubernetes: {namespace: ml}}}\n")
    assert found.message == f"`kubernetes` has no field `namespace`: {NAMESPACE}"


SECRETS = {
    "{secret: s}": ("PG303", "`T` has no `key`, which is required"),
    "{secret: S, key: k}": (
        "PG301",
        "`secret` is the text `S`, and a secret is named by lower-case letters, digits, `.` and inner dashes",
    ),
    "{secret: s, key: 'a b'}": (
        "PG301",
        "`key` is the text `a b`, and a key of a secret has letters, digits, `.`, `_` and `-`",
    ),
    "{secrets: s, key: k}": ("PG210", "`T` has no field `secrets`"),
    "1": ("PG302", "`T` of `env` is text, and here is the number 1"),
}


@pytest.mark.parametrize("text", SECRETS)
def test_it_says_what_is_wrong_with_a_secret(text: str) -> None:
    assert SECRETS[text] in said(f"steps: {{s: {{run: [x], env: {{T: {text}}}}}}}\n")
