"""Every case by kfp.local, on a real Docker Engine."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from pathlib import Path

import pytest
from tests.conformance.cases import CASES, Case
from tests.engines import environment
from tests.engines.kubeflow_local.driver import Driver, Outcome
from tests.engines.kubeflow_local.gaps import BY_CASE, GAPS, Gap

from pipeglot.diagnostics import SpecRejected
from pipeglot.diagnostics.sources import Json

EVIDENCE = Path(__file__).with_name("evidence.py")
PARAMS: Mapping[str, Mapping[str, Json]] = {"null-in-dict": {"values": {"a": None}}}
Recorded = Callable[[str, object], None]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_it_leaves_the_expected_record(
    case: Case, outcomes: dict[str, Future[Outcome]], record_property: Recorded
) -> None:
    record_property("engine", "kfp.local")
    record_property("case", case.name)
    if case.cancel:  # it runs in the caller's own process, and knows no way to stop a run
        record_property("verdict", "compiled")
        return
    try:
        outcome = outcomes[case.name].result()
    except SpecRejected:
        record_property("verdict", "refused")
        return
    difference = case.difference(outcome.normal)
    if gap := BY_CASE.get(case.name):
        record_property("verdict", "compiled")
        assert difference, f"kfp.local has no gap here any more: {gap.evidence}"
        assert (outcome.state, gap.said in outcome.why) == (gap.state, True), f"another gap: {outcome}"
        return
    assert not difference, f"{difference}\n\n{outcome.state} {outcome.why}"
    assert outcome.state == json.loads(case.expected)["run"], "kfp.local itself says otherwise"


def test_it_leaves_the_same_record_by_the_sidecar_of_an_image(driver: Driver) -> None:
    case = next(case for case in CASES if case.name == "fan_in_artifacts")
    outcome = driver.run(case.pipeline, case.params, deliver="image")
    difference = case.difference(outcome.normal)
    assert not difference, f"{difference}\n\n{outcome.state} {outcome.why}"


@pytest.fixture(scope="session")
def evidence(driver: Driver, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Definitions that Kubeflow's own compiler wrote."""
    folder = tmp_path_factory.mktemp("evidence")
    subprocess.run([str(environment.interpreter("kubeflow")), str(EVIDENCE), str(folder)], check=True)
    return folder


@pytest.mark.parametrize("gap", GAPS, ids=lambda gap: gap.evidence)
def test_it_is_kfp_local_that_cannot(gap: Gap, driver: Driver, evidence: Path, tmp_path: Path) -> None:
    text = (evidence / f"{gap.evidence}.yaml").read_text("utf-8")
    ended = driver.play(tmp_path / "run", text, PARAMS.get(gap.evidence, {}))
    assert (ended["state"], gap.said in ended["why"]) == (gap.state, True), ended
    if gap.evidence == "branches":
        started = (tmp_path / "run" / "log").read_text("utf-8").count("Executing task")
        assert started == 1, "it starts what does not wait for the task that failed"


def test_it_runs_what_it_can(driver: Driver, evidence: Path, tmp_path: Path) -> None:
    ended = driver.play(tmp_path / "run", (evidence / "fine.yaml").read_text("utf-8"), {})
    assert ended == {"state": "succeeded", "why": ""}


def test_it_takes_every_container_away(driver: Driver, outcomes: dict[str, Future[Outcome]]) -> None:
    for outcome in outcomes.values():
        outcome.exception()
    assert driver.left() == []
