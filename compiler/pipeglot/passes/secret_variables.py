"""Secrets that would stand in one variable of the environment, told apart by a longer one."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from pipeglot.diagnostics import Diagnostic
from pipeglot.ir import Pipeline, Secret, Step
from pipeglot_expression.runtime.contract import secret_variable


def secrets_told_apart(pipeline: Pipeline) -> tuple[Pipeline, tuple[Diagnostic, ...]]:
    """No two secrets have the same variable, where it is variables that they come by."""
    steps = (*pipeline.steps, *pipeline.on_exit)
    found = {(each.name, each.key) for step in steps for each in step.env.values() if isinstance(each, Secret)}
    held = Counter(secret_variable(*each) for each in found)
    shared = {each for each in found if held[secret_variable(*each)] > 1}
    if not shared:
        return pipeline, ()
    renamed, on_exit = (tuple(_step(each, shared) for each in group) for group in (pipeline.steps, pipeline.on_exit))
    return replace(pipeline, steps=renamed, on_exit=on_exit), ()


def _step(step: Step, shared: set[tuple[str, str]]) -> Step:
    env = {
        name: replace(value, exact=True) if isinstance(value, Secret) and (value.name, value.key) in shared else value
        for name, value in step.env.items()
    }
    return replace(step, env=env)
