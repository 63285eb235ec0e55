"""The pipeline `brought`, for Airflow 3.3.

pipeglot wrote this file from the pipeline's description: change that, and compile again. What each step runs stands in
`brought.pipeglot/steps.json`, beside the sidecar that runs it.
"""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
from pathlib import Path

from airflow.providers.docker.exceptions import DockerContainerFailedException
from airflow.providers.docker.operators.docker import DockerOperator
from airflow.sdk import DAG, TriggerRule, task
from airflow.sdk.exceptions import AirflowException, AirflowFailException, AirflowSkipException
from docker.types import Mount

HOME = Path(__file__).with_name("brought.pipeglot")
SETTINGS = {
    "PIPEGLOT_ENGINE": "airflow",
    "PIPEGLOT_INSTANCE": "airflow/brought",
    "PIPEGLOT_ARTIFACTS": str(HOME / "artifacts"),
    "PIPEGLOT_RECORD": str(HOME / "records"),
}
CONTAINER = {"user": f"{os.getuid()}:{os.getgid()}", "mount_tmp_dir": False, "auto_remove": "never"}
PYTHON = ["/pipeglot-python/ld.so", "--library-path", "/pipeglot-python/libs", "/pipeglot-python/bin/python3"]
BRINGING = {
    "image": "python:3.12-slim",
    "entrypoint": ["python3", "/pipeglot/sidecar.py"],
    "command": ["carry", "/pipeglot-python"],
}
STEPS = ["a", "each", "fixed", "all"]
FAN_OUTS = {"each": ["each.items", "each"], "fixed": ["fixed"]}  # and the tasks of each
FINAL = (66, 67, 68)  # what the sidecar ends with where another try would end the same
LOST = 69
SKIPPED = 99


class Step(DockerOperator):
    """Starts the sidecar, which runs the step's command, and hands its values on as XComs, also when it failed."""

    template_fields = ("reads",)
    mode, skip_code = "run", SKIPPED
    announced = None

    def __init__(self, *, reads, step=None, index=None, fail_fast=False, **rest):
        self.step = step or rest["task_id"]
        super().__init__(
            entrypoint=[*PYTHON, "/pipeglot/sidecar.py"],  # in place of the image's own
            command=[self.mode, self.step],
            do_xcom_push=self.mode == "items",
            **CONTAINER,
            **rest,
        )
        self.reads = reads
        self.index = index
        self.fail_fast = fail_fast

    def execute(self, context):
        ti = context["ti"]
        self.stop_early(ti)
        shared = [SETTINGS["PIPEGLOT_ARTIFACTS"], SETTINGS["PIPEGLOT_RECORD"]]
        for place in shared:
            Path(place).mkdir(parents=True, exist_ok=True)
        # What is handed over lies where the artifacts do: Docker's machine sees that folder, and maybe no other.
        with tempfile.TemporaryDirectory(prefix=".pipeglot-", dir=shared[0]) as folder:
            reads, result = Path(folder, "reads.json"), Path(folder, "result")
            reads.write_text(json.dumps(self.reads))
            result.mkdir()
            Path(folder).chmod(0o755)
            result.chmod(0o777)
            self.environment = {**SETTINGS, **self.about(ti, context["dag_run"])}
            self.environment |= {"PIPEGLOT_READS": str(reads), "PIPEGLOT_RESULT": str(result)}
            self.ti, self.announced = ti, Path(folder, "announced")
            self.environment["PIPEGLOT_ANNOUNCED"] = str(self.announced)
            # Folders have the same path inside, so that a path which is handed on means the same to all.
            self.mounts = [Mount(place, place, type="bind") for place in dict.fromkeys(shared)]
            self.mounts.append(Mount("/pipeglot", str(HOME), type="bind", read_only=True))
            self.bring_python(context, Path(folder, "python"))
            try:
                code = self.run_container(context)
            finally:
                self.announced = None
                values = {file.name: file.read_text() for file in sorted(result.glob("[!.]*"))}
                for name, value in values.items():
                    ti.xcom_push(key=name, value=value)
        self.end(ti, code, values.get("pipeglot-state", ""))
        return values

    def bring_python(self, context, place):
        """Leaves the Python of an image of its own in a folder, from where the step's container starts it."""
        place.mkdir()
        place.chmod(0o755)
        mounts = [self.mounts[-1], Mount("/pipeglot-python", str(place), type="bind")]
        brought = {**BRINGING, "user": f"{os.getuid()}:{os.getgid()}", "mounts": mounts}
        brought |= {"working_dir": None, "mem_limit": None, "device_requests": None}  # those are for the step
        own = {name: getattr(self, name) for name in brought}
        try:
            for name, value in brought.items():
                setattr(self, name, value)
            code = self.run_container(context)
        finally:
            for name, value in own.items():
                setattr(self, name, value)
        if code:
            raise AirflowException(f"the Python of {BRINGING['image']} cannot be brought: exit code {code}")
        self.mounts.append(Mount("/pipeglot-python", str(place), type="bind", read_only=True))

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

    def stop_early(self, ti):
        """Nothing new starts once something failed; what runs may end."""
        watched = [self.step] if self.fail_fast else []
        if watched and "failed" in engine_words(ti, watched).values():
            ti.xcom_push(key="pipeglot-state", value='"cancelled"')
            raise AirflowFailException("not started: something failed, and `fail_fast` is set")


class Items(Step):
    """Decides over how many items a step is fanned out, and returns their indices: the step is mapped over them."""

    mode, skip_code = "items", 0

    def execute(self, context):
        return json.loads(super().execute(context)["pipeglot-indices"])


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
    dag_id="brought",
    doc_md="Compiled by pipeglot, fingerprint 09d1b824cf0a.",
    schedule=None,
    catchup=False,
    max_active_runs=16,
    max_active_tasks=3,
    tags=["pipeglot"],
    default_args={"retries": 0, "trigger_rule": TriggerRule.NONE_FAILED},
    user_defined_filters={"wire": json.dumps},
) as dag:
    # true
    a = Step(task_id="a", reads={}, image="ghcr.io/acme/churn:1.4")
    each_reads = {"steps.a.outputs.n": "{{ ti.xcom_pull(task_ids='a', key='n') or '' }}"}
    each_items = Items(task_id="each.items", step="each", reads=each_reads, image="ghcr.io/acme/churn:1.4")
    # true
    each = Step.partial(
        task_id="each",
        reads=each_reads,
        image="ghcr.io/acme/churn:1.4",
        max_active_tis_per_dagrun=4,
    ).expand(index=each_items.output)
    # true
    fixed = Step.partial(
        task_id="fixed",
        reads={},
        image="ghcr.io/acme/churn:1.4",
        fail_fast=True,
    ).expand(index=list(range(3)))
    # true
    all = Step(
        task_id="all",
        reads={
            "steps.each.outputs.r": "{{ ti.xcom_pull(task_ids=['each'], key='r') | wire }}",
            "steps.each.state": "{{ ti.xcom_pull(task_ids='each.items', key='pipeglot-state') or '' }}",
            "steps.each.items": "{{ ti.xcom_pull(task_ids=['each'], key='pipeglot-state') | wire }}",
            "steps.fixed.state": '"succeeded"',
        },
        image="ghcr.io/acme/churn:1.4",
    )

    @task()
    def verdict(ti=None):
        """Fails the run when any step failed or was stopped: Airflow itself looks at the last tasks only."""
        found = unfinished(ti, STEPS)
        if found:
            raise AirflowFailException(f"failed or stopped: {', '.join(found)}")

    a >> each_items
    [each, fixed] >> all
    all >> verdict().as_teardown(on_failure_fail_dagrun=True)
