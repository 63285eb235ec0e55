"""Who is told what is done to models. An address is a secret: only the variable that holds it is kept.

What could not be told waits in the history, and goes, in its order, with the next change or with `models webhook send`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import sqlalchemy as sql

from pipeglot.ir import Json
from pipeglot_records.engines.shipping import opener, reason_of
from pipeglot_records.registry.forms import act_json, sentence
from pipeglot_records.registry.history import Act, RegistryFault, acts, checked
from pipeglot_records.store.database import Store
from pipeglot_records.store.tables import model_acts, webhooks

WITHIN: Final = 5.0
"""Seconds in which each must answer."""
MOST: Final = 100
"""Acts that one call sends to one of them."""


@dataclass(frozen=True, slots=True)
class Webhook:
    """`model` is None for all; `sent` is the last act that it took."""

    name: str
    variable: str
    model: str | None
    sent: int


def add(store: Store, name: str, variable: str, model: str | None) -> None:
    """It is told what happens from now on. Raises `RegistryFault`."""
    checked("a webhook", name)
    if not variable.isidentifier():
        raise RegistryFault(
            f"`{variable[:200]}` is no name of an environment variable", "name one that holds the address"
        )
    with store.writing() as connection:
        if connection.scalar(sql.select(webhooks.c.name).where(webhooks.c.name == name)) is not None:
            hint = f"remove that one first: pipeglot models webhook remove {name}"
            raise RegistryFault(f"there is a webhook `{name}` already", hint)
        last = connection.scalar(sql.select(sql.func.max(model_acts.c.seq))) or 0
        connection.execute(webhooks.insert(), {"name": name, "variable": variable, "model": model, "sent": last})


def listed(store: Store) -> list[Webhook]:
    with store.reading() as connection:
        rows = connection.execute(sql.select(webhooks).order_by(webhooks.c.name))
        return [Webhook(row.name, row.variable, row.model, row.sent) for row in rows]


def remove(store: Store, name: str) -> None:
    """Raises `RegistryFault`."""
    with store.writing() as connection:
        if not connection.execute(webhooks.delete().where(webhooks.c.name == name)).rowcount:
            raise RegistryFault(f"there is no webhook `{name[:200]}`", "pipeglot models webhook list")


def send(store: Store, environ: Mapping[str, str]) -> Iterator[str]:
    """Whatever each was not told yet. Yields a line for each that could not be told, without its address."""
    for hook in listed(store):
        why = _send(store, hook, environ)
        if why:
            yield f"the webhook `{hook.name}` was not told: {why}; it is told later"


def _send(store: Store, hook: Webhook, environ: Mapping[str, str]) -> str | None:
    with store.reading() as connection:
        left = acts(connection, hook.model, hook.sent)[:MOST]
    if not left:
        return None
    address = environ.get(hook.variable, "").strip()
    if not address.lower().startswith(("https://", "http://")):
        return f"{hook.variable} holds no address" if address else f"{hook.variable} is not set"
    for act in left:
        why = _post(address, act, environ)
        if why:
            return why
        with store.writing() as connection:
            connection.execute(webhooks.update().where(webhooks.c.name == hook.name).values(sent=act.seq))
    return None


def _post(address: str, act: Act, environ: Mapping[str, str]) -> str | None:
    """None where it was taken."""
    from http.client import HTTPException
    from urllib.error import HTTPError, URLError
    from urllib.request import Request

    body: dict[str, Json] = {"text": sentence(act), **act_json(act)}
    headers = {"Content-Type": "application/json", "User-Agent": "pipeglot"}
    try:
        request = Request(address, json.dumps(body).encode("ascii"), headers, method="POST")
        with opener(environ).open(request, timeout=WITHIN) as answer:
            answer.read(1)
            return None
    except HTTPError as fault:
        fault.close()
        return f"it answered {fault.code}"
    except URLError as fault:
        return reason_of(fault.reason)
    except (OSError, HTTPException, ValueError) as fault:
        return reason_of(fault)
