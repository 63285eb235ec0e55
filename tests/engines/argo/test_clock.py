"""What a CronWorkflow is told beside its minutes, on a real Argo: from when, until when, and how many at a time."""

from __future__ import annotations

import time
from datetime import datetime, timedelta, timezone
from typing import Any

from tests.engines.argo.clocked import NAME, Clocked
from tests.engines.argo.driver import OVER_WITHIN, POLLED_EVERY, Driver

DUE = "workflows.argoproj.io/scheduled-time"


def test_it_starts_runs_within_its_bounds_and_one_after_another(clocked: Clocked) -> None:
    driver, begin = clocked.driver, clocked.begin
    until = time.monotonic() + OVER_WITHIN
    over = begin + timedelta(minutes=2, seconds=10)
    while not (datetime.now(timezone.utc) > over and all(_end(each) for each in _runs(driver))):
        assert time.monotonic() < until, "the runs of the clock are not over"
        time.sleep(POLLED_EVERY)
    found = sorted(_runs(driver), key=lambda each: each["metadata"]["annotations"][DUE])
    due = [_time(each["metadata"]["annotations"][DUE]) for each in found]
    assert due == [begin, begin + timedelta(minutes=1)], "none before the first minute, none after the last"
    assert [each["status"]["phase"] for each in found] == ["Succeeded", "Succeeded"]
    first, second = found
    made = _time(second["metadata"]["creationTimestamp"])
    ended, began = _time(_end(first)), min(map(_time, _pods_began(second)))
    assert made < ended <= began, "the second was made in its minute, and waited for the first"


def _runs(driver: Driver) -> list[Any]:
    where = f"/apis/argoproj.io/v1alpha1/namespaces/{driver.cluster.namespace}/workflows"
    status, answer = driver.cluster.request("GET", f"{where}?labelSelector=workflows.argoproj.io/cron-workflow={NAME}")
    assert status == 200, answer
    return list(answer["items"])


def _end(workflow: Any) -> str:
    return str(workflow.get("status", {}).get("finishedAt") or "")


def _pods_began(workflow: Any) -> list[str]:
    return [str(node["startedAt"]) for node in workflow["status"]["nodes"].values() if node["type"] == "Pod"]


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00"))
