"""What kfp.local cannot do, though Kubeflow can: each is shown by a pipeline of Kubeflow's own SDK that ends alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Gap:
    """`evidence` is a pipeline of `evidence.py`; it and the cases end with `state`, and kfp.local says `said`."""

    evidence: str
    state: str
    said: str
    cases: tuple[str, ...]


GAPS = (
    Gap(
        "loop-over-output",
        "broken",
        "Parent pipeline input argument",
        (
            *("allowed_failure", "failure_read_later", "fan_out_dicts", "fan_out_empty", "fan_out_over_skipped"),
            *(
                "fan_out_over_artifacts",
                "fan_out_params",
                "fan_out_skipped",
                "foreach_file",
                "group_foreach",
                "group_foreach_empty",
                "group_foreach_failed",
                "hostile_text",
                "matrix_params",
                "states_told",
                *("allowed_failure_items", "default_of_fan_out", "env_everywhere", "fan_out_chain", "fan_out_nested"),
                *(
                    "group_on_exit_across",
                    "on_exit_steps",
                    "patched",
                    "run_if_fan_outs",
                    "run_words",
                    "steps_at_a_time",
                ),
            ),
        ),
    ),
    Gap("list-into-loop", "succeeded", "", ("group_foreach_skips",)),
    Gap("null-in-dict", "broken", 'Got: "None" of type', ("params_typed",)),
    Gap(
        "branches",
        "failed",
        "Inner task failed",
        (
            *("always_reads_default", "bad_output", "failed_branch", "group_run_if", "metrics_not_finite"),
            *("missing_output", "null_inside", "number_limits", "script_shells", "signal_ended"),
            "upstream_failed_chain",
        ),
    ),
    Gap("number-of-the-try", "failed", "Inner task failed", ("retry_lost",)),
    Gap("time-of-the-start", "broken", "list index out of range", ("deadline",)),
)
BY_CASE: Mapping[str, Gap] = {case: gap for gap in GAPS for case in gap.cases}
