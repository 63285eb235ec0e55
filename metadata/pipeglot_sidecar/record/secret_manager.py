"""Secrets on Vertex AI, which sets no environment from them: Secret Manager is asked, as the account of the step."""

from __future__ import annotations

import json

from pipeglot_expression.runtime.contract import secret_variable
from pipeglot_sidecar.artifacts.decoding import is_object
from pipeglot_sidecar.faults import Trouble
from pipeglot_sidecar.record.posting import Undelivered, posting, silence

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from pipeglot_sidecar.inputs.step_table import Table

MANAGER = "Secret Manager"
DENIED = ": the account of the step needs the role `secretmanager.secretAccessor`"
SILENCE = 10.0
"""Seconds of silence in one try."""
ASKINGS = 3
LONGEST_SECRET = 256 * 1024
TRY_LATER = (408, 429, 500, 502, 503, 504)
KNOWN: dict[str, dict[str, str]] = {}
"""By secret; empty where there is none."""


def take_secrets(environ: dict[str, str], table: Table) -> None:
    """Into the environment, as they are called outside of Kubernetes. Raises `Trouble`."""
    for name, tree in table.step.get("env", {}).items() if environ.get("PIPEGLOT_JOB") else ():
        if not is_object(tree) or "secret" not in tree:
            continue
        which = f"secret `{tree['secret']}`, key `{tree['key']}`,"
        try:
            found = secret_value(environ, tree["secret"], tree["key"])
        except Undelivered as fault:
            raise Trouble(f"{which} could not be read: {fault}") from None
        if found is not None:
            environ[secret_variable(tree["secret"], tree["key"], bool(tree.get("exact")))] = found
        elif not tree.get("optional") and name not in environ:
            raise Trouble(f"{which} is not there: {MANAGER} has none in {_project(environ)}")


def secret_value(environ: dict[str, str], name: str, key: str) -> str | None:
    """None where it is not there, or this is not Vertex AI. Raises `Undelivered`."""
    if not environ.get("PIPEGLOT_JOB"):
        return None
    # names of Kubernetes hold no underscore, and those of Google Cloud no point
    place = f"{_project(environ)}/secrets/{name.replace('.', '_')}"
    if place not in KNOWN:
        KNOWN[place] = _entries(place, environ)
    return KNOWN[place].get(key)


def _project(environ: dict[str, str]) -> str:
    """Of the job: that of the machine is one of Google's own."""
    return "/".join(environ["PIPEGLOT_JOB"].split("/")[:2])


def _entries(place: str, environ: dict[str, str]) -> dict[str, str]:
    from base64 import b64decode

    host = environ.get("GCE_METADATA_HOST") or "metadata.google.internal"
    token = f"http://{host}/computeMetadata/v1/instance/service-accounts/default/token"
    asked = _answer_in_time(token, {"Metadata-Flavor": "Google"}, "the metadata server of Google Cloud")
    server = environ.get("CLOUDSDK_API_ENDPOINT_OVERRIDES_SECRETMANAGER") or "https://secretmanager.googleapis.com"
    wanted = f"{server.rstrip('/')}/v1/{place}/versions/latest:access"
    try:
        bearer = {"Authorization": f"Bearer {asked['access_token']}"}
        answer = _answer_in_time(wanted, bearer, MANAGER)
        found: Any = json.loads(b64decode(answer["payload"]["data"])) if answer else {}
    except (ValueError, LookupError, TypeError):
        found = None
    if is_object(found) and all(isinstance(text, str) and "\0" not in text for text in found.values()):
        entries: dict[str, str] = found
        return entries
    raise Undelivered(f"{MANAGER} holds no JSON object of texts there, one for each key")


def _answer_in_time(url: str, headers: dict[str, str], who: str) -> Any:
    """The answer; None where there is nothing. Raises `Undelivered`."""
    from time import sleep

    for pause in (*range(1, ASKINGS), 0):
        try:
            return _answer_of_google(url, headers)
        except Undelivered as fault:
            if not (fault.passing and pause):
                raise Undelivered(f"{who}: {fault}", fault.passing) from None
        sleep(pause)
    return None


def _answer_of_google(url: str, headers: dict[str, str]) -> Any:
    from http.client import HTTPException
    from urllib.error import HTTPError, URLError
    from urllib.request import ProxyHandler, Request, build_opener

    try:
        # of the machine itself nobody asks by a proxy
        opener = posting() if url.startswith("https:") else build_opener(ProxyHandler({}))
        with opener.open(Request(url, headers=headers), timeout=SILENCE) as answer:
            return json.loads(answer.read(LONGEST_SECRET))
    except HTTPError as fault:
        fault.close()
        if fault.code == 404:
            return None
        raise Undelivered(
            f"the answer was {fault.code}{DENIED if fault.code == 403 else ''}", fault.code in TRY_LATER
        ) from None
    except URLError as fault:
        raise Undelivered(silence(fault.reason, SILENCE), True) from None
    except ValueError:
        raise Undelivered("the answer was no JSON") from None
    except (OSError, HTTPException) as fault:
        raise Undelivered(silence(fault, SILENCE), True) from None
