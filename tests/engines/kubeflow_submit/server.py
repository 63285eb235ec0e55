"""A Kubeflow Pipelines that runs nothing: keeps what it is told, as the real one does, and holds it to the definition.

What it answers, and what it refuses, was read in `backend/src/apiserver` of 2.17.0.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import yaml
from google.protobuf import json_format
from kfp.pipeline_spec import pipeline_spec_pb2
from tests.engines.answering import Refusal, Request, answering, content
from tests.engines.kubeflow_submit.definition import Operation, faults, misfits, operation

NOW = "2026-11-28T12:00:00Z"
TOKEN = "a-token"


@dataclass
class Kubeflow:
    """`asked` holds the names of the operations that were asked for; `faults` what was wrong with a request."""

    url: str = ""
    own_ids: bool = False
    """Gives runs ids of its own, as no version known to us does."""
    tokens: set[str] = field(default_factory=lambda: {TOKEN})
    asked: list[str] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    pipelines: dict[str, dict[str, Any]] = field(default_factory=dict)
    versions: dict[str, dict[str, Any]] = field(default_factory=dict)
    experiments: dict[str, dict[str, Any]] = field(default_factory=dict)
    runs: dict[str, dict[str, Any]] = field(default_factory=dict)
    recurring: dict[str, dict[str, Any]] = field(default_factory=dict)

    def count(self, name: str) -> int:
        return self.asked.count(name)

    def answer(self, request: Request) -> dict[str, Any]:
        self.requests.append(request)
        asked = operation(request.method, request.target)
        if asked is None:
            self.faults.append(f"no operation {request.method} {request.target}")
            raise Refusal(404, "Not Found")
        self.asked.append(asked.name)
        if request.headers.get("Authorization") not in {f"Bearer {token}" for token in self.tokens}:
            raise Refusal(401, "Request header error: there is no user identity header")
        given: Any
        if asked.files:
            given = self._uploaded(asked, request)
            self.faults += faults(asked, request.target, None)
        else:
            given = json.loads(request.body) if request.body else None
            self.faults += faults(asked, request.target, given)
        parts = urlsplit(request.target)
        answer = getattr(self, asked.name)(parts.path.split("/"), dict(parse_qsl(parts.query)), given)
        self.faults += misfits(answer, asked.answer, f"answer of {asked.name}")
        return answer

    def pipeline_service_list_pipelines(self, _: Any, query: Any, __: Any) -> Any:
        return _page(self.pipelines, query, "pipelines")

    def pipeline_service_create_pipeline(self, _: Any, __: Any, body: Any) -> Any:
        return _kept(self.pipelines, body, "pipeline_id", unique=("name", "namespace"))

    def pipeline_service_list_pipeline_versions(self, path: Any, query: Any, _: Any) -> Any:
        of_it = {key: each for key, each in self.versions.items() if each["pipeline_id"] == path[-2]}
        return _page(of_it, query, "pipeline_versions")

    def upload_pipeline_version(self, _: Any, query: Any, body: Any) -> Any:
        name, text = body
        if not name.endswith((".yaml", ".yml", ".zip", ".tar.gz", ".tgz")):
            raise Refusal(400, "Failed to read a pipeline spec file")
        if query["pipelineid"] not in self.pipelines:
            raise Refusal(400, "Failed to create a pipeline version")
        self.faults += _unreadable(text)
        made = {"name": query["name"], "display_name": query["name"], "pipeline_id": query["pipelineid"]}
        return _kept(self.versions, made, "pipeline_version_id", unique=("name", "pipeline_id"))

    def experiment_service_list_experiments(self, _: Any, query: Any, __: Any) -> Any:
        return _page(self.experiments, query, "experiments")

    def experiment_service_create_experiment(self, _: Any, __: Any, body: Any) -> Any:
        return _kept(self.experiments, body, "experiment_id", unique=("display_name", "namespace"))

    def run_service_list_runs(self, _: Any, query: Any, __: Any) -> Any:
        return _page(self.runs, query, "runs")

    def run_service_get_run(self, path: Any, _: Any, __: Any) -> Any:
        return _one(self.runs, path[-1])

    def run_service_create_run(self, _: Any, __: Any, body: Any) -> Any:
        self._known(body)
        if body.get("run_id") in self.runs:
            raise Refusal(500, f"Failed to store run {body['display_name']} to table")
        # a moment that was not yet comes out as the first second of 1970
        begun = {"state": "PENDING", "created_at": NOW, "finished_at": "1970-01-01T00:00:00Z"}
        given = {name: value for name, value in body.items() if name != "run_id" or not self.own_ids}
        return _kept(self.runs, {**given, **begun}, "run_id")

    def run_service_terminate_run(self, path: Any, _: Any, __: Any) -> Any:
        run = _one(self.runs, path[-1].partition(":")[0])
        if run["state"] not in ("PENDING", "RUNNING", "PAUSED"):
            raise Refusal(400, f"Failed to terminate a run {run['run_id']}. Row not found")
        run["state"] = "CANCELING"
        return {}

    def recurring_run_service_list_recurring_runs(self, _: Any, query: Any, __: Any) -> Any:
        return _page(self.recurring, query, "recurringRuns")

    def recurring_run_service_create_recurring_run(self, _: Any, __: Any, body: Any) -> Any:
        self._known(body)
        status = "ENABLED" if body["mode"] == "ENABLE" else "DISABLED"
        return _kept(self.recurring, {**body, "status": status, "created_at": NOW}, "recurring_run_id")

    def recurring_run_service_delete_recurring_run(self, path: Any, _: Any, __: Any) -> Any:
        _one(self.recurring, path[-1])
        del self.recurring[path[-1]]
        return {}

    def _uploaded(self, asked: Operation, request: Request) -> tuple[str, bytes]:
        (part,) = request.parts
        if part.get_param("name", header="content-disposition") not in asked.files:
            self.faults.append(f"{asked.name}: no file {part['content-disposition']}")
        return str(part.get_filename()), content(part)

    def _known(self, body: Any) -> None:
        _one(self.experiments, body["experiment_id"])
        version = _one(self.versions, body["pipeline_version_reference"]["pipeline_version_id"])
        if version["pipeline_id"] != body["pipeline_version_reference"]["pipeline_id"]:
            raise Refusal(400, "Failed to fetch a template: another pipeline's version")


def _kept(there: dict[str, Any], body: Any, key: str, unique: tuple[str, ...] = ()) -> Any:
    if unique and any(all(each.get(name) == body.get(name) for name in unique) for each in there.values()):
        raise Refusal(409, f"The name {body[unique[0]]} already exist. Please specify a new name")
    identity = body.get(key) or str(uuid.uuid4())
    there[identity] = {**body, key: identity}
    return there[identity]


def _one(there: dict[str, Any], identity: str) -> Any:
    if identity not in there:
        raise Refusal(404, f"ResourceNotFoundError: {identity} not found.")
    return there[identity]


def _page(there: dict[str, Any], query: dict[str, str], field_name: str) -> dict[str, Any]:
    """One at a time, so that readers must go on to the next page. The filter is what the definition says it is."""
    rows = list(there.values())
    if "namespace" in query:
        rows = [each for each in rows if each.get("namespace", query["namespace"]) == query["namespace"]]
    if "filter" in query:
        wanted = json.loads(query["filter"])
        if wrong := misfits(wanted, "V2beta1Filter", "filter"):
            raise Refusal(400, str(wrong))
        (predicate,) = wanted["predicates"]
        assert predicate["operation"] == "EQUALS"
        rows = [each for each in rows if each.get(predicate["key"]) == predicate["string_value"]]
    if "sort_by" in query:
        key, _, order = query["sort_by"].partition(" ")
        rows.sort(key=lambda each: str(each[key]), reverse=order == "desc")
    at = int(query.get("page_token") or 0)
    rest = {"next_page_token": str(at + 1)} if at + 1 < len(rows) else {}
    return {**({field_name: rows[at : at + 1], "total_size": len(rows)} if rows else {}), **rest}


def _unreadable(text: bytes) -> list[str]:
    """What Kubeflow's own messages say about an uploaded file."""
    spec, *platform = yaml.safe_load_all(text)
    try:
        json_format.ParseDict(spec, pipeline_spec_pb2.PipelineSpec())
        for each in platform:
            json_format.ParseDict(each, pipeline_spec_pb2.PlatformSpec())
    except json_format.ParseError as fault:
        return [f"upload: {fault}"]
    return []


def _refused(refusal: Refusal) -> object:
    return {"error": str(refusal), "code": 2, "message": str(refusal)}


@contextmanager
def kubeflow() -> Generator[Kubeflow]:
    state = Kubeflow()
    with answering(state.answer, _refused) as state.url:
        yield state
