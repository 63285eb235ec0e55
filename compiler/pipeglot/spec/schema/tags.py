"""Which of several shapes a value means to have: the choices in the models, without the models' cost."""

from __future__ import annotations

from typing import cast

ARGV, SCRIPT = "\0argv", "\0script"
LONG, LITERAL, OUTSIDE = "\0long", "\0literal", "\0outside"
VALUE, ARTIFACT = "\0value", "\0artifact"
ITEMS, EXPRESSION = "\0items", "\0expression"
TEXT, SECRET, CONFIG_MAP, POD_FIELD = "\0text", "\0secret", "\0config_map", "\0field"
PIPELINE, COMPONENT, GRAPH, BASE = "\0pipeline", "\0component", "\0graph", "\0base"
TAGS = frozenset(
    (
        *(ARGV, SCRIPT, LONG, LITERAL, VALUE, ARTIFACT, ITEMS, EXPRESSION, TEXT, SECRET, CONFIG_MAP, POD_FIELD),
        *(OUTSIDE, PIPELINE, COMPONENT, GRAPH, BASE),
    )
)
"""They stand in the paths of errors; no key of a YAML file holds NUL, so that none can be mistaken for one."""

TARGETS = ("local", "airflow", "argo", "kubeflow", "vertex")
"""Those that come with pipeglot: a profile has a map of settings for each. Others are found where they are met."""


def run_tag(value: object) -> str | None:
    return ARGV if isinstance(value, list) else SCRIPT if isinstance(value, str) else None


def input_tag(value: object) -> str | None:
    if value is None:
        return None
    return (OUTSIDE if "uri" in value else LONG) if isinstance(value, dict) else LITERAL


def output_tag(value: object) -> str | None:
    if not isinstance(value, dict):
        return None
    return ARTIFACT if "artifact" in value and "type" not in value else VALUE


def items_tag(value: object) -> str | None:
    return ITEMS if isinstance(value, list) else EXPRESSION if isinstance(value, str) else None


def env_tag(value: object) -> str:
    if not isinstance(value, dict):
        return TEXT
    return CONFIG_MAP if "config_map" in value else POD_FIELD if "field" in value else SECRET


def document_tag(value: object) -> str:
    """A file is a pipeline unless it says that it is a component, of one step or with `steps` of its own, or a base."""
    kind = cast("dict[str, object]", value).get("kind") if isinstance(value, dict) else None
    if kind == "Component" and isinstance(value, dict):
        return GRAPH if "steps" in value else COMPONENT
    return BASE if kind == "Base" else PIPELINE
