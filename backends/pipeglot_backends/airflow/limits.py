"""What Airflow cannot do, by operator where they differ, and what it does in another way than natively."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pipeglot.ir import Origin, Pipeline, Retry, RetryOn
from pipeglot_backends.airflow.emit.operators import ONLY_DOUBLES
from pipeglot_backends.emit.places import local_path, store
from pipeglot_backends.features import gpus, images, places, pods, schedules, sinks, steps
from pipeglot_backends.features import secrets as secret_variables
from pipeglot_backends.features.delivery import other_than, python_of_another_image, sidecar_without_config_map
from pipeglot_backends.features.labels import TAG, label_longer_than_a_tag, labels
from pipeglot_backends.features.steps import all_steps
from pipeglot_backends.protocol import Limit

DOCS = "https://airflow.apache.org/docs/apache-airflow/stable"
BASH = "https://airflow.apache.org/docs/apache-airflow-providers-standard/stable/operators/bash.html"
PROVIDERS = "https://airflow.apache.org/docs"
DOCKER = f"{PROVIDERS}/apache-airflow-providers-docker/stable/_api/airflow/providers/docker/operators/docker/index.html"
PODS = f"{PROVIDERS}/apache-airflow-providers-cncf-kubernetes/stable/operators.html"
XCOMS = f"{DOCS}/core-concepts/xcoms.html"
IN_CONTAINERS = ("docker", "kubernetes")


def is_carried(version: str, operator: str, retry: Retry) -> bool:
    """Whether the sidecar tries again: before 3.2 a wait stays or doubles, and a pod that is lost leaves nothing by
    which the next try could know of it."""
    odd = version in ONLY_DOUBLES and retry.backoff not in (1, 2)
    return odd or (operator == "kubernetes" and RetryOn.LOST not in retry.on)


def backoff_other_than_two(pipeline: Pipeline) -> Iterator[Origin]:
    return (step.retry.origin for step in all_steps(pipeline) if step.retry and step.retry.backoff not in (1, 2))


def backoff(pipeline: Pipeline) -> Iterator[Origin]:
    return (step.retry.origin for step in all_steps(pipeline) if step.retry and step.retry.backoff != 1)


def fan_out(pipeline: Pipeline) -> Iterator[Origin]:
    return (step.fan_out.origin for step in all_steps(pipeline) if step.fan_out)


def on_exit(pipeline: Pipeline) -> Iterator[Origin]:
    return (step.origin for step in pipeline.on_exit)


def fail_fast(pipeline: Pipeline) -> Iterator[Origin]:
    if pipeline.fail_fast:
        yield pipeline.origin
    yield from (step.fan_out.origin for step in all_steps(pipeline) if step.fan_out and step.fan_out.fail_fast)


def image(pipeline: Pipeline) -> Iterator[Origin]:
    return (step.origin for step in all_steps(pipeline) if step.image)


def workdir(pipeline: Pipeline) -> Iterator[Origin]:
    return (step.origin for step in all_steps(pipeline) if step.workdir)


def resources(pipeline: Pipeline) -> Iterator[Origin]:
    return (step.resources.origin for step in all_steps(pipeline) if step.resources)


def cpu_limit(pipeline: Pipeline) -> Iterator[Origin]:
    return (each.resources.origin for each in all_steps(pipeline) if each.resources and each.resources.limit_cpu)


def memory_limit(pipeline: Pipeline) -> Iterator[Origin]:
    return (each.resources.origin for each in all_steps(pipeline) if each.resources and each.resources.limit_memory)


def folders_that_pods_do_not_share(pipeline: Pipeline) -> Iterator[Origin]:
    if not pipeline.artifacts:
        yield from (output.origin for step in all_steps(pipeline) for output in step.outputs if output.artifact)
    places = [local_path(place) for place in (pipeline.artifacts, pipeline.records.sink) if place]
    if any(place and not place.startswith("/") for place in places) or _is_outside_the_claim(pipeline):
        yield pipeline.origin


def _is_outside_the_claim(pipeline: Pipeline) -> bool:
    place, mounted = local_path(pipeline.records.sink or ""), local_path(pipeline.artifacts or "")
    below = bool(mounted) and f"{place}/".startswith(f"{(mounted or '').rstrip('/')}/")
    return bool(place) and "claim" in pipeline.settings.get("airflow", {}) and not below


def retry_but_not_when_lost(pipeline: Pipeline) -> Iterator[Origin]:
    return (step.retry.origin for step in all_steps(pipeline) if step.retry and RetryOn.LOST not in step.retry.on)


def cpu(pipeline: Pipeline) -> Iterator[Origin]:
    return (step.resources.origin for step in all_steps(pipeline) if step.resources and step.resources.cpu)


def shared_folders(pipeline: Pipeline) -> Iterator[Origin]:
    made = (output.origin for step in all_steps(pipeline) for output in step.outputs if output.artifact)
    return iter(()) if store(pipeline) else made


def record_in_the_log(pipeline: Pipeline) -> Iterable[Origin]:
    if not pipeline.records.sink:
        yield pipeline.origin


def sensitive_value(pipeline: Pipeline) -> Iterator[Origin]:
    yield from steps.sensitive_param(pipeline)
    yield from steps.sensitive_output(pipeline)


def sidecar_by_other_than_a_file(pipeline: Pipeline) -> Iterator[Origin]:
    return other_than(pipeline)


CANNOT = (
    Limit(
        schedules.overlapping_schedule,
        "where too many runs go on, Airflow starts the next one later: it leaves none out, and stops none",
        f"{DOCS}/core-concepts/dag-run.html",
    ),
    images.image_required(DOCKER, operators=IN_CONTAINERS),
    Limit(
        pods.mounted_volumes,
        "Docker mounts no volumes of Kubernetes",
        DOCKER,
        operators=("docker",),
    ),
    Limit(
        steps.gpu_by_a_resource,
        "Docker gives out whole GPUs of its own machine, and knows no resources of Kubernetes",
        "https://docs.docker.com/reference/api/engine/version/v1.47/",
        operators=("docker",),
    ),
    Limit(
        folders_that_pods_do_not_share,
        "pods share what all of them mount and nothing else: a folder by its full path, which every node has, or, "
        "with `airflow: {claim: …}`, that of the artifacts with the records in it",
        "https://kubernetes.io/docs/concepts/storage/volumes/#hostpath",
        operators=("kubernetes",),
        hint="name a place that all pods reach: `artifacts: s3://…`, or `file:///…` of such a folder",
    ),
    places.cached_where_pods_are(("kubernetes",)),
    Limit(
        places.cached_without_code,
        "what is in the folder of the worker is not known when the DAG is written, and is part of what a step does",
        "tests/backends/test_caches.py",
        operators=("bash",),
        hint="write `code: {source: .}`: it is packed, and its hash is in the key",
    ),
    Limit(
        places.cached_in_an_object_store,
        "the container sees folders alone, and asks for kept work by itself",
        "tests/backends/test_caches.py",
        operators=("docker",),
        hint="write `cache: {store: FOLDER}` in the profile",
    ),
)

EMULATES = (
    Limit(
        python_of_another_image,
        "each task first starts a container of that image, which leaves its Python in a folder beside the record",
        "tests/engines/airflow_docker/test_meaning.py",
        operators=("docker",),
    ),
    sinks.sent_from_pods(operators=("kubernetes",)),
    Limit(
        sinks.records_to_a_server,
        sinks.SENT_FROM_WORKERS,
        sinks.EVIDENCE,
        operators=("bash", "docker"),
    ),
    secret_variables.told_apart(BASH, operators=("bash", "docker")),
    Limit(
        backoff_other_than_two,
        "the sidecar tries again, in the same task: before Airflow 3.2 the delay between retries stays or doubles",
        "https://airflow.apache.org/docs/apache-airflow/3.1.8/core-concepts/tasks.html",
        versions=ONLY_DOUBLES,
    ),
    places.opened_by_the_sidecar("the worker's own Python", ("bash", "docker")),
    places.opened_by_the_sidecar(
        "the Python of the image, or of the one that `sidecar: {python: …}` names", ("kubernetes",)
    ),
    Limit(
        retry_but_not_when_lost,
        "the sidecar tries again, in the same pod: one that was lost leaves nothing by which the next could know of it",
        XCOMS,
        operators=("kubernetes",),
    ),
    Limit(
        label_longer_than_a_tag,
        f"kept in the record alone: a label is a tag of the DAG, `name=value`, and a tag has at most {TAG} characters",
        f"{DOCS}/howto/add-dag-tags.html",
    ),
    Limit(
        sidecar_without_config_map,
        "comes by the ConfigMap that holds the step table all the same, which all pods of the DAG mount",
        PODS,
        operators=("kubernetes",),
    ),
    Limit(
        sidecar_by_other_than_a_file,
        "comes as a file beside the DAG file all the same",
        BASH,
        operators=("bash", "docker"),
    ),
    gpus.label_of_the_vendor("airflow", "gpu_label", ("kubernetes",)),
    Limit(
        python_of_another_image,
        "ignored: the sidecar runs with the Python of the worker",
        BASH,
        operators=("bash",),
    ),
    Limit(
        pods.what_only_pods_have,
        "ignored: steps are processes of the worker, and see its own folders where volumes would be mounted",
        BASH,
        operators=("bash",),
    ),
    *pods.by_own_names("of the worker", BASH, ("bash", "docker")),
    Limit(
        pods.what_only_pods_have, "ignored: steps are containers of Docker, and not pods", DOCKER, operators=("docker",)
    ),
    Limit(
        schedules.schedule,
        "holds once the DAG is no longer paused; without `catchup` the last run that was missed is made up for",
        f"{DOCS}/authoring-and-scheduling/cron.html",
    ),
    Limit(
        fan_out,
        "a task before it lists the items, since Airflow maps over return values only; "
        "more than 1024 items need a higher `core.max_map_length`",
        f"{DOCS}/authoring-and-scheduling/dynamic-task-mapping.html",
    ),
    Limit(steps.condition, "the task starts, and its sidecar skips the step", "case `when_false`"),
    Limit(
        steps.allowed_failure,
        "the task is shown as skipped, so that what waits for it starts; its record says that it failed",
        "case `allowed_failure`",
    ),
    Limit(steps.run_if, "the task starts once its needs are over, and its sidecar decides", "case `run_if_failure`"),
    Limit(
        on_exit,
        "teardown tasks, and a last task that fails the run when any step failed: "
        "Airflow looks at the last tasks only, and not at teardowns",
        "case `on_exit_fails`",
    ),
    Limit(
        steps.timeout, "the sidecar stops the command; Airflow's own limit is 15 minutes longer", "case `timeout_kill`"
    ),
    Limit(
        steps.deadline,
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
        steps.some_causes_of_retry,
        "a failure that is not to be tried again is told to Airflow as final",
        f"{DOCS}/core-concepts/tasks.html",
    ),
    Limit(image, "ignored: a Bash operator runs in the worker's own environment", BASH, operators=("bash",)),
    Limit(workdir, "ignored: the command starts in the folder of `airflow.code`", BASH, operators=("bash",)),
    Limit(resources, "not enforced: a Bash operator shares its worker with others", BASH, operators=("bash",)),
    Limit(
        steps.secrets,
        "taken from the worker's environment, as `PIPEGLOT_SECRET_<NAME>_<KEY>`",
        BASH,
        operators=("bash",),
    ),
    Limit(
        steps.secrets,
        "taken from the worker's environment, as `PIPEGLOT_SECRET_<NAME>_<KEY>`; Docker shows them to whoever may "
        "inspect the container",
        "tests/engines/airflow_docker/test_meaning.py",
        operators=("docker",),
    ),
    Limit(
        cpu_limit,
        "not enforced: by Docker a container has a share of the processors, or all that are free",
        DOCKER,
        operators=("docker",),
    ),
    Limit(
        memory_limit,
        "Docker holds the container to the limit, and keeps none of it free for the step",
        DOCKER,
        operators=("docker",),
    ),
    Limit(cpu, "a share, which counts only where containers compete: no limit", DOCKER, operators=("docker",)),
    Limit(
        steps.gpu_type,
        "not looked at: Docker gives out the GPUs of its own machine, of whatever kind; `airflow: {queue: …}` names "
        "the workers that have such",
        "https://docs.docker.com/reference/api/engine/version/v1.47/",
        operators=("docker",),
    ),
    Limit(steps.disk, "not enforced: Docker limits no container's disk", DOCKER, operators=("docker",)),
    Limit(
        shared_folders,
        "folders have the same path for the worker, for Docker's machine and in the container",
        DOCKER,
        operators=("docker",),
    ),
    Limit(
        shared_folders,
        "a folder that every node has under the same path, or the claim that `airflow.claim` names",
        PODS,
        operators=("kubernetes",),
    ),
    Limit(
        record_in_the_log,
        "the record stands at the end of the task's log, where `collect` reads it, and is lost with a pod that is",
        PODS,
        operators=("kubernetes",),
    ),
    Limit(
        sensitive_value,
        "stands in the environment of each pod that reads it, for whoever may read pods",
        "https://kubernetes.io/docs/tasks/inject-data-application/define-environment-variable-container/",
        operators=("kubernetes",),
    ),
    Limit(labels, "tags of the DAG, `name=value`", f"{DOCS}/howto/add-dag-tags.html", operators=("bash", "docker")),
    Limit(
        labels,
        "tags of the DAG, `name=value`; labels of its pods and of the ConfigMap",
        f"{DOCS}/howto/add-dag-tags.html",
        operators=("kubernetes",),
    ),
    Limit(
        steps.sensitive_param,
        "shown in the run's configuration on Airflow's pages",
        f"{DOCS}/core-concepts/params.html",
    ),
    Limit(steps.sensitive_output, "shown among the XComs on Airflow's pages", f"{DOCS}/core-concepts/xcoms.html"),
)
