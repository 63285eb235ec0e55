"""A file that a web server has: asked for once, by the proxies and certificates that the environment names."""

from __future__ import annotations

import os

from pipeglot_sidecar.artifacts.store_faults import StoreFault
from pipeglot_sidecar.externals.sources import PIECE_AT_MOST, Source
from pipeglot_sidecar.record.posting import Undelivered, silence, trusting

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from pipeglot_sidecar.externals.sources import About

LONGEST_SILENCE = 60.0
"""Seconds in which something of an answer has to come."""
WEB_ANSWERS = {
    401: "it asks who wants it: `NETRC` names a file that says so",
    403: "it may not be read by whoever asks from here",
    404: "it is not there",
    407: "the proxy asks who wants it",
    410: "it is not there any more",
}
WORTH_WAITING = (408, 425, 429)


class WebSource(Source):
    def __init__(self, address: str, kind: str) -> None:
        super().__init__(address, kind, address)

    def look(self) -> None:
        """Nobody asks before: what arrives is told with it."""
        self.found = {"": {}}

    def look_again(self) -> None:
        """What arrived is one answer."""

    def pieces(self, name: str, path: bytes) -> Iterator[bytes]:
        from http.client import HTTPException
        from urllib.error import HTTPError, URLError

        try:
            with _asking_safely().open(_question(self.address), timeout=LONGEST_SILENCE) as answer:
                self.found[""] = _told_with(answer.headers)
                yield from iter(lambda: answer.read(PIECE_AT_MOST), b"")
        except HTTPError as fault:
            fault.close()
            raise _web_refusal(self.shown, fault.code) from None
        except Undelivered as fault:
            raise StoreFault(str(fault), lasting=True) from None
        except URLError as fault:
            raise _web_silence(self.shown, fault.reason) from None
        except (OSError, HTTPException) as fault:
            raise _web_silence(self.shown, fault) from None
        except ValueError as fault:
            raise StoreFault(f"`{self.shown}` is no address: {fault}", lasting=True) from None


def _told_with(headers: Any) -> About:
    length, etag = headers.get("Content-Length", ""), headers.get("ETag", "").strip('"')
    fields: About = {"size": int(length)} if length.isdecimal() else {}
    return {**fields, "etag": etag} if etag else fields


def _web_refusal(address: str, status: int) -> StoreFault:
    away = "it points to where nobody follows: away from `https://`, or in a circle"
    reason = WEB_ANSWERS.get(status) or (away if 300 <= status < 400 else "it answers with a fault of its own")
    lasting = status < 500 and status not in WORTH_WAITING
    return StoreFault(f"`{address}`: {reason} ({status})", lasting)


def _web_silence(address: str, reason: object) -> StoreFault:
    from ssl import SSLCertVerificationError

    words = reason if isinstance(reason, str) else silence(reason, LONGEST_SILENCE)
    return StoreFault(f"`{address}` cannot be reached: {words}", isinstance(reason, SSLCertVerificationError))


def _question(address: str) -> Any:
    from urllib.parse import quote
    from urllib.request import Request

    asked = Request(quote(address, safe="/:?#[]@!$&'()*+,;=%~"), headers={"User-Agent": "pipeglot"})
    known = _known_to_netrc(asked.host.partition(":")[0])
    if known:
        asked.add_unredirected_header("Authorization", known)
    return asked


def _known_to_netrc(host: str) -> str:
    """What the file that `NETRC` names says of a host, as other tools take it."""
    from base64 import b64encode
    from netrc import NetrcParseError, netrc

    try:
        found = netrc(os.environ.get("NETRC") or os.path.expanduser("~/.netrc")).authenticators(host)
    except (OSError, NetrcParseError):
        return ""
    return f"Basic {b64encode(f'{found[0]}:{found[2]}'.encode()).decode()}" if found else ""


def _asking_safely() -> Any:
    from urllib.request import HTTPRedirectHandler, HTTPSHandler, ProxyHandler, build_opener

    class Safely(HTTPRedirectHandler):
        """Only to where it is as safe."""

        def redirect_request(self, req: Any, fp: Any, code: int, msg: str, headers: Any, newurl: str) -> Any:
            if not newurl.startswith("https://"):
                return None
            return super().redirect_request(req, fp, code, msg, headers, newurl)

    return build_opener(ProxyHandler(), HTTPSHandler(context=trusting()), Safely())
