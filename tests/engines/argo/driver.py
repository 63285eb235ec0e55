"""Runs pipelines on a real Argo, through what users submit and collect with, and gives back their records."""

from __future__ import annotations

import importlib
import time
import uuid
from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any, TypeAlias

import rig
from rig import storage

from pipeglot.driver.compiling import compiled, load
from pipeglot.ir import Json, Pipeline
from pipeglot_backends.argo.remote.connection import connected
from pipeglot_backends.argo.remote.kubernetes import Kubernetes
from pipeglot_backends.remote.protocol import Access
from pipeglot_records.engines import remote
from pipeglot_records.show import normal
from pipeglot_records.store.database import open_store

OVER_WITHIN = 900.0
POLLED_EVERY = 3.0
RECENTLY = timedelta(seconds=15)
"""For ten seconds Argo makes a pod anew that it does not find (`RECENTLY_STARTED_POD_DURATION`)."""
STARTED = ("sh", "-c", "cat /tmp/pipeglot/record.jsonl || true")


@dataclass(frozen=True)
class Outcome:
    """`normal` is the record in its normal form, `state` Argo's own word on the run, `tasks` its words on the nodes."""

    normal: str
    state: str
    tasks: tuple[tuple[str, str], ...]
    workflow: str


Outcomes: TypeAlias = dict[tuple[str, str], Future[Outcome]]
"""By Argo's version and the case's name."""


class Driver:
    """One cluster; `run` as often as wanted and side by side."""

    def __init__(self, cluster: rig.Cluster, folder: Path) -> None:
        self.cluster = cluster
        self.version = cluster.release.name
        self._folder = folder

    @property
    def access(self) -> Access:
        environ = {
            "KUBECONFIG": str(self.cluster.kubeconfig),
            "AWS_ENDPOINT_URL": self.cluster.s3_endpoint,
            "AWS_ACCESS_KEY_ID": storage.ACCESS,
            "AWS_SECRET_ACCESS_KEY": storage.SECRET,
        }
        return Access({"namespace": self.cluster.namespace}, environ, folder=self._folder / "collected")

    def run(
        self,
        path: Path,
        params: Mapping[str, Json] | None = None,
        cancel: str | None = None,
        profile: str | None = None,
    ) -> Outcome:
        """Raises `SpecRejected` where the compiler refuses."""
        return self.run_loaded(load(path, profile), params, cancel)

    def run_loaded(
        self, loaded: Pipeline, params: Mapping[str, Json] | None = None, cancel: str | None = None
    ) -> Outcome:
        """Submitted, followed to its end, collected."""
        access, target = self.access, f"argo@{self.version}"
        pipeline = replace(loaded, settings={"argo": access.settings})
        files = compiled(pipeline, target).files
        run = uuid.uuid4()
        with open_store(str(self._folder / f"{run}.db"), {}) as store:
            known = remote.begin(store, pipeline, target, files, run, params or {}, access)
            workflow = known.handle.native["workflow"]
            if cancel:
                self.running_pod(workflow, cancel)
                remote.stop(store, known, access, "the driver")
            tasks = self._wait_for_end(known)
            _, state = remote.fetch(store, known, access)
            return Outcome(normal.text(store, str(run)), state.value, tasks, workflow)

    def _wait_for_end(self, known: remote.Remote) -> tuple[tuple[str, str], ...]:
        until = time.monotonic() + OVER_WITHIN
        while not (progress := remote.follow(known, self.access)).state.over:
            assert time.monotonic() < until, f"the run is not over: {progress}"
            time.sleep(POLLED_EVERY)
        return progress.tasks

    def running_pod(self, workflow: str, step: str) -> str:
        """The pod in which the command of the step runs: its record says so, in the pod itself."""
        until = time.monotonic() + OVER_WITHIN
        while True:
            for pod in self.pods(workflow, step):
                if self.has_started(pod):
                    return pod
            assert time.monotonic() < until, f"{step} did not start"
            time.sleep(POLLED_EVERY)

    def has_started(self, pod: str, number: int | None = None) -> bool:
        """Whether a command runs in it; with a number, that of this attempt."""
        said = self._said(pod)
        return '"event":"start"' in said and (number is None or f'"number":{number},' in said)

    def seen_running(self, workflow: str) -> set[str]:
        """Those pods of which Argo itself knows that they run, and no longer takes one that goes for one to come.

        Their names end as the identities of its nodes do.
        """
        nodes = self.cluster.workflow(workflow).get("status", {}).get("nodes", {}).values()
        before = (datetime.now(timezone.utc) - RECENTLY).strftime("%Y-%m-%dT%H:%M:%SZ")
        known = {
            node["id"].rpartition("-")[2]
            for node in nodes
            if node["phase"] == "Running" and (node.get("startedAt") or before) < before
        }
        names = (pod["metadata"]["name"] for pod in self.cluster.pods(f"workflows.argoproj.io/workflow={workflow}"))
        return {name for name in names if name.rpartition("-")[2] in known}

    def pods(self, workflow: str, step: str) -> list[str]:
        """Those that run."""
        found = self.cluster.pods(f"workflows.argoproj.io/workflow={workflow}")
        return [pod["metadata"]["name"] for pod in found if f"-{step}-" in pod["metadata"]["name"] and _runs(pod)]

    def _said(self, pod: str) -> str:
        client: Any = importlib.import_module("kubernetes.client")
        stream: Any = importlib.import_module("kubernetes.stream")
        with connected(self.access) as api:
            assert isinstance(api, Kubernetes)
            core = client.CoreV1Api(api.client)
            try:
                said = stream.stream(
                    core.connect_get_namespaced_pod_exec, pod, self.cluster.namespace,
                    container="main", command=list(STARTED), stdout=True, stderr=False, _preload_content=False,
                )  # fmt: skip
            except client.exceptions.ApiException:
                return ""  # the container is not there yet
            try:
                said.run_forever(timeout=10)
                return str(said.read_all())
            finally:
                said.sock.shutdown()  # `said.close` leaves the socket open once the server has had its say


def _runs(pod: rig.JsonObject) -> bool:
    containers = pod["status"].get("containerStatuses", ())
    return any(each["name"] == "main" and "running" in each["state"] for each in containers)
