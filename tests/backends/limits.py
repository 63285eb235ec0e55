"""What every line of `CANNOT` and `EMULATES` must be: about something, and with evidence that is there."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from pipeglot.ir import Pipeline
from pipeglot_backends.protocol import Backend, Limit

ROOT = Path(__file__).parents[2]


def stale(backend: Backend, limit: Limit, plain: Pipeline, meeting: Iterable[Pipeline]) -> Iterator[str]:
    """What is wrong with a line: `plain` must not meet it, and one of `meeting` must."""
    if list(limit.feature(plain)):
        yield "the plainest pipeline meets it"
    if not any(list(limit.feature(each)) for each in meeting):
        yield "no pipeline meets it"
    if not set(limit.versions) < set(backend.VERSIONS):
        yield f"its versions are {limit.versions}"
    operators = set(backend.OPERATORS)
    if limit.operators and not set(limit.operators) < operators:
        yield f"its operators are {limit.operators}"
    if not shown(limit.evidence):
        yield f"its evidence is not there: {limit.evidence}"


def shown(evidence: str) -> bool:
    """A page of the web, a case, or a file of the tests."""
    if evidence.startswith("https://"):
        return True
    case = re.fullmatch(r"case `(\w+)`", evidence)
    place = ROOT / (f"tests/conformance/{case[1]}/expect.yaml" if case else evidence.partition(",")[0])
    return place.is_file()
