"""Where artifacts and records go: an address that names no place is refused before anything is compiled for it."""

from __future__ import annotations

import re
from typing import Final

from pipeglot.analysis.collector import Collector
from pipeglot.analysis.secrecy import PASSWORD, check_addresses
from pipeglot.diagnostics.sources import Json
from pipeglot.spec.merging import Path

_FOLDER: Final = r"file://(localhost)?/.*|(?!.*://).+"
_STORE: Final = r"(?!(?:file|https?):)[a-z][a-z0-9+.-]*://[^\s/?#@:]+(/[^\s?#]*)?"
_SERVER: Final = r"(?i:https?)://[^\s/]+.*"
_ARTIFACTS: Final = (
    re.compile(f"{_FOLDER}|{_STORE}", re.DOTALL),
    "artifacts go to a folder or to a bucket",
    "write `artifacts: s3://BUCKET/PREFIX`, `gs://…`, `az://CONTAINER/…`, `file:///…` or a path; "
    "credentials come from the environment",
)
_RECORDS: Final = (
    re.compile(f"{_FOLDER}|{_SERVER}", re.DOTALL),
    "records go to a folder or to a server",
    "write `sink: file:///…`, a path, or `https://…`",
)
_WORK: Final = (
    _ARTIFACTS[0],
    "the work of steps is kept in a folder or in a bucket",
    "write `store: s3://BUCKET/PREFIX`, `gs://…`, `az://CONTAINER/…`, `file:///…` or a path",
)
_SHOWN: Final = 60


def check_places(collector: Collector) -> None:
    """Of what is merged: `sink` of the records, and `artifacts` of the profile."""
    check_addresses(collector)
    records = collector.merged.data.get("records")
    if isinstance(records, dict):
        _check(records.get("sink"), ("records", "sink"), _RECORDS, collector)
    profile = collector.merged.profile
    if profile is not None:
        _check(collector.merged.chosen.get("artifacts"), ("profiles", profile, "artifacts"), _ARTIFACTS, collector)
        kept = collector.merged.chosen.get("cache")
        if isinstance(kept, dict):
            _check(kept.get("store"), ("profiles", profile, "cache", "store"), _WORK, collector)


def _check(place: Json, path: Path, known: tuple[re.Pattern[str], str, str], collector: Collector) -> None:
    pattern, kinds, hint = known
    if not isinstance(place, str) or PASSWORD.match(place) or "${{" in place:
        return  # said already
    if not pattern.fullmatch(place):
        collector.report("PG349", f"{kinds}, and `{place[:_SHOWN]}` names neither", path, hint=hint)
