"""Every case on a real Kubeflow, where there is one; elsewhere each is compiled, and said not to be run."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from tests.conformance.cases import CASES, Case
from tests.engines.kubeflow.driver import TARGET, VERSION, Driver, Outcomes

from pipeglot.driver.compiling import compiled, find_target, load, refusals

FAILS_ON_EXIT = "on_exit_fails"
"""Kubeflow calls a run succeeded whose exit task alone failed."""


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_it_leaves_the_expected_record(
    case: Case, outcomes: Outcomes, record_property: Callable[[str, object], None]
) -> None:
    record_property("engine", f"Kubeflow {VERSION}")
    record_property("case", case.name)
    pipeline = load(case.pipeline, case.profiles.get("kubeflow"))
    if refusals(pipeline, *find_target(TARGET)):
        record_property("verdict", "refused")
        return
    if reason := Driver.available():
        assert compiled(pipeline, TARGET).native
        record_property("verdict", "compiled")
        pytest.skip(reason)
    found = outcomes[case.name].result()
    assert not (difference := case.difference(found.normal)), f"{difference}\n\n{found.native} {found.tasks}"
    own = "succeeded" if case.name == FAILS_ON_EXIT else json.loads(case.expected)["run"]
    assert found.state == own, "Kubeflow itself says otherwise"
