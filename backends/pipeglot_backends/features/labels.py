"""The labels of a pipeline, and its description: what a target does with them, and which it cannot take."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from pipeglot.ir import Origin, Pipeline, Pod, Step

TAG = 100
"""The longest tag of Airflow."""
GOOGLE_KEY, GOOGLE_VALUE = re.compile("[a-z][a-z0-9_-]{0,62}"), re.compile("[a-z0-9_-]{0,63}")
GOOGLE_OURS = ("pipeglot-", "vertex-ai-")
GOOGLE_MOST = 63
"""Of 64 labels that Google Cloud takes one is ours."""


def labels(pipeline: Pipeline) -> Iterator[Origin]:
    """A feature."""
    return iter([_origin(pipeline)] if pipeline.labels else [])


def description(pipeline: Pipeline) -> Iterator[Origin]:
    """A feature."""
    return iter([Origin(pipeline.origin.source, ("metadata", "description"))] if pipeline.description else [])


def label_longer_than_a_tag(pipeline: Pipeline) -> Iterator[Origin]:
    """A feature."""
    return (_origin(pipeline, name) for name, value in pipeline.labels.items() if len(as_tag(name, value)) > TAG)


def label_that_google_cloud_refuses(pipeline: Pipeline) -> Iterator[Origin]:
    """A feature."""
    for number, (name, value) in enumerate(pipeline.labels.items(), 1):
        fits = GOOGLE_KEY.fullmatch(name) and GOOGLE_VALUE.fullmatch(value) and not name.startswith(GOOGLE_OURS)
        if not fits or number > GOOGLE_MOST:
            yield _origin(pipeline, name)


def as_tag(name: str, value: str) -> str:
    return f"{name}={value}"


def on_pods(pipeline: Pipeline) -> Pipeline:
    """With the labels under those of each step's pod, for targets that have no other place for them."""
    if not pipeline.labels:
        return pipeline
    steps, on_exit = (tuple(_on_pod(each, pipeline) for each in group) for group in (pipeline.steps, pipeline.on_exit))
    return replace(pipeline, steps=steps, on_exit=on_exit)


def _on_pod(step: Step, pipeline: Pipeline) -> Step:
    pod = step.pod or Pod(step.origin)
    return replace(step, pod=replace(pod, labels={**pipeline.labels, **pod.labels}))


def _origin(pipeline: Pipeline, *name: str) -> Origin:
    return Origin(pipeline.origin.source, ("metadata", "labels", *name))
