"""`cache`: what is kept of a step, and which steps keep nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeglot.diagnostics import SpecRejected
from pipeglot.driver.compiling import load
from pipeglot.ir import Pipeline

HEAD = """\
apiVersion: pipeglot/v1
kind: Pipeline
metadata: {name: c}
params: {word: {type: string, sensitive: true}, day: {type: string, default: monday}}
"""


def loaded(folder: Path, text: str) -> Pipeline:
    (folder / "pipeline.yaml").write_text(HEAD + text, "utf-8")
    return load(folder / "pipeline.yaml")


def test_a_key_is_read_as_all_else_is(tmp_path: Path) -> None:
    pipeline = loaded(
        tmp_path,
        """\
defaults: {cache: {max_age: 1d, version: 2}}
steps:
  a: {run: x, outputs: {n: {type: int}}}
  b: {run: x, cache: {key: "${{ params.day }}-${{ steps.a.outputs.n }}"}}
  c: {run: x, cache: {enabled: false}}
on_exit:
  d: {run: x}
""",
    )
    a, b, c = (step.cache for step in pipeline.steps)
    assert a is not None
    assert b is not None
    assert (a.key, a.max_age, a.version) == (None, 86400.0, 2)
    assert (b.max_age, b.version, c, pipeline.on_exit[0].cache) == (86400.0, 2, None, None)
    assert pipeline.by_id["b"].needs == ("a",)
    assert [read.slot for read in pipeline.by_id["b"].reads] == ["params.day", "steps.a.outputs.n"]


@pytest.mark.parametrize(
    ("steps", "message"),
    [
        ("{a: {run: x, outputs: {t: {type: string, sensitive: true}}, cache: {}}}", "`outputs.t` is sensitive"),
        ('{a: {run: x, env: {W: "${{ params.word }}"}, cache: {}}}', "`params.word` is sensitive"),
        ("{a: {run: x}}\non_exit: {b: {run: x, cache: {}}}", "`b` is a step of `on_exit`"),
        ('{a: {run: x, outputs: {o: {type: int}}, cache: {key: "${{ outputs.o }}"}}}', "outputs"),
        ('{a: {run: x, cache: {max_age: "${{ params.day }}"}}}', "max_age"),
        ("{a: {run: x, cache: true}}", "`cache`"),
    ],
)
def test_it_refuses(steps: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(SpecRejected, match=r"PG\d+: .*" + message):
        loaded(tmp_path, f"steps: {steps}\n")
