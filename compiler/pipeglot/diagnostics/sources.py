"""A text that was read: its name, the text itself, and the plain data it stands for."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

Json: TypeAlias = bool | int | float | str | list["Json"] | dict[str, "Json"] | None


@dataclass(frozen=True, slots=True)
class Source:
    """`name` is what messages call it (the path as given). `text` is without byte order mark, line ends untouched.

    `data` is empty when the text was rejected.
    """

    name: str
    text: str = field(repr=False)
    data: dict[str, Json] = field(repr=False)
