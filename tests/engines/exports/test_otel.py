"""What is exported to OpenTelemetry, read by its own messages."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

from tests.engines import environment
from tests.engines.exports.conftest import HIDDEN, Ran

JUDGE = Path(__file__).with_name("otel_judge.py")
OK, ERROR = 1, 2


def test_its_own_messages_read_the_trace(ran: Ran) -> None:
    ran.pipeglot("export", "--to", "otel", "-o", "trace.json")
    written = ran.folder / "trace.json"
    assert HIDDEN not in written.read_text()
    command = [str(environment.interpreter("exports")), str(JUDGE), str(written)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["lengths"] == [[16, 8]]
    names = [["extract", OK], ["train[0]", OK], ["train[1]", OK], ["again", ERROR], ["again", ERROR]]
    assert found["spans"] == [["churn", ERROR], *names]
