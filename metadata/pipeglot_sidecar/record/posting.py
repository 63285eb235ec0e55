"""Words sent over HTTP: by the proxies and certificates that the environment names, and nowhere else."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

CERTIFICATES = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")


class Undelivered(Exception):
    """Why something did not arrive. `passing`: another try may go better."""

    def __init__(self, message: str, passing: bool = False) -> None:
        super().__init__(message)
        self.passing = passing


def posting() -> Any:
    """What opens requests. Raises `Undelivered`."""
    from urllib.request import HTTPSHandler, ProxyHandler, build_opener

    return build_opener(ProxyHandler(), HTTPSHandler(context=trusting()), _no_redirects())


def silence(fault: object, patience: float) -> str:
    """The system's own words for why nobody answered, which name neither host nor path."""
    from socket import gaierror, timeout

    untrusted = getattr(fault, "verify_message", None)
    if untrusted:
        return f"the receiver's certificate is not trusted: {untrusted}; SSL_CERT_FILE names whom to trust"
    if getattr(fault, "library", None):
        return "no safe connection is made: " + str(getattr(fault, "reason", "")).replace("_", " ").lower()
    if isinstance(fault, gaierror):
        return "nobody knows the name of the receiver"
    if isinstance(fault, timeout):
        return f"the receiver was silent for {patience:g} seconds"
    return str(getattr(fault, "strerror", None) or type(fault).__name__)


def trusting() -> Any:
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
