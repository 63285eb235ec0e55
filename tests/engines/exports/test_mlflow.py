"""What is exported to MLflow, as its own client reads it from its own server."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from tests.engines import environment
from tests.engines.exports.conftest import HIDDEN, Ran

READER = Path(__file__).with_name("mlflow_reader.py")


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server with a store that is made by it."""
    folder, port = tmp_path_factory.mktemp("mlflow"), free_port()
    command = [str(environment.interpreter("capture")), "-m", "mlflow", "server", "--workers", "1", "--port", str(port)]
    store = ["--backend-store-uri", f"sqlite:///{folder}/mlflow.db", "--artifacts-destination", str(folder)]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen([*command, *store], cwd=folder, stdout=log, stderr=log, start_new_session=True)
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_for(f"{address}/health", process)
        yield address
    finally:
        os.killpg(process.pid, 15)
        process.wait()


def _wait_for(address: str, process: subprocess.Popen[bytes]) -> None:
    for _ in range(1600):
        assert process.poll() is None, "the server ended"
        try:
            with urlopen(address, timeout=5):
                return
        except (URLError, OSError):
            time.sleep(0.25)
    raise AssertionError("the server does not answer")


def runs(server: str) -> dict[str, dict[str, Any]]:
    python = environment.interpreter("capture")
    done = subprocess.run([python, READER, server], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert len({each["name"] for each in found}) == len(found), "something is there twice"
    return {each["name"].partition(" 0")[0]: each for each in found}


def test_its_own_client_reads_the_run(ran: Ran, server: str) -> None:
    told = ran.pipeglot("export", "--to", "mlflow", MLFLOW_TRACKING_URI=server)
    assert "7 runs in the experiment `churn`, 7 of them new" in told
    assert "the ends of 1 params" in told
    found = runs(server)
    above = {name: each["above"] for name, each in found.items()}
    churn, train = found["churn"]["id"], found["train"]["id"]
    assert above == {
        "churn": None,
        "extract": churn,
        "train": churn,
        "train[0]": train,
        "train[1]": train,
        "again": churn,
        "again #2": churn,
    }
    assert found["churn"]["params"] == {"rows": "10", "long": "x" * 6000}
    assert {name: each["status"] for name, each in found.items() if each["status"] != "FINISHED"} == {
        "churn": "FAILED",
        "again": "FAILED",
        "again #2": "FAILED",
    }
    one = found["train[1]"]
    assert one["params"] == {"region": "us"}
    assert one["metrics"] == {
        "loss": [[0, "0.0"], [1, "0.1"], [2, "0.2"]],
        "bad": [[0, "nan"]],
        "auc_40_5": [[2, "0.5"]],
    }
    recorded = json.loads(ran.pipeglot("show", "--format", "json"))
    (raw,) = (each["attempts"][0]["outputs"]["raw"] for each in recorded["steps"] if each["step"] == "extract")
    assert one["datasets"] == [["extract.raw", raw["digest"]["sha256"][:36]]]
    artifact = json.loads(found["extract"]["tags"]["pipeglot.artifact.raw"])
    assert artifact == {name: raw[name] for name in artifact}
    assert found["extract"]["tags"]["owner"] == "me"
    assert HIDDEN not in json.dumps(found)

    again = ran.pipeglot("export", "--to", "mlflow", MLFLOW_TRACKING_URI=server)
    assert "7 runs in the experiment `churn`, 0 of them new" in again
    assert runs(server) == found
