"""How templates spell things: every text escaped, every instant, size and value as the command line has it."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote, urlencode

from jinja2 import Environment, PackageLoader, StrictUndefined

from pipeglot.rendering.svg import STYLE
from pipeglot_records.show.formatting import MARKS, SECOND, digest_text, duration, size

LONGEST: Final = 2000
"""Letters of a value that a page shows."""
STYLE_HASH: Final = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
POLICY: Final = (
    f"default-src 'none'; style-src 'self' 'sha256-{STYLE_HASH}'; script-src 'self'; connect-src 'self'; "
    "img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""Nothing from elsewhere, and of a text that looks like a script or a style nothing is run."""


def environment() -> Environment:
    found = Environment(
        loader=PackageLoader("pipeglot_records.server.pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.filters |= {
        "instant": instant,
        "lasting": lasting,
        "told": told,
        "bytes": size,
        "digest": digest_text,
        "part": lambda text: quote(str(text), safe=""),
        "asking": asking,
        "mark": lambda state: MARKS.get(str(state), ("·",))[0],
    }
    return found


def instant(text: str | None) -> str:
    """RFC 3339 as people read it, in UTC."""
    return text[:19].replace("T", " ") if text else ""


def lasting(seconds: float | None) -> str:
    return "" if seconds is None else duration(round(seconds * SECOND))


def told(value: Any) -> str:
    """A value on one line: a text as it is, all else as JSON."""
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.6g}"
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text if len(text) <= LONGEST else text[:LONGEST] + "…"


def asking(found: Mapping[str, Any], **more: Any) -> str:
    """A query of what was asked, with something else in it."""
    return urlencode({name: value for name, value in {**found, **more}.items() if value not in ("", None, False)})
