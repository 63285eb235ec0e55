"""Kubernetes quantities as the numbers of Vertex AI: cores, and gigabytes of ten to the ninth."""

from __future__ import annotations

import re
from collections.abc import Mapping

from pipeglot_backends.emit.yaml_text import Data

FACTORS = {
    "": 1.0, "m": 1e-3, "k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12, "P": 1e15, "E": 1e18,
    "Ki": 2.0**10, "Mi": 2.0**20, "Gi": 2.0**30, "Ti": 2.0**40, "Pi": 2.0**50, "Ei": 2.0**60,
}  # fmt: skip
BOTH = ("accelerator",)
"""Fields whose older names stand inside."""
QUANTITY = re.compile(r"([0-9.]+(?:[eE][+-]?[0-9]+)?)([a-zA-Z]*)")


def number(quantity: str) -> float:
    found = QUANTITY.fullmatch(quantity)
    if found is None or found[2] not in FACTORS:
        raise ValueError(f"{quantity} is no quantity")
    return float(found[1]) * FACTORS[found[2]]


def both(resources: dict[str, Data]) -> dict[str, Data]:
    """With the older names beside the newer ones, as kfp's own compiler writes both for Vertex AI."""
    older: dict[str, Data] = {}
    for kind, unit in (("cpu", 1.0), ("memory", 1e9)):
        for bound in ("Limit", "Request"):
            text = resources.get(f"resource{kind.capitalize()}{bound}")
            if isinstance(text, str) and QUANTITY.fullmatch(text):
                older[f"{kind}{bound}"] = number(text) / unit
    accelerator = resources.get("accelerator")
    if isinstance(accelerator, dict) and {"resourceType", "resourceCount"} <= accelerator.keys():
        kind, count = accelerator["resourceType"], accelerator["resourceCount"]
        older["accelerator"] = {**accelerator, "type": kind, "count": count, **_named(accelerator)}
    return {**resources, **{name: each for name, each in older.items() if name not in resources or name in BOTH}}


def _named(accelerator: Mapping[str, Data]) -> dict[str, Data]:
    """What a patch says of the older names."""
    return {name: accelerator[name] for name in ("type", "count") if name in accelerator}
