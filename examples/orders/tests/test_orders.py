"""The steps' own code, without any engine."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from orders import alert, day, export, gate, month, publish, sample, split, tables, validate

DATA = Path(__file__).parents[1] / "data"
GOOD = {
    "order": "O-1",
    "placed": "2026-02-01T06:00:00Z",
    "customer": "C-1",
    "product": "rug",
    "quantity": "2",
    "price": "9.5",
}


def test_the_deliveries_are_those_that_the_sample_makes(tmp_path: Path) -> None:
    sample.main(tmp_path)
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == {
        file.name: file.read_bytes() for file in DATA.iterdir()
    }


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"order": "1"}, "bad order"),
        ({"placed": "03/02/2026"}, "bad placed"),
        ({"product": ""}, "bad product"),
        ({"quantity": "0"}, "bad quantity"),
        ({"quantity": "two"}, "bad quantity"),
        ({"price": "-1"}, "bad price"),
        ({"customer": "C-9"}, "unknown customer"),
        ({"quantity": "0", "price": "x"}, "bad quantity; bad price"),
    ],
)
def test_it_says_what_is_wrong_with_a_row(change: dict[str, str], fault: str) -> None:
    row = GOOD | change
    assert validate.sorted_out([row], ["C-1"]) == ([], [{**row, "faults": fault}])


def test_it_keeps_good_rows_and_each_order_once() -> None:
    other = GOOD | {"order": "O-2"}
    clean, rejected = validate.sorted_out([GOOD, other, GOOD], ["C-1"])
    assert clean == [GOOD, other]
    assert [row["faults"] for row in rejected] == ["order seen before"]
    assert "<td>order seen before<td>1" in validate.page(3, rejected)


@pytest.mark.parametrize(("bad", "opens"), [("0.05", True), ("0.0501", False)])
def test_the_gate_opens_up_to_the_limit(bad: str, opens: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["gate", bad, "--limit", "0.05"])
    if opens:
        gate.main()
        return
    with pytest.raises(SystemExit, match=r"5\.01% of the rows are bad, and 5\.00% are allowed"):
        gate.main()


def test_the_days_sum_up_to_the_month(tmp_path: Path) -> None:
    customers, clean = tmp_path / "customers.csv", tmp_path / "clean.csv"
    known = {"customer": "C-1", "country": "AT", "segment": "private"}
    tables.write(customers, known, [known])
    tables.write(clean, tables.ORDER, [GOOD | {"placed": "2026-02-02T00:00:00Z"}, GOOD, GOOD])
    days = split.by_day(clean, tmp_path / "parts")
    assert days == ["2026-02-01", "2026-02-02"]
    paths = [tmp_path / f"{each}.csv" for each in days]
    revenues = [day.totals(tmp_path / "parts", customers, each, path) for each, path in zip(days, paths, strict=True)]
    assert revenues == [38.0, 19.0]
    assert month.join(paths, revenues, days, tmp_path / "table", tmp_path / "chart", tmp_path / "metrics") == 57.0
    told = json.loads((tmp_path / "metrics").read_text())
    assert told == {"revenue": 57.0, "orders": 3, "days": 2, "best_day": "2026-02-01"}
    summed = export.summed(tables.read(tmp_path / "table"), "country")
    assert summed == [{"country": "AT", "orders": 3, "revenue": 57.0}]


def test_a_release_is_named_by_what_is_in_it(tmp_path: Path) -> None:
    paths = [tmp_path / name for name in publish.NAMES]
    for path in paths:
        path.write_text(path.name)
    version = publish.bundle(paths, 57.0, 3, tmp_path / "one")
    assert publish.bundle(paths, 57.0, 3, tmp_path / "two") == version
    assert sorted(file.name for file in (tmp_path / "one").iterdir()) == [*publish.NAMES, "manifest.json"]
    paths[0].write_text("other")
    assert publish.bundle(paths, 57.0, 3, tmp_path / "three") != version


def test_an_alert_says_why(tmp_path: Path) -> None:
    alert.message(0.1, 0.05, tmp_path / "message")
    assert "10.00% of the rows are bad" in json.loads((tmp_path / "message").read_text())["text"]
    alert.message(0.0, 0.05, tmp_path / "message")
    assert "log" in json.loads((tmp_path / "message").read_text())["text"]
