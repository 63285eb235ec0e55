"""The pipeline `claimed`, for Airflow 3.3.

pipeglot wrote this file from the pipeline's description: change that, and compile again. What each step runs stands in
the ConfigMap of `configmap.yaml`, beside the sidecar that runs it.
"""

from __future__ import annotations

import json

from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
from airflow.sdk import DAG, Param, TriggerRule, task
from airflow.sdk.exceptions import AirflowException, AirflowFailException, AirflowSkipException
from kubernetes.client import models as k8s

SETTINGS = {
    "PIPEGLOT_ENGINE": "airflow",
    "PIPEGLOT_INSTANCE": "airflow/claimed",
    "PIPEGLOT_WORK": "/tmp/pipeglot/work",
    "PIPEGLOT_RESULT_FILE": "/airflow/xcom/return.json",
    "PIPEGLOT_ARTIFACTS": "/srv/artifacts",
    "PIPEGLOT_RECORD": "/srv/artifacts/records",
    "PIPEGLOT_RECORD_ON_FAILURE": "fail",
}
VOLUMES = [
    k8s.V1Volume(
        name="pipeglot",
        projected=k8s.V1ProjectedVolumeSource(
            sources=[
                k8s.V1VolumeProjection(config_map=k8s.V1ConfigMapProjection(name="claimed-sidecar-2fed7841f9")),
                k8s.V1VolumeProjection(config_map=k8s.V1ConfigMapProjection(name="claimed-44136fa355")),
            ],
        ),
    ),
    k8s.V1Volume(name="pipeglot-work", empty_dir=k8s.V1EmptyDirVolumeSource()),
    k8s.V1Volume(
        name="pipeglot-artifacts",
        persistent_volume_claim=k8s.V1PersistentVolumeClaimVolumeSource(claim_name="churn"),
    ),
]
MOUNTS = [
    k8s.V1VolumeMount(name="pipeglot", mount_path="/pipeglot", read_only=True),
    k8s.V1VolumeMount(name="pipeglot-work", mount_path="/tmp/pipeglot"),
    k8s.V1VolumeMount(name="pipeglot-artifacts", mount_path="/srv/artifacts"),
]
POD = {"namespace": "ml", "service_account_name": "trainer"}
STEPS = ["fit", "light"]
FAN_OUTS = {"fit": ["fit"]}  # and the tasks of each
FINAL = (66, 67, 68)  # what the sidecar ends with where another try would end the same
LOST = 69
SKIPPED = 99


class Step(KubernetesPodOperator):
    """Starts the sidecar, which runs the step's command, and hands its values on as XComs, also when it failed."""

    template_fields = ("reads",)
    mode, skip_code = "run", SKIPPED

    def __init__(self, *, reads, step=None, index=None, private=(), outside=(), workdir=None, mounted=(), **rest):
        self.step = step or rest["task_id"]
        super().__init__(
            cmds=["python3"],
            arguments=["/pipeglot/sidecar.py", self.mode, self.step],
            volumes=VOLUMES + [volume for volume, _ in mounted],
            volume_mounts=MOUNTS + [mount for _, mount in mounted],
            do_xcom_push=True,
            startup_timeout_seconds=900,
            termination_grace_period=30,
            log_pod_spec_on_failure=False,
            **POD,
            **rest,
        )
        self.reads = reads
        self.index = index
        self.private = private
        self.outside = outside
        self.workdir = workdir

    def execute(self, context):
        ti = context["ti"]
        self.ti, self.values, self.code = ti, {}, None
        self.env_vars = self.variables(context)
        try:
            super().execute(context)
        except Exception:
            if not self.code:  # no word of the sidecar: its pod was lost, or never began
                raise
        self.end(ti, self.code, self.values.get("pipeglot-state", ""))
        return self.values if self.mode == "items" else None

    def variables(self, context):
        """The environment of the sidecar: what it is told, and what the step reads."""
        told = {**SETTINGS, **self.about(context["ti"], context["dag_run"])}
        told |= {f"PIPEGLOT.{slot}": text for slot, text in self.reads.items()}
        told |= {f"PIPEGLOT.params.{name}": json.dumps(context["params"][name]) for name in self.private}
        if self.workdir:
            told["PIPEGLOT_CODE"] = self.workdir
        # Kubernetes puts a variable where `$(NAME)` stands in a value, and `$` where `$$` does.
        found = [k8s.V1EnvVar(name=name, value=text.replace("$", "$$")) for name, text in told.items()]
        return found + [k8s.V1EnvVar(name=name, value_from=source) for name, source in self.outside]

    def extract_xcom(self, pod, **rest):
        """Airflow asks for this also when the command failed, and before the pod is taken away."""
        self.values = super().extract_xcom(pod, **rest) or {}
        for name, value in self.values.items():
            self.ti.xcom_push(key=name, value=value)

    def cleanup(self, pod, remote_pod, **rest):
        """Keeps how the sidecar ended: afterwards there is no pod to ask."""
        statuses = (remote_pod.status.container_statuses if remote_pod and remote_pod.status else None) or []
        ended = [each.state.terminated for each in statuses if each.name == self.base_container_name and each.state]
        self.code = ended[0].exit_code if ended and ended[0] else None
        super().cleanup(pod=pod, remote_pod=remote_pod, **rest)

    def about(self, ti, run):
        """What the sidecar is told of this run and this try."""
        told = {"PIPEGLOT_NATIVE_RUN": run.run_id, "PIPEGLOT_ATTEMPT": str(ti.try_number)}
        told["PIPEGLOT_SKIP_CODE"] = str(self.skip_code)
        if run.run_id.startswith("pipeglot__"):
            told["PIPEGLOT_RUN_ID"] = run.run_id.removeprefix("pipeglot__")
        if run.run_type == "scheduled" and run.logical_date:
            told["PIPEGLOT_SCHEDULED"] = run.logical_date.isoformat()
        if self.index is not None:
            told["PIPEGLOT_INDEX"] = str(self.index)
        return told

    def unwanted(self, ti):
        """Whether someone ended this task, in Airflow's eyes: its worker may also go by itself."""
        number = ti.map_index if ti.map_index >= 0 else None
        try:
            found = ti.get_task_states(dag_id=ti.dag_id, map_index=number, task_ids=[ti.task_id], run_ids=[ti.run_id])
        except Exception as fault:
            self.log.warning("Airflow does not say how it takes this task: %s", fault)
            return False
        return any(str(state) in ("failed", "skipped", "success") for state in found.get(ti.run_id, {}).values())

    def end(self, ti, code, word):
        """Fails, or skips, as the sidecar's exit code and its word ask."""
        if code == 0:
            return
        if code == LOST and self.unwanted(ti):  # its sidecar could not be told
            word = word.replace("failed", "cancelled")
            ti.xcom_push(key="pipeglot-state", value=word)
        if code == SKIPPED and self.mode == "run":
            raise AirflowSkipException("skipped: the line above says why")
        if code in FINAL or "cancelled" in word:
            raise AirflowFailException(f"exit code {code}, not to be tried again")
        raise AirflowException(f"exit code {code}")


def engine_words(ti, steps):
    """Airflow's word for each of the steps; for one that is fanned out the gravest of its tasks'."""
    single = [step for step in steps if step not in FAN_OUTS]
    words = task_words(ti, single) if single else {}
    for step in [step for step in steps if step in FAN_OUTS]:
        among = task_words(ti, FAN_OUTS[step]).values()
        words[step] = next((word for word in ("failed", "upstream_failed", "success") if word in among), "skipped")
    return words


def task_words(ti, tasks):
    found = ti.get_task_states(dag_id=ti.dag_id, task_ids=tasks, run_ids=[ti.run_id])
    return {task: str(state) for task, state in found.get(ti.run_id, {}).items()}


def own_words(ti, step):
    """What the sidecar of a step said of how it went; of each item, or of the list where it has none."""
    said = ti.xcom_pull(task_ids=[step], key="pipeglot-state")
    first = FAN_OUTS.get(step, [step])[:1]
    if ti.xcom_pull(task_ids=first, key="pipeglot-indices") in ([None], ["[]"]):
        said += ti.xcom_pull(task_ids=first, key="pipeglot-state")
    return [word for word in said if word]


def unfinished(ti, steps):
    """The steps that failed, and those that Airflow itself kept from running: a skipped step says so on its own."""
    words = engine_words(ti, steps)
    failed = [step for step, word in words.items() if word in ("failed", "upstream_failed")]
    return failed + [step for step, word in words.items() if word == "skipped" and not own_words(ti, step)]


with DAG(
    dag_id="claimed",
    doc_md="Compiled by pipeglot, fingerprint 169be4c6137a.",
    schedule=None,
    catchup=False,
    max_active_runs=16,
    tags=["pipeglot"],
    params={"token": Param(type="string")},
    default_args={"retries": 0, "trigger_rule": TriggerRule.NONE_FAILED},
    user_defined_filters={"wire": json.dumps},
) as dag:
    # true
    fit = Step.partial(
        task_id="fit",
        reads={},
        private=["token"],
        image="ghcr.io/acme/fit:1.4",
        workdir="/srv/code",
        outside=[["TOKEN", k8s.V1EnvVarSource(secret_key_ref=k8s.V1SecretKeySelector(name="acme-api", key="to.ken"))]],
        mounted=[
            [
                k8s.V1Volume(
                    name="pipeglot-shm",
                    empty_dir=k8s.V1EmptyDirVolumeSource(medium="Memory", size_limit="1G"),
                ),
                k8s.V1VolumeMount(name="pipeglot-shm", mount_path="/dev/shm"),
            ],
        ],
        container_resources=k8s.V1ResourceRequirements(
            requests={"cpu": "1500m", "memory": "16Gi", "nvidia.com/gpu": "1"},
            limits={"cpu": "1500m", "memory": "16Gi", "nvidia.com/gpu": "1"},
        ),
        node_selector={"acme/gpu": "nvidia-l4"},
    ).expand(index=list(range(2)))
    # true
    light = Step(
        task_id="light",
        reads={},
        image="ghcr.io/acme/light:{{ 1 }}",
        container_resources=k8s.V1ResourceRequirements(requests={"cpu": "0.5"}, limits={"cpu": "0.5"}),
    )

    @task()
    def verdict(ti=None):
        """Fails the run when any step failed or was stopped: Airflow itself looks at the last tasks only."""
        found = unfinished(ti, STEPS)
        if found:
            raise AirflowFailException(f"failed or stopped: {', '.join(found)}")

    [fit, light] >> verdict().as_teardown(on_failure_fail_dagrun=True)
