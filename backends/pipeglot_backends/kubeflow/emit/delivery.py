"""How the sidecar and its step table reach a step: in its own command, by a ConfigMap, in its image, or as an artifact
that another task brings (`bringing`)."""

from __future__ import annotations

import ast
import base64
import zlib
from dataclasses import dataclass
from functools import cache

from pipeglot.ir import Pipeline
from pipeglot_backends.emit.yaml_text import Data
from pipeglot_backends.protocol import Options

FOLDER = "/pipeglot"
FILE = "sidecar.py"
INLINE_LIMIT = 256 * 1024
"""Bytes of the whole document: what Kubeflow makes of it must fit in one object of Kubernetes."""
BOOT = "import base64,sys,zlib;exec(zlib.decompress(base64.b64decode(sys.argv[1])))"


@dataclass(frozen=True, slots=True)
class Delivery:
    """`command` starts the sidecar. `config_map` is the name of what is mounted at `folder`.

    Without one each task carries the table of its own step. `brought`: it is an artifact, which each task takes.
    """

    command: tuple[str, ...]
    config_map: str | None = None
    folder: str = FOLDER
    brought: bool = False


@cache
def inline(sidecar: str) -> Delivery:
    """Kept: to pack the sidecar takes half of what a definition takes."""
    return Delivery(("python3", "-I", "-c", BOOT, packed(program(sidecar))))


IN_IMAGE = Delivery(("python3", f"{FOLDER}/{FILE}"))


def by_config_map(pipeline: Pipeline, options: Options) -> Delivery:
    name = f"{pipeline.name}-{options.content_hash[:10]}"
    return Delivery(IN_IMAGE.command, name)


def config_map(pipeline: Pipeline, options: Options, delivery: Delivery) -> Data:
    """Named by what it holds, so that a new definition never changes what a run reads that has begun."""
    labels: Data = {**pipeline.labels, "app.kubernetes.io/managed-by": "pipeglot", "pipeglot/pipeline": pipeline.name}
    namespace = options.settings.get("namespace")
    placed: dict[str, Data] = {"namespace": namespace} if isinstance(namespace, str) else {}
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": delivery.config_map, **placed, "labels": labels},
        "immutable": True,
        "data": {"steps.json": options.table, FILE: options.sidecar},
    }


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
