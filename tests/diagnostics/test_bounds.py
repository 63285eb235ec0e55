"""What a hostile text costs is bounded: told by counts of what is done, for nothing here is measured in seconds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from pipeglot.analysis import analyze
from pipeglot.diagnostics import MOST, Diagnostic, suggestions
from pipeglot.diagnostics.sources import Source
from pipeglot.rendering import locator
from pipeglot.rendering.frames import Underline, frame
from pipeglot.rendering.report import PLACED, render
from pipeglot.spec import profiles
from pipeglot.spec.checking import check
from pipeglot.spec.merging import Merged
from pipeglot.spec.shape import BESIDE, faults
from pipeglot.syntax import nodes
from pipeglot.syntax.reader import read

HEAD = "apiVersion: pipeglot/v1\nkind: Pipeline\nmetadata: {name: x}\n"


def found(text: str) -> tuple[Source, tuple[Diagnostic, ...]]:
    source = read(HEAD + text, "p.yaml")
    merged = profiles.plain(source)
    return source, analyze(merged, check(merged)).diagnostics


@pytest.fixture
def looked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The words for which a name was looked for."""
    words: list[str] = []
    real = suggestions.nearest

    def nearest(word: str, names: Iterator[str]) -> str | None:
        words.append(word)
        return real(word, names)

    monkeypatch.setattr(suggestions, "nearest", nearest)
    return words


STEPS = range(300)


def test_it_looks_for_names_only_for_what_is_shown(looked: list[str]) -> None:
    steps = [f"  step_{i}: {{run: [a], needs: [stp_{i}]}}\n" for i in STEPS]
    source, said = found("steps:\n" + "".join(steps))
    assert len(said) == len(STEPS)
    text = render(said, [source])
    assert text.count("did you mean") == MOST
    assert len(looked) == MOST


MANY = 20_000


def test_it_reads_no_further_than_it_shows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of an unknown key that stands before very many others."""
    made: list[nodes.Node] = []
    real = vars(nodes)["_node"]

    def node(*given: Any) -> nodes.Node:
        made.append(real(*given))
        return made[-1]

    monkeypatch.setattr(nodes, "_node", node)
    source, said = found("steps: {a: {run: [x]}}\n" + "".join(f"key_{i}: 1\n" for i in range(MANY)))
    assert [each.message for each in said] == [
        f"the pipeline has no field `key_0`, nor {MANY - 1:,} others that stand beside it"
    ]
    assert "key_0: 1" in render(said, [source])
    assert len(made) < MANY / 10
    assert len(faults(Merged(source.data, source.name))) <= BESIDE


def test_it_tells_once_what_is_wrong_in_very_many_places() -> None:
    said = found(f"steps: {{a: {{run: [x], needs: [{'1, ' * MANY}1]}}}}\n")[1]
    assert [each.message for each in said] == [
        f"an element of `needs` is text, and here is the number 1, and so it is in {MANY:,} other places"
    ]
    steps = ", ".join(f"s{i}: {{run: [x], env: {{E{i}: 1}}, retry: 3}}" for i in range(MANY // 10))
    said = found(f"steps: {{{steps}}}\n")[1]
    assert [each.message.rpartition(" is in ")[2] for each in said] == [f"{MANY // 10 - 1:,} other places"] * 2


def test_it_says_some_of_the_needs_that_are_not_there_and_counts_the_others() -> None:
    said = found(f"steps: {{a: {{run: [x], needs: [{', '.join(f's{i}' for i in range(MANY))}]}}}}\n")[1]
    assert len(said) == MOST
    assert said[-1].message.endswith(f"has no such step, and so it is in {MANY - MOST:,} other places")


def test_it_reads_a_text_once_for_all_that_is_wrong_in_it(monkeypatch: pytest.MonkeyPatch) -> None:
    read_as: list[nodes.Node] = []
    real = vars(locator)["letters"]

    def letters(text: str, node: nodes.Node) -> Any:
        read_as.append(node)
        return real(text, node)

    monkeypatch.setattr(locator, "letters", letters)
    many = 2 * PLACED
    source, said = found(f"steps: {{a: {{run: [x, '{' '.join(f'${{{{ params.p{i} }}}}' for i in range(many))}']}}}}\n")
    assert f"{many} errors" in render(said, [source])
    assert len(read_as) == 1


def test_it_counts_the_combinations_of_a_matrix_before_it_makes_them() -> None:
    axes = "".join(f"      a{i}: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]\n" for i in range(10))
    _, said = found(f"steps:\n  a:\n    run: [x]\n    matrix:\n{axes}")
    assert [(each.code, each.message) for each in said] == [
        ("PG336", "the matrix of `a` has 10,000,000,000 combinations, and 10,000 are the most")
    ]


@pytest.mark.parametrize("count", [10, 11])
def test_it_takes_ten_thousand_combinations(count: int) -> None:
    rest = "".join(f"      b{i}: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]\n" for i in range(3))
    _, said = found(f"steps:\n  a:\n    run: [x]\n    matrix:\n      a: {list(range(count))}\n{rest}")
    assert bool(said) == (count > 10)


def test_it_shows_the_same_of_a_very_long_line_as_of_a_long_one() -> None:
    def rows(length: int) -> list[tuple[str, str, str]]:
        return frame(["x" * length + "HERE" + "y" * length], [Underline(0, length, length + 4, "here", "^")])

    assert rows(500) == rows(2_000_000)
