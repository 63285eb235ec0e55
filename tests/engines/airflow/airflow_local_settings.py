"""Loads what DAG files import before tasks are forked, once for all of them. Airflow loads this at its start.

Without that each task does it by itself: the operator for pods takes eight seconds of a core.
"""

import importlib
import os
import sys

NAMED = os.environ.get("PIPEGLOT_TEST_PRELOADED", "").split()


def load() -> None:
    for name in NAMED:
        importlib.import_module(name)


# The executor's workers, and the tasks by them, are forked from the scheduler.
if "scheduler" in sys.argv:
    os.register_at_fork(before=load)
