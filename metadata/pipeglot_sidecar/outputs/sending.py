"""The artifacts of a step on their way into an object store, once they were looked at and hashed."""

from __future__ import annotations

from pipeglot_expression.runtime.contract import LOST
from pipeglot_expression.values import Artifact
from pipeglot_sidecar.artifacts.object_store import is_stored
from pipeglot_sidecar.artifacts.object_store import store_of as store_of
from pipeglot_sidecar.artifacts.store_faults import StoreFault as StoreFault
from pipeglot_sidecar.artifacts.transfer import send_artifact
from pipeglot_sidecar.outputs.outputs import Unfit as Unfit
from pipeglot_sidecar.outputs.outputs import WireFault as WireFault
from pipeglot_sidecar.outputs.outputs import read_outputs as read_outputs

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from pipeglot_sidecar.outputs.outputs import ReadOutput


def send_outputs(
    environ: dict[str, str],
    found: dict[str, ReadOutput],
    succeeded: bool,
    say: Callable[[str], None],
    pulse: Callable[[], None],
) -> None:
    """Where there is a store. What a failed attempt wrote is recorded, and is nowhere. Raises what `pulse` raises."""
    store = store_of(environ)
    if not store:
        return
    made = [(name, each, each.event) for name, each in found.items() if each.event and "digest" in each.event]
    sent = [(name, each, event) for name, each, event in made if not is_stored(event["uri"])]
    paths = {name: event.pop("uri")[len("file://") :] for name, _, event in sent}
    if not succeeded or any(written.fault for written in found.values()):
        return
    for name, written, event in sent:
        try:
            written.value = _sent_one(store, paths[name], event, say, pulse)
        except (StoreFault, OSError) as fault:
            written.fault = (LOST, f"output `{name}` is not in the store: {fault}")
            return


def _sent_one(
    store: str, path: str, event: dict[str, Any], say: Callable[[str], None], pulse: Callable[[], None]
) -> Artifact:
    event["uri"] = send_artifact(store, path, event["digest"], say, pulse)
    return Artifact(event["uri"])
