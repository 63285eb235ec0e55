"""The settings of a profile's `airflow:` map, checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from urllib.parse import unquote, urlsplit

from pipeglot.diagnostics import Diagnostic, SpecRejected
from pipeglot.ir import Json
from pipeglot_backends.settings import LINE, NAMESPACE, NODE_LABEL, OBJECT, TEXT, WORD, Form, fault, not_texts, url

OPERATORS = ("bash", "docker", "kubernetes")
ONLY: dict[str, tuple[str, ...]] = {
    "code": ("bash",),
    "user": ("docker",),
    "docker_url": ("docker",),
    "connection": ("docker", "kubernetes"),
    "namespace": ("kubernetes",),
    "service_account": ("kubernetes",),
    "claim": ("kubernetes",),
    "gpu_label": ("kubernetes",),
}
"""Settings that mean nothing to the other operators."""


@dataclass(frozen=True, slots=True)
class Settings:
    """`code` and the paths may be relative: to the folder of the DAG file.

    `connection` is Airflow's own, to Docker or to a cluster. `claim` names the PersistentVolumeClaim that pods mount as
    the folder of the artifacts; without one it is a folder of each node. `gpu_label` is the node label that names the
    kind of GPU.
    """

    operator: str = "bash"
    dag_folder: str | None = None
    url: str | None = None
    pool: str | None = None
    python: str | None = None
    code: str | None = None
    user: str | None = None
    docker_url: str | None = None
    connection: str | None = None
    namespace: str | None = None
    service_account: str | None = None
    claim: str | None = None
    gpu_label: str | None = None


FORMS: dict[str, Form] = {
    "url": url("https", "http"),
    "docker_url": url("unix", "tcp", "http", "https", "ssh"),
    "pool": LINE,
    "connection": WORD,
    "namespace": NAMESPACE,
    "service_account": OBJECT,
    "claim": OBJECT,
    "gpu_label": NODE_LABEL,
}


def read(given: Mapping[str, Json]) -> Settings:
    """The settings, or all that is wrong with them."""
    known = {field.name: FORMS.get(field.name, TEXT) for field in fields(Settings)}
    faults = not_texts("airflow", given, known)
    operator = given.get("operator", OPERATORS[0])
    if isinstance(operator, str):
        faults += _misplaced(operator, given)
    if faults:
        raise SpecRejected(faults)
    return Settings(**{name: value for name, value in given.items() if isinstance(value, str)})


def _misplaced(operator: str, given: Mapping[str, Json]) -> list[Diagnostic]:
    if operator not in OPERATORS:
        known = ", ".join(f"`{each}`" for each in OPERATORS)
        return [fault("operator", f"`airflow.operator` is `{operator}`, and there are {known}")]
    return [
        fault(name, f"`airflow.{name}` is for {' and '.join(owners)} operators, and these are {operator}")
        for name, owners in ONLY.items()
        if name in given and operator not in owners
    ]


def local_path(uri: str) -> str | None:
    """The path that a `file://` URL or a plain path names, or None where it names another kind of store."""
    parts = urlsplit(uri)
    if parts.scheme == "file" and parts.netloc in ("", "localhost"):
        return unquote(parts.path)
    return None if "://" in uri else uri
