"""The ConfigMaps of targets that run pods: the sidecar in one, which changes with pipeglot alone, the step table in the
other. Both are named by what they hold, so that a new definition never changes what a run reads that has begun."""

from __future__ import annotations

import base64
import zlib
from collections.abc import Iterator, Mapping
from typing import cast

from pipeglot.diagnostics import Diagnostic, SpecRejected
from pipeglot.ir import Pipeline
from pipeglot_backends.emit import applying
from pipeglot_backends.emit.shrinking import smaller
from pipeglot_backends.emit.yaml_text import Data, dump
from pipeglot_backends.protocol import EmittedFile, Options

STEPS, SIDECAR, CODE = "configmap.yaml", "sidecar.yaml", "code.yaml"
ROOM = 1024 * 1024
"""As many bytes as one holds: of its values as they are read, however they are written in the object."""


def steps_name(pipeline: Pipeline, options: Options) -> str:
    return f"{pipeline.name}-{options.table_hash}"


def sidecar_name(pipeline: Pipeline, options: Options) -> str:
    """Each pipeline has one of its own: whoever takes one pipeline away takes nothing from another."""
    return f"{pipeline.name}-sidecar-{options.sidecar_hash}"


def names(pipeline: Pipeline, options: Options) -> tuple[str, ...]:
    """All that a pod mounts, in one folder."""
    held = (sidecar_name(pipeline, options), steps_name(pipeline, options))
    return (*held, *(_code_map_name(pipeline, digest) for digest in options.code))


def code_name(digest: str) -> str:
    """The file that the sidecar looks for, beside itself."""
    return f"code-{digest.partition(':')[2][:12]}"


def code_files(target: str, pipeline: Pipeline, options: Options) -> Iterator[EmittedFile]:
    """Each archive in a ConfigMap of its own. Raises `SpecRejected` where one does not fit."""
    faults = [*_too_long(target, pipeline, options.code)]
    if faults:
        raise SpecRejected(faults)
    made = [
        _map(_code_map_name(pipeline, digest), pipeline, options, {"data": {code_name(digest): text}})
        for digest, text in options.code.items()
    ]
    if made:
        yield EmittedFile(CODE, dump(*made))


def _code_map_name(pipeline: Pipeline, digest: str) -> str:
    return f"{pipeline.name}-code-{digest.partition(':')[2][:10]}"


def _too_long(target: str, pipeline: Pipeline, code: Mapping[str, str]) -> Iterator[Diagnostic]:
    places = {step.code.digest: step.code.origin for step in pipeline.by_id.values() if step.code}
    for digest, text in code.items():
        if len(text) > ROOM:
            message = (
                f"the archive of the code has {len(text) // 1024} KiB, and a ConfigMap holds at most {ROOM // 1024}"
            )
            hint = "leave out what is not needed: `exclude: […]`; or let the image hold it: `code: {mode: image}`"
            yield Diagnostic("PG401", f"`{target}` cannot keep this: {message}", places.get(digest), hint=hint)


def files(target: str, pipeline: Pipeline, options: Options, folder: str = "") -> tuple[EmittedFile, EmittedFile]:
    """Raises `SpecRejected` for what no cluster takes."""
    steps, sidecar = steps_map(pipeline, options), sidecar_map(pipeline, options)
    faults = [*_faults(target, pipeline, steps)]
    if faults:
        raise SpecRejected(faults)
    return EmittedFile(folder + STEPS, dump(steps)), EmittedFile(folder + SIDECAR, dump(sidecar))


def sidecar_map(pipeline: Pipeline, options: Options) -> dict[str, Data]:
    return _map(sidecar_name(pipeline, options), pipeline, options, {"data": {"sidecar.py": options.sidecar}})


def steps_map(pipeline: Pipeline, options: Options) -> dict[str, Data]:
    """Readable while `kubectl apply` takes it so; else compressed, which the sidecar tells by its first byte."""
    made = _map(steps_name(pipeline, options), pipeline, options, {"data": {"steps.json": options.table + "\n"}})
    if applying.fits(made):
        return made
    packed = base64.b64encode(zlib.compress(options.table.encode(), 9)).decode()
    return _map(steps_name(pipeline, options), pipeline, options, {"binaryData": {"steps.json": packed}})


def _map(name: str, pipeline: Pipeline, options: Options, held: dict[str, Data]) -> dict[str, Data]:
    namespace = options.settings.get("namespace")
    placed: dict[str, Data] = {"namespace": namespace} if isinstance(namespace, str) else {}
    labels: Data = {**pipeline.labels, "app.kubernetes.io/managed-by": "pipeglot", "pipeglot/pipeline": pipeline.name}
    metadata: Data = {"name": name, **placed, "labels": labels}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "immutable": True, **held}


def _faults(target: str, pipeline: Pipeline, made: dict[str, Data]) -> Iterator[Diagnostic]:
    size = _held(made)
    if size > ROOM:
        text = f"the ConfigMap with the step table has {size // 1024} KiB, and at most {ROOM // 1024} fit"
        yield Diagnostic("PG401", f"`{target}` cannot keep this: {text}", pipeline.origin, hint=smaller(pipeline))


def _held(made: Mapping[str, Data]) -> int:
    """As Kubernetes measures it (`ValidateConfigMap`)."""
    texts, packed = (cast("Mapping[str, str]", made.get(kind, {})).values() for kind in ("data", "binaryData"))
    return sum(len(text.encode()) for text in texts) + sum(len(base64.b64decode(text)) for text in packed)
