"""Every case on a real Argo, and on the versions before the newest those that an engine has a part in."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
import rig
from tests.conformance.cases import Case
from tests.engines.argo.chosen import chosen
from tests.engines.argo.driver import Outcomes

from pipeglot.diagnostics import SpecRejected
from pipeglot.driver.compiling import find_target, load, refusals


@pytest.mark.parametrize(("version", "case"), chosen(), ids=lambda each: getattr(each, "name", each))
def test_it_leaves_the_expected_record(
    version: str, case: Case, outcomes: Outcomes, record_property: Callable[[str, object], None]
) -> None:
    record_property("engine", f"Argo {rig.RELEASES[version].version.removeprefix('v')}")
    record_property("case", case.name)
    outcome = outcomes[version, case.name]
    if _is_refused(version, case):
        record_property("verdict", "refused")
        with pytest.raises(SpecRejected):
            outcome.result()
        return
    found = outcome.result()
    assert not (difference := case.difference(found.normal)), f"{difference}\n\n{found.workflow} {found.tasks}"
    assert found.state == json.loads(case.expected)["run"], "Argo itself says otherwise"


def _is_refused(version: str, case: Case) -> bool:
    backend, version = find_target(f"argo@{version}")
    return bool(refusals(load(case.pipeline, case.profiles.get("argo")), backend, version))
