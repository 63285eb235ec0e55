"""What a hostile text costs is bounded: told by counts of what is done, for nothing here is measured in seconds."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pipeglot.analysis import analyze, crowds
from pipeglot.analysis.groups.expansion import Expansion
from pipeglot.diagnostics import MOST, Diagnostic, SpecRejected, suggestions
from pipeglot.diagnostics.sources import Source
from pipeglot.driver.loading import load, profiles_of, validate
from pipeglot.rendering import locator
from pipeglot.rendering.frames import Underline, frame
from pipeglot.rendering.report import PLACED, render
from pipeglot.spec import profiles
from pipeglot.spec.checking import check
from pipeglot.spec.merging import Merged
from pipeglot.spec.shape import BESIDE, faults
from pipeglot.syntax import nodes
from pipeglot.syntax.reader import read
from pipeglot.syntax.refusals import ENOUGH

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

    def letters(text: str, node: nodes.Node, most: int) -> Any:
        read_as.append(node)
        return real(text, node, most)

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


READ = "${{ params.p }}"
ENV = "steps:\n a:\n  run: [x]\n  env:\n"


@pytest.mark.parametrize(
    ("text", "said"),
    {
        "profiles": (
            "steps: {a: {run: [x]}}\nprofiles:\n" + "".join(f"  p{i}: {{target: argo}}\n" for i in range(2001)),
            "there are 2,001 profiles of 1 steps, and 100 are the most",
        ),
        "profiles of steps": (
            f"steps: {{{', '.join(f's{i}: {{run: [x]}}' for i in range(1000))}}}\n"
            f"profiles: {{{', '.join(f'p{i}: {{}}' for i in range(21))}}}\n",
            "there are 21 profiles of 1,000 steps, and 20 are the most",
        ),
        "entries": (
            ENV + "".join(f"   E{i}: a\n" for i in range(10_001)),
            "`env` has 10,001 entries, and 10,000 are the most",
        ),
        "expressions": (
            f"steps: {{a: {{run: [x, '{READ * 1001}']}}}}\n",
            "step `a` holds 1,001 expressions, and 1,000 are the most",
        ),
        "expressions of aliases": (
            f"x: &x ['{READ * 100}']\ny: &y [{'*x, ' * 40}]\nsteps: {{a: {{run: *y}}}}\n",
            "step `a` holds 4,000 expressions, and 1,000 are the most",
        ),
        "expressions of defaults": (
            f"defaults: {{env: {{A: '{READ * 900}'}}}}\n"
            f"steps: {{{', '.join(f's{i}: {{run: [x]}}' for i in range(120))}}}\n",
            "there are 108,000 expressions, and 100,000 are the most",
        ),
    }.values(),
)
def test_it_refuses_more_than_any_pipeline_needs_before_it_looks_at_each(text: str, said: str) -> None:
    assert [(each.code, each.message) for each in crowds(read(HEAD + text, "p.yaml"))] == [("PG351", said)]


@pytest.mark.parametrize(
    ("used", "said"),
    [
        ("big0", "with those of its components this has 16,384 steps, and 10,000 are the most"),
        ("big14", "this has 10,000 steps, beside 1 of other components that no step uses, and 10,000 are the most"),
    ],
)
def test_it_makes_none_of_the_steps_of_components_that_are_too_many(
    used: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes = {f"s{i}": {"uses": f"big{i}"} for i in (1, 4, 5, 6, 10)}
    levels = {f"big{i}": {"steps": {each: {"uses": f"big{i + 1}"} for each in "ab"}} for i in range(14)}
    small: dict[str, Any] = {"run": ["x"]}
    components = {"small": small, "ten_thousand": {"steps": sizes}, **levels, "big14": small}
    made: list[str] = []
    real = Expansion._step

    def step(expansion: Expansion, draft: Any) -> None:
        made.append(draft.id)
        real(expansion, draft)

    monkeypatch.setattr(Expansion, "_step", step)
    text = f"components: {json.dumps(components)}\nsteps: {{a: {{uses: {used}}}}}\n"
    said_of = found(text)[1]
    assert [each.message for each in said_of if each.code == "PG351"] == [said]
    assert len(made) <= 2


@pytest.mark.parametrize(
    "text",
    [
        "steps:\n" + "".join(f"  s{i}: {{run: [x, '{READ}']}}\n" for i in range(10_001)),
        f"params: {{p: {{type: list, default: [{'1, ' * 20_000}1]}}}}\nsteps: {{a: {{run: [x]}}}}\n",
        "steps: {a: {run: [x]}}\n" + "".join(f"key_{i}: 1\n" for i in range(MANY)),
    ],
    ids=["steps", "values", "unknown fields"],
)
def test_it_takes_as_many_steps_and_values_as_there_are(text: str) -> None:
    assert crowds(read(HEAD + text, "p.yaml")) == ()


def test_it_says_once_that_a_key_stands_there_very_often() -> None:
    with pytest.raises(SpecRejected) as rejected:
        read(HEAD + "kind: Pipeline\n" * MANY, "p.yaml")
    assert [each.message for each in rejected.value.diagnostics] == [
        f"the key `kind` stands {MANY + 1:,} times in one mapping"
    ]


def test_it_stops_where_enough_is_refused() -> None:
    with pytest.raises(SpecRejected) as rejected:
        read(HEAD + f"a: [{'!t 1, ' * MANY}1]\n", "p.yaml")
    assert len(rejected.value.diagnostics) == ENOUGH


def test_it_compares_no_directives_with_each_other() -> None:
    with pytest.raises(SpecRejected) as rejected:
        read("".join(f"%TAG !a{i}! tag:a,2000:\n" for i in range(MANY)) + "---\n" + HEAD, "p.yaml")
    assert [each.code for each in rejected.value.diagnostics] == ["PG126"]


def test_it_reads_no_further_into_a_text_than_what_is_wrong_in_it(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[int] = []
    real = vars(locator)["letters"]

    def letters(text: str, node: nodes.Node, most: int) -> Any:
        read_as = real(text, node, most)
        made.append(len(read_as))
        return read_as

    monkeypatch.setattr(locator, "letters", letters)
    long = "x" * 1_000_000
    for scalar in (f"'${{{{ params.p }}}} {long}'", f"|\n        ${{{{ params.p }}}}\n        {long}"):
        source, said = found(f"steps:\n  a:\n    env:\n      A: {scalar}\n    run: [x]\n")
        assert "no param `p`" in render(said, [source])
    assert max(made) < len(long)


def test_a_profile_of_the_same_steps_is_what_it_is_by_itself(tmp_path: Path) -> None:
    """Its steps are taken from what was found without it: each profile once more as if it were the only one."""
    path = tmp_path / "pipeline.yaml"
    path.write_text(
        HEAD.replace("{name: x}", "{name: x, labels: {a: b}}")
        + """
params: {n: {type: int, default: 1}, m: {type: list, items: int}, s: {type: string, default: a, enum: [a, b]}}
steps:
  a: {run: [x, "${{ params.n }}"], image: i:1, outputs: {o: {type: int, default: 1}}}
  b: {run: [x, "${{ steps.a.outputs.o }}"], env: {K: {secret: k, key: t}}, image: i:1}
profiles:
  empty: {params: {m: [1]}}
  argo: {target: argo, name: y, argo: {namespace: n}, secrets: {k: other}, params: {m: [2], n: 5}}
  records: {records: {capture: [mlflow]}, params: {m: [1]}}
  steps: {steps: {b: {timeout: 5m}}, params: {m: [1]}}
  defaults: {defaults: {timeout: 5m}, params: {m: [1]}}
  one: {steps: {a: {outputs: {o: {default: 2}}}}, params: {m: [1]}}
  later: {schedule: {cron: "0 7 * * *"}, params: {m: [1], s: b}}
""",
        "utf-8",
    )
    pipelines = validate(path).pipelines
    assert [each.profile for each in pipelines[1:]] == [*profiles_of(path)]
    assert pipelines == tuple(load(path, name) for name in (None, *profiles_of(path)))
