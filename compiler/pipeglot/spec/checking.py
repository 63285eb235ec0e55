"""The shape of a spec: every field known, every value of its kind."""

from __future__ import annotations

from dataclasses import dataclass

from pipeglot.diagnostics import Diagnostic
from pipeglot.spec.merging import Merged, Path
from pipeglot.spec.shape import faults


@dataclass(frozen=True, slots=True)
class Checked:
    """`broken` holds the parts whose shape is wrong: what reads them is not blamed for it."""

    diagnostics: tuple[Diagnostic, ...] = ()
    broken: frozenset[Path] = frozenset()


SOUND = Checked()


def check(merged: Merged) -> Checked:
    found = faults(merged.data)
    if not found:
        return SOUND
    from pipeglot.spec.naming import path_of
    from pipeglot.spec.shape_errors import translated

    said = dict.fromkeys(translated(fault, merged) for fault in found)
    return Checked(tuple(said), frozenset(path_of(fault.location)[:2] for fault in found))
