"""Secrets of Google Cloud, asked for by the sidecar as it stands in a definition for Vertex AI."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

from pipeglot.driver.compiling import packed_sidecar
from tests.engines.bad_ways import listening
from tests.sidecar import executor_stage
from tests.sidecar.executor_stage import Left, Stage

JOB = "projects/314159/locations/europe-west4/pipelineJobs/churn-1"
BEARER, HUSH = "ya29.of-the-machine", 'hu"sh\n'
SHOW = "import os; print('some' if 'TOKEN' in os.environ else 'none')"


class Google:
    """Its metadata server and Secret Manager at one address. `secrets` are payloads, or what is answered instead."""

    def __init__(self) -> None:
        self.secrets: dict[str, bytes | int] = {}
        self.asked: list[str] = []
        self.port = 0
        self.busy = 0

    def answer(self, path: str, headers: Any) -> tuple[int, dict[str, Any]]:
        self.asked.append(path)
        if path == "/computeMetadata/v1/instance/service-accounts/default/token":
            return (200, {"access_token": BEARER}) if headers["Metadata-Flavor"] == "Google" else (403, {})
        name = path.removeprefix("/v1/projects/314159/secrets/").removesuffix("/versions/latest:access")
        held = self.secrets.get(name, 404)
        if headers["Authorization"] != f"Bearer {BEARER}":
            return 401, {}
        if self.busy:
            self.busy -= 1
            return 503, {}
        if isinstance(held, int):
            return held, {}
        return 200, {"name": path, "payload": {"data": base64.b64encode(held).decode("ascii")}}

    @property
    def environ(self) -> dict[str, str]:
        place = f"127.0.0.1:{self.port}"
        return {"GCE_METADATA_HOST": place, "CLOUDSDK_API_ENDPOINT_OVERRIDES_SECRETMANAGER": f"http://{place}/"}


@pytest.fixture
def google() -> Iterator[Google]:
    found = Google()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            code, told = found.answer(self.path, self.headers)
            body = json.dumps(told).encode("ascii")
            self.send_response(code)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *_: object) -> None:
            """Says nothing."""

    with listening(Handler, None) as found.port:
        yield found


@pytest.fixture(autouse=True)
def whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(executor_stage, "PROGRAM", packed_sidecar("sidecar-whole"))


def ran(google: Google, folder: Path, program: str = SHOW, **more: Any) -> Left:
    env = {"TOKEN": {"secret": "ware.house", "key": "token", **more}}
    step = {"body": {"argv": [["text", part] for part in ("python3", "-c", program)]}, "env": env}
    return Stage(folder, step=step).run({"pipeglot-job": JOB}, None, PIPEGLOT_ENGINE="vertex", **google.environ)


def held(**entries: str) -> bytes:
    return json.dumps(entries).encode("utf-8")


def test_a_step_has_it_and_nothing_tells_it(google: Google, tmp_path: Path) -> None:
    google.secrets["ware_house"] = held(token=HUSH, other="x")
    left = ran(google, tmp_path, f"import os; assert os.environ['TOKEN'] == {HUSH!r}; print(os.environ)")
    assert left.code == 0, left.err
    assert BEARER not in left.out + left.err + str(left.events)
    assert "PIPEGLOT_SECRET" not in left.out


def test_what_is_busy_is_asked_again(google: Google, tmp_path: Path) -> None:
    google.secrets["ware_house"], google.busy = held(token="t"), 1
    assert ran(google, tmp_path).code == 0
    assert len(google.asked) == 3, "the account's token once, the secret twice"


@pytest.mark.parametrize(
    ("secret", "says"),
    [
        (404, "is not there: Secret Manager has none in projects/314159"),
        (held(other="x"), "is not there: Secret Manager has none in projects/314159"),
        (403, "Secret Manager: the answer was 403: the account of the step needs the role"),
        (400, "Secret Manager: the answer was 400"),
        (b"plain-hush", "Secret Manager holds no JSON object of texts there, one for each key"),
        (b'{"token": 1}', "Secret Manager holds no JSON object of texts there, one for each key"),
        (b"\xff", "Secret Manager holds no JSON object of texts there, one for each key"),
    ],
)
def test_a_step_without_it_fails(secret: bytes | int, says: str, google: Google, tmp_path: Path) -> None:
    google.secrets["ware_house"] = secret
    left = ran(google, tmp_path)
    assert left.code == 68
    assert left.end == ("failed", "expression-error")
    assert "secret `ware.house`, key `token`, " in left.err
    assert says in left.err
    assert "hush" not in left.err


def test_one_that_need_not_be_there_is_absent_where_it_is_not_and_there_alone(google: Google, tmp_path: Path) -> None:
    left = ran(google, tmp_path, optional=True)
    assert (left.code, left.out) == (0, "none\n"), left.err
    google.secrets["ware_house"] = 403
    assert ran(google, tmp_path, optional=True).code == 68


def test_who_is_skipped_asks_for_none(google: Google, tmp_path: Path) -> None:
    env = {"TOKEN": {"secret": "s", "key": "k"}}
    stage = Stage(tmp_path, step={"body": {"argv": [["text", "true"]]}, "env": env, "when": ["lit", False]})
    left = stage.run({"pipeglot-job": JOB}, None, **google.environ)
    assert left.code == 0, left.err
    assert google.asked == []


def test_a_server_of_records_is_sent_the_token_of_its_name(google: Google, tmp_path: Path) -> None:
    google.secrets["pipeglot-sink"] = held(token="a-word\n")
    seen: list[str | None] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            seen.append(self.headers["Authorization"])
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b'{"known": 1}')

        def log_message(self, format: str, *_: object) -> None:
            """Says nothing."""

    step = {"body": {"argv": [["text", "true"]]}}
    with listening(Handler, None) as port:
        told = {"PIPEGLOT_SINK": f"http://127.0.0.1:{port}", **google.environ}
        left = Stage(tmp_path, step=step).run({"pipeglot-job": JOB}, None, **told)
    assert (left.code, left.err) == (0, "")
    assert set(seen) == {"Bearer a-word"}
