"""What the DAG file tells every sidecar: the engine, the folders, the interpreter."""

from __future__ import annotations

from typing import Final

from pipeglot.ir import Pipeline
from pipeglot_backends.airflow.emit.python_text import Name, Node, text
from pipeglot_backends.airflow.settings import Settings
from pipeglot_backends.emit import sinks
from pipeglot_backends.emit.places import CACHE, kept_work, local_path, store, told_of_work
from pipeglot_backends.emit.pods import CARRIED, CARRY

WORK = "/tmp/pipeglot"
"""In a pod, where it has room of its own."""
SINK_NAMES: Final = {"sink_token": sinks.TOKEN, "sink_secret": sinks.SECRET.name, "sink_key": sinks.SECRET.key}
"""For the template."""


def home(pipeline: Pipeline) -> str:
    """The folder beside the DAG file that holds the sidecar and the step table."""
    return f"{pipeline.name}.pipeglot"


def instance(pipeline: Pipeline, settings: Settings) -> str:
    """Names the Airflow and its DAG: run ids are unique within one DAG."""
    return f"{settings.url or 'airflow'}/{pipeline.name}"


def variables(pipeline: Pipeline, settings: Settings) -> dict[str, Node]:
    """The environment that is the same for all tasks, as constants or expressions."""
    given: dict[str, Node] = {
        "PIPEGLOT_ENGINE": "airflow",
        "PIPEGLOT_INSTANCE": instance(pipeline, settings),
        **sinks.variables(pipeline),
        **(_in_a_pod(pipeline) if settings.operator == "kubernetes" else _on_the_worker(pipeline, settings)),
    }
    if pipeline.records.fail:
        given["PIPEGLOT_RECORD_ON_FAILURE"] = "fail"
    if settings.python:
        given["PIPEGLOT_PYTHON"] = settings.python
    return given


def bringing(pipeline: Pipeline, settings: Settings) -> dict[str, Node]:
    """For Docker: the container before the one of a step, whose image may have no Python for the sidecar."""
    if settings.operator != "docker" or not pipeline.python:
        return {}
    begin, carry = CARRY[:2], CARRY[2:]
    before: Node = {"image": pipeline.python, "entrypoint": [*begin], "command": [*carry]}
    return {"PYTHON": [*CARRIED], "BRINGING": before}


def _on_the_worker(pipeline: Pipeline, settings: Settings) -> dict[str, Node]:
    folders: dict[str, Node] = {
        "PIPEGLOT_ARTIFACTS": store(pipeline) or _folder(pipeline.artifacts, "HOME", "artifacts"),
        "PIPEGLOT_RECORD": _folder(pipeline.records.sink, "HOME", "records"),
    }
    if any(step.cache for step in pipeline.steps):
        place = kept_work(pipeline)
        is_stored = place is not None and local_path(place) is None
        folders[CACHE] = place if is_stored else _folder(place, "HOME", "artifacts")
    if settings.operator == "bash":
        folders["PIPEGLOT_CODE"] = _folder(settings.code, "HOME.parent", None)
    return folders


def _in_a_pod(pipeline: Pipeline) -> dict[str, Node]:
    """Its record goes to a folder where one is named, else into the log of the task."""
    places: dict[str, Node] = {"PIPEGLOT_WORK": f"{WORK}/work", "PIPEGLOT_RESULT_FILE": "/airflow/xcom/return.json"}
    places |= told_of_work(pipeline)
    if artifacts := pipeline.artifacts and (store(pipeline) or local_path(pipeline.artifacts)):
        places["PIPEGLOT_ARTIFACTS"] = artifacts
    if sink := pipeline.records.sink and local_path(pipeline.records.sink):
        return {**places, "PIPEGLOT_RECORD": sink}
    return {**places, "PIPEGLOT_RECORD_FILE": f"{WORK}/record.jsonl", "PIPEGLOT_RECORD_LOG": "1"}


def _folder(given: str | None, parent: str, default: str | None) -> Name:
    """A folder as an expression: as given, beside the DAG file where relative, else under `parent`."""
    path = given and local_path(given)
    if path:
        return Name(f"str(HOME.parent / {text(path)})" if not path.startswith("/") else text(path))
    return Name(f"str({parent} / {text(default)})" if default else f"str({parent})")
