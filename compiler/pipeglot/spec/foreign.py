"""Words of other tools, and what the language has in their place."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final


def _all(words: str, meant: str) -> Iterator[tuple[str, str]]:
    return ((_plain(word), meant) for word in words.split())


def _plain(word: str) -> str:
    """`dependsOn`, `depends_on` and `depends-on` are one word."""
    return word.lower().replace("_", "").replace("-", "")


_STEP: Final = {
    **dict(_all("depends_on depends dependencies dependsOn deps after runAfter run_after upstream requires", "needs")),
    **dict(_all("container container_image base_image docker_image docker", "image")),
    **dict(_all("command cmd script bash_command args arguments entrypoint exec bash shell_script source", "run")),
    **dict(_all("func function callable python_callable handler", "python")),
    **dict(_all("component template templateRef componentRef action include", "uses")),
    **dict(_all("arguments_from parameters params args_map ins inlets parameter", "inputs")),
    **dict(_all("if condition cond only_if only rules skip_if", "when")),
    **dict(_all("trigger_rule", "run_if")),
    **dict(
        _all(
            "loop with_items withItems withParam with_param withSequence expand map for_each parallel_for items",
            "foreach: {items: …}",
        )
    ),
    **dict(_all("strategy parallel", "matrix: {AXIS: […]}")),
    **dict(
        _all("retries retry_policy retryStrategy retry_strategy attempts max_retries retry_limit", "retry: {limit: …}")
    ),
    **dict(_all("retry_delay retry_delay_seconds", "retry: {limit: 1, delay: …}")),
    **dict(_all("environment envs env_vars variables vars", "env")),
    **dict(_all("outs artifacts produces outlets results", "outputs")),
    **dict(_all("working_dir workingDir working-directory cwd wdir", "workdir")),
    **dict(
        _all(
            "timeout-minutes timeout_seconds timeoutSeconds timeout_minutes execution_timeout activeDeadlineSeconds "
            "time_limit",
            "timeout",
        )
    ),
    **dict(_all("cpu cpus memory mem gpu gpus requests limits", "resources: {cpu: …, memory: …, gpu: {count: …}}")),
    **dict(_all("nodeSelector node_selector tolerations affinity serviceAccountName volumes", "kubernetes: {…}")),
}
_PIPELINE: Final = {
    **dict(_all("jobs tasks stages nodes ops templates dag workflow", "steps")),
    **dict(_all("params parameters arguments args vars variables inputs config", "params")),
    **dict(_all("cron schedule_interval timetable triggers trigger on crontab", "schedule: {cron: …}")),
    **dict(_all("environment env_vars", "defaults: {env: {…}}")),
    **dict(_all("default_args", "defaults")),
    **dict(_all("retries", "defaults: {retry: {limit: …}}")),
    **dict(_all("onExit exit_handler finally teardown on_failure after_all", "on_exit")),
    **dict(_all("concurrency parallelism max_active_tasks max_workers", "max_parallel")),
    **dict(_all("dagrun_timeout activeDeadlineSeconds timeout", "deadline")),
    **dict(_all("name", "metadata: {name: …}")),
    **dict(_all("description", "metadata: {description: …}")),
    **dict(_all("labels tags", "metadata: {labels: {…}}")),
    **dict(_all("version api_version", "apiVersion")),
}
_FIELDS: Final[Mapping[str, Mapping[str, str]]] = {
    "pipeline": _PIPELINE,
    "step": _STEP,
    "param": {
        **dict(_all("value", "default")),
        **dict(_all("required", "default")),
        **dict(_all("choices options allowed values", "enum")),
        **dict(_all("regex", "pattern")),
        **dict(_all("minimum ge", "min")),
        **dict(_all("maximum le", "max")),
        **dict(_all("minLength", "min_length")),
        **dict(_all("maxLength", "max_length")),
        **dict(_all("minItems", "min_items")),
        **dict(_all("maxItems", "max_items")),
        **dict(_all("secret", "sensitive")),
        **dict(_all("help doc", "description")),
    },
    "retry": {
        **dict(_all("max count attempts retries times max_attempts maxRetries maximum_attempts max_retries", "limit")),
        **dict(_all("wait interval duration initial_delay", "delay")),
        **dict(_all("factor multiplier", "backoff")),
        **dict(_all("maxDuration max_wait max_interval", "max_delay")),
    },
    "gpu": {**dict(_all("number limit", "count")), **dict(_all("accelerator model kind", "type"))},
    "resources": {**dict(_all("ram mem", "memory")), **dict(_all("storage ephemeral-storage", "disk"))},
    "foreach": {
        **dict(_all("in list values over", "items")),
        **dict(_all("parallelism parallel max_concurrency concurrency", "max_parallel")),
    },
    "schedule": {
        **dict(_all("schedules expression crontab interval", "cron")),
        **dict(_all("tz zone", "timezone")),
        **dict(_all("startingDeadlineSeconds backfill", "catchup")),
        **dict(_all("concurrencyPolicy concurrency_policy", "overlap")),
        **dict(_all("start_date startTime start_time", "start")),
        **dict(_all("end_date endTime end_time", "end")),
        **dict(_all("max_active_runs max_concurrency", "max_active")),
    },
}
_VALUES: Final[Mapping[str, str]] = {
    **dict(_all("str text varchar uri url path date datetime", "string")),
    **dict(_all("integer long bigint int32 int64", "int")),
    **dict(_all("number double decimal float32 float64 real", "float")),
    **dict(_all("boolean", "bool")),
    **dict(_all("array sequence tuple set", "list")),
    **dict(_all("object map mapping dictionary json struct record", "dict")),
    **dict(_all("dir folder", "directory")),
    **dict(_all("csv parquet table dataframe data", "dataset")),
    **dict(_all("report html", "report")),
    **dict(_all("all_done none_skipped", "always")),
    **dict(_all("one_failed all_failed", "failure")),
    **dict(_all("all_success none_failed", "success")),
    **dict(_all("forbid queue", "skip")),
    **dict(_all("workflow cronworkflow dag workflowtemplate pipelinerun", "Pipeline")),
    **dict(_all("task step op clustertask componentspec", "Component")),
    **dict(_all("/bin/sh posix", "sh")),
    **dict(_all("/bin/bash", "bash")),
    **dict(_all("python3 py", "python")),
}


_STATE: Final = re.compile(r"\b(always|failure|success|all_done|one_failed|all_failed)\b *(?:\( *\))?")


def field(place: str, word: str, found: object = None) -> str | None:
    """What stands for a field of another tool that holds `found`: a field, or how a field is written out."""
    meant = _FIELDS.get(place, {}).get(_plain(word))
    state = _STATE.search(found) if meant == "when" and isinstance(found, str) else None
    return f"run_if: {value(state[1], ['always', 'failure', 'success']) or state[1]}" if state else meant


def value(word: str, known: list[str]) -> str | None:
    """The one of the values that can stand here which another tool calls by this word."""
    meant = _VALUES.get(_plain(word))
    return meant if meant in known else None


ARTIFACTS: Final = ("file", "directory", "dataset", "model", "metrics", "report")
_ENDING: Final = re.compile("[a-z0-9]{1,10}")
_SIZE: Final = re.compile("([0-9]+) ?([kmgt])(i?)b?", re.I)


def output(word: str) -> str:
    """What is declared by one word: an artifact where it is a kind of one, else a value of that type."""
    artifact = value(word, [*ARTIFACTS]) or word
    return f"{{artifact: {artifact}}}" if artifact in ARTIFACTS else f"{{type: {word}}}"


def artifact(field: str, word: str) -> str | None:
    """A kind of artifact that stands as a type, or the ending of a file as a kind."""
    if field == "type" and word in ARTIFACTS:
        return f"artifact: {word}"
    return f"artifact: file` and `format: {word}" if field == "artifact" and _ENDING.fullmatch(word) else None


def size(text: str) -> str | None:
    """`2GB` and `512 mib` in the units of the language."""
    found = _SIZE.fullmatch(text)
    return f"{found[1]}{found[2].upper()}{found[3].lower()}" if found else None
