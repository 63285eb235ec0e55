"""Brings a pipeline to Kubeflow as a version named by its content: what is there already is not uploaded again."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pipeglot_backends.kubeflow.remote.connection import Answer, Connection, listed, named, raw
from pipeglot_backends.kubeflow.remote.connection import text as field
from pipeglot_backends.remote.origins import refuse_another_origin
from pipeglot_backends.remote.protocol import Access
from pipeglot_backends.remote.responses import Conflict, NotFound
from pipeglot_backends.remote.sdk import rejected

ORIGIN = "pipeglot: "
"""How the description of a pipeline begins that says where it comes from."""


def uploaded(connection: Connection, name: str, text: str, access: Access) -> dict[str, str]:
    """The reference of the version that holds exactly this text."""
    pipeline = field(connection, _pipeline(connection, name, access), "pipeline_id")
    version = f"{name}-{hashlib.sha256(text.encode()).hexdigest()[:16]}"
    api, what = connection.client, f"look for the version `{version}`"

    def look() -> Answer | None:
        calls = api.pipelines.pipeline_service_list_pipeline_versions
        found = listed(connection, what, "pipeline_versions", calls, pipeline_id=pipeline, filter=named(version))
        return found[0] if found else None

    with tempfile.TemporaryDirectory() as folder:
        # kfp's client and server tell by the ending what a file is: a `.json` they refuse
        path = Path(folder) / "pipeline.yaml"
        path.write_text(text, "utf-8")
        upload = raw(api.pipeline_uploads.upload_pipeline_version, str(path), name=version, pipelineid=pipeline)
        found = _found_or_made(connection, f"upload the version `{version}`", look, upload)
    return {"pipeline_id": pipeline, "pipeline_version_id": field(connection, found, "pipeline_version_id")}


def experiment(connection: Connection, name: str) -> str:
    """The id of the experiment of that name."""
    api = connection.client.experiments

    def look() -> Answer | None:
        calls, space = api.experiment_service_list_experiments, connection.namespace
        what = f"look for the experiment `{name}`"
        found = listed(connection, what, "experiments", calls, filter=named(name), namespace=space)
        return found[0] if found else None

    made = raw(api.experiment_service_create_experiment, _of(connection, {"display_name": name}))
    there = _found_or_made(connection, f"make the experiment `{name}`", look, made)
    return field(connection, there, "experiment_id")


def _pipeline(connection: Connection, name: str, access: Access) -> Answer:
    api = connection.client.pipelines

    def look() -> Answer | None:
        calls, what = api.pipeline_service_list_pipelines, f"look for the pipeline `{name}`"
        found = listed(connection, what, "pipelines", calls, filter=named(name), namespace=connection.namespace)
        return found[0] if found else None

    about = {"description": f"{ORIGIN}{access.origin}"} if access.origin else {}
    body = _of(connection, {"name": name, "display_name": name, **about})
    made = raw(api.pipeline_service_create_pipeline, body)
    found = _found_or_made(connection, f"make the pipeline `{name}`", look, made)
    refuse_another_origin(f"the pipeline `{name}`", _origin(found), access)
    return found


def _origin(there: Answer) -> str | None:
    """Kubeflow changes no pipeline that it has: whose a pipeline is, is said once."""
    description = str(there.get("description") or "")
    return description.removeprefix(ORIGIN) if description.startswith(ORIGIN) else None


def _of(connection: Connection, body: dict[str, str]) -> dict[str, str]:
    return {**body, "namespace": connection.namespace} if connection.namespace else body


def _found_or_made(
    connection: Connection, what: str, look: Callable[[], Answer | None], make: Callable[[], Any]
) -> Answer:
    """Names are unique there: one who comes second is told so, and finds what the first one made."""
    found = look()
    if found is not None:
        return found
    try:
        return connection.ask(what, make)
    except Conflict:
        found = look()
    except NotFound:
        raise rejected("PG522", f"{connection.url} cannot {what}: what it belongs to is not there any more") from None
    if found is None:
        raise rejected("PG523", f"{connection.url} says that it is there already, and does not list it: {what}")
    return found
