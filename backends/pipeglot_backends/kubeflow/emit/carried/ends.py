"""Tasks that no step stands for: `pipeglot-ends` tells `on_exit` how the steps ended, `pipeglot-verdict` fails a run.

Both need python3 alone, so no sidecar is brought for them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pipeglot.ir import Step
from pipeglot_backends.emit.yaml_text import Data
from pipeglot_backends.kubeflow.emit.bindings import Binding, output_of, parameter, selected
from pipeglot_backends.kubeflow.emit.carried.programs import program_task
from pipeglot_backends.kubeflow.emit.tasks import Graph
from pipeglot_backends.kubeflow.emit.types import LIST, STRING
from pipeglot_backends.kubeflow.names import ENDS, EXIT_HANDLER, EXITS, VERDICT

BAD = "bad"
"""The output of `ENDS` that names all steps which have not ended well, and an input of `VERDICT`."""
BAD_EXITS = "bad-exits"
OUTPUTS = ("status", "failed_steps", BAD)
PROGRAM = """import json,pathlib,sys
_,given,*steps=sys.argv
told=json.loads(given)
found=told['inputs'].get('parameterValues',{})
def read(text):
    return json.loads(text or 'null') if isinstance(text,str) else text
def ended(number):
    own=read(found.get(f'state-{number}'))
    pairs=map(read,found.get(f'items-{number}') or [])
    states=[own,*(pair[1] for pair in pairs if pair)]
    if own=='skipped': return own
    return next((state for state in ('failed','cancelled') if state in states),own)
ends={step:ended(number) for number,step in enumerate(steps)}
ends={step:'skipped' if step[0]=='?' and end=='failed' else end for step,end in ends.items()}
bad=[step for name in ('bad','bad-exits') for step in read(found.get(name)) or []]
bad+=[step for step in steps if ends[step] not in ('succeeded','cached','skipped')]
made={'status':'FAILED' if bad else 'SUCCEEDED','bad':json.dumps(bad)}
made['failed_steps']=json.dumps(sorted(step for step in steps if ends[step]=='failed'))
files=told['outputs'].get('parameters',{})
for name,each in files.items():
    place=pathlib.Path(each['outputFile'])
    place.parent.mkdir(parents=True,exist_ok=True)
    place.write_text(made[name])
if bad: print('not ended well:',*bad,file=sys.stderr)
sys.exit(bool(bad and not files))
"""
"""As `Reads.status` of the sidecar has it. Without outputs it is the verdict. A step with `?` before it may fail."""


@dataclass(frozen=True, slots=True)
class Ended:
    """Steps whose ends are looked at, and the inputs that tell them."""

    steps: tuple[str, ...]
    given: tuple[Binding, ...]
    needs: tuple[str, ...]


def ended(graph: Graph, ids: Iterable[str]) -> Ended:
    """Of steps in the same graph."""
    given: list[Binding] = []
    needs: dict[str, None] = {}
    steps = tuple(ids)
    for number, id in enumerate(steps):
        step, key = graph.pipeline.by_id[id], graph.names.step[id]
        deciding = graph.names.items.get(id, None if step.fan_out else key)
        if deciding:
            given.append(parameter(f"state-{number}", STRING, output_of(deciding)))
        else:
            given.append(parameter(f"state-{number}", STRING, {"runtimeValue": {"constant": '"succeeded"'}}))
        if step.fan_out:
            given.append(parameter(f"items-{number}", LIST, output_of(key)))
        needs |= dict.fromkeys(filter(None, (deciding, key)))
    return Ended(steps, tuple(given), tuple(needs))


def ends(graph: Graph) -> dict[str, Data]:
    """The task between the steps and those of `on_exit`, in one graph; one more where outside nobody could tell of
    these, as a loop cannot."""
    pipeline = graph.pipeline
    made = {ENDS: _task(graph, pipeline.steps[0], ENDS, ended(graph, (step.id for step in pipeline.steps)), OUTPUTS)}
    if fanned := [step.id for step in pipeline.on_exit if step.fan_out]:
        made[EXITS] = _task(graph, pipeline.on_exit[0], EXITS, ended(graph, fanned), (BAD,))
    return made


def verdict(graph: Graph, softened: Iterable[str]) -> dict[str, Data]:
    """The task that fails the graph in which all steps stand; nothing where no failure is carried."""
    found = ended(graph, (id for id in softened if not graph.pipeline.by_id[id].allow_failure))
    if not found.steps:
        return {}
    return {VERDICT: _task(graph, graph.pipeline.by_id[found.steps[0]], VERDICT, found)}


def outer_verdict(graph: Graph) -> dict[str, Data]:
    """The same beside the graph, which tells what has not ended well: the steps of `on_exit` are in there too."""
    plain = tuple(step.id for step in graph.pipeline.on_exit if not step.fan_out)
    given = tuple(parameter(name, STRING, output_of(EXIT_HANDLER, name)) for name in _told_outside(graph))
    return {VERDICT: _task(graph, graph.pipeline.steps[0], VERDICT, Ended(plain, given, (EXIT_HANDLER,)))}


def told_outside(graph: Graph) -> tuple[Data, Data]:
    """What `outer_verdict` reads, as outputs of the graph: their definitions, and where they are taken from."""
    found = _told_outside(graph)
    return {"parameters": {name: {"parameterType": STRING} for name in found}}, {"parameters": found}


def _told_outside(graph: Graph) -> dict[str, Data]:
    found: dict[str, Data] = {BAD: selected(ENDS, BAD)}
    plain = [step.id for step in graph.pipeline.on_exit if not step.fan_out]
    found |= {f"state-{n}": selected(graph.names.step[id]) for n, id in enumerate(plain)}
    if len(plain) < len(graph.pipeline.on_exit):
        found[BAD_EXITS] = selected(EXITS, BAD)
    return found


def _task(graph: Graph, like: Step, name: str, found: Ended, outputs: Sequence[str] = ()) -> Data:
    marked = ("?" * graph.pipeline.by_id[step].allow_failure + step for step in found.steps)
    parameters: dict[str, Data] = {each: {"parameterType": STRING} for each in outputs}
    made: dict[str, Data] = {"parameters": parameters} if outputs else {}
    return program_task(graph, like, name, PROGRAM, found.given, found.needs, made, marked)
