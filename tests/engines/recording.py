"""An Argo, by both ways to it, and an Airflow, which run nothing: they keep whole what they are asked, and answer."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import yaml
from tests.engines.answering import Refusal, Request, answering

NOW = "2026-11-28T12:00:00Z"
NO = (
    *("catchup", "has_import_errors", "has_task_concurrency_limits", "is_backfillable", "is_paused", "is_stale"),
    *("render_template_as_native_obj", "timetable_partitioned", "timetable_periodic"),
)
"""What a DAG of Airflow's does not say of itself."""
SERVERS = {"workflows": "workflows", "workflow-templates": "workflowtemplates"}
"""What an Argo Server calls the kinds of objects, and what Kubernetes does."""


@dataclass
class Engine:
    """`message` is what it says of the run and of its one task, once it has one; `logs` what it has of them."""

    url: str = ""
    environ: Mapping[str, str] = field(default_factory=dict)
    settings: str = ""
    requests: list[Request] = field(default_factory=list)
    message: str = ""
    refuses: str = ""
    """With these words, to start anything."""
    lines: list[str] = field(default_factory=list)
    """Of the log of its task: one more each time it is asked for, until the run is over."""
    asked: int = 0

    def log(self) -> str:
        self.asked += 1
        if self.asked >= len(self.lines):
            self.finish()
        return "".join(f"{line}\n" for line in self.lines[: self.asked])

    def finish(self) -> None:
        """The run succeeds."""


@dataclass
class Argo(Engine):
    objects: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)

    def answer(self, request: Request) -> Any:
        self.requests.append(request)
        path, body = urlsplit(request.target).path, json.loads(request.body or b"null")
        if path.endswith("/configmaps"):
            return body
        if path.endswith("/log"):
            return self.read(request)
        kind, name, verb = self.place(path)
        if request.method == "POST":
            return self.created(kind, body.get("workflow") or body.get("template") or body)
        if not name:
            return {
                "kind": "List",
                "metadata": {},
                "items": [each for at, each in self.objects.items() if at[0] == kind],
            }
        if (kind, name) not in self.objects:
            raise Refusal(404, f"{name} not found")
        if request.method == "PUT" and not verb:
            self.objects[kind, name] = body.get("template") or body
        elif request.method in ("PUT", "PATCH"):
            self.changed(self.objects[kind, name], verb or ("stop" if body["spec"].get("shutdown") else "resume"))
        return self.objects[kind, name]

    def read(self, request: Request) -> bytes:
        parts = urlsplit(request.target)
        asked = parse_qs(parts.query).get("podName")
        pod = asked[0] if asked else parts.path.split("/")[-2]
        if not self.lines or not pod.endswith("-tell-7"):
            raise Refusal(404, f"pods {pod} not found")
        told = self.log()
        each = ({"result": {"content": line, "podName": pod}} for line in told.splitlines())
        return ("\n".join(map(json.dumps, each)) if asked else told).encode()

    def place(self, path: str) -> tuple[str, str, str]:
        """The kind of object, its name, and what is to be done to it."""
        if found := re.fullmatch(r"/apis/argoproj\.io/v1alpha1/namespaces/[^/]+/(\w+)(?:/([^/]+))?", path):
            return found[1], found[2] or "", ""
        found = re.fullmatch(r"/api/v1/([\w-]+)/[^/]+(?:/([^/]+))?(?:/(\w+))?", path)
        assert found, path
        return SERVERS[found[1]], found[2] or "", found[3] or ""

    def created(self, kind: str, body: dict[str, Any]) -> Any:
        if kind == "workflows" and self.refuses:
            raise Refusal(400, self.refuses)
        about = {"creationTimestamp": NOW, "uid": str(uuid.uuid4()), "resourceVersion": "1"}
        kept = {**body, "metadata": {**body["metadata"], **about}}
        self.objects[kind, body["metadata"]["name"]] = kept
        if kind == "workflows":
            template = self.objects["workflowtemplates", body["spec"]["workflowTemplateRef"]["name"]]
            kept["status"] = {"storedWorkflowTemplateSpec": template["spec"], "phase": "Pending"}
        return kept

    def changed(self, workflow: dict[str, Any], verb: str) -> None:
        workflow["spec"] |= {"suspend": None, **({"shutdown": "Stop"} if verb == "stop" else {})}
        phase = "Failed" if verb == "stop" or self.message else "Running"
        node = {"id": "it-7", "name": "n", "displayName": "tell", "type": "Pod", "phase": phase}
        node |= {
            "message": self.message,
            "startedAt": NOW,
            "finishedAt": NOW,
            "templateName": self.template_of(workflow),
        }
        workflow["status"] |= {"phase": phase, "message": self.message, "startedAt": NOW, "nodes": {"n": node}}

    def finish(self) -> None:
        for (kind, _), workflow in self.objects.items():
            if kind == "workflows":
                workflow["status"]["phase"] = workflow["status"]["nodes"]["n"]["phase"] = "Succeeded"

    def template_of(self, workflow: dict[str, Any]) -> str:
        templates = workflow["status"]["storedWorkflowTemplateSpec"]["templates"]
        ran = [each["name"] for each in templates if each.get("container", {}).get("args") == ["run", "tell"]]
        return "".join(ran)


@dataclass
class Airflow(Engine):
    run: dict[str, Any] = field(default_factory=dict)
    dags: Path = Path()

    def answer(self, request: Request) -> Any:
        self.requests.append(request)
        path = urlsplit(request.target).path.removeprefix("/api/v2")
        body = json.loads(request.body or b"null")
        if path == "/importErrors":
            return {"import_errors": [], "total_entries": 0}
        if path.endswith("/xcomEntries"):
            names = dict.fromkeys(("dag_id", "task_id", "run_id", "dag_display_name", "task_display_name"), "x")
            return {**body, **names, **dict.fromkeys(("timestamp", "logical_date", "run_after"), NOW), "map_index": -1}
        if path.endswith("/taskInstances"):
            return {"task_instances": [self.task()], "total_entries": 1}
        if "/logs/" in path and self.lines:
            return {"content": [{"event": line} for line in self.log().splitlines()], "continuation_token": None}
        if "/logs/" in path:
            error = {
                "level": "error",
                "event": self.message,
                "error_detail": [{"exc_type": "E", "exc_value": self.message}],
            }
            return {"content": [error], "continuation_token": None}
        return self.of_runs(request, path, body) if "/dagRuns" in path else self.dag()

    def of_runs(self, request: Request, path: str, body: Any) -> Any:
        if request.method == "POST":
            if self.refuses:
                raise Refusal(400, self.refuses)
            about = {"dag_id": "secretive", "dag_display_name": "secretive", "dag_versions": [], "run_type": "manual"}
            self.run = {**about, **body, "run_after": NOW, "state": "failed" if self.message else "running"}
            self.run |= {"note": self.message or None, "start_date": NOW, "end_date": NOW if self.message else None}
        elif request.method == "PATCH":
            self.run |= body
        if path.endswith("/dagRuns") and request.method == "GET":
            return {"dag_runs": [self.run], "total_entries": 1}
        if path.rpartition("/")[2] not in ("dagRuns", self.run.get("dag_run_id")):
            raise Refusal(404, "no such run")
        return self.run

    def finish(self) -> None:
        self.run["state"] = "success"

    def task(self) -> dict[str, Any]:
        about = {"dag_id": "secretive", "dag_run_id": self.run["dag_run_id"], "task_id": "tell", "map_index": -1}
        shown = {"dag_display_name": "d", "task_display_name": "tell", "executor_config": "{}", "pool": "p"}
        counts = {
            "max_tries": 0,
            "pool_slots": 1,
            "try_number": 1,
            "run_after": NOW,
            "start_date": NOW,
            "id": str(uuid.uuid4()),
        }
        return {
            **about,
            **shown,
            **counts,
            "state": "failed" if self.message else "running",
            "note": self.message or None,
        }

    def dag(self) -> dict[str, Any]:
        (file,) = self.dags.glob("*.py")
        no = dict.fromkeys(NO, False)
        counts = dict.fromkeys(("concurrency", "max_active_tasks", "max_consecutive_failed_dag_runs"), 1)
        names = dict.fromkeys(("dag_display_name", "dag_id", "file_token", "fileloc"), "secretive")
        return {**no, **counts, **names, "owners": [], "tags": [], "doc_md": file.read_text("utf-8")}


def _refused(refusal: Refusal) -> object:
    """In the words of all three."""
    said, code = str(refusal), refusal.status
    return {"kind": "Status", "code": code, "message": said, "details": {"name": "x"}, "detail": said}


@contextmanager
def kubernetes(folder: Path) -> Generator[Argo]:
    engine = Argo()
    with answering(engine.answer, _refused) as engine.url:
        config = {
            "apiVersion": "v1", "kind": "Config", "current-context": "it",
            "clusters": [{"name": "it", "cluster": {"server": engine.url}}],
            "contexts": [{"name": "it", "context": {"cluster": "it", "user": "it"}}],
            "users": [{"name": "it", "user": {"token": "a-token"}}],
        }  # fmt: skip
        (folder / "config").write_text(yaml.safe_dump(config))
        engine.environ = {"KUBECONFIG": str(folder / "config")}
        yield engine


@contextmanager
def argo_server(folder: Path) -> Generator[Argo]:
    del folder
    engine = Argo()
    with answering(engine.answer, _refused) as engine.url:
        engine.environ = {"ARGO_SERVER": engine.url, "ARGO_TOKEN": "a-token"}
        yield engine


@contextmanager
def airflow(folder: Path) -> Generator[Airflow]:
    engine = Airflow(dags=folder / "dags")
    engine.dags.mkdir()
    engine.settings = f"airflow: {{dag_folder: {engine.dags}}}"
    with answering(engine.answer, _refused) as engine.url:
        engine.environ = {"AIRFLOW_API_URL": engine.url, "AIRFLOW_API_TOKEN": "a-token"}
        yield engine
