"""Where the names of a step are looked up: at the top of the pipeline, or inside a group."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Namespace:
    """`group` is the id of the group around; empty at the top."""

    group: str = ""

    def full(self, id: str) -> str:
        """A step inside a group is `outer.inner`."""
        return f"{self.group}.{id}" if self.group else id

    def local(self, id: str) -> str | None:
        """The id as it is written here; None for one that cannot be named here."""
        if not self.group:
            return id if "." not in id else None
        inner = id.removeprefix(f"{self.group}.")
        return inner if inner != id and "." not in inner else None


TOP = Namespace()


def namespace_of(id: str) -> Namespace:
    """Where a step stands, by its id."""
    return Namespace(id.rpartition(".")[0])
