"""Where the items of a fan-out leave their artifacts: under keys that begin alike, so that a reader takes them all."""

from __future__ import annotations


def key_prefix(artifacts: str | None) -> str:
    """The part of every key before the step: the folder of the profile's `artifacts`, then the run."""
    folder = (artifacts or "").split("://", 1)[-1].partition("/")[2].strip("/")
    return f"{folder}/{{{{workflow.uid}}}}/" if folder else "{{workflow.uid}}/"


def fan_in_key(prefix: str, task: str, output: str) -> str:
    return f"{prefix}{task}/{output}"


def item_key(prefix: str, task: str, output: str) -> str:
    return f"{fan_in_key(prefix, task, output)}/{{{{inputs.parameters.index}}}}/data.tgz"
