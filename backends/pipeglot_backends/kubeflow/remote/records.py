"""Records out of the object store that the engine keeps its artifacts in."""

from __future__ import annotations

import contextlib
import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from pipeglot.files import write_bytes
from pipeglot_backends.remote.log_records import record
from pipeglot_backends.remote.object_stores import ENDPOINT, explained, trusted
from pipeglot_backends.remote.protocol import Access
from pipeglot_backends.remote.sdk import rejected, sdk

RECORD = "pipeglot-record"
"""The artifact of each step that holds its record: a folder, one file per attempt."""
LOG = re.compile(r"/executor-logs(-\d+)?(/|$)")
"""The artifact that Kubeflow adds by itself, from 2.16 on; later one for each try, `executor-logs-0` and so on."""
EMULATOR = "STORAGE_EMULATOR_HOST"


def collected(places: Iterable[str], folder: Path, access: Access) -> tuple[Path, ...]:
    """The records below `places`, each in a file of its own in `folder`; what a store refuses as a diagnostic."""
    logs: dict[str, Path] = {}
    for place in places:
        with explained(f"the records cannot be read from `{place}`", place), contextlib.suppress(FileNotFoundError):
            store = opened(place, access.environ)
            for key in store.find(_key(place)):
                text = _record(store, key) if key not in logs else None
                if text is not None:
                    logs[key] = folder / f"{Path(key).stem[:80]}.{hashlib.sha256(key.encode()).hexdigest()[:16]}.jsonl"
                    write_bytes(logs[key], text)
    return tuple(logs.values())


@dataclass(frozen=True, slots=True)
class Kept:
    """The logs and the records below a place, by their keys; each is read when it is asked for."""

    place: str
    store: Any
    keys: tuple[str, ...]

    def text(self, key: str) -> str:
        with explained(f"the logs cannot be read from `{self.place}`", self.place):
            return bytes(self.store.cat_file(key)).decode("utf-8", "replace")


def kept(place: str, access: Access) -> Kept:
    with explained(f"the logs cannot be read from `{place}`", place):
        store, keys = opened(place, access.environ), list[str]()
        with contextlib.suppress(FileNotFoundError):
            keys = [key for key in store.find(_key(place)) if LOG.search(key) or _is_record(key)]
        return Kept(place, store, tuple(keys))


def folder_of(key: str) -> str:
    """That of the pod which left a log or a record."""
    return LOG.split(key)[0] if LOG.search(key) else key.rpartition(f"/{RECORD}/")[0]


def _is_record(key: str) -> bool:
    return f"/{RECORD}/" in key and key.endswith(".jsonl")


def _record(store: Any, key: str) -> bytes | None:
    """What a file holds of a record. Of a try that failed Kubeflow keeps the log alone: it stands at its end."""
    if _is_record(key):
        return bytes(store.cat_file(key))
    if LOG.search(key):
        return record(bytes(store.cat_file(key)).decode("utf-8", "replace"))
    return None


def put(place: str, text: str, access: Access) -> None:
    """Writes one that is not there yet: its name says what it holds."""
    with explained(f"`{place}` cannot be written", place):
        store = opened(place, access.environ)
        if store.exists(_key(place)):
            return
        try:
            store.pipe_file(_key(place), text.encode("utf-8"))
        except FileNotFoundError:
            raise rejected("PG526", f"`{place}` cannot be written: there is no such bucket") from None


def opened(place: str, environ: Mapping[str, str]) -> Any:
    """The store that a `minio://`, `s3://` or `gs://` URL names, as its own tools find it."""
    parts = urlsplit(place)
    if parts.scheme == "gs":
        return google(environ)
    if parts.scheme not in ("s3", "minio"):
        raise rejected("PG526", f"records are collected from `minio://`, `s3://` and `gs://`, and this is `{place}`")
    query = dict(parse_qsl(parts.query))
    scheme = "http" if query.get("disableSSL", "").lower() == "true" else "https"
    endpoint = environ.get(ENDPOINT) or (f"{scheme}://{query['endpoint']}" if "endpoint" in query else None)
    if parts.scheme == "minio" and endpoint is None:
        hint = "`kubectl port-forward -n kubeflow svc/seaweedfs 9000` (before 2.17 `svc/minio-service`), "
        hint += f"and {ENDPOINT}=http://127.0.0.1:9000"
        raise rejected("PG526", f"the records are at `{place}`, and nobody says where that store is", hint)
    s3fs = sdk("s3fs", "s3fs", "store")
    return s3fs.S3FileSystem(
        endpoint_url=endpoint,
        key=environ.get("AWS_ACCESS_KEY_ID"),
        secret=environ.get("AWS_SECRET_ACCESS_KEY"),
        token=environ.get("AWS_SESSION_TOKEN"),
        client_kwargs={**({"region_name": query["region"]} if "region" in query else {}), **trusted(environ)},
        skip_instance_cache=True,
    )


def google(environ: Mapping[str, str]) -> Any:
    """Cloud Storage, by the credentials that Google's own tools find; an emulator, where one is named."""
    emulator = environ.get(EMULATOR)
    given: dict[str, Any] = {"endpoint_url": emulator, "token": "anon"} if emulator else {}
    given["session_kwargs"] = {"trust_env": True}  # else aiohttp asks no proxy
    # the class that `gcsfs` itself shows asks for the layout of a bucket first, by gRPC and for one more permission
    return sdk("gcsfs.core", "gcsfs", "store").GCSFileSystem(skip_instance_cache=True, **given)


def below(root: str, *parts: str) -> str:
    """A place below a root, which may be a URL with a query."""
    plain, mark, query = root.partition("?")
    return "/".join((plain.rstrip("/"), *parts)) + mark + query


def _key(place: str) -> str:
    parts = urlsplit(place)
    return f"{parts.netloc}{parts.path}"
