"""Addresses of engines, without who asks: users and passwords are for requests, and for nobody to see."""

from __future__ import annotations

from urllib.parse import unquote

from pipeglot.rendering.redaction import remember
from pipeglot_backends.remote.sdk import rejected


def without_credentials(url: str) -> tuple[str, str, str]:
    """An address, and the user and password that stood in it, which nobody may see."""
    scheme, mark, rest = url.partition("://")
    place, slash, path = rest.partition("/")
    who, at, host = place.rpartition("@")
    if not at:
        return url, "", ""
    user, _, password = who.partition(":")
    remember(password, unquote(password))
    return f"{scheme}{mark}{host}{slash}{path}", unquote(user), unquote(password)


def bare(url: str, what: str, hint: str) -> str:
    """An address whose engine takes no user and password in it: said instead of left out."""
    found, user, password = without_credentials(url)
    if user or password:
        raise rejected(
            "PG520", f"the address of {what} holds a user or a password, and it is not asked with them", hint
        )
    return found
