"""Why no answer came: a name that nobody knows, a certificate, a proxy, time. In one line, with what to set."""

from __future__ import annotations

import re
import socket
import ssl
from collections.abc import Iterator

from pipeglot.diagnostics import SpecRejected
from pipeglot_backends.remote.responses import OutcomeUnknown, Server, reason
from pipeglot_backends.remote.sdk import rejected

EXPIRED, NOT_YET, OTHER_HOST, OTHER_ADDRESS = 10, 9, 62, 64
"""Numbers of OpenSSL for what is wrong with a certificate."""
RENEW = "whoever runs the server renews its certificate; a wrong clock on this machine looks the same"
REFUSAL = re.compile(r"Tunnel connection failed: (\d{3})")
UNKNOWN = "Name or service not known|nodename nor servname|No address associated|getaddrinfo failed"
WORDS = (
    ("timed out|Timeout", "no answer in time"),
    ("IncompleteRead|Connection broken", "the answer broke off"),
    (UNKNOWN, "no such name is known"),
    ("[Cc]onnection refused|actively refused", "connection refused"),
)
"""Causes as they stand in what libraries and systems say, and in our words."""


def unreachable(server: Server, fault: BaseException) -> Exception:
    """`OutcomeUnknown` for what may be over in a moment; what stays as it is, as a diagnostic at once."""
    causes = list(_causes(fault))
    for cause in causes:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return _untrusted(server, cause)
    if server.proxy and any(type(cause).__name__ == "ProxyError" for cause in causes):
        return _proxy(server, causes)
    said = rejected("PG520", f"nothing answers at {server.url}: {_words(causes)}", server.address)
    lasting = any(isinstance(cause, ssl.SSLError) and not isinstance(cause, ssl.SSLEOFError) for cause in causes)
    return said if lasting or any(_unknown(cause) for cause in causes) else OutcomeUnknown(said)


def proxy_refusal(server: Server, status: int) -> SpecRejected:
    """What a proxy says of itself, and not of the server behind it."""
    proxy = server.proxy
    name, where = (proxy.name, proxy.plain) if proxy else ("HTTPS_PROXY", "on the way")
    if status == 407:
        hint = f"set {name}=http://USER:PASSWORD@HOST:PORT, or name the server in NO_PROXY"
        return rejected("PG521", f"the proxy {where} wants to know who you are (407): {server.url} is behind it", hint)
    said = f"the proxy {where} does not let you through to {server.url} ({status})"
    return rejected("PG520", said, _other(name))


def _proxy(server: Server, causes: list[BaseException]) -> Exception:
    refused = next((found for cause in causes if (found := REFUSAL.search(str(cause)))), None)
    if refused:
        return proxy_refusal(server, int(refused[1]))
    assert server.proxy is not None
    said = f"the proxy {server.proxy.plain} does not answer: {_words(causes)}"
    return OutcomeUnknown(rejected("PG520", said, _other(server.proxy.name)))


def _other(name: str) -> str:
    return f"set {name} to another, or name the server in NO_PROXY"


def _untrusted(server: Server, fault: ssl.SSLCertVerificationError) -> SpecRejected:
    said = f"the certificate of {server.url} is not taken: {fault.verify_message.rstrip('.')}"
    hints = {EXPIRED: RENEW, NOT_YET: RENEW, OTHER_HOST: server.address, OTHER_ADDRESS: server.address}
    return rejected("PG520", said, hints.get(fault.verify_code, server.authority))


def _words(causes: list[BaseException]) -> str:
    text = " ".join(f"{type(cause).__name__} {cause}" for cause in causes)
    return next((words for found, words in WORDS if re.search(found, text)), reason(causes[0]))


def _unknown(cause: BaseException) -> bool:
    if isinstance(cause, socket.gaierror):
        return cause.errno not in (socket.EAI_AGAIN,)
    return bool(re.search(UNKNOWN, str(cause)))


def _causes(fault: BaseException) -> Iterator[BaseException]:
    """What libraries wrap into each other, each in its own way; the innermost last."""
    seen: list[BaseException] = []
    open_ones = [fault]
    while open_ones:
        cause = open_ones.pop(0)
        if cause in seen:
            continue
        seen.append(cause)
        yield cause
        inner = (getattr(cause, "reason", None), getattr(cause, "original_error", None), *cause.args)
        open_ones += [each for each in (*inner, cause.__cause__) if isinstance(each, BaseException)]
