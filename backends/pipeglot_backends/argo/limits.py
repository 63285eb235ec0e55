"""What Argo cannot do, and what is done in its place."""

from __future__ import annotations

from collections.abc import Iterator

from pipeglot.ir import Origin, Pipeline, ReadKind
from pipeglot_backends.argo.names import LONGEST, label, shortened
from pipeglot_backends.argo.settings import GPU_LABEL
from pipeglot_backends.features import exits, gpus, images, places, pods, schedules, sinks, steps
from pipeglot_backends.features.delivery import sidecar_without_config_map
from pipeglot_backends.features.fail_fast import fail_fast_between_branches
from pipeglot_backends.protocol import Limit

DOCS = "https://argo-workflows.readthedocs.io/en/latest"
CODE = "https://github.com/argoproj/argo-workflows/blob/v4.0.5"
SUITE = "tests/engines/argo"


def braces_in_static_text(pipeline: Pipeline) -> Iterator[Origin]:
    return pods.static_places(pipeline, ("{{",))


def long_names_of_steps(pipeline: Pipeline) -> Iterator[Origin]:
    return (step.origin for step in steps.all_steps(pipeline) if shortened(label(step.id)) != label(step.id))


def fanned_artifacts_without_store(pipeline: Pipeline) -> Iterator[Origin]:
    if not (pipeline.artifacts or "").startswith("s3://"):
        yield from fanned_artifacts(pipeline)


def exit_steps_that_ask(pipeline: Pipeline) -> Iterator[Origin]:
    """Such as begin also after a failure beside them, or wait across."""
    return (step.origin for part in exits.carried_on_exit(pipeline.on_exit) for step in part if step.needs)


def throttled_fan_out(pipeline: Pipeline) -> Iterator[Origin]:
    return (step.fan_out.origin for step in steps.all_steps(pipeline) if step.fan_out and step.fan_out.max_parallel)


def fanned_artifacts(pipeline: Pipeline) -> Iterator[Origin]:
    fanned = (step for step in steps.all_steps(pipeline) if step.fan_out)
    return (step.origin for step in fanned if any(output.artifact for output in step.outputs))


def artifacts(pipeline: Pipeline) -> Iterator[Origin]:
    return (output.origin for step in steps.all_steps(pipeline) for output in step.outputs if output.artifact)


def outputs_read_on_exit(pipeline: Pipeline) -> Iterator[Origin]:
    return (step.origin for step in pipeline.on_exit if any(read.kind is ReadKind.OUTPUT for read in step.reads))


def image_pull_secrets(pipeline: Pipeline) -> Iterator[Origin]:
    return (pod.origin for pod in pods.pods(pipeline) if pod.image_pull_secrets)


def schedule_with_bounds(pipeline: Pipeline) -> Iterator[Origin]:
    found = pipeline.schedule
    return iter([found.origin] if found and (found.start or found.end) else [])


def schedule_with_most_runs(pipeline: Pipeline) -> Iterator[Origin]:
    return iter([pipeline.schedule.origin] if pipeline.schedule and pipeline.schedule.max_active else [])


CANNOT = (
    Limit(
        schedules.schedule_that_catches_up,
        "a CronWorkflow makes up for one missed run at most",
        f"{DOCS}/cron-workflows/",
    ),
    images.image_required(f"{DOCS}/fields/#container"),
    Limit(
        braces_in_static_text,
        "Argo takes `{{` in an image, a folder, the name of a secret or a word of `kubernetes` for a tag of its own",
        f"{DOCS}/variables/",
    ),
    Limit(
        fanned_artifacts_without_store,
        "Argo passes no artifact through a fan-in; a common key prefix in a store does, "
        "and the profile names no `artifacts: s3://…`",
        "https://github.com/argoproj/argo-workflows/issues/934",
    ),
    Limit(
        sinks.records_to_a_folder,
        "the record of each pod is an artifact in Argo's own repository, where `collect` reads it: "
        "pods share no folder, and the sidecar opens no connection",
        f"{DOCS}/configure-artifact-repository/",
    ),
    Limit(
        fail_fast_between_branches,
        "Argo starts this also after a failure, as soon as it is ready: `fail_fast` would hold nothing back",
        f"{SUITE}/evidence/branches.yaml",
    ),
    Limit(
        steps.fan_out_fail_fast,
        "where Argo starts no more items after one that failed, it never ends the group of those that ran",
        f"{SUITE}/evidence/fail_fast.yaml",
    ),
    places.cached_where_pods_are(),
)

EMULATES = (
    Limit(
        exit_steps_that_ask,
        "an exit handler is series of steps, and knows no other order: all that waits for others begins after all that "
        "does not, also after a failure, and its sidecar decides; at the end a step without a pod, `verdict-on-exit`, "
        "fails where one of them did",
        "case `group_on_exit_across`",
    ),
    sinks.sent_from_pods(),
    Limit(
        schedule_with_most_runs,
        "a lock of the scheduled runs: one too many is made, and waits, which its `deadline` counts too; a "
        "CronWorkflow itself counts no runs",
        f"{DOCS}/synchronization/",
    ),
    Limit(
        long_names_of_steps,
        "the task has the beginning of the name, and a number made of all of it: Argo takes no name of a task or "
        f"template beyond {LONGEST} characters, and a step inside groups has theirs before its own",
        f"{CODE}/workflow/validate/validate.go, `workflowFieldMaxLength`",
    ),
    Limit(
        schedule_with_bounds,
        "an expression over the clock: a CronWorkflow is there from when it is applied until it is deleted, and starts "
        "no run before `start` or after `end`",
        f"{CODE}/workflow/cron/operator.go, `evalWhen`",
    ),
    Limit(
        steps.backoff_by_a_fraction,
        "the sidecar tries again, in the same pod: Argo multiplies the delay between tries by whole numbers only",
        f"{CODE}/workflow/controller/operator.go, `processNodeRetries`",
    ),
    Limit(
        sidecar_without_config_map,
        "comes by the ConfigMap that holds the step table all the same: with either in each template a workflow would "
        "soon be too large for one object of Kubernetes",
        f"{DOCS}/offloading-large-workflows/",
    ),
    gpus.label_of_the_vendor("argo", GPU_LABEL),
    Limit(
        schedules.schedule, "a CronWorkflow of its own: `kubectl apply -f cronworkflow.yaml`", f"{DOCS}/cron-workflows/"
    ),
    Limit(
        steps.fan_out,
        "a task before it lists the items; items are the indices of a list",
        "case `fan_out_dicts`",
    ),
    Limit(
        throttled_fan_out, "a DAG of its own with `parallelism` around the items", f"{SUITE}/pipelines/throttled.yaml"
    ),
    Limit(
        artifacts,
        "in the artifact repository that Argo itself is configured with, and not where the profile's `artifacts` says",
        f"{DOCS}/configure-artifact-repository/",
    ),
    Limit(
        fanned_artifacts,
        "items leave their artifacts under keys that begin alike; the bucket is that of Argo's own artifact repository",
        "case `fan_in_artifacts`",
    ),
    Limit(
        image_pull_secrets,
        "all pods of the workflow are given those of all steps: a template has none of its own",
        f"{DOCS}/fields/#workflowspec",
    ),
    Limit(steps.condition, "the pod starts, and its sidecar skips the step", "case `when_false`"),
    Limit(steps.run_if, "the pod starts once its needs are over, and its sidecar decides", "case `run_if_failure`"),
    Limit(
        steps.allowed_failure,
        "the task fails, and is no target of the DAG: what waits for it starts, and the run does not fail for it",
        "case `allowed_failure`",
    ),
    Limit(
        outputs_read_on_exit,
        "outputs with a global name: the exit handler sees no tasks",
        f"{SUITE}/pipelines/exits.yaml",
    ),
    Limit(steps.timeout, "the sidecar stops the command; Argo's own limit is 15 minutes longer", "case `timeout_kill`"),
    Limit(
        steps.deadline,
        "the sidecar of each step stops its command; Argo's own limit, which loses records, is 15 minutes longer",
        "case `deadline`",
    ),
    Limit(
        steps.some_causes_of_retry, "an expression over the exit code; a pod that was lost has none", f"{DOCS}/retries/"
    ),
    Limit(steps.sensitive_param, "shown among the arguments of the workflow", f"{DOCS}/workflow-inputs/"),
    Limit(steps.sensitive_output, "shown among the outputs of the pod", f"{DOCS}/fields/#outputs"),
)
