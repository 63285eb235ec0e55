"""Whose certificates are taken: those of the machine, and of the files that the environment names for all tools."""

from __future__ import annotations

import contextlib
import importlib
import ssl
from collections.abc import Mapping
from pathlib import Path

from pipeglot_backends.remote.sdk import rejected

FILES = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
FOLDER = "SSL_CERT_DIR"
OF_STORES = "AWS_CA_BUNDLE"


def trusting(environ: Mapping[str, str]) -> ssl.SSLContext:
    """All that are named, whichever tool each was named for; Mozilla's beside the machine's where none is."""
    from urllib3.util import create_urllib3_context

    context = create_urllib3_context()
    context.load_default_certs()
    named = [(name, environ[name]) for name in (*FILES, FOLDER) if environ.get(name)]
    for name, place in named:
        _load(context, name, place)
    if not named:
        with contextlib.suppress(ModuleNotFoundError):
            context.load_verify_locations(importlib.import_module("certifi").where())
    return context


def bundle(environ: Mapping[str, str]) -> str | None:
    """The one file, for a client of S3, which takes one."""
    return next((environ[name] for name in (OF_STORES, *reversed(FILES[:2]), *FILES[2:]) if environ.get(name)), None)


def _load(context: ssl.SSLContext, name: str, place: str) -> None:
    folder = Path(place).is_dir()
    if folder or name != FOLDER:
        with contextlib.suppress(OSError):
            context.load_verify_locations(**{"capath" if folder else "cafile": place})
            return
    raise rejected("PG520", f"{name} names `{place}`, and no certificates can be read there")
