"""An artifact brought to a place of the user's own, from a folder or an object store: whole, and what was recorded."""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from importlib import resources
from pathlib import Path

from pipeglot.contents import digest_of
from pipeglot_backends.local.engine.run_folder import remove
from pipeglot_records.faults import RecordsFault

TOLD = "pipeglot: "


class Unbrought(RecordsFault):
    """An artifact that cannot be brought here."""

    code = "PG582"


def bring(name: str, places: Sequence[str], digest: Mapping[str, str], target: Path) -> bool:
    """From the first of its places that has it. Returns False where it was there already. Raises `Unbrought`."""
    if os.path.lexists(target):
        if _is(target, digest):
            return False
        hint = "`-o FOLDER` puts it elsewhere"
        raise Unbrought(f"`{target}` is there already, and is another content than `{name}`", hint)
    reasons: list[str] = []
    for place in places:
        try:
            _bring(place, digest, target)
        except (OSError, ValueError) as fault:
            reasons.append(f"{fault.strerror or fault}: `{place}`" if isinstance(fault, OSError) else str(fault))
        else:
            return True
    reason = "; ".join(dict.fromkeys(reasons)) or "no record says where it is"
    raise Unbrought(f"`{name}` cannot be brought here: {reason}", "run again what makes it")


def _bring(place: str, digest: Mapping[str, str], target: Path) -> None:
    """Under another name first: what has the name is whole."""
    target.parent.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
    try:
        draft = folder / target.name
        path = place.removeprefix("file://")
        if "://" in path:
            _fetch(path, draft)
        else:
            _copy(Path(path), draft)
        if digest_of(draft) != dict(digest):
            raise ValueError(f"`{place}` is not what was recorded: its digest is another one")
        _make_own(draft)
        draft.rename(target)
    finally:
        remove(folder)


def _copy(source: Path, target: Path) -> None:
    if source.is_dir() and not source.is_symlink():
        shutil.copytree(source, target, symlinks=True)
    else:
        shutil.copy2(source, target, follow_symlinks=False)


def _fetch(address: str, target: Path) -> None:
    """By the sidecar, which knows object stores."""
    with tempfile.NamedTemporaryFile("w", suffix=".json", encoding="utf-8") as wanted:
        json.dump({str(target): address}, wanted)
        wanted.flush()
        with resources.as_file(resources.files("pipeglot_sidecar").joinpath("generated/sidecar.py")) as sidecar:
            done = subprocess.run(
                [sys.executable, "-I", str(sidecar), "get", wanted.name],
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                check=False,
            )
    if done.returncode:
        lines = done.stderr.strip().splitlines() or [f"`{address}` cannot be fetched"]
        raise ValueError(lines[-1].removeprefix(TOLD))


def _make_own(path: Path) -> None:
    """What runs share is read-only; a copy is its owner's."""
    for each in [path, *path.rglob("*")] if path.is_dir() else [path]:
        each.chmod(stat.S_IMODE(each.lstat().st_mode) | stat.S_IWUSR)


def _is(path: Path, digest: Mapping[str, str]) -> bool:
    with suppress(OSError):
        return digest_of(path) == dict(digest)
    return False
