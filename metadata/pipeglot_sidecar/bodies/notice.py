"""The process of `notify`: one word about the run, sent to a webhook. What goes wrong is told, and fails nothing."""

from __future__ import annotations

import json
import os
import sys

from pipeglot_expression.runtime.contract import WEBHOOK

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

SENDINGS = 3
PATIENCE = 10.0
"""Seconds of silence in one try."""
WHOLE = 40.0
"""Seconds of all tries together, however slowly an answer comes."""
BUSY = 429
FAULTY = 500
CERTIFICATES = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")


class Undelivered(Exception):
    """Why the word did not arrive. `passing`: another try may go better."""

    def __init__(self, message: str, passing: bool = False) -> None:
        super().__init__(message)
        self.passing = passing


def notify(path: str) -> int:
    """Reads what to send from a file, and writes there whether it was delivered."""
    with open(path, "rb") as file:
        request: dict[str, Any] = json.loads(file.read())
    fault = _fault(os.environ.get(WEBHOOK, "").strip(), json.dumps(request["body"]).encode("ascii"))
    if fault:
        sys.stderr.write(f"pipeglot: the notification was not delivered: {fault}\n")
    else:
        sys.stdout.write("the notification was delivered\n")
    with open(request["delivered"], "w", encoding="ascii") as file:
        file.write("false" if fault else "true")
    return 0


def _fault(address: str, body: bytes) -> str | None:
    """None where it was delivered. The address is a secret: no message holds a part of it."""
    import signal
    from time import sleep

    signal.signal(signal.SIGALRM, _too_long)
    signal.setitimer(signal.ITIMER_REAL, WHOLE)
    try:
        for tried in range(SENDINGS):
            try:
                _post(address, body)
                return None
            except Undelivered as fault:
                if not fault.passing or tried == SENDINGS - 1:
                    return str(fault)
            sleep(1 + 2 * tried)
    except TimeoutError:
        return f"there was no answer within {WHOLE:g} seconds"
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    return None


def _too_long(number: int, frame: object) -> None:
    raise TimeoutError


def _post(address: str, body: bytes) -> None:
    """By the proxies and certificates that the environment names. Raises `Undelivered`."""
    from http.client import HTTPException, InvalidURL
    from urllib.error import HTTPError, URLError
    from urllib.request import HTTPSHandler, ProxyHandler, Request, build_opener

    if not address.lower().startswith(("https://", "http://")):
        raise Undelivered(f"what {WEBHOOK} holds is no address that begins with https:// or http://")
    headers = {"Content-Type": "application/json", "User-Agent": "pipeglot"}
    try:
        opener = build_opener(ProxyHandler(), HTTPSHandler(context=_trusting()), _no_redirects())
        with opener.open(Request(address, body, headers, method="POST"), timeout=PATIENCE):
            return
    except HTTPError as fault:
        passing = fault.code == BUSY or fault.code >= FAULTY
        raise Undelivered(f"the receiver answered {fault.code}", passing) from None
    except URLError as fault:
        raise Undelivered(_why(fault.reason), True) from None
    except (InvalidURL, ValueError):
        raise Undelivered(f"what {WEBHOOK} holds is no address") from None
    except (OSError, HTTPException) as fault:
        raise Undelivered(_why(fault), True) from None


def _why(fault: object) -> str:
    """The system's own words, which name neither host nor path."""
    from socket import gaierror, timeout
    from ssl import SSLCertVerificationError

    if isinstance(fault, SSLCertVerificationError):
        return f"the receiver's certificate is not trusted: {fault.verify_message}; SSL_CERT_FILE names whom to trust"
    if isinstance(fault, gaierror):
        return "nobody knows the name of the receiver"
    if isinstance(fault, timeout):
        return f"the receiver was silent for {PATIENCE:g} seconds"
    return str(getattr(fault, "strerror", None) or type(fault).__name__)


def _trusting() -> Any:
    """Whose certificates are taken: those of the machine, and of every file that the environment names for a tool."""
    from ssl import create_default_context

    context = create_default_context()
    for name in CERTIFICATES:
        place = os.environ.get(name)
        if place:
            try:
                context.load_verify_locations(**{"capath" if os.path.isdir(place) else "cafile": place})
            except OSError as fault:
                raise Undelivered(f"{name} names `{place}`, and no certificates can be read there") from fault
    return context


def _no_redirects() -> Any:
    """An answer that points elsewhere is an answer: what is secret is sent nowhere else."""
    from urllib.request import HTTPRedirectHandler

    class Stay(HTTPRedirectHandler):
        def redirect_request(self, *args: Any, **kwargs: Any) -> None:
            return None

    return Stay()
