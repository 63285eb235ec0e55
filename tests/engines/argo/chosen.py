"""The cases that are run on each Argo: all on the newest, and on those before it what an engine has a part in."""

from __future__ import annotations

import os

from tests.conformance.cases import CASES, Case

from pipeglot_backends.argo import RUN

WITHOUT_THE_ENGINE = frozenset({
    *("argv_exact", "conditions", "env_canonical", "env_everywhere", "float_texts", "functions", "number_limits"),
    *("null_inside", "python_body", "run_words", "script_places", "script_shells", "string_exact", "text_order"),
    *("yaml_forms", "components_by_name", "defaults_merged", "order_free", "pipeline_used", "group_outputs"),
    *("default_over_skip", "first_of_skips", "item_default", "default_of_fan_out", "optional_output"),
    *("fan_out_wide", "matrix", "matrix_too_many"),
    *("metrics_not_finite", "reserved_codes", "symlink_refused", "value_too_large"),
})  # fmt: skip
"""Decided by the compiler and the sidecar, from the same texts in the same pods on every Argo; one needs fifty pods."""


def chosen() -> list[tuple[str, Case]]:
    """Versions and cases; all of them with `PIPEGLOT_EVERY_CASE` in the environment."""
    every = bool(os.environ.get("PIPEGLOT_EVERY_CASE"))
    unknown = WITHOUT_THE_ENGINE - {case.name for case in CASES}
    assert not unknown, f"there are no such cases: {unknown}"
    return [
        (version, case)
        for version in RUN
        for case in CASES
        if every or version == RUN[-1] or case.name not in WITHOUT_THE_ENGINE
    ]
