"""Every pipeline whose DAG file is judged: those made by hand, the examples, and the cases, with each operator."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from tests.judges.airflow.pipelines import ALL, BROUGHT, CLAIMED, HEAVY, NIGHTLY, SCHEDULED, SHARED, in_containers

from pipeglot.driver.compiling import find_target, load, refusals
from pipeglot.ir import Pipeline

ROOT = Path(__file__).parents[3]
PODS = ROOT / "tests" / "judges" / "kubeflow" / "pipelines" / "pods.yaml"
CLUSTER = ROOT / "tests" / "judges" / "argo" / "pipelines" / "cluster.yaml"
FILES = (
    PODS,
    CLUSTER,
    *sorted(ROOT.glob("examples/*/pipeline.yaml")),
    *sorted(ROOT.glob("tests/conformance/*/pipeline.yaml")),
)


def possible(pipeline: Pipeline) -> bool:
    return not refusals(pipeline, *find_target("airflow"))


def _in_containers(pipelines: tuple[Pipeline, ...], operator: str) -> Iterator[Pipeline]:
    """Those that the operator can run, each with a name of its own, and with a folder for its artifacts."""
    for pipeline in pipelines:
        given = in_containers(pipeline, operator)
        wanted = replace(
            given, name=f"{pipeline.name}-{operator}", artifacts=given.artifacts or "file:///srv/artifacts"
        )
        if possible(wanted):
            yield wanted


LOADED = tuple(load(path) for path in FILES)
ON_WORKERS = (*ALL, SCHEDULED, NIGHTLY, *filter(possible, LOADED))
IN_DOCKER = tuple(_in_containers((*ALL, *LOADED, HEAVY, BROUGHT), "docker"))
IN_PODS = tuple(_in_containers((*ALL, *LOADED, HEAVY, CLAIMED, SHARED), "kubernetes"))
JUDGED = (*ON_WORKERS, *IN_DOCKER, *IN_PODS)
