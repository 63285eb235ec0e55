"""Where Kubeflow's records are read from, and what is said where nobody knows."""

from __future__ import annotations

import pytest

from pipeglot.diagnostics import SpecRejected
from pipeglot_backends.kubeflow.remote.records import opened


def test_it_says_how_to_reach_a_store_inside_the_cluster() -> None:
    with pytest.raises(SpecRejected) as refused:
        opened("minio://mlpipeline/v2/artifacts", {})
    (told,) = refused.value.diagnostics
    assert told.code == "PG526"
    assert told.hint is not None
    for words in ("svc/seaweedfs 9000", "svc/minio-service", "AWS_ENDPOINT_URL"):
        assert words in told.hint
