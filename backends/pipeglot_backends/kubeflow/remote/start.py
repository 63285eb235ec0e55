"""Starts one run under an id of ours: Kubeflow takes the id, and tells nobody whether it was there before."""

from __future__ import annotations

import time
import uuid
from collections.abc import Mapping
from typing import Any

from pipeglot_backends.kubeflow.remote.connection import Answer, Connection, listed, named, raw
from pipeglot_backends.remote import responses
from pipeglot_backends.remote.responses import Conflict, NotFound, OutcomeUnknown
from pipeglot_backends.remote.sdk import rejected

LOOKS = 4
"""How often a run is looked for that may have begun, before it is asked for once more."""


def name_of(pipeline: str, run: uuid.UUID) -> str:
    """The run's name on Kubeflow's pages."""
    return f"{pipeline} {run}"


def found(connection: Connection, name: str, run: uuid.UUID) -> Answer | None:
    """By its id; by its name where the server made an id of its own."""
    api = connection.client.runs
    try:
        return connection.ask("look for a run", raw(api.run_service_get_run, str(run)))
    except NotFound:
        calls, space = api.run_service_list_runs, connection.namespace
        there = listed(connection, "look for a run", "runs", calls, filter=named(name), namespace=space)
        return there[0] if there else None


def start(connection: Connection, name: str, run: uuid.UUID, body: Mapping[str, Any]) -> Answer:
    """After an answer that says nothing it is looked for first, for a while: a second request is a second run."""
    create = raw(connection.client.runs.run_service_create_run, {**body, "run_id": str(run), "display_name": name})
    for attempt in range(responses.TRIES):
        try:
            return connection.once(f"start a run of `{name.partition(' ')[0]}`", create)
        except (OutcomeUnknown, Conflict) as unsure:
            there = _settled(connection, name, run)
            if there is not None:
                return there
            if attempt == responses.TRIES - 1:
                raise unsure.fault if isinstance(unsure, OutcomeUnknown) else _nowhere(connection, name) from None
        except NotFound:
            raise rejected("PG522", f"{connection.url} does not know what it is to start any more: try again") from None
    raise AssertionError("the last try answers or raises")


def _settled(connection: Connection, name: str, run: uuid.UUID) -> Answer | None:
    for look in range(LOOKS):
        time.sleep(responses.PAUSE * 2**look)
        there = found(connection, name, run)
        if there is not None:
            return there
    return None


def _nowhere(connection: Connection, name: str) -> Exception:
    return rejected("PG524", f"{connection.url} says that the run `{name}` is there, and does not show it")
