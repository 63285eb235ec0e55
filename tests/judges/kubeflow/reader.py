"""Reads the definition of a pipeline for Kubeflow or Vertex, and tells every fault that it has.

It takes nothing but the text, and shares no code with what wrote it. Real backends find most of these faults only
once the run has begun, some never.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from tests.judges.kubeflow import containers, forms, graph, placement, vertex
from tests.judges.kubeflow.texts import Unreadable, json_document, yaml_documents
from tests.judges.kubeflow.values import fits, texts

SCHEMA = "2.1.0"
PIPELINE = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?")
LONGEST_PIPELINE = 63
LARGEST = 1024 * 1024
"""As much as etcd takes of the workflow that is made of it."""
KINDS = re.compile(r"(system|google)\.[A-Za-z]+")


def kubeflow(text: str) -> list[str]:
    """What Kubeflow would have against a `pipeline.yaml`, be it when it is uploaded or at the end of a run."""
    try:
        documents = yaml_documents(text)
    except Unreadable as fault:
        return [f"unreadable: {fault}"]
    if len(documents) not in (1, 2):
        return [f"there are {len(documents)} documents"]
    found = [*_spec(documents[0])]
    if not found:
        found += [*_commands(documents[0]), *containers.mixed_up(documents[0])]
        found += [fault for document in documents[1:] for fault in placement.faults(document, documents[0])]
    return [*found, *_size(text)]


def on_vertex(text: str) -> list[str]:
    """What Vertex would have against a `pipeline.json`."""
    try:
        document = json_document(text)
    except Unreadable as fault:
        return [f"unreadable: {fault}"]
    found = [*_spec(document)]
    return [*found, *([] if found else vertex.faults(document)), *_size(text)]


def _spec(spec: Any) -> Iterator[str]:
    found = list(forms.faults(spec, "PipelineSpec"))
    yield from found
    if found:
        return
    if spec["schemaVersion"] != SCHEMA:
        yield f"schemaVersion is {spec['schemaVersion']}, not {SCHEMA}"
    name = spec["pipelineInfo"]["name"]
    if not PIPELINE.fullmatch(name) or len(name) > LONGEST_PIPELINE:
        yield f"{name!r} is no name of a pipeline"
    yield from _definitions(spec)
    yield from graph.faults(spec)
    yield from containers.faults(spec)


def _definitions(spec: Mapping[str, Any]) -> Iterator[str]:  # noqa: C901  # checks, one after the other
    """Parameters whose defaults are of their type, and artifacts of a kind that is known."""
    for place, component in (("root", spec["root"]), *spec["components"].items()):
        for name, each in component.get("inputDefinitions", {}).get("parameters", {}).items():
            kind = each["parameterType"]
            values = [*each.get("literals", ()), *([each["defaultValue"]] if "defaultValue" in each else ())]
            for value in values:
                if not fits(value, kind):
                    yield f"{place}.{name}: {value!r:.60} is no {kind}"
            if "defaultValue" in each and not each.get("isOptional"):
                yield f"{place}.{name}: has a default, and is not optional"
            if any("{{" in text for value in values for text in texts(value)):
                yield f"{place}.{name}: Argo takes its default for a template of its own"
        for way in ("inputDefinitions", "outputDefinitions"):
            for name, each in component.get(way, {}).get("artifacts", {}).items():
                title = each["artifactType"].get("schemaTitle", "system.Artifact")
                if not KINDS.fullmatch(title):
                    yield f"{place}.{name}: {title!r} is no kind of artifact"


def _commands(spec: Mapping[str, Any]) -> Iterator[str]:
    """Kubeflow's launcher starts the command itself, so an image's own entrypoint never runs."""
    for label, executor in spec["deploymentSpec"]["executors"].items():
        if "container" in executor and not executor["container"].get("command"):
            yield f"{label}: there is no command"


def _size(text: str) -> Iterator[str]:
    if len(text.encode()) > LARGEST:
        yield f"the definition has {len(text.encode())} bytes"
