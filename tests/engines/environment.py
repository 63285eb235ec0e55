"""Makes an engine's own virtual environment once, outside the clone, and tells its interpreter.

`python tests/engines/environment.py airflow` prints the interpreter's path. The environment is kept under
`$PIPEGLOT_CACHE/venvs`, named by the hash of `tests/engines/<name>/requirements.txt` and of the Python version.
`airflow@3.1` is another version of the same engine, from `requirements-3.1.txt`.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import venv
from collections.abc import Callable
from pathlib import Path

ENGINES = Path(__file__).parent
UV = "uv>=0.5"


class CannotInstall(Exception):
    """The packages of an environment could not be installed; the message holds the installer's last lines."""


def interpreter(name: str) -> Path:
    """The Python of the engine's environment, made now when it is not there."""
    return _interpreter(name, _requirements(name).read_text(encoding="utf-8"), quick=True)


def with_python(base: str, requirements: str) -> Path:
    """The Python of an environment of another Python, `base`, with these requirements."""
    key = hashlib.sha256(f"{base}\n{requirements}".encode()).hexdigest()[:16]
    uv = _interpreter("uv", UV, quick=False).with_name("uv")

    def make(folder: Path) -> None:
        _run([str(uv), "venv", "--quiet", "--python", base, str(folder)])
        _install(folder / "bin" / "python", requirements, quick=True)

    return _made(_cache() / "venvs" / f"python-{key}", make)


def _requirements(name: str) -> Path:
    engine, _, version = name.partition("@")
    return ENGINES / engine / (f"requirements-{version}.txt" if version else "requirements.txt")


def place(name: str, requirements: str) -> Path:
    """Where the environment for exactly these requirements and this Python lives."""
    version = ".".join(map(str, sys.version_info[:3]))
    key = hashlib.sha256(f"{version}\n{sys.base_prefix}\n{requirements}".encode()).hexdigest()[:16]
    return _cache() / "venvs" / f"{name}-{key}"


def _cache() -> Path:
    given = os.environ.get("PIPEGLOT_CACHE")
    if given:
        return Path(given)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "pipeglot"


def _interpreter(name: str, requirements: str, *, quick: bool) -> Path:
    def make(folder: Path) -> None:
        venv.create(folder, with_pip=True)
        _install(folder / "bin" / "python", requirements, quick=quick)

    return _made(place(name, requirements), make)


def _made(folder: Path, make: Callable[[Path], None]) -> Path:
    """The folder's Python; made once, by the first of those who want it at the same time."""
    python = folder / "bin" / "python"
    if (folder / "complete").exists():
        return python
    folder.parent.mkdir(parents=True, exist_ok=True)
    lock = folder.with_name(folder.name + ".lock")
    with lock.open("w") as held:
        _wait_for(held.fileno())
        if not (folder / "complete").exists():
            shutil.rmtree(folder, ignore_errors=True)
            make(folder)
            (folder / "complete").touch()
    return python


def _wait_for(descriptor: int) -> None:
    import fcntl

    fcntl.flock(descriptor, fcntl.LOCK_EX)


def _install(python: Path, requirements: str, *, quick: bool) -> None:
    with tempfile.NamedTemporaryFile("w", suffix=".txt", encoding="utf-8") as listed:
        listed.write(requirements)
        listed.flush()
        command = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", listed.name]
        if quick:
            uv = _interpreter("uv", UV, quick=False).with_name("uv")
            command = [str(uv), "pip", "install", "--quiet", "--python", str(python), "-r", listed.name]
        _run(command)


def _run(command: list[str]) -> None:
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode:
        raise CannotInstall("\n".join(done.stdout.splitlines()[-20:]))


def main() -> int:
    if len(sys.argv) != 2 or not _requirements(sys.argv[1]).is_file():
        known = sorted(path.parent.name for path in ENGINES.glob("*/requirements.txt"))
        print(f"usage: environment.py ENGINE ({', '.join(known)})", file=sys.stderr)
        return 2
    try:
        print(interpreter(sys.argv[1]))
    except CannotInstall as failed:
        print(f"the environment of {sys.argv[1]} cannot be installed:\n{failed}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
