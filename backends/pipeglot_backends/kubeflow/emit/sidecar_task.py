"""A sidecar that too many containers would hold: one task brings it, and each other task takes it as an artifact.

On Kubeflow it stands once, before the graph that holds the steps and `on_exit`. On Vertex AI, where it is an importer
and no container, it begins each graph of several tasks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from pipeglot.ir import Step
from pipeglot_backends.emit.yaml_text import Data
from pipeglot_backends.kubeflow.emit.bindings import Binding, merged
from pipeglot_backends.kubeflow.emit.delivery import UNPACK, Delivery
from pipeglot_backends.kubeflow.emit.executors import placement
from pipeglot_backends.kubeflow.emit.types import ANY_ARTIFACT
from pipeglot_backends.kubeflow.names import SIDECAR

KEY = "artifact"
"""The one output of the task; an importer's has that name."""
WRITE = f"""import base64,bz2,json,pathlib,sys
unpacked={UNPACK}
_,packed,path,given,*table=sys.argv
made=json.loads(given)['outputs']
told=json.dumps(dict(artifacts=made['artifacts'])).encode()
program=unpacked(packed).replace(b'BROUGHT=""',b'BROUGHT='+repr(''.join(table)).encode(),1)
for place,content in (path,program),(made['outputFile'],told):
    place=pathlib.Path(place)
    place.parent.mkdir(parents=True,exist_ok=True)
    place.write_bytes(content)
"""
"""Writes the artifact, the step table in it, and says so as an executor does: `kfp.local` takes it from there."""
INTERFACE: dict[str, Data] = {"outputDefinitions": {"artifacts": {KEY: ANY_ARTIFACT}}}
_FROM_TASK: Data = {"taskOutputArtifact": {"producerTask": SIDECAR, "outputArtifactKey": KEY}}
GIVEN = Binding(SIDECAR, ANY_ARTIFACT, _FROM_TASK, artifact=True)
HANDED_ON = Delivery(("python3", f"{{{{$.inputs.artifacts['{SIDECAR}'].path}}}}"), brought=True)
"""`tabled` too, where a task of ours brings it."""
RETRIES: Data = {"maxRetryCount": 2, "backoffDuration": "10s", "backoffFactor": 2.0, "backoffMaxDuration": "60s"}
"""Nobody asked for this task, so a node that is gone under it is not to end a run."""


@dataclass(frozen=True, slots=True)
class SidecarExecutor:
    """What brings it: for the deployment of the definition, and for the platform document, which may be empty."""

    made: Data
    needed: dict[str, Data]
    retried: bool


SidecarTask = Callable[[Step], SidecarExecutor]
"""Makes the executor for a graph that begins with a step."""


def containers(steps: Iterable[Step]) -> tuple[int, bool]:
    """How many tasks start a container at least, and whether that is all: of most fan-outs it is not known."""
    count, known = 0, True
    for step in steps:
        fan = step.fan_out
        count += max(1, len(fan.literal or ())) if fan else 1
        count += bool(fan and step.needs_list_task)
        known = known and (fan is None or fan.literal is not None)
    return count, known


def alone(steps: Iterable[Step]) -> bool:
    """Whether a graph is one container, which then holds the sidecar itself."""
    return containers(steps) == (1, True)


def container(packed: str, table: Sequence[str]) -> SidecarTask:
    """The sidecar in one container, of the image that the first step has anyway, with the step table in `blocks`."""

    def made(first: Step) -> SidecarExecutor:
        place = f"{{{{$.outputs.artifacts['{KEY}'].path}}}}"
        command: Data = ["python3", "-I", "-c", WRITE, packed, place, "{{$}}", *table]
        held: Data = {"container": merged({"image": first.image}, {"command": command})}
        return SidecarExecutor(held, placement(first.pod), retried=True)

    return made
