"""Raw patches for Airflow: keyword arguments of a step's operator, or of the DAG. Literals, never code."""

from __future__ import annotations

import keyword
from collections.abc import Mapping
from typing import Any

from pipeglot.diagnostics import Diagnostic
from pipeglot.ir import Patch, Pipeline, Step
from pipeglot_backends.airflow.emit.dag import dag_arguments
from pipeglot_backends.airflow.emit.operators import arguments
from pipeglot_backends.airflow.settings import read
from pipeglot_backends.emit.patching import Faults, Patching, kept, touched
from pipeglot_backends.protocol import Options

TARGET = "airflow"
_STARTS = "starts the sidecar, which runs the step and keeps its record"
_TOLD = "is what the operator hands to the sidecar"
_CODE = "is given code, and a patch holds literals"
_RETRY = ("counts the attempts of the record", "write `retry:`")
_SCHEDULE = ("says when runs start", "write `schedule:`")
_VOLUMES = ("brings the sidecar and the volumes of the step", "write `kubernetes: {volumes: …}`")
_ENV_FROM = ("is how the variables of the pod come", "write `kubernetes: {env_from: …}`")
_VALUES = "is how values reach other steps"
_ENV = ("is what the operator hands to the sidecar", "write `env:`")
OPERATOR: dict[str, str | tuple[str, str]] = {
    "task_id": "is the step's id, by which its record is found",
    **dict.fromkeys(("reads", "step", "index", "private", "retry_on", "fail_fast", "allow_failure"), _TOLD),
    **dict.fromkeys(("secrets", "outside", "mounted", "dag", "task_group"), _TOLD),
    **dict.fromkeys(("bash_command", "command", "entrypoint", "cmds", "arguments"), _STARTS),
    **dict.fromkeys(("env", "append_env", "env_vars", "environment", "private_environment", "env_file"), _ENV),
    **dict.fromkeys(("env_from", "configmaps"), _ENV_FROM),
    **dict.fromkeys(("volumes", "volume_mounts", "mounts", "mount_tmp_dir", "init_containers"), _VOLUMES),
    **dict.fromkeys(("workdir", "working_dir", "cwd"), ("is where the code of the step lies", "write `workdir:`")),
    "image": ("is what the record says the step ran in", "write `image:`, which a profile can replace"),
    "trigger_rule": ("says after what the step runs", "write `run_if:`"),
    **dict.fromkeys(("retries", "retry_delay", "retry_exponential_backoff", "max_retry_delay"), _RETRY),
    "execution_timeout": ("would end the sidecar before it has written the record", "write `timeout:`"),
    "termination_grace_period": ("is what the sidecar ends within", "write `kubernetes: {termination_grace: …}`"),
    **dict.fromkeys(("do_xcom_push", "multiple_outputs", "auto_remove", "deferrable"), _VALUES),
    **dict.fromkeys(("get_logs", "container_logs", "base_container_name"), "is how the record comes out of the pod"),
    **dict.fromkeys(("skip_on_exit_code", "params"), "would give a step another meaning in Airflow than it has"),
    **dict.fromkeys(("start_date", "end_date"), _SCHEDULE),
    **dict.fromkeys(("namespace", "kubernetes_conn_id", "docker_conn_id", "docker_url", "user"), (
        "is one for all steps",
        "write it under `airflow:` of a profile",
    )),
    "service_account_name": ("is that of the step's pod", "write `kubernetes: {service_account: …}`"),
    **dict.fromkeys(("pre_execute", "post_execute", "callbacks", "python_callable", "output_processor"), _CODE),
    **{f"on_{word}_callback": _CODE for word in ("execute", "failure", "success", "retry", "skipped")},
}  # fmt: skip
DAG: dict[str, str | tuple[str, str]] = {
    "dag_id": ("is the pipeline's name", "write `name:` of a profile"),
    "params": ("holds the params", "write `params:`"),
    "doc_md": (
        "holds the fingerprint by which `submit` knows what Airflow runs",
        "write `description:` of the pipeline",
    ),
    **dict.fromkeys(("schedule", "start_date", "end_date", "catchup", "max_active_runs"), _SCHEDULE),
    "dagrun_timeout": ("would end the sidecars before they have written the record", "write `deadline:`"),
    "fail_fast": ("says what a failure stops", "write `fail_fast:` of the pipeline"),
    **dict.fromkeys(("user_defined_filters", "user_defined_macros"), "is how values reach the steps"),
    **dict.fromkeys(
        ("render_template_as_native_obj", "jinja_environment_kwargs", "template_undefined", "template_searchpath"),
        "would change the values that reach the steps",
    ),
    **dict.fromkeys(("on_success_callback", "on_failure_callback", "sla_miss_callback"), _CODE),
    **{f"default_args.{name}": does for name, does in OPERATOR.items()},
}


def faults(pipeline: Pipeline, step: Step | None, patch: Patch) -> Faults:
    del pipeline
    yield from touched(TARGET, patch, kept(OPERATOR if step else DAG))
    for name in patch.fields:
        if not name.isidentifier() or keyword.iskeyword(name):
            message = f"a patch for `{TARGET}` is keyword arguments, and `{name}` is no name of one"
            yield Diagnostic("PG410", message, patch.place((name,)), key=True)


def base(pipeline: Pipeline, step: Step | None, options: Options) -> Mapping[str, Any]:
    settings = read(options.settings)
    given = arguments(step, options.version, settings) if step else dag_arguments(pipeline, settings, "")
    return {name: value for name, value in given.items() if value is not None}


PATCHING = Patching(faults, base)
