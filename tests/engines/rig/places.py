"""Where the rig keeps things, and the clusters that it knows."""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent


@dataclass(frozen=True, slots=True)
class Release:
    """One Argo Workflows, and the addresses of the cluster that carries it."""

    name: str
    module: str
    folder: Path
    subnet: str

    @property
    def version(self) -> str:
        return required(self.folder, self.module)

    @property
    def address(self) -> str:
        """Of the API server and of S3, seen from pods and from this machine."""
        return f"{self.subnet}.1"

    @property
    def link(self) -> str:
        return f"pgrig{self.name.replace('.', '')}"

    @property
    def mark(self) -> str:
        """The hardware address of the link: what is ours has it from its first moment on."""
        digits = key(str(self.state))
        return ":".join(["02", *(digits[i : i + 2] for i in range(0, 10, 2))])

    @property
    def cgroup(self) -> str:
        return f"pipeglot-rig-{key(str(self.state))}"

    @property
    def state(self) -> Path:
        return cache() / "state" / self.name


RELEASES = {
    "3.7": Release("3.7", "github.com/argoproj/argo-workflows/v3", HERE / "go" / "argo37", "10.213.37"),
    "4.0": Release("4.0", "github.com/argoproj/argo-workflows/v4", HERE / "go" / "argo40", "10.213.40"),
}


def cache() -> Path:
    shared = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(os.environ.get("PIPEGLOT_CACHE") or f"{shared}/pipeglot").resolve() / "rig"


def required(folder: Path, module: str) -> str:
    """The version of `module` that the go.mod in `folder` asks for: written once, there."""
    found = re.search(rf"^(?:require)?\s+{re.escape(module)} (v\S+)", (folder / "go.mod").read_text(), re.MULTILINE)
    if found is None:
        raise LookupError(f"{folder.name}/go.mod does not require {module}")
    return found[1]


def key(*parts: str | Path) -> str:
    """Names what is built from `parts`: words as they are, files by content, folders by their files."""
    seen = hashlib.sha256()
    for part in parts:
        if isinstance(part, str):
            files: list[tuple[str, bytes]] = [(part, b"")]
        elif part.is_dir():
            files = [(file.name, file.read_bytes()) for file in sorted(part.iterdir()) if file.is_file()]
        else:
            files = [(part.name, part.read_bytes())]
        for name, content in files:
            seen.update(f"{name} {len(content)}\n".encode() + content)
    return seen.hexdigest()[:16]


@contextmanager
def held(name: str) -> Generator[None, None, None]:
    """One process at a time. The kernel lets go of it, however the holder ends."""
    folder = cache() / "locks"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / name).open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
