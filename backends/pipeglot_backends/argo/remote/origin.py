"""Whose a WorkflowTemplate is: of one name there is one in a namespace, whatever pipeline it came from."""

from __future__ import annotations

from pipeglot_backends.argo.remote.api import Manifest
from pipeglot_backends.remote.origins import refuse_another_origin
from pipeglot_backends.remote.protocol import Access

ORIGIN = "pipeglot/origin"


def origin_of(template: Manifest) -> str | None:
    found = template["metadata"].get("annotations", {}).get(ORIGIN)
    return str(found) if found else None


def marked(template: Manifest, there: Manifest | None, access: Access) -> Manifest:
    """The template with its origin. Raises `SpecRejected` where the one that is there came from elsewhere."""
    kept = None if there is None else origin_of(there)
    name = template["metadata"]["name"]
    refuse_another_origin(f"the WorkflowTemplate `{name}`", kept, access)
    origin = access.origin or kept
    annotations = {**template["metadata"].get("annotations", {}), **({ORIGIN: origin} if origin else {})}
    return {**template, "metadata": {**template["metadata"], "annotations": annotations}}
