"""The pipeline `heavy`, for Airflow 3.3.

pipeglot wrote this file from the pipeline's description: change that, and compile again. What each step runs stands in
`heavy.pipeglot/steps.json`, beside the sidecar that runs it.
"""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
from pathlib import Path

from airflow.providers.docker.exceptions import DockerContainerFailedException
from airflow.providers.docker.operators.docker import DockerOperator
from airflow.sdk import DAG, Param, TriggerRule, task
from airflow.sdk.exceptions import AirflowException, AirflowFailException, AirflowSkipException
from docker.types import DeviceRequest, Mount

HOME = Path(__file__).with_name("heavy.pipeglot")
SETTINGS = {
    "PIPEGLOT_ENGINE": "airflow",
    "PIPEGLOT_INSTANCE": "airflow/heavy",
    "PIPEGLOT_ARTIFACTS": "/srv/artifacts",
    "PIPEGLOT_RECORD": str(HOME / "records"),
}
CONTAINER = {"user": f"{os.getuid()}:{os.getgid()}", "mount_tmp_dir": False, "auto_remove": "never"}
STEPS = ["fit", "light"]
FAN_OUTS = {"fit": ["fit"]}  # and the tasks of each
FINAL = (66, 67, 68)  # what the sidecar ends with where another try would end the same
LOST = 69
SKIPPED = 99


class Step(DockerOperator):
    """Starts the sidecar, which runs the step's command, and hands its values on as XComs, also when it failed."""

    template_fields = ("reads",)
    mode, skip_code = "run", SKIPPED
    announced = None

    def __init__(self, *, reads, step=None, index=None, private=(), secrets=(), **rest):
        self.step = step or rest["task_id"]
        super().__init__(
            entrypoint=["python3", "/pipeglot/sidecar.py"],  # in place of the image's own
            command=[self.mode, self.step],
            do_xcom_push=self.mode == "items",
            **CONTAINER,
            **rest,
        )
        self.reads = reads
        self.index = index
        self.private = private
        self.secrets = secrets

    def execute(self, context):
        ti = context["ti"]
        shared = [SETTINGS["PIPEGLOT_ARTIFACTS"], SETTINGS["PIPEGLOT_RECORD"]]
        for place in shared:
            Path(place).mkdir(parents=True, exist_ok=True)
        # What is handed over lies where the artifacts do: Docker's machine sees that folder, and maybe no other.
        with tempfile.TemporaryDirectory(prefix=".pipeglot-", dir=shared[0]) as folder:
            reads, result = Path(folder, "reads.json"), Path(folder, "result")
            private = {f"params.{name}": json.dumps(context["params"][name]) for name in self.private}
            reads.write_text(json.dumps({**self.reads, **private}))
            result.mkdir()
            Path(folder).chmod(0o755)
            result.chmod(0o777)
            self.environment = {**SETTINGS, **self.about(ti, context["dag_run"])}
            self.environment |= {"PIPEGLOT_READS": str(reads), "PIPEGLOT_RESULT": str(result)}
            self.ti, self.announced = ti, Path(folder, "announced")
            self.environment["PIPEGLOT_ANNOUNCED"] = str(self.announced)
            self.environment |= {name: os.environ[name] for name in self.secrets if name in os.environ}
            # Folders have the same path inside, so that a path which is handed on means the same to all.
            self.mounts = [Mount(place, place, type="bind") for place in dict.fromkeys(shared)]
            self.mounts.append(Mount("/pipeglot", str(HOME), type="bind", read_only=True))
            try:
                code = self.run_container(context)
            finally:
                self.announced = None
                values = {file.name: file.read_text() for file in sorted(result.glob("[!.]*"))}
                for name, value in values.items():
                    ti.xcom_push(key=name, value=value)
        self.end(ti, code, values.get("pipeglot-state", ""))
        return values

    def run_container(self, context):
        """The exit code of the container, which is taken away however that went."""
        try:
            with contextlib.suppress(DockerContainerFailedException):  # its exit code says it too
                super().execute(context)
            return self.cli.inspect_container(self.container["Id"])["State"]["ExitCode"]
        finally:
            self.stop()
            if self.container:
                self.cli.remove_container(self.container["Id"], force=True)
                self.container = None

    def on_kill(self):
        self.announce()
        self.stop()

    def stop(self):
        """Waits longer than the sidecar waits for the command."""
        if self.container:
            self.cli.stop(self.container["Id"], timeout=30)

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

    def announce(self):
        """Tells the sidecar that it will be stopped on purpose; what is stopped without a word was lost."""
        if self.announced and self.unwanted(self.ti):
            self.announced.touch()

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
    dag_id="heavy",
    doc_md="Compiled by pipeglot, fingerprint 96dd9d4a9f1c.",
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
        working_dir="/srv/code",
        secrets=["PIPEGLOT_SECRET_ACME_API_TO_KEN"],
        cpus=1.5,
        mem_limit=17179869184,
        shm_size=1000000000,
        device_requests=[DeviceRequest(count=2, capabilities=[["gpu"]])],
    ).expand(index=list(range(2)))
    # true
    light = Step(task_id="light", reads={}, image="ghcr.io/acme/light:{{ 1 }}", cpus=0.5)

    @task()
    def verdict(ti=None):
        """Fails the run when any step failed or was stopped: Airflow itself looks at the last tasks only."""
        found = unfinished(ti, STEPS)
        if found:
            raise AirflowFailException(f"failed or stopped: {', '.join(found)}")

    [fit, light] >> verdict().as_teardown(on_failure_fail_dagrun=True)
