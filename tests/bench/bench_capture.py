"""100,000 metrics of a step that logs to MLflow, taken by the sidecar, beside a real MLflow server given the same.

By hand: `python FILE`. Needs the environment that the tests of `tests/engines/capture` make.
"""

from __future__ import annotations

import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[2])]

from tests.engines.environment import CannotInstall, interpreter  # noqa: E402
from tests.sidecar.stage import Stage, argv  # noqa: E402

from pipeglot_sidecar.bundle import CAPTURE  # noqa: E402  (a benchmark runs as a script)

ROUNDS = 2
POINTS = 100_000
LOGS = f"""
import os, time
from mlflow import MlflowClient
from mlflow.entities import Metric

client = MlflowClient()
run = os.environ.get("MLFLOW_RUN_ID") or client.create_run("0").info.run_id
client.get_run(run)
began = time.perf_counter()
for begin in range(0, {POINTS}, 1000):
    client.log_batch(run, metrics=[Metric("loss", float(at), 1, at) for at in range(begin, begin + 1000)])
print("batches", time.perf_counter() - began)
began = time.perf_counter()
for at in range(1000):
    client.log_metric(run, "one", float(at), step=at)
print("single", time.perf_counter() - began)
"""


def told(text: str) -> dict[str, float]:
    lines = (line.split() for line in text.splitlines())
    return {words[0]: float(words[1]) for words in lines if words and words[0] in ("batches", "single")}


def by_the_sidecar(python: str) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as folder:
        stage = Stage(Path(folder), sys.executable).step(argv(python, "-c", LOGS))
        stage.table["capture"] = {"of": ["mlflow"], "program": [CAPTURE.read_text("utf-8").split()[1]]}
        process = stage.start()
        out, err = process.communicate()
        assert process.returncode == 0, err
        (record,) = Path(folder).rglob("s.1.jsonl")
        assert record.read_text("utf-8").count('"event":"metric"') == POINTS + 1000
        return told(out)


@contextmanager
def server(python: str, folder: Path) -> Generator[str]:
    """One as MLflow's documentation starts it, with SQLite."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port = held.getsockname()[1]
    command = [python, "-m", "mlflow", "server", "--port", str(port), "--workers", "1"]
    command += [
        "--backend-store-uri",
        f"sqlite:///{folder}/mlflow.db",
        "--artifacts-destination",
        str(folder / "files"),
    ]
    nowhere = subprocess.DEVNULL
    process = subprocess.Popen(command, start_new_session=True, stdout=nowhere, stderr=nowhere)
    try:
        until = time.monotonic() + 120
        while True:
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/health").close()
                break
            except OSError:
                assert time.monotonic() < until, "the server of MLflow does not come up"
                time.sleep(0.2)
        yield f"http://127.0.0.1:{port}"
    finally:
        os.killpg(process.pid, 15)
        process.wait()


def by_mlflow(python: str, url: str) -> dict[str, float]:
    environ = {**os.environ, "MLFLOW_TRACKING_URI": url}
    done = subprocess.run([python, "-c", LOGS], env=environ, capture_output=True, text=True, check=True)
    return told(done.stdout)


def main() -> None:
    try:
        python = str(interpreter("capture"))
    except CannotInstall as fault:
        print(f"MLflow cannot be installed here: {str(fault).splitlines()[-1]}")
        return
    ours: list[dict[str, float]] = []
    theirs: list[dict[str, float]] = []
    with tempfile.TemporaryDirectory() as folder, server(python, Path(folder)) as url:
        for _ in range(ROUNDS):
            ours.append(by_the_sidecar(python))
            print("sidecar", ours[-1], flush=True)
            theirs.append(by_mlflow(python, url))
            print("MLflow's server", theirs[-1], flush=True)
    for name, what in (("batches", f"{POINTS:,} metrics in batches of 1000"), ("single", "1,000 metrics one by one")):
        mine, other = (statistics.median(each[name] for each in found) for found in (ours, theirs))
        print(f"{what}: sidecar {mine:.2f} s, MLflow's server {other:.2f} s, {other / mine:.1f} times as fast")


if __name__ == "__main__":
    main()
