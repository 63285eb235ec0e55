"""Speaks to a Kubernetes API server with a client certificate, by the standard library alone."""

from __future__ import annotations

import http.client
import json
import re
import ssl
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

JsonObject = dict[str, Any]
Manifest = Mapping[str, Any] | str


class Refused(RuntimeError):
    """The API server said no; `status` is HTTP's, the message is the server's own."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True, slots=True)
class Client:
    """An API server's address and who we are to it."""

    address: str
    context: ssl.SSLContext = field(repr=False)
    plurals: dict[tuple[str, str], tuple[str, bool]] = field(
        default_factory=dict[tuple[str, str], tuple[str, bool]], repr=False
    )

    def request(self, method: str, path: str, body: Manifest | None = None, kind: str = "") -> tuple[int, Any]:
        """Status and answer: JSON where the server sent JSON, else its text. A body that is text goes as YAML."""
        sent, headers = encoded(body, kind)
        wire = http.client.HTTPSConnection(self.address, context=self.context, timeout=60)
        try:
            wire.request(method, path, body=sent, headers=headers)
            answer = wire.getresponse()
            text = answer.read().decode(errors="replace")
            is_json = "json" in answer.headers.get("Content-Type", "")
            return answer.status, json.loads(text) if is_json else text
        finally:
            wire.close()

    def call(self, method: str, path: str, body: Manifest | None = None, kind: str = "") -> Any:
        """The answer; `Refused` when there is none to be had."""
        status, answer = self.request(method, path, body, kind)
        if status >= 400:
            raise Refused(status, complaint(answer))
        return answer

    def collection(self, manifest: Manifest, namespace: str) -> str:
        """The path where an object like this is made."""
        version, kind, own = identity(manifest)
        root = f"/apis/{version}" if "/" in version else f"/api/{version}"
        if (version, kind) not in self.plurals:
            for item in self.call("GET", root)["resources"]:
                if "/" not in item["name"]:
                    self.plurals[version, item["kind"]] = (item["name"], item["namespaced"])
        if (version, kind) not in self.plurals:
            raise Refused(404, f"the server knows no {kind} in {version}")
        plural, namespaced = self.plurals[version, kind]
        return f"{root}/namespaces/{own or namespace}/{plural}" if namespaced else f"{root}/{plural}"

    def apply(self, manifest: JsonObject, namespace: str) -> None:
        """Make the object, or replace one that is there."""
        path = self.collection(manifest, namespace)
        status, answer = self.request("POST", path, manifest)
        if status == 409:
            here = f"{path}/{manifest['metadata']['name']}"
            self.call("PATCH", here, manifest, kind="application/merge-patch+json")
        elif status >= 400:
            raise Refused(status, complaint(answer))

    def pages(self, path: str) -> Iterator[JsonObject]:
        yield from self.call("GET", path)["items"]


def client(address: str, keys: Path) -> Client:
    """Who owns the files admin.crt, admin.key and ca.crt in `keys`."""
    context = ssl.create_default_context(cafile=str(keys / "ca.crt"))
    context.load_cert_chain(keys / "admin.crt", keys / "admin.key")
    return Client(address, context)


def encoded(body: Manifest | None, kind: str) -> tuple[bytes | None, dict[str, str]]:
    headers = {"Accept": "application/json, */*"}
    if body is None:
        return None, headers
    headers["Content-Type"] = kind or ("application/yaml" if isinstance(body, str) else "application/json")
    return (body if isinstance(body, str) else json.dumps(body)).encode(), headers


def identity(manifest: Manifest) -> tuple[str, str, str]:
    """apiVersion, kind and namespace. Of a text only its own lines are read: the server is the judge of the rest."""
    if not isinstance(manifest, str):
        return manifest["apiVersion"], manifest["kind"], manifest.get("metadata", {}).get("namespace", "")
    found = [re.search(rf"^{name}: *[\"']?([\w./-]+)", manifest, re.MULTILINE) for name in ("apiVersion", "kind")]
    spot = re.search(r"^metadata:\n(?: +.*\n)*?  namespace: *[\"']?([\w.-]+)", manifest, re.MULTILINE)
    version, kind = (match[1] if match else "" for match in found)
    return version, kind, spot[1] if spot else ""


def complaint(answer: Any) -> str:
    try:
        return str(answer["message"])
    except (KeyError, TypeError):
        return str(answer)
