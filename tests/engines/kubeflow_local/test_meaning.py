"""What the cases do not ask: a sidecar that the image of the steps holds."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from tests.conformance.cases import CASES, Case
from tests.engines.kubeflow_local.driver import Driver

from pipeglot.compiling import compiled, load

IMAGE = "holds-the-sidecar:1"
OVERLAY = f"""
sidecar: {{deliver: image}}
defaults: {{image: "{IMAGE}"}}
"""
ASKED = ("chain_values", "fan_out_dicts")


@pytest.mark.parametrize("case", [case for case in CASES if case.name in ASKED], ids=lambda case: case.name)
def test_it_leaves_the_expected_record_by_a_sidecar_in_the_image(case: Case, driver: Driver, tmp_path: Path) -> None:
    path = tmp_path / "pipeline.yaml"
    shutil.copy(case.pipeline, path)
    (tmp_path / "pipeline.held.yaml").write_text(OVERLAY, "utf-8")
    (tmp_path / "pipeglot").mkdir()
    files = {file.path: file.text for file in compiled(load(path, "held"), "kubeflow").native}
    (tmp_path / "pipeglot" / "sidecar.py").write_text(files["sidecar.py"], "utf-8")
    driver.image(IMAGE, tmp_path / "pipeglot")
    outcome = driver.run(path, case.params, "held")
    assert not (difference := case.difference(outcome.normal)), f"{difference}\n\n{outcome.state} {outcome.why}"
