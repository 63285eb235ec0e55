"""What an object store, or the library that speaks to it, has against a request: in one line, without credentials."""

from __future__ import annotations

import os

from pipeglot_sidecar.artifacts.decoding import is_object

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

MISSING = ("NoSuchBucket", "ContainerNotFound")
UNKNOWN_KEYS = "it does not take the credentials of this environment"
REFUSALS = {
    **dict.fromkeys(MISSING, "there is no such bucket"),
    "AccessDenied": "the credentials of this environment do not allow it",
    "AuthorizationHeaderMalformed": "the bucket is in another region: set AWS_REGION",
    "PermanentRedirect": "the bucket is in another region: set AWS_REGION",
    "RequestTimeTooSkewed": "its clock and that of this machine differ too much",
    **dict.fromkeys(("InvalidAccessKeyId", "SignatureDoesNotMatch", "InvalidToken"), UNKNOWN_KEYS),
    **dict.fromkeys(("ExpiredToken", "AuthenticationFailed", "AuthFailure"), UNKNOWN_KEYS),
}
ANSWERS = {
    301: "the bucket is in another region: set AWS_REGION",
    401: UNKNOWN_KEYS,
    403: "the credentials of this environment do not allow it",
    404: "it is not there",
    429: "it asks to be asked less, also after some waiting",
    503: "it asks to be asked less, also after some waiting",
}
PASSING = (408, 409, 425, 429)
FINISHED = "NoSuchUpload"
"""Of an upload by parts that was ended before, when the answer to that did not come in time."""
PRIVATE = ("KEY", "SECRET", "TOKEN", "PASSWORD", "CONNECTION", "CREDENTIAL", "SAS", "SIGNATURE")
LONGEST_FAULT = 200


class StoreFault(Exception):
    """`lasting`: another try would end the same way. `absent`: the object is not there, and its bucket is."""

    def __init__(self, message: str, lasting: bool = False, absent: bool = False) -> None:
        super().__init__(message)
        self.lasting = lasting
        self.absent = absent


class Abandoned(Exception):
    """A transfer that is given up half-way, as another one failed or somebody said stop."""


def explained_fault(fault: Exception, url: str) -> StoreFault:
    if isinstance(fault, (StoreFault, Abandoned)):
        raise fault
    status, code = _told_by(fault)
    if status is None:
        reason = f"{_covered(fault) or type(fault).__name__}"
        return StoreFault(f"`{url}` cannot be reached: {reason}", isinstance(fault, ImportError))
    reason = REFUSALS.get(code) or ANSWERS.get(status) or "it answers with a fault of its own"
    message = f"`{url}`: {reason} ({f'{status} {code}'.strip()})"
    lasting = status < 500 and status not in PASSING and code != FINISHED
    return StoreFault(message, lasting, status == 404 and code not in (*MISSING, FINISHED))


def _told_by(fault: BaseException) -> tuple[int | None, str]:
    """The status of HTTP, and the store's own word for it."""
    import re

    status, code = None, ""
    for each in _causes(fault):
        text = str(each)
        found = re.search(r"\bstatus(?: code)?:? (\d{3})\b", text)
        word = re.search(r"<Code>(\w+)</Code>|ErrorCode:(\w+)|An error occurred \((\w+)\)", text)
        status = status or _own_status(each) or (int(found[1]) if found else None)
        code = code or (next(filter(None, word.groups())) if word else "")
    if status is None and isinstance(fault, (FileNotFoundError, PermissionError)):
        status = 404 if isinstance(fault, FileNotFoundError) else 403
    return status, "" if code.isdigit() else code


def _causes(fault: BaseException | None) -> Iterator[BaseException]:
    for _ in range(5):
        if fault is None:
            return
        yield fault
        fault = fault.__cause__ or fault.__context__


def _own_status(fault: Any) -> int | None:
    """As the libraries below fsspec say it."""
    response: Any = getattr(fault, "response", None)
    status: Any = response.get("ResponseMetadata", {}).get("HTTPStatusCode") if is_object(response) else None
    for found in (status, getattr(fault, "status_code", None), getattr(fault, "code", None)):
        if isinstance(found, int) and 300 <= found < 600:
            return found
    return None


def _covered(fault: Exception) -> str:
    """The first line, without what follows a `?` in an address, and without what this environment keeps secret."""
    import re

    text = re.sub(r"\?\S*", "", str(fault).partition("\n")[0])
    for name, value in os.environ.items():
        if len(value) > 3 and any(word in name.upper() for word in PRIVATE):
            text = text.replace(value, "[redacted]")
    return text[:LONGEST_FAULT]
