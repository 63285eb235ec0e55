"""Work that was done before: found by the key of what goes into it, handed on again, and kept where it is new."""

from __future__ import annotations

import json

from pipeglot_sidecar.decisions.cache_key import key_of, key_parts
from pipeglot_sidecar.faults import Trouble
from pipeglot_sidecar.outputs.kept_entry import ODD, NoEntry, Work
from pipeglot_sidecar.outputs.sending import StoreFault, Unfit, WireFault
from pipeglot_sidecar.outputs.sending import read_outputs as read_outputs
from pipeglot_sidecar.outputs.sending import send_outputs as send_outputs

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from pipeglot_sidecar.command.preparation import PreparedCommand
    from pipeglot_sidecar.decisions.cache_key import Scope
    from pipeglot_sidecar.outputs.kept_entry import Environment, ReadOutput, Table
    from pipeglot_sidecar.record.event_log import Log

MOST_METRICS = 10_000


def look_up(
    prepared: PreparedCommand,
    table: Table,
    scope: Scope,
    environment: Environment,
    say: Callable[[str], None],
    pulse: Callable[[], None],
) -> None:
    """Where the step's work was done before, what it left is in `found`, and the command is not to be started.

    A store that cannot be asked keeps no step from running. Raises `Skipped`, and what `pulse` raises.
    """
    if "cache" not in table.step or not environment.environ.get("PIPEGLOT_CACHE") or table.is_sensitive():
        return
    try:
        parts = key_parts(table, scope, environment, pulse)
        prepared.told = {"cache": {"key": key_of(parts), "parts": parts}}
        prepared.work = Work(table, environment, scope.paths, parts, say, pulse)
        if environment.environ.get("PIPEGLOT_REFRESH") != "1":
            _take(prepared, prepared.work)
            say(f"step `{table.id}` is not started: run {prepared.told['reused']['run']} has done the same")
    except NoEntry:
        return
    except (StoreFault, Trouble, OSError, Unfit) as fault:
        prepared.work = None
        say(f"the cache cannot be asked: {fault}")


def _take(prepared: PreparedCommand, work: Work) -> None:
    entry = work.entry(prepared.told["cache"]["key"])
    try:
        found = work.outputs(entry["outputs"])
        source = {"run": str(entry["run"]), "attempt": str(entry["attempt"])}
        metrics = [{**each, "name": str(each["name"])} for each in entry["metrics"]]
    except (NoEntry, WireFault, StoreFault, OSError, *ODD):
        work.clear()
        raise NoEntry from None
    prepared.found, prepared.metrics, prepared.shown = found, metrics, []
    prepared.told["reused"] = source


def keep_work(
    prepared: PreparedCommand, found: dict[str, ReadOutput], succeeded: bool, log: Log, say: Callable[[str], None]
) -> None:
    """What the attempt left, for whoever is about to do the same. The step has succeeded, whatever becomes of this."""
    if prepared.work is None or not succeeded:
        return
    try:
        prepared.work.keep(prepared.told["cache"]["key"], found, log.attempt, _metrics(log))
    except (StoreFault, OSError, Unfit) as fault:
        say(f"the cache cannot be told what was done: {fault}")


def _metrics(log: Log) -> list[dict[str, Any]]:
    """What the command reported; what its outputs say is said by them again."""
    if log.path is None:
        return []
    found: list[dict[str, Any]] = []
    with open(log.path, "rb") as file:
        for line in file:
            if b'"metric"' in line:
                event: Any = json.loads(line)
                said = event["event"] == "metric" and event["attempt"] == log.attempt
                found += [event] * (said and event["writer"] != log.writer)
    return [{key: each[key] for key in ("name", "value", "at") if key in each} for each in found[:MOST_METRICS]]
