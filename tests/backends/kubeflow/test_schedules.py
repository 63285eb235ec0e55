"""Which schedules a recurring run keeps; the others are refused, with the reason."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from pipeglot.diagnostics import SpecRejected
from pipeglot.driver.compiling import compiled, load
from pipeglot.ir import Pipeline
from pipeglot_backends.kubeflow.remote.recurring import trigger

SPEC = """
apiVersion: pipeglot/v1
kind: Pipeline
metadata: {name: nightly}
steps: {a: {image: python, run: ["true"]}}
schedule: """


def scheduled(folder: Path, schedule: str) -> Pipeline:
    path = folder / "pipeline.yaml"
    path.write_text(f"{SPEC}{schedule}\n", "utf-8")
    return load(path)


@pytest.mark.parametrize(
    ("schedule", "reason"),
    [
        ("{cron: '0 6 * * 1', overlap: skip}", "leaves none out, and stops none"),
        ("{cron: '0 6 * * 1', overlap: replace}", "leaves none out, and stops none"),
        ("{cron: '0 6 * * 1', timezone: Europe/Vienna}", "reads all its schedules in one zone"),
    ],
)
def test_it_refuses(schedule: str, reason: str, tmp_path: Path) -> None:
    with pytest.raises(SpecRejected, match=f"PG401: `kubeflow` cannot keep this: .*{reason}"):
        compiled(scheduled(tmp_path, schedule), "kubeflow")


@pytest.mark.parametrize("schedule", ["{cron: '0 6 * * 1', max_active: 11}", "{cron: '0 6 * * 1', catchup: true}"])
def test_it_takes(schedule: str, tmp_path: Path) -> None:
    assert compiled(scheduled(tmp_path, schedule), "kubeflow").native


def test_it_takes_the_zone_that_the_profile_names(tmp_path: Path) -> None:
    there = replace(
        scheduled(tmp_path, "{cron: '0 6 * * 1', timezone: Europe/Vienna}"),
        settings={"kubeflow": {"timezone": "Europe/Vienna"}},
    )
    assert compiled(there, "kubeflow").native
    with pytest.raises(SpecRejected, match="reads all its schedules in one zone"):
        compiled(replace(scheduled(tmp_path, "{cron: '0 6 * * 1'}"), settings=there.settings), "kubeflow")


@pytest.mark.parametrize("cron", ["*/15 6-9 1,15 * *", "0 6 * * 1-5", "30 6 * * 0"])
def test_it_puts_the_seconds_in_front(cron: str, tmp_path: Path) -> None:
    schedule = scheduled(tmp_path, f"{{cron: '{cron}'}}").schedule
    assert schedule is not None
    found = trigger(schedule)["cron_schedule"]["cron"]
    assert found == f"0 {schedule.cron}"
    assert len(found.split()) == 6
