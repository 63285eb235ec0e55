"""Records that the sidecar sends to a server while a step goes on: `records: {sink: https://…}`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from pipeglot.ir import Origin, Pipeline
from pipeglot_backends.emit.sinks import SECRET, TOKEN
from pipeglot_backends.protocol import Limit

EVIDENCE: Final = "tests/sidecar/test_sink.py"
SENT: Final = "sent by the sidecar too, while the step goes on; its token is"
SENT_FROM_WORKERS: Final = f"{SENT} the worker's variable `{TOKEN}`"


def records_to_a_folder(pipeline: Pipeline) -> Iterator[Origin]:
    """A feature."""
    return iter([pipeline.origin] if pipeline.records.sink else [])


def records_to_a_server(pipeline: Pipeline) -> Iterator[Origin]:
    """A feature."""
    return iter([pipeline.origin] if pipeline.records.server else [])


def sent_from_google_cloud() -> Limit:
    """For `EMULATES`."""
    secret = f"the key `{SECRET.key}` of the secret `{SECRET.name}` of Secret Manager, where there is one"
    reason = f"sent by the sidecar too, while the step goes on; its token is {secret}"
    return Limit(records_to_a_server, reason, EVIDENCE)


def sent_from_pods(operators: tuple[str, ...] = ()) -> Limit:
    """For `EMULATES`."""
    secret = f"the key `{SECRET.key}` of the Kubernetes secret `{SECRET.name}`, where there is one"
    return Limit(records_to_a_server, f"{SENT} {secret}", EVIDENCE, operators=operators)
