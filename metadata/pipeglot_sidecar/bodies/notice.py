"""The process of `notify`: one word about the run, sent to a webhook. What goes wrong is told, and fails nothing."""

from __future__ import annotations

import json
import os
import sys

from pipeglot_expression.runtime.contract import WEBHOOK
from pipeglot_sidecar.record.posting import Undelivered, posting, silence

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
    from urllib.request import Request

    if not address.lower().startswith(("https://", "http://")):
        raise Undelivered(f"what {WEBHOOK} holds is no address that begins with https:// or http://")
    headers = {"Content-Type": "application/json", "User-Agent": "pipeglot"}
    try:
        with posting().open(Request(address, body, headers, method="POST"), timeout=PATIENCE):
            return
    except HTTPError as fault:
        passing = fault.code == BUSY or fault.code >= FAULTY
        raise Undelivered(f"the receiver answered {fault.code}", passing) from None
    except URLError as fault:
        raise Undelivered(silence(fault.reason, PATIENCE), True) from None
    except (InvalidURL, ValueError):
        raise Undelivered(f"what {WEBHOOK} holds is no address") from None
    except (OSError, HTTPException) as fault:
        raise Undelivered(silence(fault, PATIENCE), True) from None
