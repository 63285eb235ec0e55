"""The logs of a step on Kubeflow: of each pod what its launcher kept with the artifacts, once its command had ended."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, NamedTuple, cast

from pipeglot.diagnostics import SpecRejected
from pipeglot_backends.kubeflow.remote import records
from pipeglot_backends.kubeflow.remote.connection import connected
from pipeglot_backends.kubeflow.remote.submit import found_run, params_of_run, state_of
from pipeglot_backends.remote.log_records import record
from pipeglot_backends.remote.protocol import Access, Handle, StepLogs, TaskLog

ORDER = re.compile(r"(\d+)(?:/|$)")
LATER = "~"
"""Comes after every moment."""


class Try(NamedTuple):
    """An attempt of a step, by its record; without one, by the task that its log lies under."""

    item: str | None
    began: str
    text: str


def read_logs(handle: Handle, step: str, access: Access) -> StepLogs:
    page = f"{handle.native['url'].rstrip('/')}/#/runs/details/{handle.native['run']}"
    with connected(access) as connection:
        there = found_run(connection, handle)
    try:
        kept = records.kept(handle.native["artifacts"], access)
        logs = tuple(_numbered(_tries(kept, step)))
    except SpecRejected as refused:
        said = [replace(each, hint=f"{each.hint or 'look there'}; or see {page}") for each in refused.diagnostics]
        raise SpecRejected(said) from None
    over = there is None or state_of(there).over
    return StepLogs(logs, over, params_of_run(there or {}), where=None if logs else page)


def _numbered(found: Iterable[Try]) -> Iterator[TaskLog]:
    """Kubeflow numbers no tries: the one that began first is the first."""
    counts: dict[str | None, int] = {}
    for each in sorted(found, key=lambda each: each.began):
        counts[each.item] = counts.get(each.item, 0) + 1
        yield TaskLog(each.text, counts[each.item], each.item)


def _tries(kept: records.Kept, step: str) -> Iterator[Try]:
    """Logs and records of one pod lie in one folder, below that of its task. Those of other steps are not read."""
    folders: dict[str, list[str]] = {}
    for key in kept.keys:
        folders.setdefault(records.folder_of(key), []).append(key)
    for folder, keys in sorted(folders.items()):
        logs = sorted(filter(records.LOG.search, keys), key=_number)
        whole = [kept.text(key) for key in keys if key not in logs]
        if any(start["step"] != step for text in whole if (start := _start(text))):
            continue
        for key in logs:
            log = kept.text(key)
            own = record(log)
            own_logs = [own.decode("utf-8", "replace")] if own else whole if key == logs[-1] else []
            yield from _of(step, folder, own_logs, log)


def _of(step: str, folder: str, own_logs: list[str], log: str) -> Iterator[Try]:
    begun = [start for text in own_logs if (start := _start(text))]
    yield from (Try(start.get("item"), str(start["time"]), log) for start in begun if start["step"] == step)
    if not begun and _spelled(folder.split("/")[-2]) == _spelled(step):
        yield Try(None, LATER, log)


def _start(text: str) -> Mapping[str, Any] | None:
    """What a record begins with."""
    with contextlib.suppress(ValueError):
        found: Any = json.loads(text.partition("\n")[0])
        if isinstance(found, dict) and {"step", "time"} <= set(cast("dict[str, Any]", found)):
            return cast("dict[str, Any]", found)
    return None


def _spelled(name: str) -> str:
    return name.replace("_", "-")


def _number(key: str) -> int:
    found = ORDER.search(key.rpartition("executor-logs")[2])
    return int(found[1]) if found else 0
