"""What a sidecar that is a file can be asked besides: `carry`, `recover`, `get`, `sweep`, and around containers."""

from __future__ import annotations

from pipeglot_sidecar.artifacts.stored_sweep import sweep
from pipeglot_sidecar.fetching import fetch
from pipeglot_sidecar.getting import get
from pipeglot_sidecar.inputs.environment import Environment
from pipeglot_sidecar.portable_python import carry
from pipeglot_sidecar.recovery import recover
from pipeglot_sidecar.storing import store

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

FILE_VERBS: dict[str, Callable[[str, dict[str, str], str], int]] = {
    "carry": lambda folder, environ, sidecar: carry(folder),
    "recover": lambda folder, environ, sidecar: recover(folder),
    "get": lambda file, environ, sidecar: get(file),
    "sweep": lambda file, environ, sidecar: sweep(file),
    "fetch": lambda step, environ, sidecar: fetch(step, Environment(environ, sidecar)),
    "store": lambda step, environ, sidecar: store(step, Environment(environ, sidecar)),
}
