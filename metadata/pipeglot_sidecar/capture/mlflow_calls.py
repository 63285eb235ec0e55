"""What a client of MLflow says by each call of its REST protocol, and what it has to be answered."""

from __future__ import annotations

import os
from time import time_ns

from pipeglot_sidecar.capture.events import MILLISECOND, Events, counted_step, measure, whole

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    Said = dict[str, Any]

EXPERIMENT = "0"
RUN_NAME = "mlflow.runName"


class NoSuch(Exception):
    """Something that is asked for and is not there."""


class Calls:
    """One experiment, in it the run that is the step, and those that its code begins besides.

    What those say is recorded under their name: a step is one run of the record.
    """

    def __init__(self, events: Events, run: str, name: str) -> None:
        self._events = events
        self._runs: dict[str, Said] = {}
        self._models: dict[str, Said] = {}
        self._experiment = name
        self.folders: dict[str, str] = {}
        """Where the files of a run or model lie, by its id; those of the step's own run at the top."""
        self.folders[run] = ""
        self._begin(run, name, "")
        self._table: dict[str, Callable[[Said], Said]] = {
            "experiments/get": self._asked_experiment,
            "experiments/get-by-name": self._asked_experiment,
            "experiments/create": self._asked_experiment,
            "experiments/search": lambda said: {"experiments": [self._asked_experiment(said)["experiment"]]},
            "runs/create": self._create,
            "runs/get": lambda said: {"run": _shown(self._of(said))},
            "runs/update": self._update,
            "runs/search": lambda said: {"runs": [_shown(run) for run in self._runs.values()]},
            "runs/log-metric": lambda said: self._log(said, [said], [], []),
            "runs/log-parameter": lambda said: self._log(said, [], [said], []),
            "runs/set-tag": lambda said: self._log(said, [], [], [said]),
            "runs/log-batch": self._batch,
            "runs/log-inputs": self._inputs,
            "runs/log-model": self._old_model,
            "metrics/get-history": lambda said: {"metrics": []},
            "logged-models": self._new_model,
            "registered-models/create": self._registered,
            "registered-models/get": self._registered,
            "model-versions/create": self._version,
        }

    def answer(self, method: str, what: str, said: Said) -> Said | None:
        """None for a call that is not known. Raises `NoSuch`."""
        act = self._table.get(what)
        if act is not None:
            return act(said)
        if what.startswith("logged-models/"):
            return self._of_model(what.split("/"), said)
        return {} if what.startswith(("runs/outputs", "runs/delete-tag", "experiments/")) else None

    def _asked_experiment(self, said: Said) -> Said:
        """Whatever its name: `set_experiment` is not to move what the step says elsewhere."""
        name = said.get("experiment_name") or said.get("name") or self._experiment
        found = {"experiment_id": EXPERIMENT, "name": name, "lifecycle_stage": "active"}
        return {"experiment_id": EXPERIMENT, "experiment": {**found, "artifact_location": "mlflow-artifacts:/0"}}

    def _begin(self, run: str, name: str, prefix: str) -> Said:
        info = {
            "run_id": run,
            "run_uuid": run,
            "run_name": name,
            "experiment_id": EXPERIMENT,
            "user_id": "",
            "status": "RUNNING",
            "start_time": time_ns() // MILLISECOND,
            "artifact_uri": f"mlflow-artifacts:/0/{run}/artifacts",
            "lifecycle_stage": "active",
        }
        data: Said = {"metrics": [], "params": [], "tags": [{"key": RUN_NAME, "value": name}]}
        self._runs[run] = {"info": info, "data": data, "inputs": {}, "outputs": {}, "prefix": prefix, "latest": {}}
        return self._runs[run]

    def _of(self, said: Said) -> Said:
        run = said.get("run_id") or said.get("run_uuid")
        if run not in self._runs:
            raise NoSuch(f"this listener is of one step, and has no run `{run}`")
        return self._runs[run]

    def _create(self, said: Said) -> Said:
        tags: list[Said] = said.get("tags") or []
        named = [tag.get("value") for tag in tags if tag.get("key") == RUN_NAME]
        name = str(said.get("run_name") or (named[0] if named else "") or f"run{len(self._runs)}")
        taken = {run["prefix"] for run in self._runs.values()}
        prefix = f"{name}/" if f"{name}/" not in taken else f"{name}.{len(self._runs)}/"
        run = self._begin(os.urandom(16).hex(), name, prefix)
        self.folders[run["info"]["run_id"]] = self._free_folder(prefix[:-1])
        self._log({"run_id": run["info"]["run_id"]}, [], [], tags)
        return {"run": _shown(run)}

    def _free_folder(self, name: str) -> str:
        """A name of a file like that, which no other has."""
        plain = (
            "".join(char if char.isalnum() or char in "-_." else "_" for char in whole(name)).lstrip(".")[:60] or "_"
        )
        taken = set(self.folders.values())
        return plain if plain not in taken else f"{plain}.{len(taken) + 1}"

    def _update(self, said: Said) -> Said:
        info = self._of(said)["info"]
        info.update({key: said[key] for key in ("status", "end_time", "run_name") if said.get(key) is not None})
        return {"run_info": info}

    def _batch(self, said: Said) -> Said:
        return self._log(said, said.get("metrics") or [], said.get("params") or [], said.get("tags") or [])

    def _log(self, said: Said, metrics: list[Said], params: list[Said], tags: list[Said]) -> Said:
        run, now = self._of(said), time_ns()
        prefix: str = run["prefix"]
        entries: list[tuple[str, str, Any, Any, int]] = []
        for each in metrics:
            value = measure(each.get("value"))
            if value is not None:
                entries.append(
                    ("metric", prefix + each["key"], value, counted_step(each.get("step")), _moment(each, now))
                )
        # texts, as MLflow has them
        entries += [("param", prefix + each["key"], whole(str(each.get("value", ""))), None, now) for each in params]
        entries += [("tag", prefix + each["key"], whole(str(each.get("value", ""))), None, now) for each in tags]
        self._events.add(entries)
        run["latest"].update((each["key"], each) for each in metrics)
        run["data"]["metrics"] = list(run["latest"].values())
        for kind, each in [*(("params", one) for one in params), *(("tags", one) for one in tags)]:
            run["data"][kind].append({"key": each["key"], "value": each.get("value", "")})
        return {}

    def _inputs(self, said: Said) -> Said:
        """Datasets: of each its name and its digest."""
        prefix = self._of(said)["prefix"]
        datasets: list[Said] = said.get("datasets") or []
        for each in datasets:
            dataset: Said = each.get("dataset") or {}
            fields = {key: dataset.get(key) for key in ("digest", "source_type", "source") if dataset.get(key)}
            self._events.tell("captured", f"{prefix}mlflow.dataset.{dataset.get('name')}", fields)
        return {}

    def _old_model(self, said: Said) -> Said:
        prefix = self._of(said)["prefix"]
        self._events.tell("captured", f"{prefix}mlflow.model", whole(str(said.get("model_json")))[:4000])
        return {}

    def _new_model(self, said: Said) -> Said:
        """As clients from 3 on have models: beside runs, with artifacts of their own."""
        model, now = "m-" + os.urandom(16).hex(), time_ns() // MILLISECOND
        info: Said = {
            "model_id": model,
            "experiment_id": EXPERIMENT,
            "name": said.get("name") or "model",
            "creation_timestamp_ms": now,
            "last_updated_timestamp_ms": now,
            "artifact_uri": f"mlflow-artifacts:/0/models/{model}/artifacts",
            "status": "LOGGED_MODEL_PENDING",
            "source_run_id": said.get("source_run_id"),
            "tags": said.get("tags") or [],
        }
        self._models[model] = {"info": info, "data": {"params": said.get("params") or []}}
        self.folders[model] = self._free_folder(str(info["name"]))
        self._events.tell("captured", "mlflow.model", {"name": whole(str(info["name"])), "path": self.folders[model]})
        return {"model": self._models[model]}

    def _registered(self, said: Said) -> Said:
        return {"registered_model": {"name": said.get("name"), "creation_timestamp": time_ns() // MILLISECOND}}

    def _version(self, said: Said) -> Said:
        """The code goes on as with a registry; what it would have there is in the record."""
        name = whole(str(said.get("name")))
        self._events.tell("captured", "mlflow.registered", {"name": name})
        fields = {"name": said.get("name"), "version": "1", "status": "READY", "source": said.get("source")}
        return {
            "model_version": {**fields, "run_id": said.get("run_id"), "creation_timestamp": time_ns() // MILLISECOND}
        }

    def _of_model(self, parts: list[str], said: Said) -> Said:
        """`logged-models/ID`, and what stands below it: params and tags."""
        if parts[1] == "search":
            return {"models": list(self._models.values())}
        if parts[1] not in self._models:
            raise NoSuch(f"there is no model `{parts[1]}`")
        model = self._models[parts[1]]
        if len(parts) == 2 and said.get("status"):
            model["info"]["status"] = {"READY": "LOGGED_MODEL_READY"}.get(said["status"], said["status"])
        return {"model": model}


def _shown(run: Said) -> Said:
    return {key: run[key] for key in ("info", "data", "inputs", "outputs")}


def _moment(said: Said, now: int) -> int:
    """When the client says that it was, in nanoseconds; else now."""
    try:
        moment = int(said.get("timestamp") or 0) * MILLISECOND
    except (TypeError, ValueError, OverflowError):
        return now
    return moment if 0 < moment < 2**63 else now
