"""The one place that keeps credentials and sensitive values out of what is printed, whoever made the text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import unquote

from pipeglot.diagnostics import Diagnostic
from pipeglot.diagnostics.origins import Origin
from pipeglot.diagnostics.sources import Json, Source
from pipeglot_expression.runtime.hiding import HIDDEN, Hidden

CREDENTIALS = re.compile(r"(?<=://)(?!USER:PASSWORD@)(?P<user>[^\s/@:'\"`<>]*):(?P<password>[^\s/'\"`<>]+)@")
"""User and password of an address, up to the last `@` before its path."""
IN_QUERY = re.compile(r"(?<=[?&])((?:ssl)?password|passfile|token|secret|sig|signature)=[^&\s'\"`]+", re.IGNORECASE)
BY_NAME = re.compile(r"TOKEN|PASSWORD|PASSWD|SECRET|CREDENTIAL|API_?KEY|ACCESS_?KEY|PRIVATE_?KEY")
NOT_ITSELF = re.compile(r"(PATH|FILE|DIR|FOLDER|URL|URI|HOST|NAME|USER|ID|CREDENTIALS)$")
"""Variables that say where a secret is, or whose."""
SHORTEST = 6
HELD = ("PG327", "PG329")
"""What these complain of is the value that nobody may see."""

_hidden = Hidden()


def begin(environ: Mapping[str, str]) -> None:
    """Forgets what was remembered, but for what the environment holds."""
    _hidden.clear()
    for name, text in environ.items():
        if BY_NAME.search(name.upper()) and not NOT_ITSELF.search(name.upper()) and len(text) >= SHORTEST:
            remember(text.removeprefix("Bearer "))
        for found in CREDENTIALS.finditer(text):
            remember(found["password"], unquote(found["password"]))


def remember(*values: Any) -> None:
    """Values that are never printed from now on: texts, or values of params."""
    for value in values:
        _hidden.add(value)


def remember_held(diagnostics: Iterable[Diagnostic], sources: Iterable[Source]) -> None:
    """What stands in a file where it must not is not printed with the line that it stands in."""
    by_name = {source.name: source for source in sources}
    for each in diagnostics:
        place = each.origin if each.code in HELD and isinstance(each.origin, Origin) else None
        if place is not None and place.source in by_name:
            value = _at(by_name[place.source].data, place.path)
            remember(value, *(found["password"] for found in CREDENTIALS.finditer(str(value))))


def redacted(text: str) -> str:
    without = CREDENTIALS.sub(f"{HIDDEN}@", text)
    return _hidden.cover(IN_QUERY.sub(rf"\1={HIDDEN}", without))


def redacted_in(value: Json) -> Any:
    """A value of JSON, with every text in it covered."""
    if isinstance(value, str):
        return redacted(value)
    if isinstance(value, list):
        return [redacted_in(part) for part in value]
    if isinstance(value, dict):
        return {name: redacted_in(part) for name, part in value.items()}
    return value


def _at(data: Any, path: Iterable[str | int]) -> Any:
    for step in path:
        try:
            data = data[step]
        except (LookupError, TypeError):
            return None
    return data
