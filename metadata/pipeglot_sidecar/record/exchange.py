"""One request over HTTP: straight over a socket, or by a proxy where the environment names one.

A step waits for it at its end, and what `urllib` imports takes longer than all that is said here.
"""

from __future__ import annotations

import os
import re
from time import monotonic

from pipeglot_sidecar.record.posting import Undelivered, posting, silence, trusting

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

ADDRESS = r"(?i:http(s?)://([a-z0-9._-]+)(?::([0-9]{1,5}))?)(/[!-~]*)"
PROXIES = ("http_proxy", "https_proxy", "all_proxy")
HEARD_AT_ONCE, ANSWER_AT_MOST = 64 * 1024, 1024 * 1024
BLANK = b"\r\n\r\n"
NO_SERVER = "what answers there is no server of pipeglot"


class Exchange:
    """One request at a time to one address; whom it trusts is read once."""

    def __init__(self, address: str, headers: Mapping[str, str]) -> None:
        self._address = address
        self._headers = headers
        self._opener: Any = None
        self._context: Any = None
        self._straight = None if any(map(_names_a_proxy, os.environ)) else re.fullmatch(ADDRESS, address)

    def post(self, body: bytes, patience: float) -> tuple[int, bytes]:
        """The status of the answer, and what it says. Raises `Undelivered`."""
        try:
            return self._post_straight(body, patience) if self._straight else self._post_by_proxy(body, patience)
        except OSError as fault:
            raise Undelivered(silence(fault, patience), True) from None
        except ValueError:
            raise Undelivered("the sink is no address, or its token no word") from None

    def _post_straight(self, body: bytes, patience: float) -> tuple[int, bytes]:
        from socket import create_connection

        assert self._straight is not None
        secure, host, port, path = self._straight.groups()
        number = int(port or (443 if secure else 80))
        headers = {"Host": host + (f":{port}" if port else ""), **self._headers, "Content-Length": str(len(body))}
        lines = [f"POST {path} HTTP/1.1", *(f"{name}: {text}" for name, text in headers.items()), "Connection: close"]
        if not all(line.isprintable() for line in lines):
            raise ValueError
        until = monotonic() + patience
        if secure and self._context is None:
            self._context = trusting()
        with create_connection((host, number), patience) as plain:
            way = self._context.wrap_socket(plain, server_hostname=host) if secure else plain
            with way:
                return _answered(way, "\r\n".join(lines).encode("ascii") + BLANK + body, until)

    def _post_by_proxy(self, body: bytes, patience: float) -> tuple[int, bytes]:
        from http.client import HTTPException, InvalidURL
        from urllib.error import HTTPError, URLError
        from urllib.request import Request

        self._opener = self._opener or posting()
        request = Request(self._address, body, {**self._headers}, method="POST")
        try:
            with self._opener.open(request, timeout=patience) as answer:
                return answer.status, answer.read(ANSWER_AT_MOST)
        except HTTPError as fault:
            fault.close()
            return fault.code, b""
        except URLError as fault:
            raise Undelivered(silence(fault.reason, patience), True) from None
        except InvalidURL:
            raise ValueError from None
        except HTTPException as fault:
            raise Undelivered(silence(fault, patience), True) from None


def _names_a_proxy(name: str) -> bool:
    return name.lower() in PROXIES and bool(os.environ[name])


def _answered(way: Any, request: bytes, until: float) -> tuple[int, bytes]:
    """Raises `OSError`, `Undelivered`."""
    found = b""
    try:
        way.sendall(request)
    except (BrokenPipeError, ConnectionResetError):
        found = b""  # whoever finds a body too large says so before it is there, and goes
    while len(found) < ANSWER_AT_MOST and not _is_all(found):
        way.settimeout(max(0.01, until - monotonic()))
        piece = way.recv(HEARD_AT_ONCE)
        if not piece:
            break
        found += piece
    head, _, said = found.partition(BLANK)
    status = re.match(rb"HTTP/1\.[01] ([0-9]{3})[ \r]", found)
    if not status:
        raise Undelivered(NO_SERVER) if found else Undelivered("there was no answer", True)
    if not _is_all(found) and _told_length(head) is not None:
        raise Undelivered("the answer was cut off", True)
    return int(status[1]), said


def _is_all(found: bytes) -> bool:
    """Of an answer that tells no length only its end tells that."""
    head, blank, said = found.partition(BLANK)
    length = _told_length(head)
    if length is None:
        return blank != b"" and said[-7:] == b"\r\n0\r\n\r\n"
    return blank != b"" and len(said) >= length


def _told_length(head: bytes) -> int | None:
    found = re.search(rb"(?i)\ncontent-length:[ \t]*([0-9]+)", head)
    return int(found[1]) if found else None
