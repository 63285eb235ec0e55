"""What a page is, and what it is asked: the store, and the words of the address."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from pipeglot_records.server.api import found_run
from pipeglot_records.server.questions import Given, Param, Question, count, given, switch
from pipeglot_records.server.refusal import Refused
from pipeglot_records.store.database import Store

Shown: TypeAlias = Mapping[str, Any]
"""What a template is given, by name: plain data. What is sensitive in it is covered before a template sees it."""


@dataclass(frozen=True, slots=True)
class Asked:
    store: Store
    words: Given

    def get(self, name: str) -> str:
        """Empty where nothing is said."""
        return self.words.get(name, "").strip()

    def listed(self, name: str) -> list[str]:
        """Between commas."""
        return [part.strip() for part in self.get(name).split(",") if part.strip()]

    def run(self, name: str = "run", otherwise: str = "") -> str:
        """The whole id of the run that is named there. Raises `Refused`."""
        return self.whole_id(self.get(name) or otherwise)

    def whole_id(self, run: str) -> str:
        """Raises `Refused`."""
        return found_run(self.store, run)

    def count(self, name: str, usual: int, most: int) -> int:
        """Raises `Refused`."""
        return count(self.words, name, usual, most)

    def switch(self, name: str) -> bool:
        """Raises `Refused`."""
        return switch(self.words, name)

    def refusal(self, status: int, why: str, hint: str | None = None) -> Refused:
        return Refused(status, why, hint)


@dataclass(frozen=True, slots=True)
class Page:
    """`template` is a file below `templates`; `params` may be asked in the address. `show` may raise `Refused`."""

    path: str
    template: str
    show: Callable[[Asked], Shown]
    params: Sequence[str] = ()

    def asked(self, store: Store, query: Sequence[tuple[str, str]], path: Given) -> Asked:
        """Everything that was asked, once. A form sends fields that nobody filled in: they ask for nothing.

        Raises `Refused`.
        """
        filled = [(name, value) for name, value in query if value.strip()]
        question = Question(self.path, "", lambda _, __: "", [Param(name, "") for name in self.params])
        return Asked(store, given(question, filled, path))
