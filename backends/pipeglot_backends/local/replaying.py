"""One step of a recorded run as a run of its own, by the definition in the record: no pipeline file is asked."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pipeglot.ir import Json, ReadKind
from pipeglot_backends.local.emit import FORMAT
from pipeglot_backends.protocol import EmittedFile
from pipeglot_expression.runtime.contract import BACKSTOP

Entry = Mapping[str, Any]

NOT_OF_A_TABLE = frozenset({"image", "workdir", "retry", "resources", "list_task"})
"""Of a step's definition what is an engine's."""
DECIDED = frozenset({"guard", "guard_each", "when", "when_each", "run_if", "after", "around", "heeds", "heeds_each"})
"""Whether the step is to run: whoever replays it has decided that."""
OF_A_FAN_OUT = ("items", "item_type", "axes", "format")
WORDS = {"state": ReadKind.STATE, "items": ReadKind.ITEMS, "engine": ReadKind.ENGINE}


@dataclass(frozen=True, slots=True)
class Replay:
    """`body` is the definition; `dump` a file into which the surroundings of the command are written in its place."""

    body: Entry
    hash: str
    step: str
    code: Mapping[str, str]
    sidecar: str
    dump: str | None = None

    def files(self) -> tuple[EmittedFile, ...]:
        return (
            EmittedFile("plan.json", json.dumps(self._plan(), indent=2) + "\n"),
            EmittedFile("steps.json", json.dumps(self._table(), indent=1) + "\n"),
            EmittedFile("sidecar.py", self.sidecar),
            *(EmittedFile(name, text) for name, text in self.code.items()),
        )

    def _entries(self) -> Iterator[tuple[str, Entry]]:
        """Each after all that it needs."""
        found: Mapping[str, Entry] = self.body["steps"]
        order = [step for step in self.body.get("order", ()) if step in found]
        for step in (*order, *(step for step in found if step not in order)):
            yield step, found[step]

    def _plan(self) -> Json:
        params: dict[str, Entry] = self.body.get("params", {})
        return {
            "format": FORMAT,
            "pipeline": self.body["pipeline"],
            "definition": self.hash,
            "params": {name: {"sensitive": bool(entry.get("sensitive"))} for name, entry in params.items()},
            "steps": [self._planned(step, entry) for step, entry in self._entries()],
            "on_exit": [self._planned(step, entry) for step, entry in self.body.get("on_exit", {}).items()],
        }

    def _planned(self, step: str, entry: Entry) -> Json:
        planned: dict[str, Json] = {"id": step, "needs": list(entry.get("needs", ()))}
        planned["reads"] = [_read(read) for read in entry.get("reads", ())]
        planned["sensitive"] = [name for name, port in entry.get("outputs", {}).items() if port.get("sensitive")]
        if "foreach" in entry:
            planned["fan_out"] = {}
        if "timeout" in entry:
            planned["backstop"] = entry["timeout"] + BACKSTOP
        if step == self.step:
            planned |= _secrets(entry.get("env", {}))
        return planned

    def _table(self) -> Json:
        params: dict[str, Entry] = self.body.get("params", {})
        return {
            "format": self.body["format"],
            "pipeline": self.body["pipeline"],
            "definition": self.hash,
            "params": {name: _some(entry, ("type", "sensitive")) for name, entry in params.items()},
            "steps": {step: self._step(step, entry) for step, entry in self._entries()},
        }

    def _step(self, step: str, entry: Entry) -> Json:
        left_out = NOT_OF_A_TABLE | DECIDED if step == self.step else NOT_OF_A_TABLE
        found = {key: value for key, value in entry.items() if key not in left_out}
        if "foreach" in entry:
            found["foreach"] = _some(entry["foreach"], OF_A_FAN_OUT)
        if step == self.step and self.dump is not None:
            found["body"] = {"script": [_DUMP.format(place=self.dump)], "shell": "python", "vars": _vars(entry["body"])}
            found["outputs"] = {name: {**port, "optional": True} for name, port in entry.get("outputs", {}).items()}
        return found


_DUMP = "import json, os\nwith open({place!r}, 'w') as file:\n    json.dump([os.getcwd(), dict(os.environ)], file)\n"


def script_of(body: Entry) -> str | None:
    """What a script says, its values as variables."""
    return "".join(body["script"]) if "script" in body else None


def _secrets(env: Mapping[str, Any]) -> dict[str, Json]:
    named: list[Entry] = [value for value in env.values() if isinstance(value, dict) and "secret" in value]
    found = {True: list[Json](), False: list[Json]()}
    for each in named:
        found[bool(each.get("optional"))].append([each["secret"], each["key"]])
    return {"secrets": found[False], "optional_secrets": found[True]}


def _vars(body: Entry) -> Json:
    found: Json = body.get("vars", {})
    return found


def _some(entry: Entry, keys: tuple[str, ...]) -> dict[str, Json]:
    return {key: entry[key] for key in keys if key in entry}


def _read(read: Entry) -> Json:
    slot: str = read["slot"]
    space, _, rest = slot.partition(".")
    if space == "params":
        return {"slot": slot, "kind": ReadKind.PARAM.value, "name": rest}
    if space == "run":
        return {"slot": slot, "kind": ReadKind.RUN.value}
    if "output" in read:
        return {"slot": slot, "kind": ReadKind.OUTPUT.value, "step": read["step"], "name": read["output"]}
    return {"slot": slot, "kind": WORDS[slot.rpartition(".")[2]].value, "step": read["step"]}
