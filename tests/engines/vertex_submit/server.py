"""A Vertex AI that runs nothing, Cloud Storage beside it, and who gives out tokens: all hold requests to account."""

from __future__ import annotations

import json
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, parse_qsl, unquote, urlsplit

from google.cloud import aiplatform_v1
from tests.engines.answering import Refusal, Request, answering, content
from tests.engines.vertex_submit.definition import faults, misfits, operation

NUMBER = "314159"
"""Of the project: in all names that the real one tells, whatever it was called by."""
NOW = "2026-11-28T12:00:00Z"
ANSWERS = {
    "CreatePipelineJob": aiplatform_v1.PipelineJob,
    "GetPipelineJob": aiplatform_v1.PipelineJob,
    "CreateSchedule": aiplatform_v1.Schedule,
    "ListPipelineJobs": aiplatform_v1.ListPipelineJobsResponse,
    "ListSchedules": aiplatform_v1.ListSchedulesResponse,
}


@dataclass
class Vertex:
    """`asked` holds the names of the operations that were asked for; `faults` what was wrong with a request."""

    url: str = ""
    token: str = "first"
    """The one that is good now; the only one that is given out, as long as `gives`."""
    gives: bool = True
    barred: bool = False
    """Whether Cloud Storage refuses."""
    buckets: frozenset[str] = frozenset({"acme-ml", "elsewhere"})
    asked: list[str] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    jobs: dict[str, dict[str, Any]] = field(default_factory=dict)
    schedules: dict[str, dict[str, Any]] = field(default_factory=dict)
    objects: dict[str, bytes] = field(default_factory=dict)

    def count(self, name: str) -> int:
        return self.asked.count(name)

    def answer(self, request: Request) -> Any:
        target = request.target
        self.requests.append(request)
        if target == "/token":
            return self.given(request.body)
        if "/storage/v1/" in target:
            return self.stored(request)
        found = operation(request.method, target)
        if found is None:
            self.faults.append(f"no operation {request.method} {target}")
            raise Refusal(404, "Not Found")
        asked, path = found
        self.asked.append(asked.name)
        if request.headers.get("Authorization") != f"Bearer {self.token}":
            raise Refusal(401, "Request had invalid authentication credentials.")
        body = json.loads(request.body) if request.body else None
        self.faults += faults(asked, target, body)
        answer = getattr(self, _snake(asked.name))(path, dict(parse_qsl(urlsplit(target).query)), body)
        if asked.name in ANSWERS:
            self.faults += misfits(answer, ANSWERS[asked.name], f"answer of {asked.name}")
        return answer

    def given(self, body: bytes) -> Any:
        """A token for whoever says who they are."""
        if not self.gives:
            raise Refusal(400, "invalid_grant: the token is expired")
        assert parse_qs(body.decode())["subject_token"] == ["who I am"]
        kind = {"issued_token_type": "urn:ietf:params:oauth:token-type:access_token", "token_type": "Bearer"}
        return {"access_token": self.token, "expires_in": 3600, **kind}

    def create_pipeline_job(self, path: dict[str, str], query: dict[str, str], body: Any) -> Any:
        name = f"{_told(path['parent'])}/pipelineJobs/{query['pipelineJobId']}"
        if name in self.jobs:
            raise Refusal(409, f"The PipelineJob {name} already exists.")
        self.jobs[name] = {**body, "name": name, "state": "PIPELINE_STATE_PENDING", "createTime": NOW}
        return self.jobs[name]

    def get_pipeline_job(self, path: dict[str, str], _: Any, __: Any) -> Any:
        return _one(self.jobs, path["name"])

    def cancel_pipeline_job(self, path: dict[str, str], _: Any, __: Any) -> Any:
        job = _one(self.jobs, path["name"])
        if job["state"] not in ("PIPELINE_STATE_PENDING", "PIPELINE_STATE_RUNNING"):
            raise Refusal(400, "The PipelineJob is in a terminal state")
        job["state"] = "PIPELINE_STATE_CANCELLING"
        return {}

    def create_schedule(self, path: dict[str, str], _: Any, body: Any) -> Any:
        name = f"{_told(path['parent'])}/schedules/{len(self.asked)}"
        self.schedules[name] = {**body, "name": name, "state": "ACTIVE", "createTime": NOW}
        return self.schedules[name]

    def list_pipeline_jobs(self, _: Any, query: dict[str, str], __: Any) -> Any:
        assert query["orderBy"] == "create_time desc"
        wanted = query["filter"].removeprefix('pipeline_name="').removesuffix('"')
        found = [each for each in self.jobs.values() if each["pipelineSpec"]["pipelineInfo"]["name"] == wanted]
        found.sort(key=lambda job: str(job["createTime"]), reverse=True)
        return _page(found, query, "pipelineJobs")

    def list_schedules(self, _: Any, query: dict[str, str], __: Any) -> Any:
        wanted = query["filter"].removeprefix('display_name="').removesuffix('"')
        return _page([each for each in self.schedules.values() if each["displayName"] == wanted], query, "schedules")

    def delete_schedule(self, path: dict[str, str], _: Any, __: Any) -> Any:
        _one(self.schedules, path["name"])
        del self.schedules[_told(path["name"])]
        return {"name": f"{_told(path['name'])}/operations/1", "done": True, "response": _EMPTY}

    def stored(self, request: Request) -> Any:
        """Cloud Storage's JSON API, as far as records need it."""
        if self.barred:
            raise Refusal(403, "the bucket is not yours")
        parts = urlsplit(request.target)
        query = dict(parse_qsl(parts.query))
        if parts.path.startswith("/upload/"):
            bucket = parts.path.split("/")[5]
            if bucket not in self.buckets:
                raise Refusal(404, "The specified bucket does not exist.")
            about, uploaded = request.parts
            name = json.loads(content(about))["name"]
            self.objects[f"{bucket}/{name}"] = content(uploaded)
            return _item(f"{bucket}/{name}", self.objects[f"{bucket}/{name}"])
        _, _, _, *rest = parts.path.removeprefix("/download").split("/")
        bucket, name = rest[1], unquote("/".join(rest[3:]))
        if not name:
            return {"items": [_item(key, text) for key, text in self._below(bucket, query.get("prefix", ""))]}
        if f"{bucket}/{name}" not in self.objects:
            raise Refusal(404, f"No such object: {bucket}/{name}")
        text = self.objects[f"{bucket}/{name}"]
        return text if query.get("alt") == "media" else _item(f"{bucket}/{name}", text)

    def _below(self, bucket: str, prefix: str) -> list[tuple[str, bytes]]:
        return [(key, text) for key, text in self.objects.items() if key.startswith(f"{bucket}/{prefix}")]


_EMPTY = {"@type": "type.googleapis.com/google.protobuf.Empty"}


def _item(key: str, text: bytes) -> dict[str, str]:
    bucket, _, name = key.partition("/")
    return {"kind": "storage#object", "bucket": bucket, "name": name, "size": str(len(text)), "generation": "1",
            "updated": NOW, "timeCreated": NOW}  # fmt: skip


def _page(found: list[dict[str, Any]], query: dict[str, str], field_name: str) -> dict[str, Any]:
    """One at a time, so that readers must go on to the next page."""
    at = int(query.get("pageToken") or 0)
    more = {"nextPageToken": str(at + 1)} if at + 1 < len(found) else {}
    return {field_name: found[at : at + 1], **more}


def _told(name: str) -> str:
    first, _, *rest = name.split("/")
    return "/".join((first, NUMBER, *rest))


def _one(there: dict[str, Any], name: str) -> Any:
    if _told(name) not in there:
        raise Refusal(404, f"The resource {name} is not found.")
    return there[_told(name)]


def _snake(name: str) -> str:
    return "".join(f"_{each.lower()}" if each.isupper() else each for each in name).removeprefix("_")


def _refused(refusal: Refusal) -> object:
    return {"error": {"code": refusal.status, "message": str(refusal)}}


@contextmanager
def vertex() -> Generator[Vertex]:
    state = Vertex()
    with answering(state.answer, _refused) as state.url:
        yield state
