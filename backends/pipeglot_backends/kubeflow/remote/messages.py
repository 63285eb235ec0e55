"""What Kubeflow says of a run that went wrong, and of its tasks; and what its tasks are called for people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pipeglot_backends.kubeflow.remote.connection import Answer
from pipeglot_backends.remote.protocol import Said
from pipeglot_backends.remote.responses import rows, table
from pipeglot_backends.remote.sdk import moment, one_line

DRIVER, ITEM, ROOT = "-driver", "iteration-item", "root"
WRONG = ("FAILED", "CANCELED", "CANCELING")


def of_run(there: Answer) -> str | None:
    return _error(there) if str(there.get("state")) in WRONG else None


def tasks(there: Answer) -> list[Answer]:
    return rows(table(there, "run_details"), "task_details")


def steps(there: Answer) -> Iterator[tuple[str, Answer]]:
    """The tasks that are steps or their items, each with its name: Kubeflow calls all items of a fan-out alike."""
    found = tasks(there)
    by_id = {str(task.get("task_id")): task for task in found}
    shown = {str(task.get("display_name")) for task in found}
    counted: dict[str, int] = {}
    for task in sorted(found, key=lambda task: str(task.get("start_time") or "~")):
        name = str(task.get("display_name", ""))
        if name == ROOT or name.endswith(DRIVER) or f"{name}{DRIVER}" not in shown:
            continue
        around = _around(task, by_id)
        if name.startswith(ITEM) or around is None:
            if not name.startswith(ITEM):
                yield name, task
            continue
        yield f"{name}[{_index(around, counted)}]", task


def of_tasks(there: Answer) -> Mapping[str, str]:
    messages = {name: _error(task) for name, task in steps(there) if str(task.get("state")) in WRONG}
    return {name: message for name, message in messages.items() if message}


def of_steps(there: Answer) -> Iterator[Said]:
    for name, task in steps(there):
        state = str(task.get("state"))
        if state not in WRONG:
            continue
        step, _, index = name.partition("[")
        ran = moment(task.get("start_time")) if rows(task, "child_tasks") or task.get("execution_id") else None
        yield Said(step, index.rstrip("]") or None, _error(task), ran)


def _around(task: Answer, by_id: Mapping[str, Answer]) -> Answer | None:
    """The iteration that a task is inside of, at any depth."""
    seen: set[str] = set()
    parent = str(task.get("parent_task_id") or "")
    while parent in by_id and parent not in seen:
        if str(by_id[parent].get("display_name", "")).startswith(ITEM):
            return by_id[parent]
        seen.add(parent)
        parent = str(by_id[parent].get("parent_task_id") or "")
    return None


def _index(iteration: Answer, counted: dict[str, int]) -> int:
    """As its name tells, `iteration-item(2:…)`; else in the order in which they began."""
    name, known = str(iteration.get("display_name", "")), str(iteration.get("task_id"))
    number = name.partition("(")[2].partition(":")[0]
    if number.isdecimal():
        return int(number)
    among = f"{iteration.get('parent_task_id')}/"
    return counted.setdefault(among + known, sum(key.startswith(among) for key in counted))


def _error(there: Answer) -> str | None:
    """The last that is said of an error: of the thing itself, or in its history."""
    places: list[Any] = [there, *rows(there, "state_history")]
    messages = [one_line(table(each, "error").get("message")) for each in places]
    return next((message for message in messages if message), None)
