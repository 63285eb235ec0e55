"""The cases that hand artifacts on, with a bucket in place of the run's folder: the same record."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tests.conformance.cases import CASES, Case
from tests.engines.stores.servers import BUCKET, Server

ROOT = Path(__file__).parents[3]
PIPEGLOT = [sys.executable, "-m", "pipeglot"]
ROOMS = ("compiler", "backends", "metadata", "schemas")
HOLDING = {
    *("artifact_chain", "folder_artifact", "fan_in_artifacts", "optional_output", "foreach_file"),
    *("default_over_skip", "first_of_skips", "item_retried", "missing_output", "symlink_refused"),
}


@pytest.mark.parametrize("case", [case for case in CASES if case.name in HOLDING], ids=lambda case: case.name)
def test_a_bucket_leaves_the_same_record(case: Case, s3: Server, tmp_path: Path) -> None:
    for file in case.pipeline.parent.glob("*.yaml"):
        shutil.copy(file, tmp_path / file.name)
    profile = f"\nprofiles: {{bucket: {{artifacts: 's3://{BUCKET}/{case.name}'}}}}\n"
    text = (tmp_path / "pipeline.yaml").read_text("utf-8")
    (tmp_path / "pipeline.yaml").write_text(text.partition("\nprofiles:")[0] + profile, "utf-8")
    environ = {**os.environ, **s3.environ, "PYTHONPATH": ":".join(str(ROOT / room) for room in ROOMS)}
    command = [*PIPEGLOT, "run", "--isolated", "--profile", "bucket", *case.arguments()]
    ran = subprocess.run(command, cwd=tmp_path, env=environ, capture_output=True, text=True, check=False)
    show = [*PIPEGLOT, "show", "--format", "normal"]
    shown = subprocess.run(show, cwd=tmp_path, env=environ, capture_output=True, text=True, check=False)
    assert shown.returncode == 0, ran.stdout + ran.stderr
    assert not (difference := case.difference(shown.stdout)), f"{difference}\n\n{ran.stdout}"
    kept = [path for folder in tmp_path.glob(".pipeglot/runs/*/artifacts") for path in folder.iterdir()]
    assert kept == [], "what is in the bucket is not here"
