"""What becomes of a schedule on each target: kept, refused with the reason, or said to be ignored."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
import yaml

from pipeglot.driver.compiling import compiled, find_target, load, options_for, refusals
from pipeglot.driver.planning import plan, plan_text
from pipeglot.ir import Pipeline
from pipeglot_backends import local
from pipeglot_backends.protocol import Backend

TEXT = """
apiVersion: pipeglot/v1
kind: Pipeline
metadata: {name: nightly}
schedule: {cron: "30 2 * * mon-fri", timezone: Europe/Berlin, SCHEDULE}
steps: {a: {image: x, run: [echo, "${{ default(run.scheduled_time, 'never') }}"]}}
"""


def pipeline(folder: Path, said: str = "") -> Pipeline:
    path = folder / "pipeline.yaml"
    path.write_text(TEXT.replace("SCHEDULE", said))
    return load(path)


def files(wanted: Pipeline, target: str) -> dict[str, str]:
    return {file.path: file.text for file in compiled(wanted, target).files}


@pytest.mark.parametrize("version", ["3.1", "3.2", "3.3"])
def test_it_is_a_timetable_in_airflow(version: str, tmp_path: Path) -> None:
    text = files(pipeline(tmp_path), f"airflow@{version}")["nightly.py"]
    assert 'schedule=CronTriggerTimetable("30 2 * * 1,2,3,4,5", timezone="Europe/Berlin"),' in text


@pytest.mark.parametrize("version", ["3.7", "4.0"])
def test_it_is_a_cron_workflow_in_argo(version: str, tmp_path: Path) -> None:
    made = files(pipeline(tmp_path, "overlap: replace"), f"argo@{version}")
    assert 'schedules:\n    - "30 2 * * 1,2,3,4,5"\n  timezone: Europe/Berlin\n' in made["cronworkflow.yaml"]
    assert "concurrencyPolicy: Replace" in made["cronworkflow.yaml"]
    assert "PIPEGLOT_SCHEDULED" in made["workflowtemplate.yaml"]
    assert "when:" not in made["cronworkflow.yaml"]


def test_argo_counts_scheduled_runs_by_a_lock(tmp_path: Path) -> None:
    one, *none = yaml.safe_load_all(files(pipeline(tmp_path, "max_active: 1"), "argo")["cronworkflow.yaml"])
    assert (one["spec"]["workflowSpec"]["synchronization"], none) == ({"mutexes": [{"name": "nightly-schedule"}]}, [])
    wanted = replace(pipeline(tmp_path, "max_active: 3"), settings={"argo": {"mutex": "ml", "semaphore": "limits/gpu"}})
    cron, held = yaml.safe_load_all(files(wanted, "argo")["cronworkflow.yaml"])
    keys = [each["configMapKeyRef"] for each in cron["spec"]["workflowSpec"]["synchronization"]["semaphores"]]
    assert keys == [{"name": "limits", "key": "gpu"}, {"name": "nightly-schedule", "key": "runs"}]
    assert cron["spec"]["workflowSpec"]["synchronization"]["mutexes"] == [{"name": "ml"}]
    assert (held["kind"], held["metadata"]["name"], held["data"]) == ("ConfigMap", "nightly-schedule", {"runs": "3"})


def test_argo_asks_the_clock_for_the_bounds_of_a_schedule(tmp_path: Path) -> None:
    """Also a run that is due at the end itself starts some moments after it."""
    bounds = 'start: "2026-01-01T01:00:30+01:00", end: "2026-02-01T06:00:00Z"'
    spec = yaml.safe_load(files(pipeline(tmp_path, bounds), "argo")["cronworkflow.yaml"])["spec"]
    first, last = "date('2026-01-01T00:00:30+00:00')", "date('2026-02-01T06:01:00+00:00')"
    assert spec["when"] == f"{{{{= now() >= {first} && now() < {last} }}}}"
    only = yaml.safe_load(files(pipeline(tmp_path, 'start: "2026-01-01T00:00:00Z"'), "argo")["cronworkflow.yaml"])[
        "spec"
    ]
    assert only["when"] == "{{= now() >= date('2026-01-01T00:00:00+00:00') }}"


@pytest.mark.parametrize(
    ("target", "said", "reason"),
    [
        ("airflow", "overlap: skip", "Airflow starts the next one later"),
        ("airflow", "overlap: replace", "Airflow starts the next one later"),
        ("argo", "catchup: true", "one missed run at most"),
    ],
)
def test_it_is_refused_where_it_cannot_be_kept(target: str, said: str, reason: str, tmp_path: Path) -> None:
    (fault,) = refusals(pipeline(tmp_path, said), *find_target(target))
    assert fault.code == "PG401"
    assert reason in fault.message


def test_it_is_ignored_by_a_run_on_this_machine_and_said_so(tmp_path: Path) -> None:
    wanted = pipeline(tmp_path)
    assert files(wanted, "local") == files(replace(wanted, schedule=None), "local")
    backend, version = find_target("local")
    report = plan(wanted, backend, options_for(wanted, backend, version), ())
    assert report["cannot"] == {}
    assert "schedule: ignored: a run begins when someone starts it" in plan_text(report)


def test_it_is_refused_by_a_target_that_says_nothing_of_schedules(tmp_path: Path) -> None:
    silent = SimpleNamespace(**{**vars(local), "NAME": "silent", "SCHEDULES": False})
    backend = cast(Backend, cast(Any, silent))
    wanted = pipeline(tmp_path)
    (fault,) = refusals(wanted, backend, "1")
    assert "`silent` cannot keep this: what it is given starts no runs by itself" in fault.message
    assert refusals(replace(wanted, schedule=None), backend, "1") == ()
    report = plan(wanted, backend, options_for(wanted, backend, "1"), ())
    assert report["cannot"] == {"schedule": "what it is given starts no runs by itself"}


def test_it_is_no_part_of_what_a_run_means(tmp_path: Path) -> None:
    one, other = pipeline(tmp_path), pipeline(tmp_path, "overlap: skip")
    assert one.schedule != other.schedule
    assert files(one, "argo")["definition.json"] == files(other, "argo")["definition.json"]
