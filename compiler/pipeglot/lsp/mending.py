"""What is wrong with the text of an editor, and what would mend it: the compiler's own diagnostics and hints."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from pipeglot.diagnostics import SpecRejected
from pipeglot.driver.compiling import find_target, refused_places, validate
from pipeglot.ir import Origin, Pipeline
from pipeglot.rendering.fixes import OPEN
from pipeglot.rendering.report import Finding, findings
from pipeglot.syntax import reader

Refused = tuple[str, str, Origin]


@dataclass(frozen=True, slots=True)
class Checked:
    """What `validate` says of a file, all of it placed; `pipelines` where it is accepted."""

    findings: tuple[Finding, ...]
    pipelines: tuple[Pipeline, ...] = ()

    def fixes(self) -> tuple[Finding, ...]:
        """Those with an edit that a program can make by itself."""
        return tuple(each for each in self.findings if each.fix and OPEN not in each.fix[1])


def checked(path: Path, texts: Mapping[Path, str]) -> Checked:
    """`texts` are what editors hold of files and the disk has not yet."""
    with reader.held(texts):
        try:
            answer = validate(path)
        except SpecRejected as rejected:
            return Checked(findings(rejected.diagnostics, rejected.sources))
    return Checked(findings(answer.diagnostics, answer.sources), answer.pipelines)


def refusals(pipelines: tuple[Pipeline, ...], targets: tuple[str, ...]) -> Callable[[tuple[str | int, ...]], list[str]]:
    """Of a part of the spec: which targets cannot keep it, and why."""
    found: list[Refused] = []
    for pipeline in pipelines[:1]:
        for name in targets:
            backend, version = find_target(name)
            found += [(name, reason, origin) for reason, _, origin in refused_places(pipeline, backend, version)]

    def told(path: tuple[str | int, ...]) -> list[str]:
        lines = [f"`{name}` cannot keep this: {reason}" for name, reason, origin in found if origin.path == path]
        return list(dict.fromkeys(lines))

    return told
