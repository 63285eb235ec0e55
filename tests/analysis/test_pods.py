"""`kubernetes:` and secrets, from the text to the IR: what they hold, how they merge, what is wrong with them."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.analysis.specs import HEAD, fields_of, rejected

from pipeglot.analysis.fields.pods import NAMED
from pipeglot.analysis.labels import PLAIN
from pipeglot.driver.loading import load
from pipeglot.ir import ConfigKey, Pod, PodField, Secret

PODS = Path(__file__).parents[1] / "judges" / "kubeflow" / "pipelines" / "pods.yaml"
CLUSTER = PODS.parents[2] / "argo" / "pipelines" / "cluster.yaml"


def said(text: str) -> list[tuple[str, str]]:
    return [(each.code, each.message) for each in rejected(text)]


def pod(step: str, profile: str | None = None) -> Pod:
    found = load(PODS, profile).by_id[step].pod
    assert found is not None
    return found


def test_it_reads_a_secret() -> None:
    env = load(PODS).by_id["each"].env
    assert env == {
        "TOKEN": Secret("acme-api", "to.ken"),
        "NAME": ["ref", "item"],
        "SPARE": Secret("acme-api", "spare", optional=True),
        "MODE": ConfigKey("churn", "mode", optional=True),
    }


def test_what_the_pipeline_says_of_pods_lies_under_what_defaults_and_steps_say() -> None:
    (step,) = load(CLUSTER).steps
    assert step.pod is not None
    assert (step.pod.priority_class, step.pod.termination_grace, step.pod.image_pull_policy) == ("urgent", 60, "Always")
    assert step.env["TEAM"] == PodField("metadata.labels['acme/team']")
    (step,) = load(CLUSTER, "pods").steps
    assert step.pod is not None
    assert (step.pod.priority_class, step.pod.image_pull_policy) == ("urgent", None), "a profile takes away"


def test_it_points_to_what_the_pipeline_says_of_pods() -> None:
    (found,) = rejected("kubernetes: {volumes: [{mount_path: /a}]}\nsteps: {s: {run: [x]}}\n")
    assert fields_of(found) == ("kubernetes", "volumes", 0)
    (found,) = rejected("kubernetes: {image_pull_policy: Sometimes}\nsteps: {s: {run: [x]}, t: {run: [x]}}\n")
    assert (found.code, fields_of(found)) == ("PG317", ("kubernetes", "image_pull_policy"))


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
NAME = f"a name is {PLAIN}; a domain and `/` may stand before it"
WRONG = {
    "volumes: [{mount_path: /a}]": ("PG325", "a volume has one source, and here is none"),
    "volumes: [{mount_path: /a, emptyDir: {}, nfs: {server: s, path: /}}]": (
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
    "termination_grace: 12s": (
        "PG310",
        "`termination_grace` is `12s`, and it is whole seconds, at least 15: "
        "10 for the command, and 5 in which its record is written",
    ),
    "env_from: [{prefix: A_}]": (
        "PG325",
        "variables come from one place: `configMapRef: {name: …}` or `secretRef: {name: …}`",
    ),
    "namespace: ml": ("PG210", f"`kubernetes` has no field `namespace`: {NAMESPACE}"),
    "node_selector: {a: x y}": ("PG328", f"`x y` cannot be the value of a label: it is {PLAIN}"),
    "annotations: {a/b/c: x}": ("PG328", f"`a/b/c` cannot name an annotation: {NAME}"),
    "service_account: A_b": ("PG301", f"`service_account` names an object of Kubernetes, {NAMED}"),
    "image_pull_secrets: [a, b c]": ("PG301", f"`image_pull_secrets` names an object of Kubernetes, {NAMED}"),
    "volumes: [{mount_path: /a, secret: {secretName: A}}]": (
        "PG301",
        f"`secretName` names an object of Kubernetes, {NAMED}",
    ),
    "tolerations: [{key: a b}]": ("PG328", f"`key` cannot name a taint: {NAME}"),
    "tolerations: [{key: a, value: b c}]": ("PG328", f"`value` cannot be the value of a taint: it is {PLAIN}"),
    "tolerations: [{key: a, value: b, operator: Exists}]": (
        "PG325",
        "`operator: Exists` takes every value, and `value` stands beside it",
    ),
    "tolerations: [{key: a, tolerationSeconds: 4}]": (
        "PG325",
        "`tolerationSeconds` is for the effect `NoExecute`, and the toleration has another, or all",
    ),
    "tolerations: [{effect: NoExecute}]": ("PG325", "a toleration without `key` has `operator: Exists`"),
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
    "{config_map: s}": ("PG303", "`T` has no `key`, which is required"),
    "{config_map: s, key: k, secret: s}": ("PG210", "`T` has no field `secret`"),
    "{field: metadata.nmae}": (
        "PG301",
        "`field` is the text `metadata.nmae`, and Kubernetes tells of `metadata.name`, `.namespace`, `.uid`, "
        "`.labels['KEY']`, `.annotations['KEY']`, `spec.nodeName`, `spec.serviceAccountName`, `status.podIP` and "
        "`status.hostIP`",
    ),
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
