"""An Argo Server, through Argo's own client."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, cast
from urllib.parse import urlencode

from pipeglot_backends.argo.remote.api import MAIN, PAGE, PLACE, SERVER, TOKEN, Manifest, asked, closed, whole
from pipeglot_backends.remote import responses
from pipeglot_backends.remote.addresses import bare
from pipeglot_backends.remote.network import guarded
from pipeglot_backends.remote.protocol import Access
from pipeglot_backends.remote.responses import Server, rows
from pipeglot_backends.remote.sdk import sdk


class ArgoServer:
    """Argo's objects by an Argo Server. It carries no ConfigMap: that one is brought by whoever may."""

    def __init__(self, where: str, namespace: str, access: Access) -> None:
        package = sdk("argo_workflows", "argo-workflows", "argo")
        url = bare(where if "://" in where else f"https://{where}", "the Argo Server", "set ARGO_TOKEN").rstrip("/")
        token = access.environ.get(TOKEN, "")
        configuration = package.Configuration(host=url)
        configuration.discard_unknown_keys = True
        self.client: Any = package.ApiClient(configuration)
        if token:
            spoken = token if token.startswith("Bearer ") else f"Bearer {token}"
            self.client.set_default_header("Authorization", spoken)
        self.where = url
        self.namespace = namespace
        self.server = guarded(self.client, _server(url), access)

    def get(self, plural: str, name: str) -> Manifest:
        return whole(self.server, self._call("GET", f"{_path(plural)}/{{namespace}}/{name}", f"look for {name}"))

    def page(self, plural: str, labels: str, after: str) -> Manifest:
        # it goes on after a number of objects, and from 4.0 on no longer says whether there are more
        asked = {"labelSelector": labels, "limit": str(PAGE), "continue": after or "0"}
        query = urlencode({f"listOptions.{name}": value for name, value in asked.items()})
        items = rows(self._call("GET", f"{_path(plural)}/{{namespace}}?{query}", f"list {plural}"), "items")
        more = {"continue": str(int(after or 0) + len(items))} if len(items) >= PAGE else {}
        return {"items": items, "metadata": more}

    def create(self, plural: str, body: Manifest) -> Manifest:
        wrapped = {_word(plural): body}
        return self._call("POST", f"{_path(plural)}/{{namespace}}", f"create {body['metadata']['name']}", wrapped)

    def replace(self, plural: str, name: str, body: Manifest) -> Manifest:
        wrapped = {_word(plural): body}
        return self._call("PUT", f"{_path(plural)}/{{namespace}}/{name}", f"replace {name}", wrapped)

    def delete(self, plural: str, name: str) -> None:
        self._call("DELETE", f"{_path(plural)}/{{namespace}}/{name}", f"delete {name}")

    def resume(self, name: str) -> None:
        self._call("PUT", f"{_path('workflows')}/{{namespace}}/{name}/resume", f"start {name}", {})

    def nudge(self, name: str, mark: str, *, awake: bool) -> None:
        # the server has no change that means nothing: one there and back
        del mark
        if awake:
            self._call("PUT", f"{_path('workflows')}/{{namespace}}/{name}/suspend", f"start {name}", {})
            self.resume(name)

    def stop(self, name: str, note: Mapping[str, str]) -> None:
        # an Argo Server changes no annotations: the message of the stopped nodes carries the word
        message = next(iter(note), "")
        self._call("PUT", f"{_path('workflows')}/{{namespace}}/{name}/stop", f"cancel {name}", {"message": message})

    def log(self, workflow: str, pod: str) -> str:
        query = urlencode({"podName": pod, "logOptions.container": MAIN})
        place = f"{_path('workflows')}/{self.namespace}/{workflow}/log?{query}"
        answer: Any = asked(self.server, f"read the log of {pod}", self._sent("GET", place, None))
        # one JSON object for each line
        entries = [json.loads(line) for line in bytes(answer.data).splitlines() if line.strip()]
        return "".join(f"{each['result'].get('content', '')}\n" for each in entries if each.get("result"))

    def config_map(self, body: Manifest) -> None:
        """Nothing: the server has no such call. The workflow waits until the ConfigMap is there."""

    def close(self) -> None:
        closed(self.client)

    def _call(self, method: str, path: str, what: str, body: Manifest | None = None) -> Manifest:
        place = path.replace("{namespace}", self.namespace)
        answer: Any = asked(self.server, what, self._sent(method, place, body))
        return cast(Manifest, json.loads(answer.data))

    def _sent(self, method: str, path: str, body: Manifest | None) -> Callable[[], Any]:
        """The answer is read here: the client's own reading knows no plain objects."""
        return lambda: self.client.call_api(
            path, method, body=body, _preload_content=False, _return_http_data_only=True,
            header_params={"Content-Type": "application/json", "Accept": "application/json"},
        )  # fmt: skip


def _server(url: str) -> Server:
    return Server(
        url,
        "an Argo Server",
        address=f"set `argo: {{server: …}}` in the profile, or {SERVER}",
        credentials=f"set {TOKEN} to what `argo auth token` prints",
        said=partial(responses.message, names=("message", "error")),
        own=lambda found: isinstance(found.get("code"), int) and found.get("message") != "Not Found",
        words=frozenset(("metadata", "items")),
        texts="/log",
        place=PLACE,
    )


def _path(plural: str) -> str:
    return {"workflows": "/api/v1/workflows", "workflowtemplates": "/api/v1/workflow-templates"}[plural]


def _word(plural: str) -> str:
    return {"workflows": "workflow", "workflowtemplates": "template"}[plural]
