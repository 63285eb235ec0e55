"""What Airflow with Bash operators cannot do, and what it does in another way than natively."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pipeglot.ir import Origin, Pipeline, Secret
from pipeglot_backends.airflow.operators import ONLY_DOUBLES
from pipeglot_backends.airflow.settings import local_path
from pipeglot_backends.protocol import Limit

LOWERING = "https://airflow.apache.org/docs/apache-airflow/stable/core-concepts/"


def artifacts_in_an_object_store(pipeline: Pipeline) -> Iterable[Origin]:
    if pipeline.artifacts is not None and local_path(pipeline.artifacts) is None:
        yield pipeline.origin


def records_sent_over_http(pipeline: Pipeline) -> Iterable[Origin]:
    if pipeline.records.sink is not None and local_path(pipeline.records.sink) is None:
        yield pipeline.origin


def fan_out_in_on_exit(pipeline: Pipeline) -> Iterator[Origin]:
    return (step.fan_out.origin for step in pipeline.on_exit if step.fan_out)


def backoff_other_than_two(pipeline: Pipeline) -> Iterator[Origin]:
    steps = (*pipeline.steps, *pipeline.on_exit)
    return (step.retry.origin for step in steps if step.retry and step.retry.backoff not in (1, 2))


def image(pipeline: Pipeline) -> Iterator[Origin]:
    return (step.origin for step in (*pipeline.steps, *pipeline.on_exit) if step.image)


def workdir(pipeline: Pipeline) -> Iterator[Origin]:
    return (step.origin for step in (*pipeline.steps, *pipeline.on_exit) if step.workdir)


def resources(pipeline: Pipeline) -> Iterator[Origin]:
    return (step.resources.origin for step in (*pipeline.steps, *pipeline.on_exit) if step.resources)


def secrets(pipeline: Pipeline) -> Iterator[Origin]:
    steps = (*pipeline.steps, *pipeline.on_exit)
    return (step.origin for step in steps if any(isinstance(value, Secret) for value in step.env.values()))


def sensitive_param(pipeline: Pipeline) -> Iterator[Origin]:
    return (param.origin for param in pipeline.params if param.sensitive)


def fan_out(pipeline: Pipeline) -> Iterator[Origin]:
    return (step.fan_out.origin for step in (*pipeline.steps, *pipeline.on_exit) if step.fan_out)


CANNOT: tuple[Limit, ...] = (
    Limit(
        artifacts_in_an_object_store,
        "artifacts of Bash operators lie in a folder that all workers share, and the sidecar opens no connection",
        "docs/internals/runtime.md, section 5",
    ),
    Limit(
        records_sent_over_http,
        "the sidecar of a Bash operator writes its record to a folder; name a path or a `file://` URL",
        "docs/internals/runtime.md, section 5",
    ),
    Limit(
        backoff_other_than_two,
        "before Airflow 3.2 the delay between retries either stays or doubles",
        "https://airflow.apache.org/docs/apache-airflow/3.1.8/core-concepts/tasks.html",
        versions=ONLY_DOUBLES,
    ),
)
EMULATES: tuple[Limit, ...] = (
    Limit(fan_out, "a task of its own lists the items: Airflow maps over return values only", "case fan_out"),
    Limit(image, "ignored: a Bash operator runs in the worker's own environment", LOWERING + "operators.html"),
    Limit(workdir, "ignored: the command starts in the folder of `airflow.code`", LOWERING + "operators.html"),
    Limit(resources, "not enforced: a Bash operator shares its worker with others", LOWERING + "operators.html"),
    Limit(secrets, "taken from the worker's environment, as `PIPEGLOT_SECRET_<NAME>_<KEY>`", "case secrets"),
    Limit(sensitive_param, "shown in the run's configuration on Airflow's own pages", LOWERING + "params.html"),
)
