"""What real libraries say while they run unchanged, in environments of their own, on the local engine."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from tests.engines import environment
from tests.local.runs import run

SKLEARN = """
import mlflow
import numpy
from sklearn.linear_model import LogisticRegression

mlflow.autolog()
mlflow.set_experiment("churn")
x = numpy.random.RandomState(0).rand(60, 3)
y = (x[:, 0] > 0.5).astype(int)
with mlflow.start_run() as run:
    LogisticRegression(C=2.0).fit(x, y)
    for at in range(5):
        mlflow.log_metric("loss", 1 / (at + 1), step=at)
    mlflow.log_metrics({"diverged": float("nan"), "far": float("-inf")})
    mlflow.set_tag("who", "me")
    mlflow.log_text("hello", "notes/a.txt")
    mlflow.log_text("", "notes/empty")
    assert mlflow.artifacts.load_text(mlflow.get_artifact_uri("notes/a.txt")) == "hello"
    with mlflow.start_run(nested=True, run_name="fold1"):
        mlflow.log_metric("loss", 7)
    assert mlflow.MlflowClient().get_run(run.info.run_id).data.metrics["loss"] == 0.2
"""
MANY = """
from mlflow import MlflowClient
from mlflow.entities import Metric
import os

client, run = MlflowClient(), os.environ["MLFLOW_RUN_ID"]
for begin in range(0, 100_000, 1000):
    client.log_batch(run, metrics=[Metric("loss", float(at), 1, at) for at in range(begin, begin + 1000)])
"""
WRITER = """
import os
from tensorboardX import SummaryWriter

for folder in (os.environ["PIPEGLOT_OUTPUT_BOARD"], "logs/train"):
    with SummaryWriter(folder) as writer:
        for at in range(50):
            writer.add_scalar("loss/all", 1 / (at + 1), at)
        writer.add_text("note", "no scalar")
"""
KERAS = """
import json
import os

import keras
import numpy

keras.utils.set_random_seed(0)
x = numpy.random.RandomState(0).rand(64, 3)
y = (x[:, 0] > 0.5).astype(int)
model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1, activation="sigmoid")])
model.compile("sgd", "binary_crossentropy", metrics=["accuracy"])
board = keras.callbacks.TensorBoard(os.environ["PIPEGLOT_OUTPUT_BOARD"], histogram_freq=1, update_freq=1)
history = model.fit(x, y, validation_split=0.25, epochs=4, batch_size=16, verbose=0, callbacks=[board])
with open(os.environ["PIPEGLOT_OUTPUT_TOLD"], "w") as file:
    json.dump(history.history, file)
"""
WANDB = """
import wandb

with wandb.init(project="churn", config={"lr": 0.1, "opt": {"name": "adam"}}) as run:
    for at in range(40):
        run.log({"loss": 1 / (at + 1), "deep": {"er": at}, "picture": "x" * 3000})
    run.summary["best"] = 0.25
"""


@pytest.fixture(scope="module", params=["capture", "capture@2"])
def mlflow(request: pytest.FixtureRequest) -> str:
    """A Python with MLflow 3, and one with MLflow 2."""
    return interpreter(request.param)


@pytest.fixture(scope="module")
def python() -> str:
    return interpreter("capture")


def interpreter(name: str) -> str:
    try:
        return str(environment.interpreter(name))
    except environment.CannotInstall as fault:
        pytest.skip(f"the libraries cannot be installed here: {str(fault).splitlines()[-1]}")


class Captured:
    """The events of one step, `train`."""

    def __init__(self, folder: Path, python: str, script: str, of: str, output: str = "") -> None:
        outputs = f", outputs: {{{output}}}" if output else ""
        spec = f"records: {{capture: [{of}]}}\nsteps:\n  train: {{run: [{python}, train.py]{outputs}}}\n"
        (folder / "train.py").write_text(script)
        self.ran = run(folder, spec, environ={"PATH": os.environ["PATH"]})
        self.words = self.ran.words()["train"]
        self.log = self.ran.log("train.1")
        (record,) = folder.rglob("train.1.jsonl")
        self.events: list[dict[str, Any]] = [json.loads(line) for line in record.read_text().splitlines()]

    def of(self, kind: str) -> list[dict[str, Any]]:
        return [event for event in self.events if event["event"] == kind]

    def told(self, kind: str) -> dict[str, Any]:
        return {event["name"]: event.get("value") for event in self.of(kind)}

    def series(self, name: str) -> list[tuple[Any, Any]]:
        return [(event["value"], event.get("at")) for event in self.of("metric") if event["name"] == name]


def test_autologging_is_heard(tmp_path: Path, mlflow: str) -> None:
    output = "kept: {artifact: directory, format: mlflow}"
    found = Captured(tmp_path, mlflow, SKLEARN, "mlflow", output)
    assert found.words == "succeeded", found.log
    assert found.told("param")["C"] == "2.0"
    assert found.series("loss") == [(1 / (at + 1), at) for at in range(5)]
    assert (found.told("metric")["diverged"], found.told("metric")["far"]) == ("NaN", "-Infinity")
    assert found.told("metric")["training_accuracy_score"] > 0.5
    assert found.series("fold1/loss") == [(7.0, 0)]
    assert found.told("tag")["who"] == "me"
    assert not found.of("note")
    (kept,) = (path for path in tmp_path.rglob("kept.mlflow") if path.is_dir())
    files = {path.relative_to(kept).as_posix() for path in kept.rglob("*") if path.is_file()}
    assert {"notes/a.txt", "notes/empty", "model/MLmodel", "model/model.pkl"} <= files
    uploaded = {event["value"]["path"] for event in found.of("captured") if event["name"] == "mlflow.artifact"}
    assert uploaded == files


def test_of_100000_metrics_all_are_there(tmp_path: Path, mlflow: str) -> None:
    found = Captured(tmp_path, mlflow, MANY, "mlflow")
    assert found.words == "succeeded", found.log
    assert found.series("loss") == [(float(at), at) for at in range(100_000)]


def test_scalars_of_a_writer_for_tensorboard_are_metrics(tmp_path: Path, python: str) -> None:
    found = Captured(tmp_path, python, WRITER, "tensorboard", "board: {artifact: directory, format: tensorboard}")
    assert found.words == "succeeded", found.log
    for name in ("loss/all", "train/loss/all"):
        assert [at for _, at in found.series(name)] == list(range(50))
        assert found.series(name)[3][0] == pytest.approx(0.25)
    assert not found.of("note")


def test_what_keras_writes_for_tensorboard_is_what_it_says_itself(tmp_path: Path) -> None:
    outputs = "board: {artifact: directory, format: tensorboard}, told: {type: dict}"
    found = Captured(tmp_path, interpreter("capture@keras"), KERAS, "tensorboard", outputs)
    assert found.words == "succeeded", found.log
    (told,) = (event["value"] for event in found.of("output") if event["name"] == "told")
    for name, series in (("train/epoch_loss", "loss"), ("validation/epoch_accuracy", "val_accuracy")):
        values, places = zip(*found.series(name), strict=True)
        assert places == (0, 1, 2, 3)
        assert values == pytest.approx(told[series], rel=1e-6)
    assert len(found.series("train/batch_loss")) == 12
    assert not found.of("note")


def test_a_run_of_wandb_that_is_offline_is_read(tmp_path: Path, python: str) -> None:
    found = Captured(tmp_path, python, WANDB, "wandb")
    assert found.words == "succeeded", found.log
    assert found.told("param") == {"lr": 0.1, "opt": {"name": "adam"}}
    assert found.series("loss") == [(1 / (at + 1), at) for at in range(40)]
    assert found.series("deep.er") == [(at, at) for at in range(40)]
    assert found.series("best") == [(0.25, None)]
    assert found.told("captured")["wandb.summary"]["best"] == 0.25
    assert not found.of("note")


def test_what_surrounds_a_step_is_told_by_its_own_python(tmp_path: Path, python: str) -> None:
    found = Captured(tmp_path, python, "print(1)", "python, packages, resources")
    packages = found.told("captured")["packages"]
    assert packages["mlflow"].startswith("3.")
    assert "scikit-learn" in packages
    assert found.told("captured")["python"]["executable"] == python
