"""How the sidecar is to come, where a profile says so: `sidecar: {deliver: …}`."""

from __future__ import annotations

from collections.abc import Iterator

from pipeglot.ir import Origin, Pipeline


def asked(pipeline: Pipeline, *ways: str) -> Iterator[Origin]:
    """Where the profile asks for one of these ways."""
    if pipeline.deliver in ways:
        yield pipeline.profile_origin or pipeline.origin


def sidecar_without_config_map(pipeline: Pipeline) -> Iterator[Origin]:
    """A feature: any way but that of targets that mount a ConfigMap in every pod."""
    return asked(pipeline, "inline", "importer")
