"""What Kubeflow's own code makes of each definition in a folder; prints it as JSON.

Runs in the environment of `tests/engines/kubeflow/requirements.txt`: `python reading.py FOLDER`.
"""

from __future__ import annotations

import json
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from google.protobuf import json_format
from kfp import components
from kfp.kubernetes import kubernetes_executor_config_pb2
from kfp.pipeline_spec import pipeline_spec_pb2

LONGEST = 300
QUICK: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""PyYAML's other reader, which kfp is given in the place of the slow one."""


def main(folder: str) -> int:
    warnings.simplefilter("ignore")
    yaml.SafeLoader = QUICK  # type: ignore[misc]
    found = {
        str(path.relative_to(folder)): read(path.read_text("utf-8")) for path in sorted(Path(folder).rglob("*.yaml"))
    }
    json.dump(found, sys.stdout)
    return 0


def read(text: str) -> dict[str, Any]:
    found: dict[str, Any] = {"protobuf": [], "loader": [], "tasks": []}
    try:
        documents = list(yaml.load_all(text, QUICK))
        spec = pipeline_spec_pb2.PipelineSpec()
        json_format.ParseDict(documents[0], spec)
        found["tasks"] = [*tasks(spec)]
        inner(documents)
    except Exception as fault:
        found["protobuf"].append(f"{type(fault).__name__}: {fault}"[:LONGEST])
    try:
        components.load_component_from_text(text)
    except Exception as fault:
        found["loader"].append(f"{type(fault).__name__}: {fault}"[:LONGEST])
    return found


def inner(documents: list[Any]) -> None:
    """Executors stand in a definition as plain mappings: each is read as the message that it is meant to be."""
    json_format.ParseDict(documents[0].get("deploymentSpec", {}), pipeline_spec_pb2.PipelineDeploymentConfig())
    for document in documents[1:]:
        json_format.ParseDict(document, pipeline_spec_pb2.PlatformSpec())
        for platform in document["platforms"].values():
            for executor in platform.get("deploymentSpec", {}).get("executors", {}).values():
                json_format.ParseDict(executor, kubernetes_executor_config_pb2.KubernetesExecutorConfig())


def tasks(spec: Any) -> Iterator[list[Any]]:
    """Of each task: the DAG it is in, key, name, component, what it depends on, re-tries, whether it is cached."""
    graphs = {"root": spec.root, **dict(spec.components.items())}
    for place, component in graphs.items():
        for key, task in component.dag.tasks.items():
            retries = task.retry_policy.max_retry_count
            name, of, needs = task.task_info.name, task.component_ref.name, sorted(task.dependent_tasks)
            yield [place, key, name, of, needs, retries, task.caching_options.enable_cache]


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1]))
