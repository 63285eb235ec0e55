"""How often each style was right."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tickets import lines


def right(row: dict[str, Any]) -> bool:
    """Models like to add a full stop or a capital; what they mean counts."""
    return bool(row["answer"].strip().strip(".").lower() == row["label"])


def compare(answers: list[Path], words: list[int], scores: Path) -> dict[str, Any]:
    """Write the accuracy of each style; the best one, the first of equals, and its accuracy."""
    rows = [row for path in answers for row in lines.read(path)]
    styles = list(dict.fromkeys(row["style"] for row in rows))
    found = {style: _accuracy([row for row in rows if row["style"] == style]) for style in styles}
    best = max(styles, key=lambda style: found[style])
    told = {"accuracy": found, "prompts": len(rows), "words": sum(words)}
    scores.write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")
    print(found)
    return {"best": best, "accuracy": found[best]}


def _accuracy(rows: list[dict[str, Any]]) -> float:
    return round(sum(map(right, rows)) / len(rows), 6)
