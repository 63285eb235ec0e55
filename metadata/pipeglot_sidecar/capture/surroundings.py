"""In what a step runs: its code, its interpreter and packages, the machine, the names of its variables."""

from __future__ import annotations

import json
import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any, TypeGuard

PATIENCE = 10.0
ASK = """
import json, sys
told = {"version": sys.version.split()[0], "implementation": sys.implementation.name, "executable": sys.executable}
found = {}
try:
    from importlib.metadata import distributions
    for each in distributions():
        found.setdefault(str(each.metadata["Name"]), str(each.version))
except ImportError:
    pass
print(json.dumps([told, found]))
"""
MOST_FILES = 20_000
MOST_BYTES = 512 * 1024 * 1024
NO_CODE = frozenset(("__pycache__", "node_modules", "venv", "build", "dist"))
LITERAL = ("lit",)
CGROUP = "/sys/fs/cgroup"
CGROUP_FILES = ("memory.peak", "memory.max", "memory.events", "cpu.max", "cpu.stat", "pids.peak")


def said_by(argv: list[str], folder: str | None = None, environ: Mapping[bytes, bytes] | None = None) -> str:
    """What a program prints. Raises `OSError`."""
    from subprocess import DEVNULL, PIPE, SubprocessError, run

    try:
        done = run(
            argv, cwd=folder, env=environ, stdin=DEVNULL, stdout=PIPE, stderr=DEVNULL, timeout=PATIENCE, check=True
        )
    except SubprocessError as fault:
        raise OSError(str(fault)) from None
    return done.stdout.decode("utf-8", "replace")


def git_state(folder: str) -> dict[str, Any] | None:
    """Commit, branch, whether something is changed, and the remote without credentials. None outside a repository."""
    environ = {name: text for name, text in os.environb.items() if not name.startswith(b"GIT_")}
    environ[b"GIT_OPTIONAL_LOCKS"] = b"0"

    def ask(*arguments: str) -> str:
        try:
            return said_by(["git", "-c", f"safe.directory={folder}", *arguments], folder, environ).strip()
        except OSError:
            return ""

    commit = ask("rev-parse", "HEAD")
    if not commit:
        return None
    fields: dict[str, Any] = {"commit": commit, "branch": ask("symbolic-ref", "--short", "-q", "HEAD") or None}
    fields["dirty"] = bool(ask("status", "--porcelain", "--untracked-files=no"))
    fields["remote"] = without_credentials(ask("config", "--get", "remote.origin.url")) or None
    return fields


def without_credentials(url: str) -> str:
    scheme, there, rest = url.partition("://")
    if not there:
        return url
    place, slash, path = rest.partition("/")
    return f"{scheme}://{place.rpartition('@')[2]}{slash}{path.partition('?')[0]}"


def code_hash(folder: str) -> dict[str, Any]:
    """One hash of the files of the code's folder, of their names and what they hold; hidden ones are left out."""
    from hashlib import sha256

    total, files, size = sha256(), 0, 0
    for home, folders, names in os.walk(os.fsencode(folder)):
        folders[:] = sorted(each for each in folders if not each.startswith(b".") and os.fsdecode(each) not in NO_CODE)
        for name in sorted(names):
            path = os.path.join(home, name)
            if name.startswith(b".") or not os.path.isfile(path):
                continue
            files, size = files + 1, size + os.path.getsize(path)
            if files > MOST_FILES or size > MOST_BYTES:
                return {"too_large": True}
            with open(path, "rb") as file:
                each = sha256(file.read()).hexdigest()
            total.update(os.path.relpath(path, os.fsencode(folder)) + b"\0" + each.encode("ascii") + b"\n")
    return {"sha256": total.hexdigest(), "files": files, "size": size}


def interpreter_and_packages(program: str, environ: Mapping[bytes, bytes]) -> tuple[dict[str, Any], dict[str, str]]:
    """Of an interpreter, and of what is installed for it, as it says itself."""
    version, found = json.loads(said_by([program, "-c", ASK], None, environ))
    return version, dict(sorted(found.items(), key=lambda entry: entry[0].lower()))


def machine_and_use() -> dict[str, Any]:
    """Once the command is over: what it took, and what there was."""
    from resource import RUSAGE_CHILDREN, getrusage

    used = getrusage(RUSAGE_CHILDREN)
    fields: dict[str, Any] = {
        "user": round(used.ru_utime, 6),
        "system": round(used.ru_stime, 6),
        "max_rss": used.ru_maxrss * (1 if os.uname().sysname == "Darwin" else 1024),
        "major_faults": used.ru_majflt,
        "read_blocks": used.ru_inblock,
        "written_blocks": used.ru_oublock,
        "cpus": os.cpu_count(),
        "machine": os.uname().machine,
        "system_name": f"{os.uname().sysname} {os.uname().release}",
    }
    cgroup = {name: text for name in CGROUP_FILES if (text := _read(os.path.join(CGROUP, name)))}
    gpus = graphics_cards()
    return {**fields, **({"cgroup": cgroup} if cgroup else {}), **({"gpus": gpus} if gpus else {})}


def graphics_cards() -> list[dict[str, str]]:
    """What `nvidia-smi` says, where there is one."""
    keys = ("name", "memory.total", "memory.used", "utilization.gpu", "driver_version")
    try:
        said = said_by(["nvidia-smi", "--query-gpu=" + ",".join(keys), "--format=csv,noheader"])
    except OSError:
        return []
    lines = [[part.strip() for part in line.split(",")] for line in said.splitlines()]
    return [{key: line[at] for at, key in enumerate(keys)} for line in lines if len(line) == len(keys)]


def named_variables(environ: Mapping[str, str], own: Mapping[str, Any], sensitive: bool) -> dict[str, Any]:
    """The names of all; the values of those alone that the step's `env` writes down, and that anybody may see."""
    written = [(name, tree) for name, tree in own.items() if is_list(tree) and name in environ]
    plain = {name: environ[name] for name, tree in written if not sensitive or tree[0] in LITERAL}
    return {"names": sorted(environ), "values": plain}


def is_list(value: Any) -> TypeGuard[list[Any]]:
    return isinstance(value, list)


def _read(path: str) -> str:
    try:
        with open(path, "rb") as file:
            return file.read(4096).decode("ascii", "replace").strip()
    except OSError:
        return ""
