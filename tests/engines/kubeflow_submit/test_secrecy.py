"""What Kubeflow is sent holds a sensitive value among the parameters of the run, and nothing that is kept has it."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.engines.kubeflow_submit.server import TOKEN, Kubeflow
from tests.engines.kubeflow_submit.test_collect import KEYS
from tests.engines.kubeflow_submit.test_collect import bucket as bucket
from tests.engines.kubeflow_submit.test_collect import store as store
from tests.secrecy.canary import PARAMS, QUOTING, RUN, leaks, pipeglot, seen_in, sent, written_there
from tests.secrecy.requests import carried


@pytest.mark.usefixtures("bucket")
@pytest.mark.parametrize("message", ["", QUOTING])
def test_one_field_carries_it_and_nothing_keeps_it(
    message: str, server: Kubeflow, store: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name, value in {**KEYS, "AWS_ENDPOINT_URL": store, "KFP_EXISTING_TOKEN": TOKEN}.items():
        monkeypatch.setenv(name, value)
    written_there(tmp_path, f"kubeflow: {{host: '{server.url}'}}")

    def ended() -> None:
        (run,) = server.runs.values()
        task = {"task_id": "t", "display_name": "tell", "state": "FAILED", "error": {"code": 1, "message": message}}
        driver = {"task_id": "d", "display_name": "tell-driver"}
        details = {"run_details": {"task_details": [task, driver]}, "error": {"code": 1, "message": message}}
        run |= {"state": "FAILED", **details} if message else {}

    told = sent("kubeflow", ended)
    assert carried(server.requests) == {f"POST runtime_config.parameters.{name}" for name in PARAMS}
    pointed = pipeglot("logs", RUN, "tell")
    assert (pointed.code, f"{server.url}/#/runs/details/" in pointed.said.decode()) == (4, True), (
        "its page has the logs"
    )
    assert not [found for done in told if (found := seen_in(done.said))]
    assert not leaks(tmp_path, "given.json")
