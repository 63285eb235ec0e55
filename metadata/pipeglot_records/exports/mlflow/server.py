"""MLflow's REST interface, as far as runs need it: each is looked for by our tags, made once, and filled again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, cast

from pipeglot.ir import Json
from pipeglot_records.answering.rows import Row
from pipeglot_records.exports.mlflow import words
from pipeglot_records.exports.way import NotTaken, Way
from pipeglot_records.model.json_values import mapping, sequence

API: Final = "api/2.0/mlflow"
RUN: Final = "pipeglot.run"
KEY: Final = "pipeglot.place"
MOST_METRICS: Final = 1000
MOST: Final = 100
"""Params, and tags, of one request."""


class Server:
    """An experiment, made where it is not there, and what it has of one run of ours."""

    def __init__(self, way: Way, experiment: str, run: str) -> None:
        self._way = way
        self._experiment = self._experiment_id(experiment)
        self._run = run
        self._ids = dict(self._known())

    def bring(self, document: Row) -> bool:
        """Whether it is new there."""
        key = str(document["key"])
        new = key not in self._ids
        if new:
            self._ids[key] = self._created(document)
        run_id = self._ids[key]
        self._log(run_id, "params", _pairs(mapping(document["params"]), words.LONGEST), MOST)
        self._log(run_id, "tags", _pairs(mapping(document["tags"]), words.LONGEST_TAG), MOST)
        self._log(run_id, "metrics", sequence(document["metrics"]), MOST_METRICS)
        if document["datasets"]:
            read: list[Json] = [{"tags": [], "dataset": each} for each in sequence(document["datasets"])]
            self._ask("runs/log-inputs", {"run_id": run_id, "datasets": read})
        state: Row = {"run_id": run_id, "status": document["status"]}
        if document["status"] != "RUNNING" and document["ended"]:
            state["end_time"] = document["ended"]
        self._ask("runs/update", state)
        return new

    def _created(self, document: Row) -> str:
        above = self._ids.get(str(document["above"])) if document["above"] is not None else None
        ours: Row = {RUN: self._run, KEY: document["key"]}
        tags = _pairs(ours | ({"mlflow.parentRunId": above} if above else {}), words.LONGEST_TAG)
        made = self._ask(
            "runs/create",
            {
                "experiment_id": self._experiment,
                "run_name": document["name"],
                "start_time": document["started"],
                "tags": tags,
            },
        )
        return self._word(made, "run", "info", "run_id")

    def _known(self) -> Iterator[tuple[str, str]]:
        """Those that somebody deleted there are not known, and made anew."""
        token, quote = "", '"' if "'" in self._run else "'"
        while True:
            question: Row = {
                "experiment_ids": [self._experiment],
                "filter": f"tags.`{RUN}` = {quote}{self._run}{quote}",
                "max_results": MOST_METRICS,
                "page_token": token,
            }
            found = self._ask("runs/search", question)
            for each in map(mapping, sequence(found.get("runs"))):
                told = map(mapping, sequence(mapping(each.get("data")).get("tags")))
                tags = {tag.get("key"): tag.get("value") for tag in told}
                yield str(tags.get(KEY, "")), self._word(each, "info", "run_id")
            token = found.get("next_page_token") or ""
            if not token:
                return

    def _experiment_id(self, name: str) -> str:
        try:
            return self._word(self._ask("experiments/create", {"name": name}), "experiment_id")
        except NotTaken as fault:
            if fault.word != "RESOURCE_ALREADY_EXISTS":
                raise
        from urllib.parse import quote

        found = self._way.ask("GET", f"{API}/experiments/get-by-name?experiment_name={quote(name, safe='')}")
        return self._word(found, "experiment", "experiment_id")

    def _word(self, found: Any, *way: str) -> str:
        for name in way:
            found = mapping(found).get(name)
        if not isinstance(found, str):
            raise NotTaken(f"{self._way.place} answers no MLflow: there is no {'.'.join(way)} in what it says")
        return found

    def _log(self, run_id: str, kind: str, entries: Sequence[Json], most: int) -> None:
        for begin in range(0, len(entries), most):
            self._ask("runs/log-batch", {"run_id": run_id, kind: list(entries[begin : begin + most])})

    def _ask(self, path: str, body: Row) -> Any:
        found = self._way.ask("POST", f"{API}/{path}", body)
        if not isinstance(found, dict):
            raise NotTaken(f"{self._way.place} answers no MLflow: there is no JSON from {API}/{path}")
        return cast("dict[str, Any]", found)


def _pairs(given: Mapping[str, Json], longest: int) -> list[Json]:
    return [{"key": words.name(key), "value": str(value)[:longest]} for key, value in given.items()]
