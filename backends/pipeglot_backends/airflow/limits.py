"""What Airflow with Bash operators cannot do, and what it does in another way than natively."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pipeglot.ir import Origin, Pipeline, RetryOn, RunIf, Secret, Step
from pipeglot_backends.airflow.operators import ONLY_DOUBLES
from pipeglot_backends.airflow.settings import local_path
from pipeglot_backends.protocol import Limit

DOCS = "https://airflow.apache.org/docs/apache-airflow/stable"
BASH = "https://airflow.apache.org/docs/apache-airflow-providers-standard/stable/operators/bash.html"


def _steps(pipeline: Pipeline) -> tuple[Step, ...]:
    return (*pipeline.steps, *pipeline.on_exit)


def artifacts_in_an_object_store(pipeline: Pipeline) -> Iterable[Origin]:
    if pipeline.artifacts is not None and local_path(pipeline.artifacts) is None:
        yield pipeline.origin


def records_sent_over_http(pipeline: Pipeline) -> Iterable[Origin]:
    if pipeline.records.sink is not None and local_path(pipeline.records.sink) is None:
        yield pipeline.origin


def backoff_other_than_two(pipeline: Pipeline) -> Iterator[Origin]:
    return (step.retry.origin for step in _steps(pipeline) if step.retry and step.retry.backoff not in (1, 2))


def backoff(pipeline: Pipeline) -> Iterator[Origin]:
    return (step.retry.origin for step in _steps(pipeline) if step.retry and step.retry.backoff != 1)


def some_causes_of_retry(pipeline: Pipeline) -> Iterator[Origin]:
    return (step.retry.origin for step in _steps(pipeline) if step.retry and len(step.retry.on) < len(RetryOn))


def fan_out(pipeline: Pipeline) -> Iterator[Origin]:
    return (step.fan_out.origin for step in _steps(pipeline) if step.fan_out)


def condition(pipeline: Pipeline) -> Iterator[Origin]:
    return (step.origin for step in _steps(pipeline) if step.when)


def run_if(pipeline: Pipeline) -> Iterator[Origin]:
    return (step.origin for step in _steps(pipeline) if step.run_if is not RunIf.SUCCESS)


def on_exit(pipeline: Pipeline) -> Iterator[Origin]:
    return (step.origin for step in pipeline.on_exit)


def timeout(pipeline: Pipeline) -> Iterator[Origin]:
    return (step.origin for step in _steps(pipeline) if step.timeout is not None)


def deadline(pipeline: Pipeline) -> Iterable[Origin]:
    if pipeline.deadline is not None:
        yield pipeline.origin


def fail_fast(pipeline: Pipeline) -> Iterator[Origin]:
    if pipeline.fail_fast:
        yield pipeline.origin
    yield from (step.fan_out.origin for step in _steps(pipeline) if step.fan_out and step.fan_out.fail_fast)


def image(pipeline: Pipeline) -> Iterator[Origin]:
    return (step.origin for step in _steps(pipeline) if step.image)


def workdir(pipeline: Pipeline) -> Iterator[Origin]:
    return (step.origin for step in _steps(pipeline) if step.workdir)


def resources(pipeline: Pipeline) -> Iterator[Origin]:
    return (step.resources.origin for step in _steps(pipeline) if step.resources)


def secrets(pipeline: Pipeline) -> Iterator[Origin]:
    return (step.origin for step in _steps(pipeline) if any(isinstance(each, Secret) for each in step.env.values()))


def sensitive_param(pipeline: Pipeline) -> Iterator[Origin]:
    return (param.origin for param in pipeline.params if param.sensitive)


def sensitive_output(pipeline: Pipeline) -> Iterator[Origin]:
    return (output.origin for step in _steps(pipeline) for output in step.outputs if output.sensitive)


CANNOT = (
    Limit(
        artifacts_in_an_object_store,
        "artifacts of Bash operators lie in a folder that all workers share, and the sidecar opens no connection",
        BASH,
    ),
    Limit(
        records_sent_over_http,
        "the sidecar of a Bash operator writes its record to a folder: name a path or a `file://` URL",
        BASH,
    ),
    Limit(
        backoff_other_than_two,
        "before Airflow 3.2 the delay between retries either stays or doubles",
        "https://airflow.apache.org/docs/apache-airflow/3.1.8/core-concepts/tasks.html",
        versions=ONLY_DOUBLES,
    ),
)
EMULATES = (
    Limit(
        fan_out,
        "a task before it lists the items, since Airflow maps over return values only; "
        "more than 1024 items need a higher `core.max_map_length`",
        f"{DOCS}/authoring-and-scheduling/dynamic-task-mapping.html",
    ),
    Limit(condition, "the task starts, and its sidecar skips the step", "case `when_false`"),
    Limit(run_if, "the task starts once its needs are over, and its sidecar decides", "case `run_if_failure`"),
    Limit(
        on_exit,
        "teardown tasks, and a last task that fails the run when any step failed: "
        "Airflow looks at the last tasks only, and not at teardowns",
        "case `on_exit_fails`",
    ),
    Limit(timeout, "the sidecar stops the command; Airflow's own limit is 15 minutes longer", "case `timeout_kill`"),
    Limit(
        deadline,
        "the sidecar of each step stops its command; Airflow's own limit, which ends `on_exit` too, is an hour longer",
        "case `deadline`",
    ),
    Limit(
        fail_fast,
        "each task looks for failed ones before it starts: Airflow's own would stop what runs",
        f"{DOCS}/core-concepts/dags.html",
    ),
    Limit(backoff, "Airflow draws each delay from once to twice the one asked for", f"{DOCS}/core-concepts/tasks.html"),
    Limit(
        some_causes_of_retry,
        "a failure that is not to be tried again is told to Airflow as final",
        f"{DOCS}/core-concepts/tasks.html",
    ),
    Limit(image, "ignored: a Bash operator runs in the worker's own environment", BASH),
    Limit(workdir, "ignored: the command starts in the folder of `airflow.code`", BASH),
    Limit(resources, "not enforced: a Bash operator shares its worker with others", BASH),
    Limit(secrets, "taken from the worker's environment, as `PIPEGLOT_SECRET_<NAME>_<KEY>`", BASH),
    Limit(sensitive_param, "shown in the run's configuration on Airflow's pages", f"{DOCS}/core-concepts/params.html"),
    Limit(sensitive_output, "shown among the XComs on Airflow's pages", f"{DOCS}/core-concepts/xcoms.html"),
)
