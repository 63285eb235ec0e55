"""The steps' own code, without any engine."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tickets import adopt, lines, prompts, report, score, stand_in

FOLDER = Path(__file__).parents[1]


@pytest.fixture(autouse=True)
def in_its_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(FOLDER)


def test_it_asks_each_message_in_each_style_in_batches(tmp_path: Path) -> None:
    batches = prompts.write(["plain", "examples"], 24, tmp_path / "prompts")
    assert batches == [{"first": 0, "count": 24}, {"first": 24, "count": 24}, {"first": 48, "count": 16}]
    rows = lines.read(tmp_path / "prompts")
    assert [row["style"] for row in rows] == ["plain"] * 32 + ["examples"] * 32
    assert rows[0]["prompt"].endswith(f"\nMessage: {lines.read(lines.DATA / 'tickets.jsonl')[0]['text']}\nAnswer:")


def test_no_message_is_among_the_examples() -> None:
    asked, shown = (
        {row["text"] for row in lines.read(lines.DATA / f"{name}.jsonl")} for name in ("tickets", "examples")
    )
    assert not asked & shown


def test_it_refuses_an_unknown_style() -> None:
    with pytest.raises(SystemExit, match="haiku"):
        prompts.template("haiku")


@pytest.mark.parametrize(
    ("message", "label"),
    [("I want my refund", "billing"), ("Where is the parcel?", "delivery"), ("PASSWORD gone", "login"), ("", "other")],
)
def test_the_stand_in_knows_what_the_prompt_says(message: str, label: str) -> None:
    assert stand_in.answer(prompts.template("plain").format(message=message)) == label


def test_the_stand_in_learns_from_examples_in_the_prompt() -> None:
    asked = "My box is broken"
    shown = prompts.TASK + prompts.QUESTION.format(message="The box is broken") + " delivery\n"
    assert stand_in.answer(prompts.TASK + prompts.QUESTION.format(message=asked)) != "delivery"
    assert stand_in.answer(shown + prompts.QUESTION.format(message=asked)) == "delivery"


def test_the_first_of_the_best_styles_wins(tmp_path: Path) -> None:
    answers = {"a": ["x", "y"], "b": ["X.", " z\n"], "c": ["x", "z"]}
    paths = [tmp_path / style for style in answers]
    for path in paths:
        rows = zip(("x", "z"), answers[path.name], strict=True)
        lines.write(path, [{"id": "T", "style": path.name, "label": label, "answer": each} for label, each in rows])
    assert score.compare(paths, [1, 2, 3], tmp_path / "scores") == {"best": "b", "accuracy": 1.0}
    told = json.loads((tmp_path / "scores").read_text())
    assert told == {"accuracy": {"a": 0.5, "b": 1.0, "c": 1.0}, "prompts": 6, "words": 6}
    report.page(paths, tmp_path / "scores", "<m>", "none", tmp_path / "page")
    page = (tmp_path / "page").read_text()
    assert "&lt;m&gt;" in page
    assert "<td>T<td>a<td>z<td>y" in page


def test_it_adopts_the_prompt_itself(tmp_path: Path) -> None:
    version = adopt.template("examples", tmp_path / "template")
    assert version != adopt.template("plain", tmp_path / "plain")
    assert "{message}" in (tmp_path / "template").read_text()
