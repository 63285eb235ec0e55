"""An example's expected record, in which `"*"` stands for what depends on the versions of libraries."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import yaml
from tests.conformance.cases import Case, canonical

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"


def filled(expected: Any, actual: Any) -> Any:
    """`expected` with every `"*"` replaced by the text or number that stands there; a missing one stays."""
    if expected == "*" and isinstance(actual, (str, int, float)):
        return actual
    if isinstance(expected, dict) and isinstance(actual, dict):
        return {key: filled(value, actual.get(key)) for key, value in expected.items()}
    if isinstance(expected, list) and isinstance(actual, list):
        others = [*actual, *[None] * len(expected)]
        return [filled(value, other) for value, other in zip(expected, others, strict=False)]
    return expected


def difference(name: str, normal: str, file: str = "expect.yaml") -> str:
    """How the record differs from the example's expected one; empty when it does not."""
    pipeline = EXAMPLES / name / "pipeline.yaml"
    expected = yaml.safe_load((pipeline.parent / file).read_text("utf-8"))
    return Case(name, pipeline, canonical(filled(expected, json.loads(normal)))).difference(normal)
