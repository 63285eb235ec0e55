"""The cases that are run in containers: what could go otherwise there than on a worker. Each takes long."""

from __future__ import annotations

import os

from tests.conformance.cases import CASES, Case

NAMES = (
    "failed_branch",
    "retry_third",
    "on_exit_cancel",
    "timeout_kill",
    "chain_values",
    "hostile_text",
    "fan_out_dicts",
    "item_skipped",
    "fan_in_artifacts",
    "folder_artifact",
    "skip_by_data",
    "on_exit_failure",
    "exit_99",
    "missing_output",
    "run_if_failure",
    "retry_lost",
    "code_archive",
    "patched",
    "artifact_kinds",
    "artifacts_of_failed_items",
    "folders_of_items",
    "foreach_file",
    "fan_out_over_artifacts",
    "signal_ended",
    "deadline",
    "optional_secret",
    "sensitive_values",
    "script_shells",
    "python_body",
    "argv_exact",
    "value_too_large",
    "item_retried",
    "allowed_failure",
    "run_words",
)
"""In the order in which they are started: first one that makes the workers warm, then those that wait for long."""
FIRST = NAMES[0]


def chosen() -> list[Case]:
    """Those; all with `PIPEGLOT_EVERY_CASE` in the environment."""
    if os.environ.get("PIPEGLOT_EVERY_CASE"):
        return sorted(CASES, key=lambda case: NAMES.index(case.name) if case.name in NAMES else len(NAMES))
    known = {case.name: case for case in CASES}
    return [known[name] for name in NAMES]
