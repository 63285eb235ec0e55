"""Programs of this machine that the rig calls, and Debian's packages that bring them."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

PACKAGES = {
    "containerd": "containerd",
    "ctr": "containerd",
    "runc": "runc",
    "/usr/lib/cni/bridge": "containernetworking-plugins",
    "/usr/lib/cni/host-local": "containernetworking-plugins",
    "mmdebstrap": "mmdebstrap",
    "ip": "iproute2",
    "openssl": "openssl",
    "unshare": "util-linux",
    "mount": "mount",
}

# A user's PATH need not hold the folders where Debian puts what root runs.
PATH = f"{os.environ.get('PATH', os.defpath)}:/usr/sbin:/sbin"


COLLECTING = {"GOGC": "400"}
"""For programs in Go, its compiler too: cores are what is short here, not memory, so garbage may lie for longer."""

LOCKED = 300
"""Seconds to wait for whoever else installs packages."""


class RigFailed(RuntimeError):
    """Something the rig called did not do its part; the message ends with what it said."""


def find(program: str) -> str | None:
    return shutil.which(program, path=PATH)


def missing(packages: Mapping[str, str] = PACKAGES) -> tuple[str, ...]:
    """Debian's packages, of those that bring programs, that are not here yet."""
    return tuple(sorted({package for program, package in packages.items() if find(program) is None}))


def run(
    *command: str | Path,
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
    log: Path | None = None,
) -> str:
    """What the command printed; `RigFailed` when it did not end well. With `log`, that file gets what it said."""
    words = [str(word) for word in command]
    given = {**os.environ, "PATH": PATH, **(environment or {})}
    done = subprocess.run(words, env=given, cwd=folder, capture_output=True, text=True, errors="replace", check=False)
    if log is not None:
        log.parent.mkdir(parents=True, exist_ok=True)
        log.write_text(done.stdout + done.stderr)
    if done.returncode != 0:
        raise RigFailed(f"{' '.join(words)}: exit {done.returncode}\n{tail(done.stderr or done.stdout)}")
    return done.stdout


def tail(text: str, lines: int = 15) -> str:
    return "\n".join(text.splitlines()[-lines:])


def install(packages: Sequence[str], log: Path) -> None:
    """By apt, whose lists on a fresh machine are empty or old."""
    quiet = {"DEBIAN_FRONTEND": "noninteractive"}
    patient = ("-o", f"DPkg::Lock::Timeout={LOCKED}")  # another suite may be at it
    run("apt-get", "update", "-qq", *patient, environment=quiet, log=log)
    run("apt-get", "install", "-y", "-qq", *patient, "--no-install-recommends", *packages, environment=quiet, log=log)


def install_into(folder: Path, *wanted: str | Path, log: Path) -> None:
    """Packages of PyPI for this Python, into a folder."""
    given = ("install", "--quiet", "--target", folder, *wanted)
    if importlib.util.find_spec("pip") is not None:
        run(sys.executable, "-m", "pip", "--disable-pip-version-check", *given, log=log)
    elif find("uv") is not None:
        run("uv", "pip", *given, "--python", sys.executable, log=log)
    else:
        raise RigFailed(f"neither pip nor uv is there for {sys.executable}")
