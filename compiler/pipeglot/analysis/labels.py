"""Labels, as Kubernetes takes them: what it would refuse when the pipeline is brought there is refused at once."""

from __future__ import annotations

import re
from collections.abc import Mapping

from pipeglot.analysis.collector import Collector
from pipeglot.spec.merging import Path

WORD = r"[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?"
DOMAIN = r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*"
KEY = re.compile(rf"(?P<domain>{DOMAIN})/(?P<name>{WORD})|(?P<bare>{WORD})")
VALUE = re.compile(rf"({WORD})?")
LONGEST_DOMAIN = 253
OURS = ("pipeglot/", "app.kubernetes.io/managed-by", "workflows.argoproj.io/", "pipelines.kubeflow.org/")
"""What targets and engines find their own things by."""
PLAIN = "letters, digits, `-`, `_` and `.`, at most 63, with a letter or digit at both ends"


def check_labels(labels: Mapping[str, str], path: Path, collector: Collector, *, given: bool = True) -> None:
    """`given`: they are put there, and not looked for."""
    for key, value in labels.items():
        if said := _of_key(key) if given else unlike_key(key):
            collector.report("PG328", f"`{_shown(key)}` cannot name a label: {said}", (*path, key), key=True)
        if said := unlike_value(value):
            collector.report("PG328", f"`{_shown(value)}` cannot be the value of a label: {said}", (*path, key))


def unlike_value(value: str) -> str | None:
    return f"it is {PLAIN}" if VALUE.fullmatch(value) is None else None


def _of_key(key: str) -> str | None:
    ours = next((each for each in OURS if key.startswith(each)), None)
    return unlike_key(key) or (f"`{ours}` is kept for pipeglot and the engines" if ours else None)


def unlike_key(key: str) -> str | None:
    found = KEY.fullmatch(key)
    if found is None:
        return f"a name is {PLAIN}; a domain and `/` may stand before it"
    if len(found["domain"] or "") > LONGEST_DOMAIN:
        return f"a domain has at most {LONGEST_DOMAIN} characters"
    return None


def _shown(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:59]}…"
