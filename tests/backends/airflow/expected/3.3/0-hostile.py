"""The pipeline `0-hostile`, for Airflow 3.3.

pipeglot wrote this file from the pipeline's description: change that, and compile again. What each step runs stands in
`0-hostile.pipeglot/steps.json`, beside the sidecar that runs it.
"""

from __future__ import annotations

import json
import shlex
import sys
import tempfile
from pathlib import Path

from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import DAG, Param, TriggerRule, task
from airflow.sdk.exceptions import AirflowException, AirflowFailException, AirflowSkipException

HOME = Path(__file__).with_name("0-hostile.pipeglot")
SETTINGS = {
    "PIPEGLOT_ENGINE": "airflow",
    "PIPEGLOT_INSTANCE": 'http://127.0.0.1:8080/"/0-hostile',
    "PIPEGLOT_ARTIFACTS": "/srv/art 'ifacts",
    "PIPEGLOT_RECORD": str(HOME / "records"),
    "PIPEGLOT_CODE": '/srv/"code',
    "PIPEGLOT_PYTHON": '""" \' {{ ti }} {% raw %} \\ \n\r\u202e 😀 [[ x ]] [% y %] $(id) ${{ z }}',
}
STEPS = ["class", "json", "wire-x", "outer.inner", "outer_inner", "_verdict_"]
FAN_OUTS = {"outer_inner": ["outer_inner.items", "outer_inner"]}  # and the tasks of each
FINAL = (66, 67, 68)  # what the sidecar ends with where another try would end the same
LOST = 69
SKIPPED = 99


class Step(BashOperator):
    """Starts the sidecar, which runs the step's command, and hands its values on as XComs, also when it failed."""

    template_fields = ("reads",)
    mode, skip_code = "run", SKIPPED
    announced = None

    def __init__(self, *, reads, step=None, index=None, private=(), **rest):
        self.step = step or rest["task_id"]
        command = ["exec", sys.executable, str(HOME / "sidecar.py"), self.mode, self.step]
        super().__init__(bash_command=shlex.join(command), do_xcom_push=self.mode == "items", **rest)
        self.reads = reads
        self.index = index
        self.private = private

    def execute(self, context):
        ti = context["ti"]
        with tempfile.TemporaryDirectory(prefix="pipeglot-") as folder:
            reads, result = Path(folder, "reads.json"), Path(folder, "result")
            private = {f"params.{name}": json.dumps(context["params"][name]) for name in self.private}
            reads.write_text(json.dumps({**self.reads, **private}))
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
    dag_id="0-hostile",
    description='""" \' {{ ti }} {% raw %} \\ \n\r\u202e 😀 [[ x ]] [% y %] $(id) ${{ z }}',
    doc_md="Compiled by pipeglot, fingerprint 56b65386992a.",
    schedule=None,
    catchup=False,
    max_active_runs=16,
    tags=[
        "pipeglot",
        'evil=""" \' {{ ti }} {% raw %} \\ \n\r\u202e 😀 [[ x ]] [% y %] $(id) ${{ z }}',
        "long=xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
    ],
    params={
        "items": Param(
            '""" \' {{ ti }} {% raw %} \\ \n\r\u202e 😀 [[ x ]] [% y %] $(id) ${{ z }}',
            type="string",
            description='""" \' {{ ti }} {% raw %} \\ \n\r\u202e 😀 [[ x ]] [% y %] $(id) ${{ z }}',
            enum=['""" \' {{ ti }} {% raw %} \\ \n\r\u202e 😀 [[ x ]] [% y %] $(id) ${{ z }}'],
            pattern="^(?:[\"'{}]*)$",
        ),
        "keys": Param(
            ['""" \' {{ ti }} {% raw %} \\ \n\r\u202e 😀 [[ x ]] [% y %] $(id) ${{ z }}'],
            type="array",
            items={"type": "string"},
        ),
        "settings": Param(
            {
                '""" \' {{ ti }} {% raw %} \\ \n\r\u202e 😀 [[ x ]] [% y %] $(id) ${{ z }}': [
                    1,
                    1.5,
                    True,
                    {"a": '""" \' {{ ti }} {% raw %} \\ \n\r\u202e 😀 [[ x ]] [% y %] $(id) ${{ z }}'},
                ],
            },
            type="object",
        ),
        "required": Param(type="number", minimum=0.5, maximum=1),
    },
    default_args={"retries": 0, "trigger_rule": TriggerRule.NONE_FAILED, "pool": 'p"ool'},
    user_defined_filters={"wire": json.dumps},
) as dag:
    # true
    class_ = Step(task_id="class", reads={"params.items": "{{ params['items'] | wire }}"}, private=["keys"])
    # true
    json_ = Step(task_id="json", reads={})
    # true
    wire_x = Step(
        task_id="wire-x",
        reads={
            "params.settings": "{{ params['settings'] | wire }}",
            "steps.class.outputs.for": "{{ ti.xcom_pull(task_ids='class', key='for') or '' }}",
        },
    )
    # true
    outer_inner = Step(task_id="outer.inner", reads={})
    outer_inner_reads = {}
    outer_inner_items = Items(task_id="outer_inner.items", step="outer_inner", reads=outer_inner_reads)
    # true
    outer_inner_ = Step.partial(task_id="outer_inner", reads=outer_inner_reads).expand(index=outer_inner_items.output)
    # true
    _verdict_ = Step(task_id="_verdict_", reads={})

    @task()
    def verdict(ti=None):
        """Fails the run when any step failed or was stopped: Airflow itself looks at the last tasks only."""
        found = unfinished(ti, STEPS)
        if found:
            raise AirflowFailException(f"failed or stopped: {', '.join(found)}")

    class_ >> json_
    [class_, json_] >> wire_x
    wire_x >> outer_inner
    outer_inner >> _verdict_
    [outer_inner_, _verdict_] >> verdict().as_teardown(on_failure_fail_dagrun=True)
