"""The cases that are run on each Argo: all on the newest, and on those before it what an engine has a part in."""

from __future__ import annotations

import os

from tests.conformance.cases import CASES, Case

from pipeglot_backends.argo import RUN

ON_OLDER = frozenset({
    *("chain_values", "hostile_text", "params_typed", "params_beyond_doubles", "optional_secret", "sensitive_values"),
    *("artifact_chain", "artifact_kinds", "folder_artifact", "folders_of_items", "fan_in_artifacts"),
    *("failed_branch", "exit_99", "timeout_kill", "signal_ended", "missing_output", "deadline", "code_archive"),
    *("retry_third", "retry_causes", "retry_lost", "skip_by_data", "when_false", "status_in_when", "states_told"),
    *("run_if_failure", "run_if_always_leaf", "run_if_skipped_need", "allowed_failure_beside", "upstream_failed_chain"),
    *("on_exit_failure", "on_exit_cancel", "on_exit_success", "on_exit_fails", "outputs_on_exit"),
    *("fan_out_dicts", "fan_out_empty", "fan_out_over_artifacts", "fail_fast", "foreach_fail_fast", "steps_at_a_time"),
    *("item_skipped", "item_failed", "item_timeout_retried", "items_all_skipped"),
    *("group_run_if", "group_on_exit", "group_foreach_failed", "data_from_outside", "patched"),
})  # fmt: skip
"""What Argo's controller and executor have a part in, once each: what starts, waits, fails, is tried again, handed on,
fanned out or stopped. The rest is the same text in the same pods, or the same part of the engine again."""


def chosen() -> list[tuple[str, Case]]:
    """Versions and cases; all of them with `PIPEGLOT_EVERY_CASE` in the environment."""
    every = bool(os.environ.get("PIPEGLOT_EVERY_CASE"))
    unknown = ON_OLDER - {case.name for case in CASES}
    assert not unknown, f"there are no such cases: {unknown}"
    return [
        (version, case) for version in RUN for case in CASES if every or version == RUN[-1] or case.name in ON_OLDER
    ]
