"""Which exports there are, by the names that `--to` takes."""

from __future__ import annotations

from importlib import import_module
from typing import Final, cast

from pipeglot_records.exports.protocol import Export

FORMATS: Final = ("openlineage", "mlflow", "otel", "in-toto")


def export(name: str) -> Export:
    return cast("Export", import_module(f"pipeglot_records.exports.{name.replace('-', '_')}.export"))
