"""Every pipeline whose DAG file is judged: those made by hand, the examples, and the cases that Airflow can run."""

from __future__ import annotations

from pathlib import Path

from tests.judges.airflow.pipelines import ALL

from pipeglot.compiling import find_target, load, refusals
from pipeglot.ir import Pipeline

ROOT = Path(__file__).parents[3]
FILES = (*sorted(ROOT.glob("examples/*/pipeline.yaml")), *sorted(ROOT.glob("tests/conformance/*/pipeline.yaml")))


def _loaded() -> tuple[Pipeline, ...]:
    pipelines = tuple(load(path) for path in FILES)
    return tuple(pipeline for pipeline in pipelines if not refusals(pipeline, *find_target("airflow")))


JUDGED = (*ALL, *_loaded())
