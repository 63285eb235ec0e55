"""The pipeline as objects of Kubernetes: for a Kubeflow that keeps its pipelines there."""

from __future__ import annotations

import hashlib
from typing import Any

from pipeglot.ir import Pipeline
from pipeglot_backends.emit.yaml_text import Data, dump
from pipeglot_backends.kubeflow.emit.bindings import merged
from pipeglot_backends.kubeflow.emit.document import Documents
from pipeglot_backends.kubeflow.settings import OBJECTS
from pipeglot_backends.protocol import EmittedFile, Options

API = "pipelines.kubeflow.org/v2beta1"


def written(made: Documents) -> str:
    """The definition, as `submit` and Kubeflow's own pages take it."""
    return dump(made.pipeline, made.platform) if made.platform else dump(made.pipeline)


def objects(pipeline: Pipeline, options: Options, definition: EmittedFile) -> EmittedFile:
    """A Pipeline, and a PipelineVersion that is named by what it holds: a change is another version beside it."""
    import yaml

    documents: list[Any] = list(yaml.load_all(definition.text, yaml.CSafeLoader))
    version = f"{pipeline.name}-{hashlib.sha256(definition.text.encode()).hexdigest()[:10]}"
    described = {"description": pipeline.description or None}
    held = {"pipelineSpec": documents[0], "platformSpec": documents[1] if len(documents) > 1 else None}
    first = _object("Pipeline", pipeline.name, merged({"displayName": pipeline.name}, described), pipeline, options)
    spec = merged({"pipelineName": pipeline.name}, described, held)
    return EmittedFile(OBJECTS, dump(first, _object("PipelineVersion", version, spec, pipeline, options)))


def _object(kind: str, name: str, spec: dict[str, Data], pipeline: Pipeline, options: Options) -> dict[str, Data]:
    labels: Data = {**pipeline.labels, "app.kubernetes.io/managed-by": "pipeglot", "pipeglot/pipeline": pipeline.name}
    metadata = merged({"name": name, "namespace": options.settings.get("namespace")}, {"labels": labels})
    return {"apiVersion": API, "kind": kind, "metadata": metadata, "spec": spec}
