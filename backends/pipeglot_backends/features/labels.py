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
    kept = as_tags(pipeline)
    return (_origin(pipeline, name) for name in pipeline.labels if name not in kept)


def label_that_google_cloud_refuses(pipeline: Pipeline) -> Iterator[Origin]:
    """A feature."""
    kept = of_google_cloud(pipeline)
    return (_origin(pipeline, name) for name in pipeline.labels if name not in kept)


def of_google_cloud(pipeline: Pipeline) -> dict[str, str]:
    """Those that it takes."""
    fit = [
        (name, value)
        for name, value in pipeline.labels.items()
        if GOOGLE_KEY.fullmatch(name) and GOOGLE_VALUE.fullmatch(value) and not name.startswith(GOOGLE_OURS)
    ]
    return dict(fit[:GOOGLE_MOST])


def as_tags(pipeline: Pipeline) -> dict[str, str]:
    """By name of the label, those that are no longer than a tag can be."""
    tags = {name: f"{name}={value}" for name, value in sorted(pipeline.labels.items())}
    return {name: tag for name, tag in tags.items() if len(tag) <= TAG}


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
