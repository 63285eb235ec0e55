"""The settings of a profile's `local:` map, checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pipeglot.diagnostics import Diagnostic, SpecRejected
from pipeglot.ir import Json, Origin
from pipeglot_backends.settings import TEXT, Setting, fault, unknown

SETTINGS: dict[str, Setting] = {
    "jobs": Setting(
        "How many steps run at a time; `--jobs` wins.", example=4, otherwise="one for each core of this machine"
    ),
    "python": Setting(
        "The interpreter of `python:` bodies.",
        TEXT,
        ".venv/bin/python",
        otherwise="`python3`, as the PATH has it",
    ),
}
KNOWN = tuple(SETTINGS)
UNBUILT = "container"


@dataclass(frozen=True, slots=True)
class Settings:
    """`jobs` steps at a time. `python` is the interpreter of `python:` bodies."""

    jobs: int | None = None
    python: str | None = None


def read(given: Mapping[str, Json]) -> Settings:
    """The settings, or all that is wrong with them."""
    faults = [_unknown(name) for name in given if name not in KNOWN]
    jobs, python = given.get("jobs"), given.get("python")
    if jobs is not None and (not isinstance(jobs, int) or isinstance(jobs, bool) or jobs < 1):
        faults.append(fault("jobs", f"`local.jobs` is a whole number from 1 on, and `{jobs}` is none"))
    if python is not None and not isinstance(python, str):
        faults.append(fault("python", f"`local.python` is text, and `{python}` is none"))
    if faults:
        raise SpecRejected(faults)
    return Settings(jobs if isinstance(jobs, int) else None, python if isinstance(python, str) else None)


def _unknown(name: str) -> Diagnostic:
    if name == UNBUILT:
        return Diagnostic(
            "PG390", f"`local.{name}` is a setting that this version does not build yet", Origin("", (name,)), key=True
        )
    return unknown("local", name, KNOWN)
