"""What the command wrote: values read against their types, artifacts looked at and hashed."""

from __future__ import annotations

import os
import stat

from pipeglot_expression.values import ABSENT, MAX_FILE, Artifact, convert, read_value, to_wire
from pipeglot_expression.values import WireFault as WireFault
from pipeglot_sidecar.artifacts.decoding import encoded
from pipeglot_sidecar.artifacts.digests import Unfit as Unfit
from pipeglot_sidecar.artifacts.digests import digest_of, make_read_only
from pipeglot_sidecar.secrecy import SECRETS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from pipeglot_expression.values import Value
    from pipeglot_sidecar.artifacts.digests import Digest


class ReadOutput:
    """One output: `value` is what readers get, `event` what the record says, `fault` a reason and a message."""

    __slots__ = ("event", "fault", "value")

    def __init__(self) -> None:
        self.value: Value = ABSENT
        self.event: dict[str, Any] | None = None
        self.fault: tuple[str, str] | None = None


def read_outputs(
    declared: dict[str, dict[str, Any]], paths: dict[str, str], keeps: bool, pulse: Callable[[], None]
) -> dict[str, ReadOutput]:
    """All of them, in the table's order. `keeps`: artifacts stay where they are, so nobody may change them any more."""
    found: dict[str, ReadOutput] = {}
    for name, output in declared.items():
        written = found[name] = ReadOutput()
        try:
            if not os.path.lexists(encoded(paths[name])):
                _take_default(written, name, output, paths[name])
            elif "artifact" in output:
                _take_artifact(written, name, output, paths[name], keeps, pulse)
            else:
                _take_value(written, name, output, paths[name])
        except WireFault as fault:
            written.fault = (fault.reason, f"output `{name}`: {fault.message}")
        except Unfit as fault:
            written.fault = ("bad-output", f"output `{name}`: {fault}")
        except OSError as fault:
            written.fault = ("bad-output", f"output `{name}` cannot be read: {fault.strerror}")
    return found


def _take_default(written: ReadOutput, name: str, output: dict[str, Any], path: str) -> None:
    if "default" in output:
        written.value = convert(output["default"], output["type"])
    elif not output.get("optional"):
        written.fault = ("missing-output", f"output `{name}` was not written to `{path}`")


def _take_value(written: ReadOutput, name: str, output: dict[str, Any], path: str) -> None:
    sensitive = bool(output.get("sensitive"))
    if not stat.S_ISREG(os.stat(encoded(path)).st_mode):
        raise Unfit(f"`{path}` is not a file")
    with open(encoded(path), "rb") as file:
        value = read_value(file.read(MAX_FILE + 1), output["type"], sensitive)
    if sensitive:
        SECRETS.add(value)
    to_wire(value)
    written.value = value
    written.event = {"name": name, "redacted": True} if sensitive else {"name": name, "value": value}


def _take_artifact(
    written: ReadOutput, name: str, output: dict[str, Any], path: str, keeps: bool, pulse: Callable[[], None]
) -> None:
    kind = output["artifact"]
    digest = digest_of(encoded(path), pulse)
    wanted = {"directory": True, "file": False}.get(kind)
    if wanted is not None and wanted is not digest.is_folder:
        raise Unfit(f"it is a {'folder' if digest.is_folder else 'file'}, and its kind is `{kind}`")
    if keeps:
        make_read_only(encoded(path), digest.is_folder)
    written.value = Artifact(path) if keeps else ABSENT
    written.event = _artifact_event(name, kind, digest, path if keeps else None)


def _artifact_event(name: str, kind: str, digest: Digest, path: str | None) -> dict[str, Any]:
    return {
        "name": name,
        "kind": kind,
        "digest": digest.shown(),
        "size": digest.size,
        "files": digest.files,
        "uri": None if path is None else "file://" + path,
    }
