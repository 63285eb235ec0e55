"""How a run ended is told, by a run of the local engine to a real receiver; the run's own result stays what it is."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.local.runs import run
from tests.receiver import HIDDEN, Receiver

SPEC = """
params: {code: {type: int, default: 0}}
steps: {a: {run: [sh, -c, "exit $1", sh, "${{ params.code }}"]}}
notify: {webhook: {secret: alerts, key: url}, message: "${{ run.status }} ${{ json(run.failed_steps) }}", format: slack}
"""


@pytest.mark.parametrize(("code", "answer", "delivered"), [(3, 200, True), (3, 404, False), (0, 200, None)])
def test_it_tells_of_the_runs_it_is_for(tmp_path: Path, code: int, answer: int, delivered: bool | None) -> None:
    with Receiver([answer]).serve() as receiver:
        ran = run(tmp_path, SPEC, {"code": code}, environ={"PIPEGLOT_SECRET_ALERTS_URL": receiver.url})
    told = ran.steps["notify"]
    assert ran.record["run"] == ("failed" if code else "succeeded")
    assert [body for _, _, body in receiver.got] == ([b'{"text": "failed [\\"a\\"]"}'] if code else [])
    assert told.get("reason") == (None if code else "condition-false")
    assert told["outputs"] == ({"delivered": {"value": delivered}} if code else {})
    assert all(HIDDEN.encode() not in path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
