"""The proxy on the way to a server, as the environment names it for all tools: HTTPS_PROXY, HTTP_PROXY, NO_PROXY."""

from __future__ import annotations

import contextlib
import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import SplitResult, unquote, urlsplit

from pipeglot_backends.remote.sdk import rejected

PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Proxy:
    """`name` is the variable that names it, as a user wrote it."""

    name: str
    url: str

    @property
    def user(self) -> str | None:
        """`user:password`, None where the URL holds none."""
        info, at, _ = urlsplit(self.url).netloc.rpartition("@")
        return unquote(info) if at else None

    @property
    def plain(self) -> str:
        """The URL without who one is."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"


def proxy(url: str, environ: Mapping[str, str]) -> Proxy | None:
    """None where the way to a URL is direct. Names in small letters win, as everywhere."""
    parts = urlsplit(url)
    _, direct = _named("no_proxy", environ)
    if not parts.hostname or any(_spares(each, parts) for each in re.split(r"[,\s]+", direct.strip())):
        return None
    for kind in (parts.scheme, "all"):
        name, value = _named(f"{kind}_proxy", environ)
        if value:
            return _checked(name, value)
    return None


def _named(name: str, environ: Mapping[str, str]) -> tuple[str, str]:
    written = name if name in environ else name.upper()
    return written, environ.get(written, "").strip()


def _checked(name: str, value: str) -> Proxy:
    found = Proxy(name, value if "://" in value else f"http://{value}")
    parts = urlsplit(found.url)
    with contextlib.suppress(ValueError):
        if parts.scheme in PORTS and parts.hostname and parts.port != 0:
            return found
    said = "the clients of engines go by proxies of HTTP alone"
    raise rejected("PG520", f"{name} names no proxy that can be asked: {said}", f"set {name}=http://HOST:PORT")


def _spares(entry: str, parts: SplitResult) -> bool:
    """Whether an entry of NO_PROXY means a URL: `*`, a name with all below it, an address, a network; with a port."""
    if entry in ("", "*"):
        return entry == "*"
    host = (parts.hostname or "").lower()
    with contextlib.suppress(ValueError):
        return ipaddress.ip_address(host) in ipaddress.ip_network(entry.strip("[]"), strict=False)
    name, colon, port = entry.lower().rpartition(":")
    if colon and port.isdigit():
        if int(port) != (parts.port or PORTS.get(parts.scheme)):
            return False
        entry = name
    name = entry.lower().strip("[]").removeprefix("*").lstrip(".")
    return bool(name) and (host == name or host.endswith(f".{name}"))
