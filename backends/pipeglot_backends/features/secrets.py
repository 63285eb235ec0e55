"""Secrets where there is no Kubernetes: variables of the environment, named by the secret and its key."""

from __future__ import annotations

from collections.abc import Iterator

from pipeglot.ir import Origin, Pipeline, Secret
from pipeglot_backends.protocol import Limit
from pipeglot_expression.runtime.contract import secret_variable


def secrets_of_one_variable(pipeline: Pipeline) -> Iterator[Origin]:
    """A feature: steps with a secret whose variable stands for another secret too."""
    for step in (*pipeline.steps, *pipeline.on_exit):
        if any(isinstance(each, Secret) and each.exact for each in step.env.values()):
            yield step.origin


def told_apart(evidence: str, operators: tuple[str, ...] = ()) -> Limit:
    """For `EMULATES`, of the whole target or of some of its operators."""
    reason = "two secrets whose variables differ in punctuation or in capitals alone are taken from longer ones, as "
    reason += f"`{secret_variable('hub', 'to-ken', exact=True)}` for the key `to-ken` of `hub`"
    return Limit(secrets_of_one_variable, reason, evidence, operators=operators)
