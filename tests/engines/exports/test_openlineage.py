"""What is exported to OpenLineage, read by its own package."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

from tests.engines import environment
from tests.engines.exports.conftest import HIDDEN, Ran

JUDGE = Path(__file__).with_name("openlineage_judge.py")
FACETS = ["errorMessage", "executionParameters", "jobType", "outputStatistics", "parent", "processing_engine"]


def test_its_own_classes_make_the_same_events(ran: Ran) -> None:
    told = ran.pipeglot("export", "--to", "openlineage", "-o", "events.jsonl")
    assert "left out: sensitive params have no value in the record: key" in told
    written = ran.folder / "events.jsonl"
    assert HIDDEN not in written.read_text()
    python = environment.interpreter("exports")
    done = subprocess.run([python, JUDGE, written], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {"events": 12, "facets": [*FACETS, "symlinks", "tags", "version"]}
