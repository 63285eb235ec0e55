"""What CONTRIBUTING says a target is made of, is what the example is made of."""

from __future__ import annotations

import re
from pathlib import Path

from tests.strangers.distributions import EXAMPLE

CONTRIBUTING = Path(__file__).parents[2] / "CONTRIBUTING.md"


def test_it_names_each_file_of_the_example_and_no_other() -> None:
    (recipe,) = re.findall(r"^## Add a target\n(.*?)^## ", CONTRIBUTING.read_text("utf-8"), re.DOTALL | re.MULTILINE)
    named = re.findall(r"^\| `(.*?)` \|", recipe, re.MULTILINE)
    there = (path.relative_to(EXAMPLE) for path in EXAMPLE.rglob("*") if path.is_file())
    assert sorted(named) == sorted(str(path) for path in there if "__pycache__" not in path.parts)
