"""What Kubeflow cannot do, and what is done in its place."""

from __future__ import annotations

from pipeglot_backends.features import gpus, images, places, pods, schedules, sinks, steps
from pipeglot_backends.features.delivery import python_in_each_image
from pipeglot_backends.features.fail_fast import (
    fail_fast_between_branches,
    fan_out_fail_fast_at_once,
    fan_out_fail_fast_where_items_wait,
)
from pipeglot_backends.features.labels import labels
from pipeglot_backends.kubeflow import features, param_features
from pipeglot_backends.kubeflow.settings import GPU_LABEL, POLICIES, RETRY_POLICY, TIMEZONE
from pipeglot_backends.protocol import Limit

CODE = "https://github.com/kubeflow/pipelines/blob/2.17.0/backend/src/v2"
BEFORE = "https://github.com/kubeflow/pipelines/blob/2.16.0/backend/src/v2"
DRIVER, LAUNCHER = f"{CODE}/driver/resolve.go", f"{CODE}/component/launcher_v2.go"
COMPILER = f"{CODE}/compiler/argocompiler"
ARGO = "https://github.com/argoproj/argo-workflows/blob/v4.0.5/workflow/controller"
SCHEDULED = "https://github.com/kubeflow/pipelines/blob/2.17.0/backend/src/crd/controller/scheduledworkflow/util"
RECURRING = "https://www.kubeflow.org/docs/components/pipelines/reference/api/kubeflow-pipeline-api-spec/"
PLATFORM = (
    "https://github.com/kubeflow/pipelines/blob/2.17.0/kubernetes_platform/proto/kubernetes_executor_config.proto"
)
EARLIER = ("2.14", "2.15", "2.16")

CANNOT = (
    Limit(
        sinks.records_to_a_folder,
        "the record of each step is an artifact beside its others, where `collect` reads it: steps share no folder",
        f"{LAUNCHER}, `uploadOutputArtifacts`",
    ),
    images.image_required(f"{CODE}/driver/driver.go, `initPodSpecPatch`"),
    Limit(
        features.tags_in_static_text,
        "Kubeflow and what lies below take `{{` and `$(` in the name of a secret, or a word of `kubernetes`, for their "
        "own",
        f"{CODE}/driver/driver.go, `resolvePodSpecInputRuntimeParameter`",
    ),
    Limit(
        features.run_status_after_a_fan_out,
        "before Kubeflow 2.17 the graph of a fan-out is never over, so the exit task is told that the run goes on",
        f"{BEFORE}/metadata/client.go, `UpdateDAGExecutionsState`",
        versions=EARLIER,
    ),
    Limit(
        features.scheduled_time,
        "before Kubeflow 2.16 a task is not told for when the run was due",
        f"{DRIVER}, `pipeline_job_schedule_time_utc`",
        versions=("2.14", "2.15"),
    ),
    Limit(
        steps.deadline,
        "before Kubeflow 2.16 a task is not told when the run began",
        f"{DRIVER}, `pipeline_job_create_time_utc`",
        versions=("2.14", "2.15"),
    ),
    Limit(
        steps.disk,
        "an executor asks for cpu, memory and accelerators alone",
        "https://github.com/kubeflow/pipelines/blob/2.17.0/api/v2alpha1/pipeline_spec.proto, `ResourceSpec`",
    ),
    Limit(
        features.volumes_without_words,
        "a task mounts claims, config maps, secrets and empty folders, whole and writable where they are: "
        "a definition has no word for another source, for a part of one, or for `read_only`, and names a volume after "
        "its config map or secret",
        f"{PLATFORM}, `KubernetesExecutorConfig`",
    ),
    Limit(
        pods.priority_class,
        "a definition has no word for the priority of a pod",
        f"{PLATFORM}, `KubernetesExecutorConfig`",
    ),
    Limit(
        pods.termination_grace,
        "a definition has no word for the time that a pod has to end: it is 30 seconds, 10 of them for the command",
        f"{PLATFORM}, `KubernetesExecutorConfig`",
    ),
    Limit(
        features.affinity_between_pods,
        "a pod is placed by its nodes alone: its driver reads no affinity between pods",
        f"{CODE}/driver/k8s.go",
    ),
    Limit(
        features.security_context,
        "before Kubeflow 2.16 a definition has no word for it",
        "https://github.com/kubeflow/pipelines/blob/2.15.0/kubernetes_platform/proto/"
        "kubernetes_executor_config.proto, `KubernetesExecutorConfig`",
        versions=("2.14", "2.15"),
    ),
    Limit(
        features.security_context_without_words,
        "a definition has words for `runAsUser`, `runAsGroup` and `runAsNonRoot` alone",
        f"{PLATFORM}, `SecurityContext`",
    ),
    python_in_each_image(f"{PLATFORM}, `KubernetesExecutorConfig`"),
    Limit(
        features.service_account,
        "all pods of a run have one account, which `submit` names: `kubeflow: {service_account: …}`",
        f"{PLATFORM}, `KubernetesExecutorConfig`",
    ),
    Limit(
        fail_fast_between_branches,
        "the Argo below starts this also after a failure, as soon as it is ready: `fail_fast` would hold nothing back",
        "tests/engines/argo/evidence/branches.yaml",
    ),
    Limit(
        fan_out_fail_fast_where_items_wait,
        "where the Argo below starts no more items after one that failed, it never ends the group of those that ran",
        "tests/engines/argo/evidence/fail_fast.yaml",
    ),
    Limit(
        schedules.overlapping_schedule,
        "where too many runs go on, Kubeflow starts the next one later: it leaves none out, and stops none",
        f"{SCHEDULED}/scheduled_workflow.go, `GetNextScheduledEpoch`",
    ),
    Limit(
        features.schedule_in_another_zone,
        "one Kubeflow reads all its schedules in one zone, and this is UTC unless its owner changed that: "
        f"then name it, `kubeflow: {{{TIMEZONE}: …}}`",
        f"{SCHEDULED}/const.go, `GetLocation`",
    ),
    places.cached_where_pods_are(),
)

EMULATES = (
    sinks.sent_from_pods(),
    Limit(
        steps.packed_code,
        "stands in the step table: what a run notes of that has its limit, and what does not fit there comes by the "
        "ConfigMap of the table, up to 1 MiB",
        f"{COMPILER}/argo.go, `Compile`; case `code_archive`",
    ),
    Limit(
        param_features.defaults_beyond_room,
        f"stand in the definition; but who starts a run on Kubeflow's own page gives it all of them, and a run may be "
        f"given {param_features.ROOM}: `submit` gives it what is asked for alone",
        f"{CODE.removesuffix('/v2')}/apiserver/template/v2_template.go, `ParametersJSON`",
    ),
    Limit(
        features.tags_in_the_folder,
        "a `workdir` with `{{` or `$(` in it stands in the definition as JSON, in which no tag begins",
        f"{CODE}/driver/driver.go, `resolvePodSpecInputRuntimeParameter`",
    ),
    Limit(
        pods.env_from,
        "mounted as folders, of which the sidecar makes the variables: a definition has a word for each key of a "
        "ConfigMap or of a secret, and none for all of them",
        f"{PLATFORM}, `KubernetesExecutorConfig`",
    ),
    Limit(
        features.steps_at_a_time,
        "steps stand in as many queues, and each waits for the one before it, whatever became of that; a fan-out has "
        "all queues for itself: there are never more at a time, and sometimes fewer than could be",
        f"{COMPILER}/dag.go, `parallelismLimit`",
    ),
    Limit(
        param_features.default_beyond_doubles,
        f"the param is a text of JSON: as a double, {param_features.NO_DOUBLE} would arrive as another one",
        f"{CODE}/metadata/converter.go, `TextToPbValue`",
    ),
    Limit(
        features.schedule_with_many_runs,
        f"no more than {features.MOST_RUNS} go on at a time, and the next ones begin later: a recurring run takes no "
        "larger number",
        f"{SCHEDULED}/scheduled_workflow.go, `maxMaxConcurrency`",
    ),
    Limit(
        features.sidecar_by_importer,
        "comes as with `auto`: an importer's file is on an object store, and pods have their own credentials for that",
        f"{CODE}/component/importer_launcher.go",
    ),
    gpus.label_of_the_vendor("kubeflow", GPU_LABEL),
    Limit(schedules.schedule, "a recurring run, made by `submit`", RECURRING),
    Limit(
        steps.fan_out,
        "a task before it lists the items; items are the indices of a list",
        "case `fan_out_dicts`",
    ),
    Limit(
        features.fan_out_over_artifacts_of_another,
        "a task before it gathers them as one artifact: of a list that is handed to a graph of its own, as that of a "
        "fan-out's items, Kubeflow keeps the last one alone",
        f"{CODE}/metadata/client.go, `GetInputArtifactsByExecutionID`; case `fan_out_over_artifacts`",
    ),
    Limit(
        features.fan_out_that_can_be_empty,
        "of no items, one pod starts that does nothing: Kubeflow cannot collect what an empty loop left",
        f"{DRIVER}, `getParallelForIterationCount`",
    ),
    Limit(
        fan_out_fail_fast_at_once,
        "without `max_parallel` all items begin at once, so none is left that one which failed could hold back",
        f"{COMPILER}/dag.go, `parallelismLimit`",
    ),
    Limit(steps.condition, "the pod starts, and its sidecar skips the step", "case `when_false`"),
    Limit(
        features.steps_on_exit,
        "all other steps stand in one task, and the exit task follows it; Kubeflow itself calls a run succeeded whose "
        "exit task alone failed: its record says failed",
        "case `on_exit_fails`, on Kubeflow 2.17.0",
    ),
    Limit(
        steps.timeout,
        "the sidecar stops the command; Kubeflow's own limit is 15 minutes longer",
        "case `timeout_kill`",
    ),
    Limit(
        steps.deadline,
        "the sidecar of each step stops its command",
        "case `deadline`",
        versions=("2.16", "2.17"),
    ),
    Limit(
        features.failure_that_is_read,
        "a step whose failure others read ends well for Kubeflow, and so does all that it needs: its state is handed "
        "on, what must not run after it ends without its command, and a last task, `pipeglot-verdict`, fails the run; "
        "a pod that is gone beyond its tries, or an image that is not there, fails for Kubeflow, and starts none of "
        "the readers",
        f"{COMPILER}/dag.go; case `run_if_failure`",
    ),
    Limit(
        features.on_exit_that_asks_for_more,
        "its steps are the last ones of the graph, and what Kubeflow starts as the exit task does nothing then; where "
        "Kubeflow itself failed a task, that runs them, and they are told that the run failed, and nothing else",
        f"{COMPILER}/dag.go, `taskToExitTemplate`; case `on_exit_failure`",
    ),
    Limit(
        features.retry,
        "the sidecar tries again, in the same container: Kubeflow's own manifests have `retryPolicy: OnError`, by "
        "which nothing that ends with an exit code is",
        "https://github.com/kubeflow/pipelines/blob/2.17.0/manifests/kustomize/third-party/argo/base/"
        "workflow-controller-configmap-patch.yaml; case `retry_third`",
    ),
    Limit(
        features.retry_when_lost,
        "what is lost is tried again by the Argo below, but for a pod that somebody deletes; one that was told to try "
        "again whatever failed would do so after the last try of the sidecar, too: say it, "
        f"`kubeflow: {{{RETRY_POLICY}: {POLICIES[1]}}}`, and such a step ends well for it",
        f"{COMPILER}/container.go, `getTaskRetryStrategyFromInput`",
    ),
    Limit(
        features.number_of_the_attempt,
        "counted by the sidecar: before Kubeflow 2.17 a pod is not told which try it is, so after a pod that was lost "
        "it begins again at 1",
        f"{COMPILER}/common.go, `EnvRetryIndex`",
        versions=EARLIER,
    ),
    Limit(
        features.delay_of_part_of_a_second,
        "after what was lost, rounded to whole seconds",
        f"{COMPILER}/container.go, `getTaskRetryParametersWithValues`",
    ),
    Limit(
        features.folders,
        "object stores keep neither exec bits nor empty folders: the metadata of the artifact does",
        f"{CODE}/objectstore/object_store.go, `UploadBlob`",
    ),
    Limit(
        features.int_param,
        f"{param_features.EXACT}: Kubeflow carries run parameters as doubles; outputs are exact",
        f"{CODE}/metadata/converter.go, `TextToPbValue`",
    ),
    Limit(
        features.record_of_a_failure,
        "of a try that failed nothing is uploaded but its log, since 2.16: its record stands at the end of that",
        f"{LAUNCHER}, `uploadOutputArtifacts`",
    ),
    Limit(
        labels,
        "on the pods of the steps, and on the ConfigMap where there is one: definitions and runs have no labels",
        f"{PLATFORM}, `PodMetadata`",
    ),
    Limit(steps.sensitive_param, "shown among the parameters of the run", RECURRING),
    Limit(steps.sensitive_output, "shown among the outputs of the task", RECURRING),
)
