"""The code of a step that came as an archive, beside the sidecar or in the step table: unpacked for one attempt, in a
folder of its own."""

from __future__ import annotations

import os

from pipeglot_expression.runtime.packing import unpacked_text
from pipeglot_sidecar.artifacts.archives import unpack_member
from pipeglot_sidecar.faults import Trouble
from pipeglot_sidecar.record.secret_manager import take_secrets as take_secrets

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pipeglot_sidecar.command.workspace import Workspace
    from pipeglot_sidecar.inputs.environment import Environment
    from pipeglot_sidecar.inputs.step_table import Table


def unpack_code(table: Table, environment: Environment, work: Workspace) -> None:
    """Where a step has one, it is what the command is started in. Raises `Trouble` where it is not there."""
    digest = table.step.get("code")
    if digest:
        environment.code = work.path("code", "")[:-1]
        path = os.path.join(os.path.dirname(environment.sidecar), "code-" + digest.partition(":")[2][:12])
        _unpack_text(path, table.archive, digest, environment.code)


def _unpack_text(path: str, text: str, digest: str, target: str) -> None:
    import tarfile
    from hashlib import sha256
    from io import BytesIO

    try:
        if not text:
            with open(path, encoding="ascii") as file:
                text = file.read().replace("\n", "")
        content = unpacked_text(text)
        if "sha256:" + sha256(content).hexdigest() != digest:
            raise Trouble(f"`{path}` holds other code than the step was compiled for")
        with tarfile.open(fileobj=BytesIO(content)) as archive:
            for member in archive:
                unpack_member(archive, member, target)
    except (OSError, EOFError, ValueError, tarfile.TarError) as fault:
        raise Trouble(f"the code of the step, `{path}`, cannot be unpacked: {fault}") from None
