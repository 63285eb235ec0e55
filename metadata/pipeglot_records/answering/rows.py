"""What the answers are made of: plain data, with the same keys in every row of a kind."""

from __future__ import annotations

from typing import Protocol

from typing_extensions import TypedDict

from pipeglot.ir import Json
from pipeglot_records.queries.asking import Asking

Row = dict[str, Json]


class PointRow(TypedDict):
    """A point of a metric. `value` is None for NaN, `at` what the step counted by, `time` RFC 3339."""

    step: str
    item: str | None
    attempt: str
    name: str
    at: float | None
    value: float | None
    time: str


class ArtifactRow(TypedDict):
    """`name` is `STEP.OUTPUT`, `version` counts its contents from 1, `digest` is as `sha256:0f…`, `size` in bytes."""

    name: str
    item: str | None
    version: int | None
    kind: str | None
    digest: str
    size: int | None
    files: int | None
    uri: str | None


class LogRow(TypedDict):
    """The log of one attempt of a step, or of an item of it, by its number and its name."""

    step: str
    item: str | None
    name: str
    attempt: int
    text: str


class ChangeRow(TypedDict):
    """Something that is another one in the other run."""

    kind: str
    place: str
    before: Json
    after: Json


class DiffRows(TypedDict):
    """`causes` are what could have changed the result, `effects` what came of it."""

    before: str
    after: str
    causes: list[ChangeRow]
    effects: list[ChangeRow]


class Answering(Protocol):
    """Questions in the words of the server. Runs go by their ids, by how these begin, or by `last`."""

    def runs(self, question: Asking) -> list[Row]: ...

    def show(self, name: str) -> Row: ...

    def normal(self, name: str) -> str: ...

    def curves(self, name: str, step: str | None, metric: str | None) -> list[Row]: ...

    def artifacts(self, name: str) -> list[Row]: ...

    def diff(self, before: str, after: str) -> Row: ...

    def lineage(self, name: str, artifact: str | None, *, up: bool, down: bool) -> Row: ...

    def logs(self, name: str, step: str) -> list[LogRow]:
        """Of all attempts, as far as they were kept."""
        ...

    def close(self) -> None: ...
