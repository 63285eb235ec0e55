"""The shape of a spec: every field known, every value of its kind."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pipeglot import installed
from pipeglot.diagnostics import Diagnostic, hinted
from pipeglot.spec.merging import Merged, Path
from pipeglot.spec.shape import Fault, faults


@dataclass(frozen=True, slots=True)
class Checked:
    """`broken` holds the parts whose shape is wrong: what reads them is not blamed for it."""

    diagnostics: tuple[Diagnostic, ...] = ()
    broken: frozenset[Path] = frozenset()


SOUND = Checked()


def check(merged: Merged) -> Checked:
    found = _without_strangers(faults(merged))
    if not found:
        return SOUND
    from pipeglot.spec.gathering import gathered, stands_for_params
    from pipeglot.spec.naming import path_of
    from pipeglot.spec.shape_errors import translated

    gathered_faults = gathered(found)
    said = dict.fromkeys(translated(fault, merged) for fault in gathered_faults)
    broken = {path_of(fault.location)[:2] for fault in found}
    broken |= {("params",) for fault in gathered_faults if stands_for_params(fault)}
    return Checked(hinted(said), frozenset(broken))


def _without_strangers(found: tuple[Fault, ...]) -> tuple[Fault, ...]:
    """A profile may have settings of every target that is installed here; the schema knows our own alone."""
    if not any(_may_be_settings(fault) for fault in found):
        return found
    return tuple(_once_installed(found, installed.names()))


def _may_be_settings(fault: Fault) -> bool:
    """Or a patch, which stands under the name of a target too."""
    from pipeglot.spec.naming import path_of

    if fault.kind != "extra_forbidden":
        return False
    path = path_of(fault.location)
    patch = path[:-1] == ("targets",) or (path[:1] in (("steps",), ("on_exit",)) and path[2:-1] == ("targets",))
    return patch or fault.location[-3:-2] == ("profiles",)


def _once_installed(found: tuple[Fault, ...], names: tuple[str, ...]) -> Iterator[Fault]:
    for fault in found:
        if not (_may_be_settings(fault) and fault.location[-1] in names):
            yield fault
        elif not isinstance(fault.found, dict):
            yield fault._replace(kind="dict_type")
