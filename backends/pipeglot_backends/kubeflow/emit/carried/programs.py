"""Tasks that are a few lines of Python in the definition: no step stands for them, and no sidecar is brought."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pipeglot.ir import Step
from pipeglot_backends.emit.yaml_text import Data
from pipeglot_backends.kubeflow.emit.bindings import Binding, input_definitions, merged, task_inputs
from pipeglot_backends.kubeflow.emit.executors import placement
from pipeglot_backends.kubeflow.emit.tasks import Graph

LINES = "import sys;count=int(sys.argv.pop(1));exec('\\n'.join(sys.argv.pop(1) for _ in range(count)))"
"""A program that comes line by line: JSON has one line for a text, and nobody reviews one of a thousand letters."""
RETRIES: Data = {"maxRetryCount": 2, "backoffDuration": "10s", "backoffFactor": 2.0, "backoffMaxDuration": "60s"}
"""Nobody asked for these tasks, so a node that is gone under one is not to end a run. Vertex AI tries a verdict again
for what it says, too."""


def program_task(
    graph: Graph,
    like: Step,
    name: str,
    program: str,
    given: Sequence[Binding],
    needs: Iterable[str],
    outputs: dict[str, Data],
    arguments: Iterable[str] = (),
) -> Data:
    """In the image that a step has anyway. `arguments` follow the executor input."""
    lines = program.splitlines()
    rest = [LINES, str(len(lines)), *lines] if graph.engine == "vertex" else [program]
    command: Data = ["python3", "-I", "-c", *rest, "{{$}}", *arguments]
    needed = placement(like.pod)
    label = graph.executors.name_of({"container": merged({"image": like.image}, {"command": command})}, name, needed)
    if needed:
        graph.platform[label] = needed
    component = merged(
        {"executorLabel": label, "inputDefinitions": input_definitions(given)}, {"outputDefinitions": outputs}
    )
    return {
        "taskInfo": {"name": name},
        "componentRef": {"name": graph.components.name_of(component, name)},
        "cachingOptions": {},
        "dependentTasks": list(needs),
        "inputs": task_inputs(given),
        **({"retryPolicy": RETRIES} if outputs or graph.engine == "kubeflow" else {}),
    }
