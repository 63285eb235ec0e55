"""Records out of the object store that the engine keeps its artifacts in."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from pipeglot.files import write_bytes
from pipeglot_backends.submission import Access, sdk, trouble

RECORD = "pipeglot-record"
"""The artifact of each step that holds its record: a folder, one file per attempt."""
ENDPOINT = "AWS_ENDPOINT_URL"
KEYS = "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"


def fetched(places: Iterable[str], folder: Path, opened: Callable[[str], Any]) -> tuple[Path, ...]:
    """The records below `places`, URLs of one kind of store; each in a file of its own in `folder`."""
    logs: dict[str, Path] = {}
    for place in places:
        with_store = opened(place)
        for key in with_store.find(_key(place)):
            if f"/{RECORD}/" in key and key.endswith(".jsonl") and key not in logs:
                name = f"{Path(key).stem[:80]}.{hashlib.sha256(key.encode()).hexdigest()[:16]}.jsonl"
                write_bytes(folder / name, with_store.cat_file(key))
                logs[key] = folder / name
    return tuple(logs.values())


def collected(places: Iterable[str], folder: Path, access: Access) -> tuple[Path, ...]:
    """As `fetched`, by what each URL and the environment say; what the store refuses as a diagnostic."""
    named = tuple(places)
    faults: tuple[type[Exception], ...] = (OSError, *_faults(named))
    try:
        return fetched(named, folder, lambda place: opened(place, access.environ))
    except FileNotFoundError:
        return ()
    except faults as fault:
        said = " ".join(str(fault).split())[:300] or type(fault).__name__
        raise trouble(
            "PG526", f"the records cannot be read from `{named[0]}`: {said}", f"set {KEYS}, {ENDPOINT}"
        ) from None


def opened(place: str, environ: Mapping[str, str]) -> Any:
    """The store that a `minio://`, `s3://` or `gs://` URL names, as its own tools find it."""
    parts = urlsplit(place)
    if parts.scheme == "gs":
        return sdk("gcsfs", "gcsfs", "store").GCSFileSystem(skip_instance_cache=True)
    if parts.scheme not in ("s3", "minio"):
        raise trouble("PG526", f"records are collected from `minio://`, `s3://` and `gs://`, and this is `{place}`")
    told = dict(parse_qsl(parts.query))
    scheme = "http" if told.get("disableSSL", "").lower() == "true" else "https"
    endpoint = environ.get(ENDPOINT) or (f"{scheme}://{told['endpoint']}" if "endpoint" in told else None)
    if parts.scheme == "minio" and endpoint is None:
        hint = f"`kubectl port-forward -n kubeflow svc/minio-service 9000`, and {ENDPOINT}=http://127.0.0.1:9000"
        raise trouble("PG526", f"the records are at `{place}`, and nobody says where that store is", hint)
    s3fs = sdk("s3fs", "s3fs", "store")
    return s3fs.S3FileSystem(
        endpoint_url=endpoint,
        key=environ.get("AWS_ACCESS_KEY_ID"),
        secret=environ.get("AWS_SECRET_ACCESS_KEY"),
        token=environ.get("AWS_SESSION_TOKEN"),
        client_kwargs={"region_name": told["region"]} if "region" in told else {},
        skip_instance_cache=True,
    )


def below(root: str, *parts: str) -> str:
    """A place below a root, which may be a URL with a query."""
    plain, mark, query = root.partition("?")
    return "/".join((plain.rstrip("/"), *parts)) + mark + query


def _key(place: str) -> str:
    parts = urlsplit(place)
    return f"{parts.netloc}{parts.path}"


def _faults(places: tuple[str, ...]) -> tuple[type[Exception], ...]:
    if any(place.startswith("gs:") for place in places):
        return (sdk("gcsfs.retry", "gcsfs", "store").HttpError,)
    return (sdk("botocore.exceptions", "s3fs", "store").BotoCoreError,)
