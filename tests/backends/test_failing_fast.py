"""`fail_fast` is refused exactly where something could begin after a failure that its needs do not hold back."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from pipeglot.diagnostics import SpecRejected
from pipeglot.driver.compiling import compiled, load
from pipeglot_backends.features.fail_fast import fail_fast_between_branches

HEAD = """apiVersion: pipeglot/v1
kind: Pipeline
metadata: {name: early}
defaults: {image: "python:3.11-slim"}
params: {names: {type: list, items: string, default: [a, b]}}
fail_fast: true
"""
WAITING = {
    "a branch of two": "{a: {RUN}, b: {RUN, needs: [a]}, c: {RUN}}",
    "a branch behind a fork": "{a: {RUN}, b: {RUN, needs: [a]}, c: {RUN, needs: [a]}}",
    "a step that runs in spite of a failure": "{a: {RUN}, b: {RUN, needs: [a], run_if: always}}",
    "a list task beside a step": '{a: {RUN, foreach: {items: "${{ params.names }}"}}, b: {RUN}}',
    "items behind each other": "{a: {RUN, foreach: {items: [1, 2, 3], max_parallel: 2}}}",
    "steps behind each other": "{a: {RUN}, b: {RUN}}\nmax_parallel: 1",
    "items behind each other in the run": "{a: {RUN, foreach: {items: [1, 2]}}}\nmax_parallel: 1",
}
AT_ONCE = {
    "one step": "{a: {RUN}}",
    "a chain": "{a: {RUN}, b: {RUN, needs: [a]}, c: {RUN, needs: [b]}}",
    "all at once, and one behind them": "{a: {RUN}, b: {RUN}, c: {RUN, needs: [a, b]}}",
    "items at once": "{a: {RUN, foreach: {items: [1, 2, 3]}}, b: {RUN}, c: {RUN, needs: [a, b]}}",
    "as many items as may run": "{a: {RUN, foreach: {items: [1, 2], max_parallel: 2}}}",
    "a list task alone": '{a: {RUN, foreach: {items: "${{ params.names }}"}}}',
}


def written(tmp_path: Path, steps: str) -> Path:
    path = tmp_path / "pipeline.yaml"
    path.write_text(f"{HEAD}steps: {steps.replace('RUN', 'run: [pwd]')}\n", "utf-8")
    return path


@pytest.mark.parametrize("steps", WAITING.values(), ids=WAITING)
def test_it_sees_what_would_begin_after_a_failure(steps: str, tmp_path: Path) -> None:
    pipeline = load(written(tmp_path, steps))
    assert len(list(fail_fast_between_branches(pipeline))) == 1
    assert not list(fail_fast_between_branches(replace(pipeline, fail_fast=False)))


@pytest.mark.parametrize("steps", AT_ONCE.values(), ids=AT_ONCE)
def test_it_sees_that_nothing_would(steps: str, tmp_path: Path) -> None:
    assert not list(fail_fast_between_branches(load(written(tmp_path, steps))))


@pytest.mark.parametrize("target", ["argo@3.7", "argo@4.0", "kubeflow@2.14", "kubeflow@2.17"])
def test_it_is_refused_with_the_reason(target: str, tmp_path: Path) -> None:
    pipeline = load(written(tmp_path, WAITING["a branch of two"]))
    assert list(fail_fast_between_branches(pipeline)) == [pipeline.by_id["b"].origin]
    with pytest.raises(SpecRejected, match=r"PG401: .* `fail_fast` would hold nothing back \(.*`vertex` can\)"):
        compiled(pipeline, target)
