"""Pieces of a fan-in of artifacts that came as `INDEX/data.tgz`: unpacked into the scratch folder, and nowhere else."""

from __future__ import annotations

import os

from pipeglot_sidecar.faults import Trouble

TYPE_CHECKING = False
if TYPE_CHECKING:
    import tarfile

ARCHIVE = "data.tgz"


def unpack_piece(folder: str, index: int, target: str) -> str | None:
    """The path of one piece; None where the item left none."""
    piece = os.path.join(folder, str(index))
    archive = os.path.join(piece, ARCHIVE)
    if os.path.isfile(archive):
        _unpack(archive, target)
        piece = target
    if not os.path.isdir(piece):
        return None
    names = sorted(os.listdir(piece))
    if len(names) > 1:
        raise Trouble(f"`{piece}` holds {len(names)} entries, where one artifact was expected")
    return os.path.join(piece, names[0]) if names else None


def _unpack(archive: str, target: str) -> None:
    import tarfile

    try:
        with tarfile.open(archive) as opened:
            for member in opened:
                unpack_member(opened, member, target)
    except (OSError, EOFError, tarfile.TarError) as fault:
        raise Trouble(f"`{archive}` cannot be unpacked: {fault}") from None


def unpack_member(opened: tarfile.TarFile, member: tarfile.TarInfo, target: str) -> None:
    parts = [part for part in member.name.split("/") if part not in ("", ".")]
    if ".." in parts or member.name.startswith("/"):
        raise Trouble(f"the archive of an artifact holds `{member.name}`, which lies outside of it")
    path = os.path.join(target, *parts)
    if member.isdir():
        os.makedirs(path, exist_ok=True)
        return
    source = opened.extractfile(member) if member.isreg() else None
    if source is None:
        raise Trouble(f"the archive of an artifact holds `{member.name}`, which is neither a file nor a folder")
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with source, open(path, "xb") as file:
        for chunk in iter(lambda: source.read(1 << 20), b""):
            file.write(chunk)
    os.chmod(path, 0o444 | member.mode & 0o111)
