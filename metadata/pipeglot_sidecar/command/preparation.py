"""The command of a step with everything it is given: arguments, variables, and what the record says of them."""

from __future__ import annotations

import json
import os
import sys

from pipeglot_expression.evaluate import AbsentValue, arguments, evaluate, evaluate_as
from pipeglot_expression.runtime.contract import SLOT, secret_variable
from pipeglot_expression.values import ABSENT, Artifact, canonical, json_text
from pipeglot_sidecar.artifacts.decoding import decoded, encoded, is_object
from pipeglot_sidecar.command.workspace import expected
from pipeglot_sidecar.decisions.conditions import absent
from pipeglot_sidecar.decisions.scope import artifacts
from pipeglot_sidecar.faults import Trouble
from pipeglot_sidecar.inputs.step_table import unpacked_text
from pipeglot_sidecar.secrecy import SECRETS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from pipeglot_expression.values import Value
    from pipeglot_sidecar.command.workspace import Workspace
    from pipeglot_sidecar.decisions.scope import Scope
    from pipeglot_sidecar.inputs.environment import Environment
    from pipeglot_sidecar.inputs.step_table import Table

REDACTED = "[redacted]"
SHELLS = {"sh": ["sh", "-eu"], "bash": ["bash", "-euo", "pipefail"]}
FILES = {"sh": "script.sh", "bash": "script.sh", "python": "script.py"}


class PreparedCommand:
    """`shown` is `argv` as the record may have it; `inputs` and `lineage` are those of the `start` event.

    `work` is it under its key, `told` more of the `start` event; `found` and `metrics` what such work has left before.
    """

    def __init__(self) -> None:
        self.argv: list[str] = []
        self.shown: list[str] = []
        self.variables: dict[str, str] = {}
        self.inputs: dict[str, dict[str, Any]] = {}
        self.lineage: list[list[str]] = []
        self.work: Any = None
        self.told: dict[str, Any] = {}
        self.found: dict[str, Any] | None = None
        self.metrics: list[dict[str, Any]] = []
        self.externals: list[Any] = []


def prepare(table: Table, scope: Scope, environment: Environment, work: Workspace) -> PreparedCommand:
    """Raises `Skipped` where something absent is read, `ExpressionFault` where an expression fails."""
    prepared = PreparedCommand()
    try:
        _inputs(prepared, table, scope, work)
        scope.paths = work.output_paths()
        scope.artifacts.clear()
        variables = {
            name: _variable(name, tree, scope, environment) for name, tree in table.step.get("env", {}).items()
        }
        _body(prepared, table, scope, environment, work)
    except AbsentValue as fault:
        raise absent(fault.ref) from None
    prepared.variables.update(_told(table, scope, environment, work))
    prepared.variables.update((name, text) for name, text in variables.items() if text is not None)
    edges = {(artifact.source, table.id) for artifact in (*scope.artifacts, *scope.listed)}
    for name, value in scope.inputs.items():
        edges |= {(artifact.source, f"{table.id}.{name}") for artifact in artifacts(value)}
    prepared.lineage = sorted([*edge] for edge in edges)
    return prepared


def _inputs(prepared: PreparedCommand, table: Table, scope: Scope, work: Workspace) -> None:
    for name, entry in table.inputs.items():
        value = scope.inputs[name] = evaluate_as(entry["value"], scope, entry["type"])
        prepared.inputs[name] = _recorded(value, scope.is_sensitive(entry["value"]))
        if "external" in entry:
            prepared.externals.extend(
                expected(name, entry, scope.inputs, prepared.inputs, work.path("externals", name))
            )


def _recorded(value: Value, sensitive: bool) -> dict[str, Any]:
    pieces = list(artifacts(value))
    if pieces:
        described: dict[str, Any] = {"from": list(dict.fromkeys(piece.source for piece in pieces))}
        indices = [piece.index for piece in pieces if piece.index is not None]
        return {**described, "items": list(dict.fromkeys(indices))} if indices else described
    return {"redacted": True} if sensitive else {"value": value}


def recorded_item(table: Table, scope: Scope) -> dict[str, Any] | None:
    """What the item is that this process runs; None where there is none, or it is not known yet."""
    if table.fan_out is None or scope.item is ABSENT:
        return None
    item, axes = scope.item, table.fan_out.get("axes", ())
    if axes and isinstance(item, dict):
        item = {name: item[name] for name in axes}
    return _recorded(item, scope.is_sensitive(["ref", "item"]))


def _variable(name: str, tree: Any, scope: Scope, environment: Environment) -> str | None:
    """The text of a variable; None where it is already in the environment under its name, or is not to be there."""
    if not is_object(tree):
        return canonical(evaluate(tree, scope))
    if "secret" not in tree:
        if name not in environment.environ and not tree.get("optional"):
            raise Trouble(f"`{name}` is not set: Kubernetes sets it in pods, and here nobody did")
        return None
    secret = secret_variable(tree["secret"], tree["key"], bool(tree.get("exact")))
    found = environment.environ.get(secret)
    if found is None and name not in environment.environ:
        if tree.get("optional"):
            return None
        raise Trouble(f"secret `{tree['secret']}`, key `{tree['key']}`, is not there: {secret} is not set")
    SECRETS.add(environment.environ[name] if found is None else found)
    return found


def _body(prepared: PreparedCommand, table: Table, scope: Scope, environment: Environment, work: Workspace) -> None:
    body = table.step["body"]
    if "argv" in body:
        for tree in body["argv"]:
            texts = arguments([tree], scope)
            prepared.argv += texts
            prepared.shown += [REDACTED] if scope.is_sensitive(tree) else texts
        return
    if "script" in body:
        shell = body["shell"]
        path = _write_text(work.path(FILES[shell]), "".join(body["script"]))
        prepared.argv = [*SHELLS.get(shell, [environment.python]), path]
        for name, tree in body.get("vars", {}).items():
            prepared.variables[name] = canonical(evaluate(tree, scope))
    elif "notebook" in body:
        request = {"notebook": body["notebook"], "executed": scope.paths["notebook"], "parameters": scope.inputs}
        path = _write_text(work.path("notebook.json"), json_text(request))
        prepared.argv = [environment.python, _program(environment, work), "notebook", path]
    elif "notify" in body:
        path = _write_text(work.path("notify.json"), json.dumps(_what_to_send(body, table, scope)))
        prepared.argv = [*own_python(), _program(environment, work), "notify", path]
    else:
        path = _write_text(work.path("call.json"), json.dumps(_what_to_call(body["call"], table, scope)))
        prepared.argv = [environment.python, _program(environment, work), "call", path]
    prepared.shown = list(prepared.argv)


def _program(environment: Environment, work: Workspace) -> str:
    """A file that holds the sidecar."""
    if environment.packed is None:
        return environment.sidecar
    return _write_text(work.path("sidecar.py"), unpacked_text(environment.packed).decode("utf-8"))


def _what_to_call(function: str, table: Table, scope: Scope) -> dict[str, Any]:
    """What the process that calls a Python function has to know."""
    outputs = table.outputs
    return {
        "function": function,
        "inputs": {name: packed(value) for name, value in scope.inputs.items()},
        "artifacts": {name: scope.paths[name] for name in outputs if "artifact" in outputs[name]},
        "values": {name: [scope.paths[name], outputs[name]["type"]] for name in outputs if "type" in outputs[name]},
    }


def _what_to_send(body: dict[str, Any], table: Table, scope: Scope) -> dict[str, Any]:
    message = canonical(evaluate(body["notify"], scope))
    fields: dict[str, Value] = {"text": message}
    if body["format"] == "json":
        run, status = scope.lookup(("run", "id")), scope.lookup(("run", "status"))
        fields = {"pipeline": table.pipeline, "run": run, "status": status, "message": message}
    return {"body": fields, "delivered": scope.paths["delivered"]}


def own_python() -> list[str]:
    """The command of the Python that runs this: of one that was carried along, with its loader and libraries."""
    try:
        with open("/proc/self/cmdline", "rb") as file:
            begins = [decoded(part) for part in file.read().split(b"\0")[:4]]
    except OSError:
        begins = []
    return begins if begins[1:2] == ["--library-path"] else [sys.executable]


def packed(value: Value) -> list[Any]:
    """A value in which artifacts can be told from texts: `[kind, content]`."""
    if isinstance(value, Artifact):
        return ["artifact", value.path]
    if isinstance(value, list):
        return ["list", [packed(part) for part in value]]
    if isinstance(value, dict):
        return ["dict", {key: packed(part) for key, part in value.items()}]
    return ["plain", value]


def _told(table: Table, scope: Scope, environment: Environment, work: Workspace) -> dict[str, str]:
    """What every command finds in its environment."""
    described = {
        "PIPEGLOT_RUN_ID": environment.run,
        "PIPEGLOT_STEP": table.id,
        "PIPEGLOT_ATTEMPT": str(environment.number or 1),
        "PIPEGLOT_EVENTS": work.path("events.jsonl"),
        "PIPEGLOT_METRICS": work.path("metrics.txt"),
        "TMPDIR": work.path("tmp", "")[:-1],
        "PYTHONPATH": ":".join(filter(None, [environment.code, environment.environ.get("PYTHONPATH")])),
    }
    if "PYTHONUNBUFFERED" not in environment.environ:
        # what Python prints is in the log when it is printed, not when its buffer is full
        described["PYTHONUNBUFFERED"] = "1"
    if environment.index is not None:
        described["PIPEGLOT_INDEX"] = str(environment.index)
    described.update((f"PIPEGLOT_INPUT_{name.upper()}", canonical(value)) for name, value in scope.inputs.items())
    described.update((f"PIPEGLOT_OUTPUT_{name.upper()}", path) for name, path in scope.paths.items())
    return described


def environment(environment: Environment, variables: dict[str, str]) -> dict[bytes, bytes]:
    """The engine's environment without what was meant for the sidecar, and the step's own variables."""
    passed = {name: text for name, text in environment.environ.items() if not name.startswith((SLOT, "PIPEGLOT_"))}
    passed.update(variables)
    return {encoded(name): encoded(text) for name, text in passed.items()}


def _write_text(path: str, text: str) -> str:
    try:
        with open(encoded(path), "wb") as file:
            file.write(encoded(text))
    except OSError as fault:
        raise Trouble(f"`{path}` cannot be written: {fault.strerror}") from None
    return path


def enter_code(environment: Environment) -> None:
    try:
        os.chdir(environment.code)
    except OSError as fault:
        raise Trouble(f"the folder of the code, `{environment.code}`, cannot be entered: {fault.strerror}") from None
