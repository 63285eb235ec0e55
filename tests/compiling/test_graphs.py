"""The graph of a pipeline, for those who draw it."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest

from pipeglot.driver.compiling import load
from pipeglot.driver.graphs import FORMS, drawn

SPEC = """\
apiVersion: pipeglot/v1
kind: Pipeline
metadata: {name: shop}
components:
  checked:
    inputs: {n: {type: int}}
    outputs: {ok: {type: int, value: "${{ steps.last.outputs.n }}"}}
    steps:
      first: {run: [x, "${{ inputs.n }}"]}
      last: {needs: [first], run: [x], outputs: {n: {type: int}}}
steps:
  get: {run: [x], outputs: {n: {type: int}, raw: {artifact: file}}}
  each: {foreach: {items: [1, 2]}, run: [x, "${{ item }}", "${{ steps.get.outputs.raw }}"]}
  check: {uses: checked, with: {n: "${{ steps.get.outputs.n }}"}}
  mend: {needs: [each], run_if: failure, run: [x]}
  ship: {when: "${{ steps.check.outputs.ok > 1 }}", run: [x]}
on_exit:
  tell: {run: [x]}
"""
MERMAID = """\
flowchart TD
  s0["get"]
  s1[["each · × each"]]
  subgraph gs26["check"]
    s2["first"]
    s3["last"]
  end
  s4["mend · failure"]
  s5["ship · if"]
  s0 -->|raw| s1
  s0 -->|n| s2
  s0 -.-> s3
  s2 -.-> s3
  s1 -.-> s4
  s2 -.-> s5
  s3 -->|n| s5
  subgraph exit["on exit"]
    s6["tell"]
  end
"""


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    path = tmp_path / "pipeline.yaml"
    path.write_text(SPEC, "utf-8")
    return path


def test_it_draws_steps_groups_and_what_they_hand_on(spec: Path) -> None:
    assert drawn(load(spec), "mermaid") == MERMAID


def test_it_draws_the_same_in_every_language(spec: Path) -> None:
    text = drawn(load(spec), "dot")
    assert text.count(" -> ") == MERMAID.count(" -->|") + MERMAID.count(" -.-> ")
    assert (text.count("{"), text.count("subgraph")) == (text.count("}"), MERMAID.count("subgraph"))
    assert set(FORMS) == {"mermaid", "dot"}


def test_as_svg_it_has_every_step_once(spec: Path) -> None:
    pytest.importorskip("igraph", reason="pictures: the package `igraph` is not installed")
    found = [node.text for node in ElementTree.fromstring(drawn(load(spec), "svg")).iter() if node.tag[-5:] == "title"]
    assert found == ["get", "each · × each", "check.first", "check.last", "mend · failure", "ship · if", "tell"]
