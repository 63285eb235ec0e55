"""What Vertex AI cannot do, and what is done in its place."""

from __future__ import annotations

from pipeglot_backends.features import images, places, schedules, sinks, steps
from pipeglot_backends.features.delivery import python_in_each_image
from pipeglot_backends.features.labels import label_that_google_cloud_refuses, labels
from pipeglot_backends.features.pods import (
    left_out,
    mounted_volumes,
    variables_of_pods,
    what_only_pods_have,
)
from pipeglot_backends.kubeflow import features as of_kubeflow
from pipeglot_backends.kubeflow import param_features
from pipeglot_backends.protocol import Limit
from pipeglot_backends.vertex import features
from pipeglot_backends.vertex.emit import accelerators

PROTO = "https://github.com/kubeflow/pipelines/blob/2.17.0/api/v2alpha1/pipeline_spec.proto"
OPEN = "https://github.com/kubeflow/pipelines/blob/2.17.0/backend/src/v2"
GOOGLE = "https://cloud.google.com/vertex-ai/docs"
JOBS, SCHEDULES = (
    f"{GOOGLE}/reference/rest/v1/projects.locations.pipelineJobs",
    f"{GOOGLE}/pipelines/schedule-pipeline-run",
)
MACHINES = f"{GOOGLE}/pipelines/machine-types"

CANNOT = (
    Limit(
        sinks.records_to_a_folder,
        "the record of each step is an artifact beside its others, where `collect` reads it: steps share no folder",
        f"{PROTO}, `ExecutorInput`",
    ),
    images.image_required(f"{PROTO}, `PipelineContainerSpec`"),
    Limit(
        features.fail_fast_beside_a_failure_that_is_handed_on,
        "a step whose failure others read, or that is tried again when it was lost, ends well for Vertex AI, and this "
        "starts the steps of other branches after it",
        f"{PROTO}, `RetryPolicy`",
    ),
    Limit(
        steps.fan_out_fail_fast,
        "a loop of Vertex AI goes on with its other items when one has failed",
        f"{PROTO}, `IteratorPolicy`",
    ),
    Limit(
        variables_of_pods,
        "a ConfigMap, and what is known of a pod, is there for pods alone, and Vertex AI shows none",
        f"{PROTO}, `EnvVar`",
        hint="let a profile of this target give the variable as text: `steps: {STEP: {env: {NAME: text}}}`",
    ),
    Limit(
        steps.gpu_by_a_resource,
        "Google Cloud has GPUs by kind alone, whole ones",
        f"{GOOGLE}/reference/rest/v1/MachineSpec#AcceleratorType",
    ),
    python_in_each_image(f"{PROTO}, `PipelineContainerSpec`"),
    Limit(mounted_volumes, "Vertex AI mounts no volumes of Kubernetes", f"{PROTO}, `PipelineContainerSpec`"),
    Limit(
        what_only_pods_have,
        "Vertex AI shows no pods: it chooses the machines by the resources, and the run has one service account",
        f"{JOBS}#RuntimeConfig",
    ),
    Limit(steps.disk, "an executor asks for cpu, memory and accelerators alone", f"{PROTO}, `ResourceSpec`"),
    Limit(features.shared_memory, "Vertex AI gives a step no larger `/dev/shm`", f"{PROTO}, `ResourceSpec`"),
    Limit(
        features.gpu_that_google_cloud_has_not,
        f"Google Cloud has no such GPU; there are {', '.join(f'`{name}`' for name in accelerators.NAMES)}",
        f"{GOOGLE}/reference/rest/v1/MachineSpec#AcceleratorType",
    ),
    Limit(
        schedules.schedule_that_replaces,
        "where too many runs go on, Vertex AI starts the next one later, or leaves it out: it stops none",
        f"{GOOGLE}/reference/rest/v1/projects.locations.schedules#Schedule, `allowQueueing`",
    ),
    Limit(
        schedules.schedule_that_catches_up,
        "Vertex AI makes up for missed runs only when someone resumes a schedule that was paused",
        f"{GOOGLE}/reference/rest/v1/projects.locations.schedules#Schedule",
    ),
    places.cached_where_pods_are(),
)

EMULATES = (
    sinks.sent_from_google_cloud(),
    Limit(
        steps.secrets,
        "asked by the sidecar of Secret Manager, as the account of the steps: the newest version of the secret of that "
        "name (`_` for `.`), a JSON object with a text for each key",
        "https://cloud.google.com/secret-manager/docs/reference/rest/v1/projects.secrets.versions/access; "
        "tests/sidecar/test_secret_manager.py",
    ),
    Limit(
        steps.packed_code,
        "stands in the definition, with each step that has it: 96 KiB as text at most, with the step's table",
        f"{PROTO}, `PipelineSpec`; case `code_archive`",
    ),
    Limit(
        of_kubeflow.tags_in_the_folder,
        "a `workdir` with `{{` or `$(` in it stands in the definition as JSON, in which no tag begins",
        f"{PROTO}, `PipelineContainerSpec`",
    ),
    Limit(
        features.artifacts_elsewhere,
        "artifacts lie in the bucket that `vertex: {bucket: …}` names, and not where the profile's `artifacts` says: "
        "Vertex AI keeps them on Cloud Storage alone, and `submit` asks for a bucket",
        f"{JOBS}#RuntimeConfig",
    ),
    Limit(
        of_kubeflow.steps_at_a_time,
        "steps stand in as many queues, and each waits for the one before it, whatever became of that; a fan-out has "
        "all queues for itself: there are never more at a time, and sometimes fewer than could be",
        f"{PROTO}, `IteratorPolicy`",
    ),
    Limit(
        param_features.default_beyond_doubles,
        f"the param is a text of JSON: as a double, {param_features.NO_DOUBLE} would arrive as another one",
        f"{JOBS}#RuntimeConfig",
    ),
    Limit(
        features.gpu_without_kind,
        f"an `{accelerators.PLAIN}`, or what `vertex: {{gpu: …}}` names: Google Cloud has GPUs by kind alone",
        MACHINES,
    ),
    left_out("Vertex AI sets no environment from outside", f"{PROTO}, `EnvVar`"),
    Limit(
        features.sidecar_by_config_map,
        "comes as with `auto`: Vertex AI mounts no ConfigMap",
        f"{PROTO}, `PipelineContainerSpec`",
    ),
    Limit(
        features.sidecar_by_task,
        "comes as with `auto`: a task on Vertex AI is a machine that is started, and an importer needs none",
        f"{PROTO}, `PipelineDeploymentConfig.ImporterSpec`",
    ),
    Limit(schedules.schedule, "a schedule of Vertex AI's own, made by `submit`", SCHEDULES),
    Limit(
        steps.fan_out,
        "a task before it lists the items; items are the indices of a list",
        "case `fan_out_dicts`",
    ),
    Limit(
        of_kubeflow.fan_out_over_artifacts_of_another,
        "a task before it gathers them as one artifact, as on Kubeflow: nobody can read whether Vertex AI hands a "
        "whole list of them to a graph of its own",
        f"{OPEN}/metadata/client.go, `GetInputArtifactsByExecutionID`; case `fan_out_over_artifacts`",
    ),
    Limit(
        of_kubeflow.fan_out_that_can_be_empty,
        "of no items, one container starts that does nothing, as on Kubeflow",
        "case `fan_out_empty`",
    ),
    Limit(steps.condition, "the container starts, and its sidecar skips the step", "case `when_false`"),
    Limit(
        of_kubeflow.steps_on_exit,
        "all other steps stand in one task, and the exit task follows it",
        "case `on_exit_success`",
    ),
    Limit(
        steps.timeout,
        "the sidecar stops the command; Vertex AI has no limit of its own behind it",
        "case `timeout_kill`",
    ),
    Limit(steps.deadline, "the sidecar of each step stops its command", "case `deadline`"),
    Limit(
        of_kubeflow.failure_that_is_read,
        "as on Kubeflow, a step whose failure others read ends well, with all that it needs, and a last task, "
        "`pipeglot-verdict`, fails the run: a task that starts whatever failed before it would be told nothing of it",
        f"{PROTO}, `TriggerPolicy`; case `run_if_failure`",
    ),
    Limit(
        of_kubeflow.on_exit_that_asks_for_more,
        "its steps are the last ones of the graph, and the exit task runs them where Vertex AI itself failed a task: "
        "then they are told that the run failed, and nothing else",
        f"{PROTO}, `PipelineTaskFinalStatus`; case `on_exit_failure`",
    ),
    Limit(
        of_kubeflow.retry,
        "the sidecar tries again, on the same machine: Vertex AI would try again whatever failed",
        f"{PROTO}, `RetryPolicy`; case `retry_third`",
    ),
    Limit(
        of_kubeflow.retry_when_lost,
        "what is lost Vertex AI tries again, for an hour at most, so a step ends well after the last try of its "
        "sidecar, and `pipeglot-verdict` fails the run",
        f"{PROTO}, `RetryPolicy`",
    ),
    Limit(
        of_kubeflow.number_of_the_attempt,
        "counted by the sidecar: a task is not told which try it is, so on a machine in the place of one that was lost "
        "it begins again at 1",
        f"{PROTO}, `ExecutorInput`",
    ),
    Limit(
        of_kubeflow.delay_of_part_of_a_second,
        "after what was lost, rounded to whole seconds",
        f"{PROTO}, `RetryPolicy`",
    ),
    Limit(
        of_kubeflow.folders,
        "object stores keep neither exec bits nor empty folders: the metadata of the artifact does",
        "https://cloud.google.com/storage/docs/cloud-storage-fuse/overview",
    ),
    Limit(of_kubeflow.int_param, f"{param_features.EXACT}: run parameters travel as doubles", f"{JOBS}#RuntimeConfig"),
    Limit(
        label_that_google_cloud_refuses,
        "kept in the record alone: labels of Google Cloud are small letters, digits, `_` and `-`, and begin with a "
        "letter; at most 63 are free, and names beginning with `pipeglot-` and `vertex-ai-` are not",
        "https://cloud.google.com/resource-manager/docs/labels-overview#requirements",
    ),
    Limit(
        labels,
        "on the job of a run and on those of a schedule, by `submit`: a definition has none",
        f"{JOBS}#PipelineJob",
    ),
    Limit(steps.sensitive_param, "shown among the parameters of the run", f"{JOBS}#RuntimeConfig"),
    Limit(steps.sensitive_output, "shown among the outputs of the task", f"{JOBS}#PipelineTaskDetail"),
)
