"""What a command loads: no target's SDK, and nothing heavy before it is needed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

SDKS = {"airflow", "airflow_client", "argo_workflows", "kubernetes", "hera", "kfp", "google", "fsspec", "s3fs"}
HEAVY = {"sqlalchemy", "jinja2", "ruamel", "pydantic", "asyncio", "importlib.metadata", "urllib.request", "http"}
STORE = {"sqlalchemy", "asyncio", "importlib.metadata"}

MAY = {
    ("--version",): set[str](),
    ("--help",): set[str](),
    ("explain", "PG203"): set[str](),
    ("schema",): {"importlib.metadata"},
    ("validate",): set[str](),
    ("compile", "--target", "argo"): set[str](),
    ("compile", "--target", "airflow"): {"jinja2", "asyncio"},
    ("plan", "--target", "local"): set[str](),
    ("run",): STORE,
    ("show",): STORE,
    ("runs",): STORE,
}

SCRIPT = """
import sys
from pipeglot.cli.main import main
try:
    main(sys.argv[1:])
except SystemExit:
    pass
print("\\nLOADED", " ".join(sorted(sys.modules)))
"""


@pytest.mark.parametrize("arguments", MAY, ids=" ".join)
def test_it_loads_no_more_than_it_needs(arguments: tuple[str, ...], good: Path) -> None:
    good.write_text(good.read_text("utf-8").replace("    run:", "    image: x\n    run:"), "utf-8")
    ran = subprocess.run(
        [sys.executable, "-c", SCRIPT, *arguments], cwd=good.parent, capture_output=True, text=True, check=True
    )
    loaded = set(ran.stdout.rpartition("LOADED ")[2].split())
    assert "argparse" in loaded, "the list is there"
    assert not {sdk for sdk in SDKS if sdk in loaded}
    assert not {module for module in HEAVY - MAY[arguments] if module in loaded}
