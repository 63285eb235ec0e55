"""The executor input of Kubeflow and Vertex: what it says of a step, told as other engines tell it."""

from __future__ import annotations

import json
import os

from pipeglot_expression.runtime.contract import SLOT
from pipeglot_expression.runtime.identity import milliseconds
from pipeglot_expression.runtime.kfp_values import MOUNTS, input_names, typed_param, unwrapped, whole
from pipeglot_sidecar.artifacts.decoding import decoded, is_object
from pipeglot_sidecar.artifacts.file_modes import restore
from pipeglot_sidecar.faults import Trouble

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from pipeglot_sidecar.inputs.step_table import Table

STEP = "pipeglot-step"
STEP_TABLE = "pipeglot-table"
DEFINITION = "pipeglot-definition"
INDEX = "pipeglot-index"
FINAL_STATUS = "pipeglot-status"
"""Given to the steps of `on_exit` that follow once more behind their graph: for a run in which the engine itself failed
a task, and nothing else was started. A hook that succeeds would stand for the graph that failed, so they end badly."""
GATHERED = "gathered"
"""In the metadata of one artifact that holds those of all items, as `INDEX/data.tgz`."""
NOTHING = -1
"""The index of an item that stands for none: Kubeflow cannot collect what a loop of no items left."""

TOLD = {
    "PIPEGLOT_RUN_ID": "pipeglot-run-id",
    "PIPEGLOT_NATIVE_RUN": "pipeglot-native-run",
    "PIPEGLOT_SCHEDULED": "pipeglot-scheduled",
    "PIPEGLOT_RUN_STARTED": "pipeglot-run-started",
    "PIPEGLOT_JOB": "pipeglot-job",
}
BY_SCHEDULE = "schedule"
"""In place of the run's id, where the engine starts the run by our schedule."""
STATUSES = {
    "SUCCEEDED": "succeeded",
    "COMPLETE": "succeeded",
    "CACHED": "succeeded",
    "CANCELLED": "cancelled",
    "CANCELED": "cancelled",
}
"""What is none of these failed: a task whose pod was lost goes on running, for Kubeflow."""


class ExecutorInput:
    """`outputs` are the files that parameters are to be left in, `made` the artifacts to be made, by output. `exact`
    are slots of params that came as texts, and not as doubles."""

    def __init__(self, text: str) -> None:
        try:
            found: Any = json.loads(text, parse_int=_integer)
            inputs, outputs = found.get("inputs", {}), found.get("outputs", {})
            self.parameters: dict[str, Any] = inputs.get("parameterValues", {})
            self.read = {name: each.get("artifacts", []) for name, each in inputs.get("artifacts", {}).items()}
            self.made = {name: each["artifacts"][0] for name, each in outputs.get("artifacts", {}).items()}
            self.files = {name: each["outputFile"] for name, each in outputs.get("parameters", {}).items()}
            self.result: str = outputs.get("outputFile", "")
            self.exact: set[str] = set()
            self.verb, self.step = str(self.parameters[STEP]).split()
        except (ValueError, AttributeError, LookupError, TypeError) as fault:
            raise Trouble(f"the executor input cannot be read: {type(fault).__name__}: {fault}") from None
        self.is_backstop = FINAL_STATUS in self.parameters
        is_over = self.is_backstop and _status(self.parameters[FINAL_STATUS]) == "succeeded"
        self.stands_for_none = is_over or _whole(self.parameters.get(INDEX)) == NOTHING

    @property
    def own_table(self) -> str:
        """Readable, as lines or in one text, or packed; empty where the table comes in another way."""
        found: list[str] | str = self.parameters.get(STEP_TABLE) or ""
        return found if isinstance(found, str) else "\n".join(found)

    @property
    def definition(self) -> str:
        return str(self.parameters.get(DEFINITION) or "")

    def place(self, name: str) -> str | None:
        """Where an output artifact is to be written."""
        artifact = self.made.get(name)
        return None if artifact is None else local_place(artifact)

    def environment(self, environ: dict[str, str], table: Table) -> dict[str, str]:
        """The environment, with what the executor input says in the variables that say it on other engines."""
        own = table.step.get("env", ())
        fixed = {name: text for name, text in environ.items() if name.startswith(("PIPEGLOT_", "KFP_")) or name in own}
        variables = {**environ, **brought(environ), **fixed, **self._run()}
        if "PIPEGLOT_RUN_STARTED" in variables:
            variables["PIPEGLOT_RUN_STARTED"] = str(milliseconds(variables["PIPEGLOT_RUN_STARTED"]) / 1000)
        if "PIPEGLOT_CODE_JSON" in environ:
            variables["PIPEGLOT_CODE"] = json.loads(environ["PIPEGLOT_CODE_JSON"])
        if self.parameters.get(INDEX) is not None:
            variables["PIPEGLOT_INDEX"] = str(_whole(self.parameters[INDEX]))
        if environ.get("KFP_RETRY_INDEX", "").isdigit():
            variables["PIPEGLOT_ATTEMPT"] = str(int(environ["KFP_RETRY_INDEX"]) + 1)
        names = input_names(table.reads)
        for slot, read in table.reads.items():
            variables[SLOT + slot] = self._text(read, names[slot], table.params)
        return variables

    def _run(self) -> dict[str, str]:
        """What it says of the run."""
        found = {
            name: str(unwrapped(self.parameters[parameter]))
            for name, parameter in TOLD.items()
            if self.parameters.get(parameter)
        }
        if not self._is_by_schedule():
            found.pop("PIPEGLOT_SCHEDULED", None)
        if found.get("PIPEGLOT_RUN_ID") == BY_SCHEDULE:
            del found["PIPEGLOT_RUN_ID"]
        return found

    def _is_by_schedule(self) -> bool:
        """Engines tell a time of runs that people start, too: the one at which they did."""
        given = str(unwrapped(self.parameters.get(TOLD["PIPEGLOT_RUN_ID"]) or ""))
        at, began = (self.parameters.get(TOLD[name]) for name in ("PIPEGLOT_SCHEDULED", "PIPEGLOT_RUN_STARTED"))
        return given == BY_SCHEDULE or (not given and at != began)

    def _text(self, read: dict[str, Any], name: str, params: dict[str, Any]) -> str:
        slot: str = read["slot"]
        if read["type"] == "artifact":
            return self._artifacts(read, name)
        value = self.parameters.get(name)
        if value is None:
            return ""
        if slot.startswith("params."):
            if isinstance(value, str):
                self.exact.add(slot)
            return json.dumps(typed_param(value, params[slot[len("params.") :]]["type"]))
        if slot == "run.status":
            return json.dumps(_status(value))
        if isinstance(value, str):
            return value
        return json.dumps(value if read.get("fan") else whole(value, read["type"]))

    def _artifacts(self, read: dict[str, Any], name: str) -> str:
        found = self.read.get(name, [])
        if not read.get("fan"):
            return json.dumps(_settled_path(found[0])) if found else ""
        if found and found[0].get("metadata", {}).get(GATHERED):
            return json.dumps(local_place(found[0]))
        pairs = [[_whole(each.get("metadata", {}).get("pipeglot_index")), _settled_path(each)] for each in found]
        return json.dumps([pair for pair in pairs if pair[0] is not None])


def brought(environ: dict[str, str]) -> dict[str, str]:
    """The variables of `env_from`: files in folders, each with a prefix; what Kubernetes would take for no variable is
    left out, as it does."""
    found: dict[str, str] = {}
    given: list[list[str]] = json.loads(environ.get("PIPEGLOT_ENV_FROM", "[]"))
    for folder, prefix in given:
        for key in sorted(os.listdir(folder)) if os.path.isdir(folder) else ():
            path, name = os.path.join(folder, key), prefix + key
            if os.path.isfile(path) and not name[0].isdigit():
                with open(path, "rb") as file:
                    content = file.read()
                if b"\0" not in content:
                    found[name] = decoded(content)
    return found


def local_place(artifact: dict[str, Any]) -> str:
    """The path under which the launcher keeps what lies at a URI."""
    custom = artifact.get("customPath")
    if custom:
        return str(custom)
    uri = str(artifact.get("uri", ""))
    for scheme, mount in MOUNTS.items():
        if uri.startswith(scheme):
            return mount + uri[len(scheme) :].lstrip("/")
    if "://" in uri or not uri:
        raise Trouble(f"an artifact lies at `{uri}`, which is mounted nowhere")
    return uri


def _settled_path(artifact: dict[str, Any]) -> str | None:
    metadata = artifact.get("metadata", {})
    if metadata.get("absent"):
        return None
    path = local_place(artifact)
    restore(path, metadata)
    return path


def _status(found: Any) -> str:
    return STATUSES.get(str(found.get("state") if is_object(found) else found), "failed")


def _integer(text: str) -> float:
    """Engines write the float -0.0 as `-0`."""
    return -0.0 if text == "-0" else int(text)


def _whole(value: Any) -> int | None:
    return None if value is None else int(float(value))
