"""Where an export goes: what the command line says, else the variable that the tool's own clients read."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

from pipeglot_records.engines.shipping import is_sent
from pipeglot_records.exports.protocol import Export, ExportRefused
from pipeglot_records.exports.way import Way


def way(form: Export, name: str, url: str | None, environ: Mapping[str, str]) -> Way:
    """Raises `ExportRefused`."""
    if not form.ADDRESS:
        raise ExportRefused(f"`{name}` goes to no server", "give -o FILE, or --dry-run to print it")
    given = (url or environ.get(form.ADDRESS, "")).strip()
    if not given:
        raise ExportRefused(f"nobody said where `{name}` is", f"give --url, or set {form.ADDRESS}")
    if not _is_plain(given):
        message = "the address of an export begins with `https://` or `http://` and has no user, query or fragment"
        raise ExportRefused(message, f"a token goes into {form.TOKEN}")
    return Way(given, environ.get(form.TOKEN, "").strip(), environ)


def _is_plain(address: str) -> bool:
    try:
        parts = urlsplit(address)
        others = parts.query or parts.fragment or "@" in parts.netloc
        return is_sent(address) and bool(parts.hostname) and parts.port != 0 and not others
    except ValueError:
        return False
