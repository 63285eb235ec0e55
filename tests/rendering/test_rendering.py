from __future__ import annotations

import json
import re

import pytest

from pipeglot.diagnostics import Diagnostic, Severity, SpecRejected
from pipeglot.diagnostics.origins import Origin, Span
from pipeglot.diagnostics.sources import Source
from pipeglot.rendering.report import FORMS, MOST, render
from pipeglot.syntax.reader import read

TEXT = """\
steps:
  prepare:
    outputs: [features, labels]

  train:
    inputs:
      data: prepare.feature
"""
READS = Diagnostic(
    "PG203",
    "step `train` reads `prepare.feature`, but `prepare` has no such output",
    Origin("p.yaml", ("steps", "train", "inputs", "data")),
    "not an output of `prepare`",
    ((Origin("p.yaml", ("steps", "prepare", "outputs")), "`prepare` has these"),),
    "did you mean `prepare.features`?",
)
LONG = """\
p.yaml:7:13: error[PG203]: step `train` reads `prepare.feature`, but `prepare` has no such output

   3 |     outputs: [features, labels]
     |              ~~~~~~~~~~~~~~~~~~ `prepare` has these
     :
   7 |       data: prepare.feature
     |             ^^^^^^^^^^^^^^^ not an output of `prepare`

  hint: did you mean `prepare.features`?
  more: pipeglot explain PG203

1 error, 0 warnings. Nothing was written.
"""
PLACELESS = Diagnostic("PG510", "`p.yaml` does not exist")


def source(text: str = TEXT, name: str = "p.yaml") -> Source:
    return read(text, name)


def at(text: str, start: int, end: int, label: str = "here") -> str:
    """The frame of a span in a text that need not be YAML."""
    found = Diagnostic("PG100", "wrong", Span("p", start, end), label)
    return render([found], [Source("p", text, {})]).split("\n\n")[1]


def test_it_shows_the_mistake_its_evidence_a_hint_and_the_door() -> None:
    assert render([READS], [source()]) == LONG


def test_it_says_the_same_without_its_colours() -> None:
    coloured = render([READS, PLACELESS], [source()], colour=True)
    assert "\x1b[" in coloured
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == render([READS, PLACELESS], [source()])


def test_it_needs_no_place() -> None:
    assert render([PLACELESS], []) == (
        "error[PG510]: `p.yaml` does not exist\n\n  more: pipeglot explain PG510\n\n"
        "1 error, 0 warnings. Nothing was written.\n"
    )


def test_it_says_in_one_line_what_is_wrong() -> None:
    assert render([READS], [source()], "concise") == LONG.splitlines()[0] + "\n"


def test_it_says_to_github_where_and_what() -> None:
    assert render([READS, PLACELESS], [source()], "github").splitlines() == [
        "::error title=PG510::`p.yaml` does not exist",
        "::error file=p.yaml,line=7,col=13,title=PG203::step `train` reads `prepare.feature`, but `prepare` has no "
        "such output%0Ap.yaml:3:14: `prepare` has these%0Ahint: did you mean `prepare.features`?",
    ]


def test_it_escapes_what_github_would_obey() -> None:
    found = Diagnostic("PG100", "100%\r\n::error::x", Span("a,b:c%", 0, 1))
    text = render([found], [Source("a,b:c%", "x", {})], "github")
    assert text == "::error file=a%2Cb%3Ac%25,line=1,col=1,title=PG100::100%25%0D%0A::error::x\n"


def test_it_gives_programs_the_same_facts() -> None:
    told = json.loads(render([READS, PLACELESS], [source()], "json", disk="Nothing was written."))
    assert (told["errors"], told["warnings"], told["disk"]) == (2, 0, "Nothing was written.")
    placeless, found = told["diagnostics"]
    assert "file" not in placeless
    assert {key: found[key] for key in ("code", "severity", "file", "line", "column", "end_line", "end_column")} == {
        "code": "PG203",
        "severity": "error",
        "file": "p.yaml",
        "line": 7,
        "column": 13,
        "end_line": 7,
        "end_column": 28,
    }
    assert found["evidence"][0]["line"] == 3


def test_it_sorts_by_file_and_place() -> None:
    sources = [source(name="b.yaml"), source(name="a.yaml")]
    found = [
        Diagnostic("PG100", str(i), Span(name, at, at + 1))
        for i, (name, at) in enumerate([("a.yaml", 9), ("b.yaml", 12), ("b.yaml", 3)])
    ]
    lines = render([*found, PLACELESS], sources, "concise").splitlines()
    assert [line.split(": ")[-1] for line in lines] == ["`p.yaml` does not exist", "2", "1", "0"]


def test_it_tells_a_mistake_once() -> None:
    assert render([READS, READS], [source()]) == LONG


def test_it_stops_at_twenty_and_counts_the_rest() -> None:
    found = [Diagnostic("PG100", f"number {i}", Span("p.yaml", i, i + 1)) for i in range(MOST + 5)]
    warned = Diagnostic("PG101", "careful", severity=Severity.WARNING)
    text = render([*found, warned], [source()], disk="build/argo was left as it was.")
    assert text.endswith("25 errors, 1 warning. The first 20 are shown. build/argo was left as it was.\n")
    assert text.count("pipeglot explain") == MOST


def test_it_shows_evidence_of_another_file_below() -> None:
    other = source("outputs: [a]\n", "other.yaml")
    found = Diagnostic(
        "PG203", "no", Origin("p.yaml", ("steps",)), "x", ((Origin("other.yaml", ("outputs",)), "these"),)
    )
    assert render([found], [source(), other]).split("\n\n")[1].splitlines() == [
        "   1 | steps:",
        "     | ^^^^^ x",
        "  other.yaml:1:10",
        "   1 | outputs: [a]",
        "     |          ~~~ these",
    ]


def test_it_shows_no_more_than_two_pieces_of_evidence() -> None:
    evidence = tuple((Span("p.yaml", i, i + 1), f"number {i}") for i in range(4))
    assert "number 2" not in render([Diagnostic("PG100", "x", Span("p.yaml", 9, 10), "", evidence)], [source()])


FRAMES = [
    ("key: x\n", (5, 6), "   1 | key: x\n     |      ^ here"),
    ("漢字: x\n", (4, 5), "   1 | 漢字: x\n     |       ^ here"),
    ("e\u0301: x\n", (4, 5), "   1 | e\u0301: x\n     |    ^ here"),
    ("漢字: x\n", (0, 2), "   1 | 漢字: x\n     | ^^^^ here"),
    ("a\tb\n", (2, 3), "   1 | a   b\n     |     ^ here"),
    ("\tb\n", (0, 1), "   1 |     b\n     | ^^^^ here"),
    ("a: b\r\nc: d\r\n", (6, 7), "   2 | c: d\n     | ^ here"),
    ("a: b\nc: d\n", (3, 8), "   1 | a: b\n     |    ^ here"),
    ("a: b", (4, 4), "   1 | a: b\n     |     ^ here"),
    ("a: b\n", (5, 5), "   2 |\n     | ^ here"),
    ("\x1b[31m\u202ex\x7f", (6, 7), "   1 | ␛[31m\ufffdx␡\n     |       ^ here"),
    ("a\u2028b\x85c", (4, 5), "   1 | a\ufffdb\ufffdc\n     |     ^ here"),
    ("\n" * 12344 + "x", (12344, 12345), " 12345 | x\n       | ^ here"),
]


@pytest.mark.parametrize(("text", "span", "expected"), FRAMES)
def test_it_measures_what_stands_before_the_marks(text: str, span: tuple[int, int], expected: str) -> None:
    assert at(text, *span) == expected


def test_it_cuts_long_lines_around_the_marks() -> None:
    line, ruler = at("x" * 500 + "HERE" + "y" * 500, 500, 504).splitlines()
    assert line.startswith("   1 | …x")
    assert line.endswith("y…")
    assert len(line) < 140
    assert line[ruler.index("^") : ruler.rindex("^") + 1] == "HERE"


def test_it_marks_two_places_of_one_line() -> None:
    evidence = ((Span("p", 0, 1), "set here"),)
    found = Diagnostic("PG101", "twice", Span("p", 6, 7), "and here", evidence)
    assert render([found], [Source("p", "a: 1, a: 2", {})]).split("\n\n")[1].splitlines() == [
        "   1 | a: 1, a: 2",
        "     |       ^ and here",
        "     | ~ set here",
    ]


@pytest.mark.parametrize("form", ["text", "concise"])
def test_it_prints_nothing_that_a_terminal_obeys(form: str) -> None:
    found = Diagnostic("PG100", "a\x1b[2Jb\nc\u202e", hint="\x07")
    text = render([found], [], form)
    assert "\x1b" not in text
    assert text.startswith("error[PG100]: a␛[2Jb␊c\ufffd\n")


@pytest.mark.parametrize("form", FORMS)
def test_it_has_something_to_say_about_nothing(form: str) -> None:
    assert isinstance(render([], [], form), str)


def test_it_names_the_codes_when_nobody_renders_it() -> None:
    assert str(SpecRejected([READS, PLACELESS])) == f"PG203: {READS.message}; PG510: {PLACELESS.message}"
