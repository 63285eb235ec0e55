"""Where in what was sent to an engine a sensitive value stands: in which field of which request."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from tests.engines.answering import Request
from tests.secrecy.canary import PARAMS, seen_in


def carried(requests: Iterable[Request]) -> set[str]:
    """`METHOD a.b.c` of each place; numbers of lists are left out, and what is below a param's name."""
    return {place for request in requests for place in _places(request)}


def _places(request: Request) -> Iterator[str]:
    if seen_in(request.target.encode()) or seen_in(str(request.headers).encode()):
        yield f"{request.method} {request.target} {request.headers}"
    found = list(_fields(_read(request.body)))
    assert found or not seen_in(request.body), "it is seen where the field is known"
    yield from (f"{request.method} {path}" for path in found)


def _read(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return body.decode("utf-8", "replace")


def _seen(value: Any) -> bool:
    if isinstance(value, (list, dict)):
        return any(map(_seen, value)) or (isinstance(value, dict) and any(map(_seen, value.values())))
    return bool(seen_in(str(value).encode()))


def _fields(value: Any, path: tuple[str, ...] = ()) -> Iterator[str]:
    if not _seen(value):
        return
    if isinstance(value, (list, dict)) and not {*path[-1:]} & {*PARAMS}:
        for name, part in value.items() if isinstance(value, dict) else (("", part) for part in value):
            # an argument says its name beside its value
            told = (str(value["name"]),) if name == "value" and isinstance(value, dict) else ()
            yield from _fields(name, (*path, "a name"))
            yield from _fields(part, (*path, *([name] if name else []), *told))
    else:
        yield ".".join(path)
