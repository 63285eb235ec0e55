"""Secrets where there is no Kubernetes: variables of the environment, named by the secret and its key."""

from __future__ import annotations

from collections.abc import Iterator

from pipeglot.ir import Origin, Pipeline, Secret
from pipeglot_backends.protocol import Limit
from pipeglot_expression.runtime.contract import secret_variable


def secrets_of_one_variable(pipeline: Pipeline) -> Iterator[Origin]:
    """A feature: steps with a secret whose variable stands for another secret already."""
    taken: dict[str, tuple[str, str]] = {}
    for step in (*pipeline.steps, *pipeline.on_exit):
        for each in step.env.values():
            if isinstance(each, Secret):
                known = taken.setdefault(secret_variable(each.name, each.key), (each.name, each.key))
                if known != (each.name, each.key):
                    yield step.origin


def distinct_secrets(evidence: str, operators: tuple[str, ...] = ()) -> Limit:
    """For `CANNOT`, of the whole target or of some of its operators."""
    reason = "a secret is taken from the environment, and two of them have the same variable"
    reason += ": they differ in punctuation or in capitals alone"
    return Limit(secrets_of_one_variable, reason, evidence, operators=operators)
