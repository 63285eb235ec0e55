"""Runs on a real Argo: started under an id of ours, followed, cancelled, collected."""

from __future__ import annotations

import base64
import contextlib
import gzip
import json
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from pipeglot.files import write_bytes
from pipeglot.ir import Json, Pipeline
from pipeglot_backends.argo.emit.expressions import CANCELLED
from pipeglot_backends.argo.emit.manifests import as_typed
from pipeglot_backends.argo.emit.templates import RECORD, RUN_ID
from pipeglot_backends.argo.remote import messages
from pipeglot_backends.argo.remote.api import Api, Manifest
from pipeglot_backends.argo.remote.connection import connected
from pipeglot_backends.argo.remote.listing import arguments_of, definition_of, params_of
from pipeglot_backends.argo.remote.origin import marked
from pipeglot_backends.argo.remote.start import is_suspended, resume, start
from pipeglot_backends.protocol import EmittedFile
from pipeglot_backends.remote.object_stores import ENDPOINT, explained, trusted
from pipeglot_backends.remote.protocol import Access, Collected, Handle, Progress, RunState
from pipeglot_backends.remote.responses import Conflict, NotFound
from pipeglot_backends.remote.sdk import moment, rejected, sdk

STATES = {
    "": RunState.WAITING,
    "Pending": RunState.WAITING,
    "Running": RunState.RUNNING,
    "Succeeded": RunState.SUCCEEDED,
    "Failed": RunState.FAILED,
    "Error": RunState.FAILED,
}
NAMED = ("Pod", "Retry", "TaskGroup", "Skipped")


def submit(
    pipeline: Pipeline, files: Sequence[EmittedFile], run: uuid.UUID, params: Mapping[str, Json], access: Access
) -> Handle:
    """Delivers ConfigMap and WorkflowTemplate and creates the Workflow; nothing twice for the same `run`."""
    template, workflow = (each for name in ("workflowtemplate", "workflow") for each in _manifests(files, name))
    held = [each for name in ("sidecar", "code", "configmap") for each in _manifests(files, name)]
    with connected(access) as api:
        name = f"{pipeline.name[:26]}-{run}"
        handle = Handle(run, {"workflow": name, "namespace": api.namespace, "url": api.where})
        found = found_workflow(api, name)
        if found is not None and not is_suspended(found):
            return _already(handle, pipeline, found)
        template = _deliver(api, held, template, access)
        del workflow["metadata"]["generateName"]
        workflow["metadata"] |= {"name": name, "namespace": api.namespace}
        given = {**params, RUN_ID: str(run)}
        arguments = [{"name": each, "value": as_typed(value)} for each, value in given.items()]
        workflow["spec"]["arguments"] = {"parameters": arguments}
        if found is not None:
            resume(api, found, template, access.patience)
            return _already(handle, pipeline, found)
        try:
            start(api, workflow, template, access.patience)
        except Conflict:
            # made by another in between, or by us, where the answer was lost: then nobody woke it
            there = api.get("workflows", name)
            if is_suspended(there):
                resume(api, there, template, access.patience)
            return _already(handle, pipeline, there)
        return handle


def _already(handle: Handle, pipeline: Pipeline, found: Manifest) -> Handle:
    return handle.already(params_of(pipeline, found), definition_of(found))


def collectable(pipeline: Pipeline, access: Access) -> None:
    """Raises `SpecRejected` where it is known before the start that the record could not be read afterwards."""
    del pipeline, access  # where the store is, Argo alone knows
    sdk("s3fs", "s3fs", "store")


def status(handle: Handle, access: Access) -> Progress:
    with connected(access) as api:
        found = found_workflow(api, handle.native["workflow"])
    if found is None:
        return Progress(RunState.GONE)
    nodes = [node for node in nodes_of(found) if node["type"] in NAMED]
    nodes.sort(key=lambda node: (node.get("startedAt") or "", node["displayName"]))
    explained = tuple((node["displayName"], node.get("phase", "")) for node in nodes)
    return Progress(state_of(found), explained, messages.of_run(found), messages.of_nodes(nodes), arguments_of(found))


def cancel(handle: Handle, access: Access) -> None:
    """Stops what runs; steps of `on_exit` run. Over already: does nothing."""
    name = handle.native["workflow"]
    with connected(access) as api:
        found = found_workflow(api, name)
        if found is None:
            raise rejected("PG522", f"there is no workflow `{name}` any more")
        if not state_of(found).over:
            api.stop(name, {CANCELLED: "true"})


def collect(handle: Handle, access: Access) -> Collected:
    """The record of each attempt, from the artifact store, and Argo's own word on the run."""
    with connected(access) as api:
        found = found_workflow(api, handle.native["workflow"])
    if found is None:
        return Collected((), RunState.GONE)
    folder = access.folder / str(handle.run)
    records, name = list(_records(found)), handle.native["workflow"]
    logs = tuple(_fetched(records, folder, access))
    if records and not logs:
        raise rejected("PG527", f"no record of `{name}` is where Argo kept it: it was deleted there")
    reason = "deadline" if _met_deadline(found) else None
    brought = frozenset(path.stem for path in logs)
    said = tuple(messages.of_steps(found, nodes_of(found), brought))
    ended = moment(found.get("status", {}).get("finishedAt"))
    return Collected(logs, state_of(found), reason, ended, messages.of_run(found), said, arguments_of(found))


def _met_deadline(workflow: Manifest) -> bool:
    """Whether Argo itself ended a pod at the deadline of the run: that pod's sidecar could not say so."""
    status = workflow.get("status", {})
    limit = status.get("storedWorkflowTemplateSpec", workflow["spec"]).get("activeDeadlineSeconds")
    began = moment(status.get("startedAt"))
    if limit is None or began is None:
        return False
    at = began + timedelta(seconds=limit)
    failed = (node for node in nodes_of(workflow) if STATES.get(node.get("phase", "")) is RunState.FAILED)
    return any(ended >= at for ended in (moment(node.get("finishedAt")) for node in failed) if ended)


def found_workflow(api: Api, name: str) -> Manifest | None:
    try:
        return api.get("workflows", name)
    except NotFound:
        return None


def _records(workflow: Manifest) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The node of each attempt, and where its record is."""
    for node in nodes_of(workflow):
        for artifact in node.get("outputs", {}).get("artifacts", ()):
            if artifact["name"] == RECORD and node["type"] == "Pod":
                yield node["id"], _place(workflow, artifact)


def _fetched(records: Iterable[tuple[str, Mapping[str, Any]]], folder: Path, access: Access) -> Iterator[Path]:
    """Those that are still there, each in a file of its own."""
    store: Any = None
    for node, place in records:
        key = f"{place['bucket']}/{place['key']}"
        with explained(f"the record cannot be read from `s3://{key}`", "s3://"), contextlib.suppress(FileNotFoundError):
            store = store or _store(place, access)
            write_bytes(folder / f"{node}.jsonl", store.cat_file(key))
            yield folder / f"{node}.jsonl"


def stored(workflow: Manifest, node: Manifest, name: str, access: Access) -> bytes | None:
    """An artifact of a node; None where there is none, or none any more."""
    for artifact in node.get("outputs", {}).get("artifacts", ()):
        if artifact["name"] == name:
            place = _place(workflow, artifact)
            key = f"{place['bucket']}/{place['key']}"
            with explained(f"`s3://{key}` cannot be read", "s3://"), contextlib.suppress(FileNotFoundError):
                return bytes(_store(place, access).cat_file(key))
    return None


def _place(workflow: Manifest, artifact: Manifest) -> Mapping[str, Any]:
    """Where the artifact is: what the node says, over what the run's artifact repository says."""
    reference = workflow.get("status", {}).get("artifactRepositoryRef", {})
    repository = reference.get("artifactRepository", {}).get("s3", {})
    if "s3" not in artifact:
        raise rejected("PG526", "records are collected from stores that speak S3, and this Argo uses another")
    return {**repository, **artifact["s3"]}


def _store(place: Mapping[str, Any], access: Access) -> Any:
    s3fs = sdk("s3fs", "s3fs", "store")
    scheme = "http" if place.get("insecure") else "https"
    endpoint = access.environ.get(ENDPOINT) or f"{scheme}://{place['endpoint']}"
    return s3fs.S3FileSystem(
        endpoint_url=endpoint,
        key=access.environ.get("AWS_ACCESS_KEY_ID"),
        secret=access.environ.get("AWS_SECRET_ACCESS_KEY"),
        client_kwargs=trusted(access.environ),
        skip_instance_cache=True,
    )


def _deliver(api: Api, held: Iterable[Manifest], template: Manifest, access: Access) -> Manifest:
    """A ConfigMap is named by its content, so one that is there is the same; the template is brought up to date."""
    name = template["metadata"]["name"]
    there = _there(api, name)
    template = marked(template, there, access)
    for config in held:
        with contextlib.suppress(Conflict):
            api.config_map(config)
    if there is None:
        try:
            api.create("workflowtemplates", template)
            return template
        except Conflict:  # someone else was quicker
            there = api.get("workflowtemplates", name)
            template = marked(template, there, access)
    if there["spec"] != template["spec"] or not _says(there["metadata"], template["metadata"]):
        version = {"resourceVersion": there["metadata"]["resourceVersion"]}
        api.replace("workflowtemplates", name, {**template, "metadata": {**template["metadata"], **version}})
    return template


def _there(api: Api, name: str) -> Manifest | None:
    try:
        return api.get("workflowtemplates", name)
    except NotFound:
        return None


def _says(there: Manifest, wanted: Manifest) -> bool:
    """Whether what is there bears every label and annotation that is wanted; others may have put more on it."""
    return all((there.get(kind) or {}) | wanted.get(kind, {}) == there.get(kind) for kind in ("labels", "annotations"))


def _manifests(files: Sequence[EmittedFile], name: str) -> list[Manifest]:
    """Those of one file; none where there is no such file."""
    import yaml

    texts = [file.text for file in files if file.path.rpartition("/")[2] == f"{name}.yaml"]
    # the one in C, where there is one: a ConfigMap with a sidecar takes the other most of a second
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return [each for text in texts for each in yaml.load_all(text, Loader=loader)]


def nodes_of(workflow: Manifest) -> list[Manifest]:
    status = workflow.get("status", {})
    if packed := status.get("compressedNodes"):
        # of a workflow that would not fit into one object otherwise
        unpacked: Manifest = json.loads(gzip.decompress(base64.b64decode(packed)))
        return list(unpacked.values())
    return list(status.get("nodes", {}).values())


def state_of(workflow: Manifest) -> RunState:
    state = STATES.get(workflow.get("status", {}).get("phase", ""), RunState.RUNNING)
    stopped = CANCELLED in workflow["metadata"].get("annotations", {}) or workflow["spec"].get("shutdown")
    return RunState.CANCELLED if state is RunState.FAILED and stopped else state
