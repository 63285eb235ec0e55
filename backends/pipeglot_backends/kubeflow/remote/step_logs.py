"""The logs of a step on Kubeflow: its API has none for clients, and its page shows them."""

from __future__ import annotations

from pipeglot_backends.remote.protocol import Access, Handle, StepLogs


def read_logs(handle: Handle, step: str, access: Access) -> StepLogs:
    del access, step
    url, run = handle.native["url"].rstrip("/"), handle.native["run"]
    return StepLogs((), over=True, where=f"{url}/#/runs/details/{run}")
