"""Pictures of curves and graphs: whole files of SVG and PNG, whatever things are called."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest

from pipeglot.diagnostics import SpecRejected
from pipeglot.rendering.svg import Edge, Node, svg
from pipeglot_records.queries.lineage import lineage
from pipeglot_records.show.questions import curves, lineage_forms
from pipeglot_records.show.questions.plots import plot
from pipeglot_records.store.database import Store
from tests.records.conftest import RUN, Log, take

pytest.importorskip("igraph", reason="pictures: the package `igraph` is not installed")
pytest.importorskip("matplotlib", reason="pictures: the package `matplotlib` is not installed")

NAMES = ("loss", r"$\frac{", "_x<&>\"'", "\x1b[31m\x07灯")


def texts(picture: str) -> list[str]:
    """Of a picture that is well-formed XML."""
    return ["".join(each.itertext()) for each in ElementTree.fromstring(picture).iter() if each.tag.endswith("}text")]


def test_curves_are_drawn_whatever_they_are_called(store: Store, definition: str, tmp_path: Path) -> None:
    log = Log(definition).run().start("extract").start("train", 0)
    for at, value in enumerate([0.5, "NaN", "Infinity", 0.1]):
        for name in NAMES:
            log.say("metric", "extract", None, log.attempt("extract", None, 1), name=name, value=value, at=at)
        log.say("metric", "train", 0, log.attempt("train", 0, 1), name="loss", value=value, at=at)
    take(store, log.events())
    found = curves.curves(store, RUN)
    for name in ("a.svg", "b.svg", "c.PNG"):
        plot(found, str(tmp_path / name))
    picture = (tmp_path / "a.svg").read_text("utf-8")
    assert {"loss", r"$\frac{", "_x<&>\"'", "\N{REPLACEMENT CHARACTER}灯", "train[0]"} <= {
        text.strip() for text in texts(picture)
    }
    assert picture == (tmp_path / "b.svg").read_text("utf-8")
    assert (tmp_path / "c.PNG").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(("name", "why"), [("a.pdf", "neither"), ("a", "neither"), ("a.svg", "no metrics")])
def test_it_says_why_nothing_is_drawn(name: str, why: str, tmp_path: Path) -> None:
    with pytest.raises(SpecRejected, match=why):
        plot((), str(tmp_path / name))
    assert list(tmp_path.iterdir()) == []


def test_a_graph_is_drawn_with_its_circles_and_its_far_edges() -> None:
    """A content that a step read and left as it was is a circle of two."""
    nodes = [Node(name) for name in NAMES] + [Node(f"n{number}") for number in range(30)] + [Node("end", is_late=True)]
    edges = [Edge(0, 1), Edge(1, 0, "back"), Edge(2, 2), Edge(0, 3, "<&>"), Edge(4, 33, "far")]
    edges += [Edge(at, at + 1) for at in range(4, 33)]
    picture = svg(nodes, edges)
    assert {"_x<&>\"'", "<&>", "back", "far", "end"} <= set(texts(picture))
    assert picture == svg(nodes, edges)
    assert texts(svg([], [])) == []


def test_lineage_is_drawn(store: Store, definition: str) -> None:
    store.register(definition)
    take(store, Log(definition).whole().events())
    drawn = texts(lineage_forms.picture(lineage(store, RUN)))
    assert {text.partition("  ")[0] for text in drawn} >= {"extract.raw", "pick.model"}
