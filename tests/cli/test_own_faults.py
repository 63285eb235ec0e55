"""That a test which meets PG901 would fail, however it runs the command."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from pipeglot.cli.main import BUG, main
from pipeglot.driver import compiling

BROKEN = """\
import sys
from pipeglot.cli import main
from pipeglot.driver import compiling
compiling.validate = None
sys.exit(main.main(["validate", "--format", sys.argv[1]]))
"""


def test_it_is_seen_in_this_process(own_faults: list[str], monkeypatch: pytest.MonkeyPatch, good: Path) -> None:
    monkeypatch.setattr(compiling, "validate", None)
    assert main(["validate", str(good)]) == BUG
    assert ["TypeError" in each for each in own_faults] == [True]
    own_faults.clear()


@pytest.mark.parametrize("form", ["text", "concise", "json", "github"])
def test_it_is_seen_in_a_process(form: str, own_faults: list[str], good: Path) -> None:
    command = [sys.executable, "-c", BROKEN, form]
    done = subprocess.run(command, cwd=good.parent, capture_output=True, text=True, check=False)
    assert done.returncode == BUG
    assert ["TypeError" in each for each in own_faults] == [True]
    own_faults.clear()


def test_what_is_right_is_none(own_faults: list[str], good: Path) -> None:
    command = [sys.executable, "-m", "pipeglot", "explain", "PG901"]
    subprocess.run(command, cwd=good.parent, capture_output=True, check=True)
    assert own_faults == []
