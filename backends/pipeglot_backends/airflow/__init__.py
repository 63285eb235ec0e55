"""Airflow 3: a DAG file, and beside it the sidecar with its step table; for pods, both in a ConfigMap.

Values travel as wire text in XComs, which each task reads by Jinja and hands to the sidecar.
"""

from __future__ import annotations

from functools import partial

from pipeglot.ir import Pipeline
from pipeglot_backends.airflow.emit.dag import added, dag_file
from pipeglot_backends.airflow.emit.environment import home
from pipeglot_backends.airflow.limits import CANNOT, EMULATES, is_carried
from pipeglot_backends.airflow.settings import OPERATORS, read
from pipeglot_backends.airflow.settings import read as check_settings
from pipeglot_backends.emit import carried_retries, config_maps
from pipeglot_backends.features import delivery as deliveries
from pipeglot_backends.features.labels import on_pods
from pipeglot_backends.protocol import EmittedFile, Options

__all__ = [
    "CANNOT",
    "CARRIES_CODE",
    "EMULATES",
    "NAME",
    "OPERATORS",
    "PATCHES",
    "REMOTE",
    "RUN",
    "SCHEDULES",
    "VERSIONS",
    "check_settings",
    "delivery",
    "emit",
    "tasks",
]

NAME = "airflow"
SCHEDULES = True
CARRIES_CODE = True
VERSIONS = ("3.1", "3.2", "3.3")
RUN = ("3.3",)
REMOTE = "pipeglot_backends.airflow.remote"
PATCHES = "pipeglot_backends.airflow.patches"

IGNORED = "sidecar.py\nartifacts\nrecords\n"
"""Patterns that mean the same as globs and as regular expressions, since a site can choose either."""


def emit(pipeline: Pipeline, options: Options) -> tuple[EmittedFile, ...]:
    operator = read(options.settings).operator
    if operator == "kubernetes":
        pipeline = on_pods(pipeline)
    pipeline, options = carried_retries.carrying_retries(
        pipeline, options, partial(is_carried, options.version, operator)
    )
    folder = home(pipeline)
    dag = EmittedFile(f"{pipeline.name}.py", dag_file(pipeline, options))
    if operator == "kubernetes":
        return dag, *config_maps.files(NAME, pipeline, options), *config_maps.code_files(NAME, pipeline, options)
    return (
        dag,
        EmittedFile(f"{folder}/.airflowignore", IGNORED),
        EmittedFile(f"{folder}/sidecar.py", options.sidecar),
        EmittedFile(f"{folder}/steps.json", options.table + "\n"),
        *(EmittedFile(f"{folder}/{config_maps.code_name(digest)}", text) for digest, text in options.code.items()),
    )


def delivery(files: tuple[EmittedFile, ...]) -> str:
    beside = [file.path for file in files if file.path.endswith("/sidecar.py")]
    return f"as a file beside the DAG file, `{beside[0]}`" if beside else deliveries.CONFIG_MAP


def tasks(pipeline: Pipeline, files: tuple[EmittedFile, ...]) -> tuple[tuple[str, str], ...]:
    del files
    return added(pipeline)
