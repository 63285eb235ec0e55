"""What stands in a pod in the words of Kubernetes is held to its types, each mistake at its element."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.judges.argo import judges

from pipeglot.diagnostics import SpecRejected
from pipeglot.driver.loading import validate
from pipeglot.rendering.fixes import edit
from pipeglot.rendering.locator import Locator
from pipeglot.spec.schema.generated.pod_types import REQUIRED, TYPES
from pipeglot.spec.schema.pods import tables as pod_tables

HEAD = (
    "apiVersion: pipeglot/v1\nkind: Pipeline\nmetadata: {name: x}\nsteps: {a: {run: [x]}, b: {run: [x]}}\nkubernetes:\n"
)
NODES = "affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [{matchFields: ["
WRONG = {
    "volumes: [{mount_path: /a, secret: {secretName: 17}}]": "PG302 17 put quotes around it",
    'volumes: [{mount_path: /a, secret: {secretName: s, defaultMode: "4"}}]': 'PG318 "4" take the quotes off',
    "volumes: [{mount_path: /a, secret: {secretName: s, defaultMode: 0400}}]": "PG318 0400 write `0o400`",
    "volumes: [{mount_path: /a, secret: {secretName: s, defaultMode: 644}}]": "PG318 644 None",
    'volumes: [{mount_path: /a, secret: {secretName: s, optional: "true"}}]': 'PG301 "true" take the quotes off',
    "volumes: [{mount_path: /a, secret: {secretNam: s}}]": "PG210 secretNam did you mean `secretName`?",
    "volumes: [{mount_path: /a, configMap: {optional: true}}]": "PG303 configMap None",
    "volumes: [{mount_path: /a, configMap: {name: c, items: {key: k}}}]": "PG301 {key: k} None",
    "volumes: [{mount_path: /a, emptyDir: {sizeLimit: keys}}]": "PG311 keys None",
    "volumes: [{mount_path: /a, emptyDir: {sizeLimit: 1.5}}]": "PG302 1.5 put quotes around it",
    "volumes: [{mount_path: /a, csi: {driver: d, volumeAttributes: {a: 1}}}]": "PG302 1 put quotes around it",
    "security_context: {capabilities: {drop: ALL}}": "PG304 ALL write `[ALL]`",
    "security_context: {seccompProfile: {type: RuntimeDefaut}}": "PG317 RuntimeDefaut did you mean `RuntimeDefault`?",
    "security_context: {sysctls: [{name: a, value: 1}]}": "PG302 1 put quotes around it",
    NODES + "{key: a, operator: In, values: [x, 17]}]}]}}}": "PG302 17 put quotes around it",
    NODES + "{key: a, operator: on}]}]}}}": "PG317 on None",
    "affinity: {podAntiAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [on]}}": "PG301 on None",
}  # fmt: skip
RIGHT = """\
  volumes:
    - {mount_path: /a, secret: {secretName: s, defaultMode: 0o400, items: [{key: k, path: p, mode: 256}]}}
    - {mount_path: /b, emptyDir: {medium: Memory, sizeLimit: 1.5Gi}}
    - {mount_path: /c, emptyDir: {sizeLimit: 1024}}
    - mount_path: /d
      ephemeral:
        volumeClaimTemplate: {spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 5Gi}}}}
    - mount_path: /e
      projected: {sources: [{serviceAccountToken: {path: t, expirationSeconds: 3600}}, {configMap: {name: c}}]}
  affinity:
    podAntiAffinity:
      preferredDuringSchedulingIgnoredDuringExecution:
        - {weight: 1, podAffinityTerm: {topologyKey: zone, labelSelector: {matchLabels: {a: b}}}}
"""


def said(text: str, path: Path) -> Iterator[str]:
    """For each mistake its code, what is marked, and the hint; the hint is followed, and it is not said again."""
    path.write_text(text, "utf-8")
    with pytest.raises(SpecRejected) as rejected:
        validate(path)
    for each in rejected.value.diagnostics:
        locator = Locator(rejected.value.sources[0])
        assert each.origin
        hint, span = each.hinted().hint, locator.span(each.origin, key=each.key, offset=each.offset)
        yield f"{each.code} {text[span.start : span.end]} {hint}"
        if hint:
            made = edit(each.hinted(), locator)
            assert made
            path.write_text(made.applied(text), "utf-8")
            validate(path)


def test_it_says_at_the_element_what_kubernetes_takes(tmp_path: Path) -> None:
    told = {part: [*said(f"{HEAD}  {part}\n", tmp_path / "pipeline.yaml")] for part in WRONG}
    assert told == {part: [wanted] for part, wanted in WRONG.items()}


def test_it_takes_what_kubernetes_takes(tmp_path: Path) -> None:
    (tmp_path / "pipeline.yaml").write_text(HEAD + RIGHT, "utf-8")
    validate(tmp_path / "pipeline.yaml")


def test_it_is_fresh() -> None:
    pytest.importorskip("argo_workflows")
    assert pod_tables.TYPES.read_text("utf-8") == pod_tables.text(), "run `python -m pipeglot.spec.schema.pods.tables`"


KINDS = {"text": "str", "quantity": "str", "int": "int", "bool": "bool"}


def test_kubernetes_own_client_knows_every_type() -> None:
    client = pytest.importorskip("kubernetes.client")
    for name, fields in TYPES.items():
        if name == "Affinity" or name not in pod_tables.ROOTS:
            known = getattr(client, f"V1{name}", None) or importlib.import_module(f"kubernetes.client.V1{name}")
            types = {field: known.openapi_types[own] for own, field in known.attribute_map.items()}
            assert {field: types.get(field) for field in fields} == {
                field: _as_the_client(wanted) for field, wanted in fields.items()
            }


def _as_the_client(wanted: str) -> str:
    inner = wanted.strip("[]{}")
    inner = KINDS.get(inner) or f"V1{inner}"
    if wanted[0] == "[":
        return f"List[{inner}]"
    return f"Dict[str, {inner}]" if wanted[0] == "{" else inner


@pytest.mark.skipif(not judges.schemas_are_there(), reason="Argo's schemas are not here")
def test_the_oldest_argo_refuses_none_of_it() -> None:
    spec: Any = judges.definition("3.7", "WorkflowTemplate")["properties"]["spec"]["properties"]
    template: Any = spec["templates"]["items"]["properties"]
    held: dict[str, dict[str, Any]] = {
        "Volume": spec["volumes"]["items"]["properties"],
        "Affinity": spec["affinity"]["properties"],
        "SecurityContext": {**template["container"]["properties"]["securityContext"]["properties"]}
        | template["securityContext"]["properties"],
    }
    faults = [
        fault
        for root, parts in held.items()
        for field, wanted in TYPES[root].items()
        for fault in _unlike(wanted, parts[field], f"{root}.{field}")
    ]
    assert faults == []


def _unlike(wanted: str, schema: Any, at: str) -> Iterator[str]:
    if wanted[0] in "[{":
        inner = schema.get("items") or schema.get("additionalProperties")
        yield from _unlike(wanted[1:-1], inner, f"{at}[]") if inner else [at]
    elif wanted in KINDS:
        kinds = {"text": "string", "int": "integer", "bool": "boolean"}
        if schema.get("type") != kinds.get(wanted) or (wanted == "quantity") != ("pattern" in schema):
            yield f"{at}: {schema}"
    else:
        if set(TYPES[wanted]) - set(schema["properties"]) or set(schema.get("required", ())) - set(
            REQUIRED.get(wanted, ())
        ):
            yield f"{at}: {[*schema['properties']]} {schema.get('required')}"
        for field in set(TYPES[wanted]) & set(schema["properties"]):
            yield from _unlike(TYPES[wanted][field], schema["properties"][field], f"{at}.{field}")
