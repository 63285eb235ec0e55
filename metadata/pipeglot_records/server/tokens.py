"""Tokens: who may ask the server for what. The store keeps their hashes alone."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import sqlalchemy as sql

from pipeglot_records.faults import TokenFault
from pipeglot_records.store.database import Store
from pipeglot_records.store.tables import tokens

BYTES: Final = 32
BEGIN: Final = "pipeglot_"
"""Those who look for secrets in texts find it by this."""
MAY: Final[Mapping[str, frozenset[str]]] = {
    "read": frozenset({"read"}),
    "write": frozenset({"write"}),
    "admin": frozenset({"read", "write", "admin"}),
}
"""What each role may do. A step that sends its record need not read those of others."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


@dataclass(frozen=True, slots=True)
class Token:
    """`made` is in nanoseconds since 1970."""

    name: str
    role: str
    made: int

    def may(self, act: str) -> bool:
        return act in MAY.get(self.role, frozenset())


ANYBODY: Final = Token("anybody", "admin", 0)
ONLOOKER: Final = Token("whoever opened the pages", "read", 0)


def add(store: Store, name: str, role: str) -> str:
    """The token itself, which nobody can say again. Raises `TokenFault`."""
    if not _NAME.fullmatch(name):
        raise TokenFault(f"`{name}` is no name of a token: letters, digits, `.`, `_` and `-`, 64 at most")
    secret = BEGIN + secrets.token_urlsafe(BYTES)
    row = {"name": name, "role": role, "hash": _hash(secret), "made": time.time_ns()}
    with store.writing() as connection:
        if connection.scalar(sql.select(tokens.c.name).where(tokens.c.name == name)) is not None:
            hint = f"give it another name, or remove that one first: pipeglot serve token remove {name}"
            raise TokenFault(f"there is a token `{name}` already", hint)
        connection.execute(tokens.insert(), row)
    return secret


def listed(store: Store) -> list[Token]:
    with store.reading() as connection:
        rows = connection.execute(sql.select(tokens).order_by(tokens.c.name))
        return [Token(row.name, row.role, row.made) for row in rows]


def remove(store: Store, name: str) -> None:
    """Raises `TokenFault`."""
    with store.writing() as connection:
        gone = connection.execute(tokens.delete().where(tokens.c.name == name)).rowcount
    if not gone:
        raise TokenFault(f"there is no token `{name}`", "pipeglot serve token list")


def holder(store: Store, secret: str) -> Token | None:
    """Whose it is. All hashes are compared, each in the same time, whatever is said."""
    given = _hash(secret)
    with store.reading() as connection:
        rows = connection.execute(sql.select(tokens)).all()
    found = [row for row in rows if hmac.compare_digest(row.hash, given)]
    return Token(found[0].name, found[0].role, found[0].made) if found else None


def _hash(secret: str) -> str:
    """As it is random, and long, no slow hash makes it harder to guess."""
    return hashlib.sha256(secret.encode("utf-8", "surrogateescape")).hexdigest()
