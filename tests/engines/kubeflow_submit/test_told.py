"""What Kubeflow's client makes of each bad way."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from tests.engines.bad_ways import WAYS
from tests.engines.submitting import DOCUMENT, SPEC
from tests.engines.told import Engine, check

from pipeglot.ir import Pipeline
from pipeglot_backends.kubeflow.remote import listing, submit
from pipeglot_backends.protocol import EmittedFile

GONE = b'{"error": "no", "code": 5, "message": "namespaces \\"ml\\" not found", "details": []}'
NATIVE = {"run": "0192", "url": "URL", "artifacts": "minio://mlpipeline/v2/artifacts/churn/0192"}


@pytest.mark.parametrize("way", WAYS)
def test_each_command_says_what_is_wrong(way: str, loaded: Callable[[str], Pipeline], tmp_path: Path) -> None:
    files = [EmittedFile("pipeline.yaml", yaml.safe_dump(DOCUMENT))]
    engine = Engine(
        "kubeflow", submit, listing, loaded(SPEC), files, NATIVE,
        lambda url: {"KF_PIPELINES_ENDPOINT": url, "KFP_EXISTING_TOKEN": "a-token"}, GONE, {},
    )  # fmt: skip
    check(engine, way, tmp_path)
