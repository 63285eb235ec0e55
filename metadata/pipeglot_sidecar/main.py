"""The sidecar's verbs: `run`, `items`, `execute`, those of a file, and those of commands that it starts itself."""

from __future__ import annotations

import os
import sys

from pipeglot_expression.runtime.contract import MISCONFIGURED
from pipeglot_sidecar.artifacts.decoding import decoded
from pipeglot_sidecar.bodies.commands import COMMANDS
from pipeglot_sidecar.faults import Trouble
from pipeglot_sidecar.file_verbs import FILE_VERBS
from pipeglot_sidecar.inputs.environment import Environment
from pipeglot_sidecar.inputs.executor_input import ExecutorInput
from pipeglot_sidecar.inputs.step_table import load
from pipeglot_sidecar.outputs.executor_output import nothing
from pipeglot_sidecar.record.messages import print_message
from pipeglot_sidecar.recovery import recover_earlier
from pipeglot_sidecar.run import list_items, own_fault, run_step

USAGE = (
    "usage: sidecar.py run STEP | items STEP | fetch STEP | store STEP | carry FOLDER | recover FOLDER | execute INPUT"
)


def execute(text: str, environ: dict[str, str], sidecar: str, packed: str | None) -> int:
    """What the launcher of Kubeflow or Vertex starts; `text` is its executor input."""
    executor = ExecutorInput(text)
    if executor.stands_for_none:
        nothing(executor)
        return 0
    table = load(Environment(environ, sidecar).table, executor.step, executor.own_table, executor.definition)
    environment = Environment(executor.environment(environ, table), sidecar, executor, packed)
    return VERBS[executor.verb](executor.step, environment, table)


VERBS = {"run": run_step, "items": list_items}
MORE = ("carry", "recover", "execute", "fetch", "store", "get", "sweep")


def main(argv: list[str]) -> int:
    packed = argv.pop(1) if argv[0] == "-c" and len(argv) > 1 else None
    if len(argv) != 3 or argv[1] not in (*VERBS, *COMMANDS, *MORE):
        sys.stderr.write(USAGE + "\n")
        return MISCONFIGURED
    if argv[1] in COMMANDS:
        return COMMANDS[argv[1]](argv[2])
    environ = {decoded(name): decoded(text) for name, text in os.environb.items()}
    sidecar = os.path.abspath(argv[0])
    try:
        if argv[1] in FILE_VERBS:
            return FILE_VERBS[argv[1]](argv[2], environ, sidecar)
        if argv[1] == "execute":
            return execute(argv[2], environ, sidecar, packed)
        environment = Environment(environ, sidecar)
        recover_earlier(environment)
        return VERBS[argv[1]](argv[2], environment)
    except Trouble as fault:
        print_message(str(fault))
    except Exception as fault:
        print_message(own_fault(fault).message)
    return MISCONFIGURED
