"""Which files are to be compiled, for what, and where it goes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from pipeglot.driver.compiling import Compiled

Asked: TypeAlias = "tuple[Path, str | None, str | None]"
"""A file, with target and profile."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A pipeline file, the folder that it is compiled into, what that makes of it, and the options that said so."""

    path: Path
    folder: Path
    made: Compiled
    target: str | None
    profile: str | None
