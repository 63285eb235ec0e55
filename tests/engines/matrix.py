"""The page that says which case left its record on which engine, made from what the suites just ran."""

from __future__ import annotations

import xml.etree.ElementTree as xml
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from pipeglot_backends.protocol import versions_run
from pipeglot_backends.targets import BUILT_IN, load

PAGE = Path(__file__).parents[2] / "docs" / "conformance.md"

HEAD = """# The same record on every engine

Each row is a case of `tests/conformance/`: a pipeline, and the record it must leave, written by hand from the
language reference before any engine ran it. Each column is a real engine that ran the pipeline; its record was
collected and compared, in its normal form, with the expected one. Written by `python tests/engines --write`, which
runs them all. CI runs them again for every change, and fails when a record differs or this page says something else.

✓ ran and left the expected record · *refused* the compiler says no, and why is in [targets/](targets/README.md) ·
*compiled* and not run: there was no such engine, or, of kfp.local, it has a gap there that Kubeflow itself has not
"""


@dataclass(frozen=True)
class Verdict:
    """What one engine did with a case: `passed`, `refused` by the compiler, `compiled` and not run, or neither."""

    engine: str
    case: str
    word: str


def verdicts(report: Path) -> tuple[Verdict, ...]:
    """Those of a JUnit report: the tests say by properties which engine and case they are about."""
    found = []
    for test in xml.parse(report).getroot().iter("testcase"):
        said = {each.get("name"): each.get("value", "") for each in test.iter("property")}
        if {"engine", "case"} <= set(said):
            failed = any(test.find(fault) is not None for fault in ("failure", "error"))
            word = said.get("verdict", "passed" if test.find("skipped") is None else "failed")
            found.append(Verdict(said["engine"], said["case"], "failed" if failed else word))
    return tuple(found)


def page(found: Iterable[Verdict]) -> str:
    words: dict[str, dict[str, str]] = {}
    engines: dict[str, None] = {}
    for each in found:
        engines.setdefault(each.engine)
        words.setdefault(each.case, {})[each.engine] = each.word
    rows = [_row(case, words[case], list(engines)) for case in sorted(words)]
    count = [f"{sum(words[case].get(engine) == 'passed' for case in words)} of {len(words)}" for engine in engines]
    table = [["case", *engines], ["---"] * (len(engines) + 1), *rows, ["**left the expected record**", *count]]
    return "\n".join([HEAD, *(f"| {' | '.join(cells)} |" for cells in table), *form_only(), ""])


def form_only() -> list[str]:
    """A sentence on the versions that are compiled, and run on no engine here."""
    unseen = [
        f"`{name}@{version}`"
        for name, backend in ((name, load(name)) for name in BUILT_IN)
        for version in backend.VERSIONS
        if version not in versions_run(backend)
    ]
    return ["", f"Compiled, judged by the definitions of that version, and not run: {', '.join(unseen)}."]


def _row(case: str, words: Mapping[str, str], engines: Iterable[str]) -> list[str]:
    shown = {"passed": "✓", "refused": "*refused*", "compiled": "*compiled*", "failed": "**differs**"}
    return [f"`{case}`", *(shown[words[engine]] if engine in words else "not run" for engine in engines)]
