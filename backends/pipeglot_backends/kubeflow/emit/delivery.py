"""How the sidecar and its step table reach a step: in its own command, by a ConfigMap, in its image, or as an artifact
that another task brings (`bringing`)."""

from __future__ import annotations

from dataclasses import dataclass

from pipeglot.ir import Pipeline
from pipeglot_backends.emit.config_maps import sidecar_name, steps_name
from pipeglot_backends.protocol import Options
from pipeglot_expression.runtime.packing import FREE, TAKEN

FOLDER, STEPS_FOLDER = "/pipeglot", "/pipeglot-steps"
FILE = "sidecar.py"
INLINE_LIMIT = 256 * 1024
"""Bytes of the whole document: what Kubeflow makes of it must fit in one object of Kubernetes."""
UNPACK = f"lambda text:bz2.decompress(base64.b85decode(text.encode().translate(bytes.maketrans({FREE!r},{TAKEN!r}))))"
"""As `unpacked_text`, which is in what is packed."""
BOOT = f"import base64,bz2,sys;exec(({UNPACK})(sys.argv[1]))"


@dataclass(frozen=True, slots=True)
class Delivery:
    """`command` starts the sidecar. `mounted` are ConfigMaps and the folders where they are.

    `brought`: it is an artifact, which each task takes. Without `tabled` each task carries the table of its own step.
    """

    command: tuple[str, ...]
    mounted: tuple[tuple[str, str], ...] = ()
    brought: bool = False
    tabled: bool = False


def inline(packed: str) -> Delivery:
    return Delivery(("python3", "-I", "-c", BOOT, packed))


IN_IMAGE = Delivery(("python3", f"{FOLDER}/{FILE}"))


def by_config_map(pipeline: Pipeline, options: Options, *, tabled: bool) -> Delivery:
    """The step table comes by one too, if it is too long for the definition."""
    mounted = [(sidecar_name(pipeline, options), FOLDER)]
    if tabled:
        mounted.append((steps_name(pipeline, options), STEPS_FOLDER))
    return Delivery(IN_IMAGE.command, tuple(mounted), tabled=tabled)
