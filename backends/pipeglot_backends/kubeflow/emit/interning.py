"""Components and executors: like steps share them, and each task says which step it is."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

from pipeglot.definition import canonical
from pipeglot_backends.emit.yaml_text import Data


@dataclass(slots=True)
class Interned:
    """What was there before is given out again, under the name it got first."""

    prefix: str
    entries: dict[str, Data] = field(default_factory=dict[str, Data])
    _names: dict[str, str] = field(default_factory=dict[str, str])

    def name_of(self, entry: Data, wanted: str, key: Data = None) -> str:
        """`key` holds what else must be equal."""
        content = canonical([entry, key])  # type: ignore[list-item]  # plain data on both sides
        if content not in self._names:
            self._names[content] = f"{self.prefix}-{wanted}"
            self.entries[self._names[content]] = entry
        return self._names[content]


def mark(interface: dict[str, Data], needed: dict[str, Data]) -> str:
    """Kubeflow keeps one component for each container: of several with equal ones the first would stand for all."""
    content = canonical([interface, needed])  # type: ignore[list-item]  # plain data
    return hashlib.sha256(content.encode()).hexdigest()[:16]
