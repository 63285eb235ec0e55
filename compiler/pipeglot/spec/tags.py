"""Which of several shapes a value means to have: the choices in the models, without the models' cost."""

from __future__ import annotations

ARGV, SCRIPT = "\0argv", "\0script"
LONG, LITERAL = "\0long", "\0literal"
VALUE, ARTIFACT = "\0value", "\0artifact"
ITEMS, EXPRESSION = "\0items", "\0expression"
TAGS = frozenset((ARGV, SCRIPT, LONG, LITERAL, VALUE, ARTIFACT, ITEMS, EXPRESSION))
"""They stand in the paths of errors; no key of a YAML file holds NUL, so that none can be mistaken for one."""


def run_tag(value: object) -> str | None:
    return ARGV if isinstance(value, list) else SCRIPT if isinstance(value, str) else None


def input_tag(value: object) -> str | None:
    return None if value is None else LONG if isinstance(value, dict) else LITERAL


def output_tag(value: object) -> str | None:
    if not isinstance(value, dict):
        return None
    return ARTIFACT if "artifact" in value and "type" not in value else VALUE


def items_tag(value: object) -> str | None:
    return ITEMS if isinstance(value, list) else EXPRESSION if isinstance(value, str) else None
