"""The settings of a profile's `airflow:` map, checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pipeglot.diagnostics import Diagnostic, SpecRejected
from pipeglot.ir import Json
from pipeglot_backends.emit.places import local_path as local_path
from pipeglot_backends.emit.places import store as store
from pipeglot_backends.settings import (
    LINE,
    NAMESPACE,
    NODE_LABEL,
    OBJECT,
    TAG,
    TEXT,
    WORD,
    Setting,
    Several,
    fault,
    forms,
    not_texts,
    url,
)

OPERATORS = ("bash", "docker", "kubernetes")


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
    owner: str | None = None
    queue: str | None = None
    tags: tuple[str, ...] = ()


SETTINGS: dict[str, Setting] = {
    "operator": Setting(
        "Where steps run: on a worker, in a container beside it, or in a pod.",
        TEXT,
        default=OPERATORS[0],
        choices=OPERATORS,
    ),
    "url": Setting(
        "Airflow's address, for `submit` and its like.",
        url("https", "http"),
        "https://airflow.internal",
        otherwise="`AIRFLOW_API_URL`",
    ),
    "dag_folder": Setting(
        "Where `submit` writes the DAG.", TEXT, "/srv/airflow/dags", otherwise="nowhere: the DAG must be there already"
    ),
    "pool": Setting("Airflow's pool of the tasks.", LINE, "training", otherwise="Airflow's `default_pool`"),
    "queue": Setting(
        "The queue of the tasks, of executors that have several.", LINE, "gpu", otherwise="the default one"
    ),
    "owner": Setting("Whom Airflow shows as the owner of the tasks.", LINE, "growth", otherwise="`airflow`"),
    "tags": Setting(
        "Tags of the DAG, beside `pipeglot` and those of the labels.", Several(TAG), ["churn"], otherwise="no others"
    ),
    "python": Setting(
        "The interpreter of `python:` steps on the worker, or in the image.",
        TEXT,
        "/srv/churn/.venv/bin/python",
        otherwise="`python3`",
    ),
    "code": Setting(
        "The current folder of the commands; may be relative to the DAG file.",
        TEXT,
        "/srv/churn",
        otherwise="the folder of the DAG file",
        owners=("bash",),
    ),
    "user": Setting(
        "As whom the container runs.",
        TEXT,
        "1000:1000",
        otherwise="as the worker, so that both can use the shared folders",
        owners=("docker",),
    ),
    "docker_url": Setting(
        "The Docker Engine.",
        url("unix", "tcp", "http", "https", "ssh"),
        "unix:///var/run/docker.sock",
        otherwise="`DOCKER_HOST` of the worker",
        owners=("docker",),
    ),
    "connection": Setting(
        "A connection of Airflow's own: to a private registry, or to the cluster.",
        WORD,
        "kubernetes_default",
        otherwise="none for Docker; Airflow's own default for pods",
        owners=("docker", "kubernetes"),
    ),
    "namespace": Setting(
        "The namespace of the pods.", NAMESPACE, "ml", otherwise="that of the connection", owners=("kubernetes",)
    ),
    "service_account": Setting(
        "As whom the pods ask their cluster.",
        OBJECT,
        "trainer",
        otherwise="`default` of the namespace",
        owners=("kubernetes",),
    ),
    "claim": Setting(
        "The PersistentVolumeClaim that pods mount as the folder of `artifacts`.",
        OBJECT,
        "churn",
        otherwise="that folder of the node, which all nodes must share",
        owners=("kubernetes",),
    ),
    "gpu_label": Setting(
        "The label of nodes that holds the `type` of a GPU in this cluster.",
        NODE_LABEL,
        "cloud.google.com/gke-accelerator",
        otherwise="that of the GPU's vendor, `nvidia.com/gpu.product`",
        owners=("kubernetes",),
    ),
}


def read(given: Mapping[str, Json]) -> Settings:
    """The settings, or all that is wrong with them."""
    faults = not_texts("airflow", given, forms(SETTINGS))
    operator = given.get("operator", OPERATORS[0])
    if isinstance(operator, str) and operator in OPERATORS:
        faults += _misplaced(operator, given)
    if faults:
        raise SpecRejected(faults)
    tags = given.get("tags", [])
    texts = {name: value for name, value in given.items() if isinstance(value, str)}
    return Settings(**texts, tags=tuple(map(str, tags)) if isinstance(tags, list) else ())


def _misplaced(operator: str, given: Mapping[str, Json]) -> list[Diagnostic]:
    return [
        fault(name, f"`airflow.{name}` is for {' and '.join(setting.owners)} operators, and these are {operator}")
        for name, setting in SETTINGS.items()
        if name in given and setting.owners and operator not in setting.owners
    ]
