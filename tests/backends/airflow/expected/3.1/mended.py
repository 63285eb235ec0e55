"""The pipeline `mended`, for Airflow 3.1.

pipeglot wrote this file from the pipeline's description: change that, and compile again. What each step runs stands in
`mended.pipeglot/steps.json`, beside the sidecar that runs it.
"""

from __future__ import annotations

import json
import shlex
import sys
import tempfile
from datetime import timedelta
from pathlib import Path

from airflow.exceptions import AirflowException, AirflowFailException, AirflowSkipException
from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import DAG, TriggerRule, task

HOME = Path(__file__).with_name("mended.pipeglot")
SETTINGS = {
    "PIPEGLOT_ENGINE": "airflow",
    "PIPEGLOT_INSTANCE": "airflow/mended",
    "PIPEGLOT_ARTIFACTS": str(HOME / "artifacts"),
    "PIPEGLOT_RECORD": str(HOME / "records"),
    "PIPEGLOT_CODE": str(HOME.parent),
}
STEPS = ["a", "b", "c", "d"]
ON_EXIT = ["bye", "verdict"]
FAN_OUTS = {"d": ["d.items", "d"]}  # and the tasks of each
FINAL = (66, 67, 68)  # what the sidecar ends with where another try would end the same
LOST = 69
TIMEOUT = 124
SKIPPED = 99


class Step(BashOperator):
    """Starts the sidecar, which runs the step's command, and hands its values on as XComs, also when it failed."""

    template_fields = ("reads",)
    mode, skip_code = "run", SKIPPED
    announced = None

    def __init__(self, *, reads, step=None, index=None, retry_on=("error", "timeout", "lost"), **rest):
        self.step = step or rest["task_id"]
        command = ["exec", sys.executable, str(HOME / "sidecar.py"), self.mode, self.step]
        super().__init__(bash_command=shlex.join(command), do_xcom_push=self.mode == "items", **rest)
        self.reads = reads
        self.index = index
        self.retry_on = retry_on

    def execute(self, context):
        ti = context["ti"]
        self.stop_early(ti)
        self.stop_when_lost(ti)
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
                self.mark(ti, ti.try_number).touch()
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
        if not self.is_teardown:
            told |= {"PIPEGLOT_DEADLINE": "7200.0", "PIPEGLOT_RUN_STARTED": str(run.start_date.timestamp())}
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
        # without a word, it was killed
        cause = {TIMEOUT: "timeout", LOST: "lost"}.get(code, "error" if word else "lost")
        if code in FINAL or "cancelled" in word or cause not in self.retry_on:
            raise AirflowFailException(f"exit code {code}, not to be tried again")
        raise AirflowException(f"exit code {code}")

    def stop_early(self, ti):
        """Nothing new starts once something failed; what runs may end."""
        watched = [] if self.is_teardown else STEPS
        if watched and "failed" in engine_words(ti, watched).values():
            ti.xcom_push(key="pipeglot-state", value='"cancelled"')
            raise AirflowFailException("not started: something failed, and `fail_fast` is set")

    def stop_when_lost(self, ti):
        """A try that left no mark was lost: there is no other after it where `retry.on` does not name `lost`."""
        if "lost" not in self.retry_on and ti.try_number > 1 and not self.mark(ti, ti.try_number - 1).exists():
            raise AirflowFailException("the last try was lost, and `retry.on` does not name `lost`")

    def mark(self, ti, number):
        folder = Path(SETTINGS["PIPEGLOT_RECORD"], "tries", ti.run_id)
        folder.mkdir(parents=True, exist_ok=True)
        return folder / f"{ti.task_id}.{ti.map_index}.{number}"


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


def engine(ti, step):
    return engine_words(ti, [step])[step]


def stopped(ti):
    """Whether someone cancelled the run: `pipeglot cancel` leaves word at the last task."""
    return ti.xcom_pull(task_ids="_verdict", key="pipeglot-cancelled") is not None


def run_status(ti):
    if stopped(ti):
        return "cancelled"
    return "failed" if unfinished(ti, STEPS) else "succeeded"


def failed_steps(ti):
    """The steps that failed by themselves: Airflow calls those failed too that were stopped or never started."""
    failed = []
    for step in [step for step, word in engine_words(ti, STEPS).items() if word == "failed"]:
        words = own_words(ti, step)
        silent = not stopped(ti) and not any("cancelled" in word for word in words)
        if silent or any("failed" in word for word in words):
            failed.append(step)
    return sorted(failed)


with DAG(
    dag_id="mended",
    doc_md="Compiled by pipeglot, fingerprint 46efd5ede733.",
    schedule=None,
    catchup=False,
    max_active_runs=16,
    dagrun_timeout=timedelta(seconds=10800),
    tags=["pipeglot"],
    default_args={"retries": 0, "trigger_rule": TriggerRule.NONE_FAILED},
    user_defined_filters={"wire": json.dumps},
    user_defined_macros={"engine": engine, "failed_steps": failed_steps, "run_status": run_status},
) as dag:
    # true
    a = Step(
        task_id="a",
        reads={},
        retries=3,
        retry_delay=timedelta(seconds=30),
        retry_exponential_backoff=True,
        max_retry_delay=timedelta(seconds=600),
    )
    # true
    b = Step(
        task_id="b",
        reads={},
        retries=1,
        retry_delay=timedelta(seconds=0),
        retry_on=["timeout"],
        execution_timeout=timedelta(seconds=900.5),
    )
    # true
    c = Step(
        task_id="c",
        reads={
            "steps.a.state": "{{ ti.xcom_pull(task_ids='a', key='pipeglot-state') or '' }}",
            "steps.a.engine": "{{ engine(ti, 'a') }}",
        },
        trigger_rule=TriggerRule.ALL_DONE,
    )
    d_reads = {
        "steps.b.engine": "{{ engine(ti, 'b') }}",
        "steps.a.outputs.n": "{{ ti.xcom_pull(task_ids='a', key='n') or '' }}",
    }
    d_items = Items(task_id="d.items", step="d", reads=d_reads, trigger_rule=TriggerRule.ALL_DONE)
    # true
    d = Step.partial(task_id="d", reads=d_reads).expand(index=d_items.output)
    # true
    bye = Step(
        task_id="bye",
        reads={"run.status": "{{ run_status(ti) | wire }}", "run.failed_steps": "{{ failed_steps(ti) | wire }}"},
    ).as_teardown()
    # true
    verdict = Step(task_id="verdict", reads={}, execution_timeout=timedelta(seconds=960)).as_teardown()

    @task(task_id="_verdict")
    def verdict_(ti=None):
        """Fails the run when any step failed or was stopped: Airflow itself looks at the last tasks only."""
        found = unfinished(ti, STEPS + ON_EXIT)
        if found:
            raise AirflowFailException(f"failed or stopped: {', '.join(found)}")

    a >> c
    [a, b] >> d_items
    [c, d] >> bye
    [c, d] >> verdict
    [bye, verdict] >> verdict_().as_teardown(on_failure_fail_dagrun=True)
