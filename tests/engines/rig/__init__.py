"""A real one-node Kubernetes with a real Argo Workflows and an S3, from ordinary package registries."""

from __future__ import annotations

from rig.client import JsonObject, Manifest, Refused
from rig.cluster import Cluster
from rig.control import available, build, down, lint, logs, status, up
from rig.images import PYTHON, SIDECAR, STEP
from rig.places import RELEASES
from rig.storage import BUCKET
from rig.tools import RigFailed

__all__ = [
    "BUCKET",
    "PYTHON",
    "RELEASES",
    "SIDECAR",
    "STEP",
    "Cluster",
    "JsonObject",
    "Manifest",
    "Refused",
    "RigFailed",
    "available",
    "build",
    "down",
    "lint",
    "logs",
    "status",
    "up",
]
