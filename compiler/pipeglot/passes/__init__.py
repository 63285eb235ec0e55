"""What is settled once the pipeline is built: each pass is named for what is true afterwards."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from pipeglot.diagnostics import Diagnostic
from pipeglot.ir import Pipeline
from pipeglot.passes.literals import lists_literal
from pipeglot.passes.reading import reads_listed
from pipeglot.passes.secret_names import secrets_named
from pipeglot.passes.secret_variables import secrets_told_apart

Pass: TypeAlias = Callable[[Pipeline], tuple[Pipeline, tuple[Diagnostic, ...]]]
PASSES: tuple[Pass, ...] = (secrets_named, secrets_told_apart, lists_literal, reads_listed)


def settle(pipeline: Pipeline) -> tuple[Pipeline, tuple[Diagnostic, ...]]:
    """Every pass, in order."""
    found: list[Diagnostic] = []
    for each in PASSES:
        pipeline, said = each(pipeline)
        found.extend(said)
    return pipeline, tuple(found)
