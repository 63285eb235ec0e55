"""Where a pipeline's description comes from, said the same on every machine: engines keep one pipeline of a name."""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
import uuid
from collections.abc import Mapping
from pathlib import Path

from pipeglot.ir import Json

VARIABLE = "PIPEGLOT_ORIGIN"
KEPT = Path(".pipeglot") / "origin"
_URL = re.compile(r"[a-z+]+://(?:[^@/]*@)?(?P<host>[^/:]+)(?::\d+)?/(?P<path>.+)", re.IGNORECASE)
_SHORT = re.compile(r"(?:[^@/:]+@)?(?P<host>[^/:]{2,}):(?P<path>[^/].*)")
"""As `git` takes them: `ssh://git@host/team/repository.git`, and `git@host:team/repository`."""


def origin_of(file: Path, environ: Mapping[str, str] = os.environ) -> str | None:
    """The repository and the path in it. Without a remote: the first commit; without git: a mark in the folder."""
    if given := environ.get(VARIABLE):
        return given
    folder = file.resolve().parent
    prefix = _git(folder, "rev-parse", "--show-prefix")
    repository = None if prefix is None else _remote(folder) or _first_commit(folder)
    if repository:
        return f"{repository}//{prefix}{file.name}"
    mark = _mark(folder / KEPT)
    return f"{mark}//{file.name}" if mark else None


def commit_of(file: Path) -> dict[str, Json] | None:
    """Of the repository in which the file lies: commit, branch, whether files are changed, remote. None without one."""
    folder = file.resolve().parent
    commit = _git(folder, "rev-parse", "HEAD")
    if not commit:
        return None
    dirty = bool(_git(folder, "status", "--porcelain", "--untracked-files=no"))
    branch = _git(folder, "symbolic-ref", "--short", "-q", "HEAD")
    return {"commit": commit, "branch": branch or None, "dirty": dirty, "remote": _remote(folder)}


def plain(remote: str) -> str | None:
    """However it is reached, and without credentials; None for a path of this machine."""
    found = _URL.fullmatch(remote) or _SHORT.fullmatch(remote)
    if found is None or remote.startswith("file:"):
        return None
    path = found["path"].strip("/")
    return f"{found['host'].lower()}/{path.removesuffix('.git')}"


def _remote(folder: Path) -> str | None:
    names = (_git(folder, "remote") or "").split()
    name = "origin" if "origin" in names else next(iter(names), None)
    url = _git(folder, "config", "--get", f"remote.{name}.url") if name else None
    return plain(url) if url else None


def _first_commit(folder: Path) -> str | None:
    found = (_git(folder, "rev-list", "--max-parents=0", "HEAD") or "").split()
    return min(found, default=None)


def _git(folder: Path, *arguments: str) -> str | None:
    """None where there is no git, or it has no answer."""
    command = ["git", "-C", str(folder), *arguments]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=True, stdin=subprocess.DEVNULL)
    except (OSError, subprocess.CalledProcessError):
        return None
    return done.stdout.strip()


def _mark(place: Path) -> str | None:
    """Made once, and moved with the folder. None where nothing can be kept."""
    with contextlib.suppress(OSError):
        if not place.exists():
            place.parent.mkdir(parents=True, exist_ok=True)
            ignored = place.parent / ".gitignore"
            if not ignored.exists():
                ignored.write_text("*\n", encoding="utf-8")
            place.write_text(f"{uuid.uuid4()}\n", encoding="utf-8")
        return place.read_text("utf-8").strip() or None
    return None
