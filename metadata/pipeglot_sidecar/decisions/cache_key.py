"""A key of what goes into a step's work: where it is the same, so is what comes of it. No engine is in it."""

from __future__ import annotations

import json
import os
import sys

from pipeglot_expression.runtime.identity import light_hash
from pipeglot_expression.values import ABSENT, Artifact, kind
from pipeglot_sidecar.artifacts.known_digests import digest_at, is_object
from pipeglot_sidecar.decisions.conditions import AbsentValue, absent, evaluate_as
from pipeglot_sidecar.decisions.scope import references_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    from pipeglot_expression.values import Value
    from pipeglot_sidecar.decisions.scope import Scope as Scope
    from pipeglot_sidecar.inputs.environment import Environment
    from pipeglot_sidecar.inputs.step_table import Table

KEY_FORMAT = 1
DIGITS = 32
LOCKS = (
    *("uv.lock", "poetry.lock", "pdm.lock", "pylock.toml", "Pipfile.lock", "requirements.txt"),
    *("pixi.lock", "conda-lock.yml", "environment.yml", "renv.lock", "package-lock.json"),
)
"""What says which packages a folder of code runs with."""
VERSION = "import sys; print('%d.%d.%d' % sys.version_info[:3])"


def key_parts(table: Table, scope: Scope, environment: Environment, pulse: Callable[[], None]) -> dict[str, str]:
    """Of each part its hash, by a name that says what it is."""
    step, contents = table.step, Contents(pulse)
    asked = step["cache"]
    trees = {name: tree for name, tree in step.get("env", {}).items() if not is_object(tree)}
    found: dict[str, Any] = {
        "body": step["body"],
        "outputs": table.outputs,
        "environment": surroundings_of(asked, environment),
        "code": step.get("code") or environment.environ.get("PIPEGLOT_CODE_DIGEST"),
        "cache.version": asked.get("version"),
        **{f"env.{name}": tree for name, tree in trees.items()},
    }
    for name, value in scope.inputs.items():
        found[f"inputs.{name}"] = [table.inputs[name]["type"], contents.told(value)]
    if "key" in asked:
        found["cache.key"] = contents.told(asked_for(asked["key"], scope))
    for ref in references_in([step["body"], *trees.values()]):
        if ref[0] not in ("inputs", "outputs"):
            found[".".join(ref)] = contents.told(scope.lookup(ref))
    return {name: hashed(part) for name, part in sorted(found.items()) if part is not None}


def asked_for(tree: Any, scope: Scope) -> Value:
    """Raises `Skipped` where something absent is read."""
    try:
        return evaluate_as(tree, scope, "any")
    except AbsentValue as fault:
        raise absent(fault.ref) from None


def references_in(found: Any) -> Iterator[tuple[str, ...]]:
    """Of trees that stand somewhere in a body."""
    if kind(found) == "list" and found and isinstance(found[0], str):
        yield from (tuple(ref[1:]) for ref in references_of(found))
    elif kind(found) in ("list", "dict"):
        for part in found.values() if is_object(found) else found:
            yield from references_in(part)


def hashed(part: Any) -> str:
    text = json.dumps(part, sort_keys=True, separators=(",", ":"))
    return light_hash("sha256", text.encode("ascii")).hex()[:DIGITS]


def key_of(parts: dict[str, str]) -> str:
    return light_hash("sha256", json.dumps([KEY_FORMAT, parts], sort_keys=True).encode("ascii")).hex()


class Contents:
    """Values as they count: of an artifact what it holds and how it is called, wherever it lies."""

    def __init__(self, pulse: Callable[[], None]) -> None:
        self._pulse = pulse
        self._known: dict[str, Any] = {}

    def told(self, value: Value) -> Any:
        if value is ABSENT:
            return {"absent": True}
        if isinstance(value, Artifact):
            return {"artifact": self._digest(value.path), "name": os.path.basename(value.path)}
        if isinstance(value, list):
            return [self.told(part) for part in value]
        return {"of": {key: self.told(part) for key, part in value.items()}} if isinstance(value, dict) else value

    def _digest(self, path: str) -> dict[str, str]:
        if path not in self._known:
            self._known[path] = digest_at(path, self._pulse)
        found: dict[str, str] = self._known[path]
        return found


def surroundings_of(asked: dict[str, Any], environment: Environment) -> Any:
    """In what the step runs: as the profile calls it; a locked image; an image of this engine alone; or a process."""
    if asked.get("environment"):
        return asked["environment"]
    if asked.get("image"):
        locked = asked["image"].partition("@")[2]
        return locked or [environment.engine, asked["image"]]
    locks = {name: digest for name in LOCKS if (digest := content_of(os.path.join(environment.code, name)))}
    system = os.uname()
    return [system.sysname, system.machine, version_of(environment), locks]


def content_of(path: str) -> str:
    try:
        with open(path, "rb") as file:
            return light_hash("sha256", file.read()).hex()
    except OSError:
        return ""


def version_of(environment: Environment) -> str:
    """Of the Python that bodies run with; asked itself only where nothing else tells it."""
    if version := environment.environ.get("PIPEGLOT_PYTHON_VERSION"):
        return version
    path = found_program(environment)
    if os.path.realpath(path) == os.path.realpath(sys.executable):
        return "{}.{}.{}".format(*sys.version_info[:3])
    from subprocess import DEVNULL, run

    try:
        answer = run([path, "-I", "-S", "-c", VERSION], stdin=DEVNULL, capture_output=True, check=False)
    except OSError:
        return ""
    return answer.stdout.decode("ascii", "replace").strip()


def found_program(environment: Environment) -> str:
    name = environment.python
    if "/" in name:
        return os.path.join(environment.code, name)
    folders = environment.environ.get("PATH", os.defpath).split(":")
    paths = [os.path.join(folder, name) for folder in folders if folder]
    return next((path for path in paths if os.access(path, os.X_OK)), name)
