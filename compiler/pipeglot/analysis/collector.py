"""The mistakes found on the way, and where each part of the spec was written."""

from __future__ import annotations

from pipeglot.diagnostics import Diagnostic, Severity
from pipeglot.diagnostics.origins import Origin, Place
from pipeglot.diagnostics.sources import Json
from pipeglot.diagnostics.suggestions import Meant
from pipeglot.spec.merging import Merged, Path
from pipeglot.spec.spelled import spelled


class Collector:
    """Collects diagnostics; `origin` is None where no file is."""

    def __init__(self, merged: Merged, diagnostics: list[Diagnostic] | None = None) -> None:
        self.merged = merged
        self.diagnostics: list[Diagnostic] = [] if diagnostics is None else diagnostics

    def of(self, merged: Merged) -> Collector:
        """The same collection, with the places of another file."""
        return Collector(merged, self.diagnostics)

    def origin(self, *path: str | int) -> Origin:
        return self.merged.origin(*path)

    def written(self, path: Path, value: Json) -> str:
        """A number or a bool at a place, as its author spelled it."""
        return spelled(self.merged, path, value)

    def report(
        self,
        code: str,
        message: str,
        path: Path,
        *,
        label: str = "",
        hint: str | None = None,
        offset: tuple[int, int] | None = None,
        evidence: tuple[tuple[Place, str], ...] = (),
        key: bool = False,
        severity: Severity = Severity.ERROR,
        meant: Meant | None = None,
    ) -> None:
        origin = self.merged.origin(*path)
        said = Diagnostic(code, message, origin, label, evidence, hint, severity, offset, key, meant)
        self.diagnostics.append(said)
