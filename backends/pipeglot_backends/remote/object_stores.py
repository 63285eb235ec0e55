"""What object stores have against a request, in words that all targets share."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from contextlib import contextmanager

from pipeglot_backends.remote.sdk import rejected, sdk
from pipeglot_backends.remote.trust import bundle

ENDPOINT = "AWS_ENDPOINT_URL"
KEYS = "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
GOOGLE = (("gcsfs.retry", "HttpError"), ("aiohttp", "ClientError"), ("google.auth.exceptions", "GoogleAuthError"))
AMAZON = (("botocore.exceptions", "BotoCoreError"),)
"""What their libraries raise beside OSError."""


@contextmanager
def explained(what: str, place: str) -> Generator[None]:
    """What the store of a `gs://`, `s3://` or `minio://` URL refuses, as a diagnostic that begins with `what`.

    That nothing is there is left to the caller: FileNotFoundError.
    """
    google_one = place.startswith("gs:")
    faults = _faults(GOOGLE if google_one else AMAZON)
    try:
        yield
    except FileNotFoundError:
        raise
    except faults as fault:
        said = " ".join(str(fault).split())[:300] or type(fault).__name__
        raise rejected("PG526", f"{what}: {said}", None if google_one else f"set {KEYS}, {ENDPOINT}") from None


def trusted(environ: Mapping[str, str]) -> dict[str, str]:
    """What a client of S3 is to be told of certificates: its own reads one of the usual names alone."""
    file = bundle(environ)
    return {"verify": file} if file else {}


def _faults(named: tuple[tuple[str, str], ...]) -> tuple[type[Exception], ...]:
    return (OSError, *(getattr(sdk(module, module.partition(".")[0], "store"), name) for module, name in named))
