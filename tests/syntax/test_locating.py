from __future__ import annotations

import pytest

from pipeglot.diagnostics.origins import Origin, Span
from pipeglot.rendering.locator import Locator, locate
from pipeglot.syntax.reader import read

TEXT = """\
metadata: {name: churn, labels: &team {team: growth}}
steps:
  train:
    run: [python, "${{ params.x }}"]
    outputs:
      auc: {type: float}
    retry:
    env: *team
  other:
    - a: 1
      b: 2
    - |
      text
"""

PLACES: list[tuple[tuple[str | int, ...], bool, str]] = [
    (("metadata", "name"), False, "churn"),
    (("metadata", "name"), True, "name"),
    (("metadata", "labels"), False, "{team: growth}"),
    (("steps", "train", "run"), False, '[python, "${{ params.x }}"]'),
    (("steps", "train", "run", 1), False, '"${{ params.x }}"'),
    (("steps", "train", "outputs"), False, "outputs"),
    (("steps", "train", "outputs", "auc", "type"), False, "float"),
    (("steps", "train", "retry"), False, "retry"),
    (("steps", "train", "env"), False, "{team: growth}"),
    (("steps", "train", "env"), True, "env"),
    (("steps", "train", "env", "team"), False, "growth"),
    (("steps", "train"), False, "train"),
    (("steps", "train", "image"), False, "train"),
    (("steps", "train", "run", 7), False, '[python, "${{ params.x }}"]'),
    (("steps", "other", 0), False, "a"),
    (("steps", "other", 1), False, "|"),
    ((), False, "metadata"),
]


@pytest.mark.parametrize(("path", "key", "text"), PLACES)
def test_it_finds_a_path_in_the_text(path: tuple[str | int, ...], key: bool, text: str) -> None:
    span = locate(read(TEXT, "p.yaml"), Origin("p.yaml", path), key=key)
    assert TEXT[span.start : span.end] == text


def test_it_finds_many_places_with_one_look_at_the_text() -> None:
    locator = Locator(read(TEXT, "p.yaml"))
    spans = [locator.span(Origin("p.yaml", path), key=key) for path, key, _ in PLACES]
    assert [TEXT[span.start : span.end] for span in spans] == [text for _, _, text in PLACES]


def test_it_leaves_a_span_as_it_is() -> None:
    span = Span("p.yaml", 3, 4)
    assert locate(read(TEXT, "p.yaml"), span) is span
