"""The pipeline `scheduled`, for Airflow 3.1.

pipeglot wrote this file from the pipeline's description: change that, and compile again. What each step runs stands in
`scheduled.pipeglot/steps.json`, beside the sidecar that runs it.
"""

from __future__ import annotations

import json
import shlex
import sys
import tempfile
from datetime import datetime, timedelta
from pathlib import Path

from airflow.exceptions import AirflowException, AirflowFailException, AirflowSkipException
from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import DAG, Param, TriggerRule, task
from airflow.timetables.trigger import CronTriggerTimetable

HOME = Path(__file__).with_name("scheduled.pipeglot")
SETTINGS = {
    "PIPEGLOT_ENGINE": "airflow",
    "PIPEGLOT_INSTANCE": "airflow/scheduled",
    "PIPEGLOT_ARTIFACTS": str(HOME / "artifacts"),
    "PIPEGLOT_RECORD": str(HOME / "records"),
    "PIPEGLOT_CODE": str(HOME.parent),
}
STEPS = ["extract", "train"]
FINAL = (66, 67, 68)  # what the sidecar ends with where another try would end the same
LOST = 69
SKIPPED = 99


class Step(BashOperator):
    """Starts the sidecar, which runs the step's command, and hands its values on as XComs, also when it failed."""

    template_fields = ("reads",)
    mode, skip_code = "run", SKIPPED
    announced = None

    def __init__(self, *, reads, step=None, index=None, **rest):
        self.step = step or rest["task_id"]
        command = ["exec", sys.executable, str(HOME / "sidecar.py"), self.mode, self.step]
        super().__init__(bash_command=shlex.join(command), do_xcom_push=self.mode == "items", **rest)
        self.reads = reads
        self.index = index

    def execute(self, context):
        ti = context["ti"]
        with tempfile.TemporaryDirectory(prefix="pipeglot-") as folder:
            reads, result = Path(folder, "reads.json"), Path(folder, "result")
            reads.write_text(json.dumps(self.reads))
            result.mkdir()
            env = {**self.get_env(context), **SETTINGS, **self.about(ti, context["dag_run"])}
            self.ti, self.announced = ti, Path(folder, "announced")
            env |= {"PIPEGLOT_READS": str(reads), "PIPEGLOT_RESULT": str(result)}
            env["PIPEGLOT_ANNOUNCED"] = str(self.announced)
            try:
                code = self.subprocess_hook.run_command(["bash", "--norc", "-c", self.bash_command], env=env).exit_code
            finally:
                self.announced = None
                values = {file.name: file.read_text() for file in sorted(result.glob("[!.]*"))}
                for name, value in values.items():
                    ti.xcom_push(key=name, value=value)
        self.end(ti, code, values.get("pipeglot-state", ""))
        return values

    def on_kill(self):
        self.announce()
        super().on_kill()

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


def engine_words(ti, tasks):
    """Airflow's word for each of the steps."""
    found = ti.get_task_states(dag_id=ti.dag_id, task_ids=tasks, run_ids=[ti.run_id])
    return {task: str(state) for task, state in found.get(ti.run_id, {}).items()}


def own_words(ti, step):
    """What the sidecar of a step said of how it went."""
    said = ti.xcom_pull(task_ids=[step], key="pipeglot-state")
    return [word for word in said if word]


def unfinished(ti, steps):
    """The steps that failed, and those that Airflow itself kept from running: a skipped step says so on its own."""
    words = engine_words(ti, steps)
    failed = [step for step, word in words.items() if word in ("failed", "upstream_failed")]
    return failed + [step for step, word in words.items() if word == "skipped" and not own_words(ti, step)]


with DAG(
    dag_id="scheduled",
    description="Two steps",
    doc_md="Compiled by pipeglot, fingerprint ddea400e6516.",
    schedule=CronTriggerTimetable("0,30 6 * * 1,2,3,4,5", timezone="Europe/Berlin"),
    start_date=datetime.fromisoformat("2026-11-01T12:00:00+00:00"),
    end_date=datetime.fromisoformat("2027-01-01T00:00:00+00:00"),
    catchup=True,
    max_active_runs=2,
    tags=["pipeglot", "team=growth"],
    params={"rows": Param(10, type="integer", description="How many", minimum=1)},
    default_args={"retries": 0, "trigger_rule": TriggerRule.NONE_FAILED},
    user_defined_filters={"wire": json.dumps},
) as dag:
    # true
    extract = Step(task_id="extract", reads={"params.rows": "{{ params['rows'] | wire }}"})
    # true
    train = Step(
        task_id="train",
        reads={"steps.extract.outputs.raw": "{{ ti.xcom_pull(task_ids='extract', key='raw') or '' }}"},
        execution_timeout=timedelta(seconds=4500),
    )

    @task()
    def verdict(ti=None):
        """Fails the run when any step failed or was stopped: Airflow itself looks at the last tasks only."""
        found = unfinished(ti, STEPS)
        if found:
            raise AirflowFailException(f"failed or stopped: {', '.join(found)}")

    extract >> train
    train >> verdict().as_teardown(on_failure_fail_dagrun=True)
