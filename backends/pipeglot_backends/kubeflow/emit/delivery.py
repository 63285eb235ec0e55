"""How the sidecar and its step table reach a step: in its own command, by a ConfigMap, in its image, or as an artifact
that another task brings (`bringing`)."""

from __future__ import annotations

import ast
import base64
import zlib
from dataclasses import dataclass
from functools import cache

from pipeglot.ir import Pipeline
from pipeglot_backends.emit.config_maps import sidecar_name, steps_name
from pipeglot_backends.protocol import Options

FOLDER, STEPS_FOLDER = "/pipeglot", "/pipeglot-steps"
FILE = "sidecar.py"
INLINE_LIMIT = 256 * 1024
"""Bytes of the whole document: what Kubeflow makes of it must fit in one object of Kubernetes."""
BOOT = "import base64,sys,zlib;exec(zlib.decompress(base64.b64decode(sys.argv[1])))"


@dataclass(frozen=True, slots=True)
class Delivery:
    """`command` starts the sidecar. `mounted` are ConfigMaps and the folders where they are.

    `brought`: it is an artifact, which each task takes. Without `tabled` each task carries the table of its own step.
    """

    command: tuple[str, ...]
    mounted: tuple[tuple[str, str], ...] = ()
    brought: bool = False
    tabled: bool = False


@cache
def inline(sidecar: str) -> Delivery:
    """Kept: to pack the sidecar takes half of what a definition takes."""
    return Delivery(("python3", "-I", "-c", BOOT, packed(program(sidecar))))


IN_IMAGE = Delivery(("python3", f"{FOLDER}/{FILE}"))


def by_config_map(pipeline: Pipeline, options: Options, *, tabled: bool) -> Delivery:
    """The step table comes by one too, if it is too long for the definition."""
    mounted = [(sidecar_name(pipeline, options), FOLDER)]
    if tabled:
        mounted.append((steps_name(pipeline, options), STEPS_FOLDER))
    return Delivery(IN_IMAGE.command, tuple(mounted), tabled=tabled)


def packed(text: str) -> str:
    """In letters that no engine changes."""
    return base64.b64encode(zlib.compress(text.encode(), 9)).decode()


def program(sidecar: str) -> str:
    """The program in the sidecar's file, without what keeps it compiled: a pod has no such place."""
    for node in ast.parse(sidecar).body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id == "PROGRAM":
            assert isinstance(node.value, ast.Call)
            assert isinstance(node.value.func, ast.Attribute)
            return str(ast.literal_eval(node.value.func.value))
    raise ValueError("the sidecar holds no program")
