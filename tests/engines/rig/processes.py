"""Starts a cluster's namespaces and ends them: whatever carries our mark in its environment is ours, nothing else."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

from rig.places import HERE, Release
from rig.settings import UPLINK
from rig.tools import PATH, RigFailed, find, run

MARK = "PIPEGLOT_RIG"
KEPT = ("containerd", "imported", "log")
UNSHARE = ("--mount", "--net", "--pid", "--fork", "--kill-child", "--mount-proc", "--propagation", "private")


def forbidden() -> str | None:
    """Why this machine does not let us make namespaces, None when it does."""
    done = subprocess.run(
        [find("unshare") or "unshare", *UNSHARE, "mount", "--make-rshared", "/"],
        capture_output=True,
        text=True,
        check=False,
    )
    return f"namespaces and mounts are not allowed here: {done.stderr.strip()}" if done.returncode else None


def marked(release: Release) -> list[int]:
    """Processes of this cluster outside its containers; these end with the first of them."""
    sign = f"{MARK}={release.state}".encode()
    found: list[int] = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                if sign in (folder / "environ").read_bytes().split(b"\0"):
                    found.append(int(folder.name))
            except OSError:
                continue
    return found


def first(release: Release) -> int | None:
    """The one that is process 1 in namespaces of its own."""
    for pid in marked(release):
        try:
            status = Path(f"/proc/{pid}/status").read_text()
        except OSError:
            continue
        if re.search(r"^NSpid:\s\d+\s1$", status, re.MULTILINE):
            return pid
    return None


def start(release: Release) -> None:
    """Into namespaces that nothing else is in: the first process and the cable to it."""
    hierarchies(release)
    said = release.state / "log" / "node.log"
    with said.open("wb") as log:
        words = ["setsid", "--fork", *inside(release)]
        quiet = subprocess.DEVNULL
        subprocess.run(words, env=environment(release), cwd="/", stdin=quiet, stdout=log, stderr=log, check=True)
    until = time.monotonic() + 60
    while (inner := first(release)) is None:
        if time.monotonic() > until:
            raise RigFailed(f"no namespaces of our own: {said.read_text()}")
        time.sleep(0.02)
    plug(release, inner)


def fill(release: Release) -> None:
    """Images for a cluster that is not up."""
    run(*inside(release, "--fill"), environment=environment(release), log=release.state / "log" / "fill.log")


def inside(release: Release, *more: str) -> list[str]:
    return [find("unshare") or "unshare", *UNSHARE, sys.executable, str(HERE), "node", release.name, *more]


def environment(release: Release) -> dict[str, str]:
    return {**os.environ, "PATH": PATH, MARK: str(release.state), "PYTHONDONTWRITEBYTECODE": "1"}


def plug(release: Release, inner: int) -> None:
    """A cable from the machine to the cluster."""
    if cable(release).exists():
        raise RigFailed(f"{release.link} is there: a rig with another cache folder has its cluster {release.name} up")
    # When a cluster ends while somebody speaks to it, the words go nowhere: never by another way to somebody else.
    run("ip", "route", "replace", *nowhere(release))
    peer = ("type", "veth", "peer", "name", UPLINK, "netns", str(inner))
    run("ip", "link", "add", release.link, "address", release.mark, *peer)
    run("ip", "address", "add", f"{release.subnet}.2/24", "dev", release.link)
    run("ip", "link", "set", release.link, "up")


def nowhere(release: Release) -> tuple[str, ...]:
    """The route that holds where there is no cable."""
    return "blackhole", f"{release.subnet}.0/24", "metric", "100000"


def unplug(release: Release) -> None:
    """Connections that nobody closed keep a network for minutes after its last process, and its cables with it."""
    until = time.monotonic() + 30
    while cable(release).exists():
        try:
            if (cable(release) / "address").read_text().strip() != release.mark:
                return
        except OSError:
            # The kernel is taking the network down: it lists the cable still, and says nothing of it.
            time.sleep(0.02)
        else:
            subprocess.run([find("ip") or "ip", "link", "delete", release.link], capture_output=True, check=False)
        if time.monotonic() > until:
            raise RigFailed(f"the cable {release.link} does not go")


def cable(release: Release) -> Path:
    return Path("/sys/class/net", release.link)


def stop(release: Release) -> None:
    """Nothing stays: processes, then what they held in the kernel."""
    until = time.monotonic() + 30
    while found := marked(release):
        for pid in found:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        if time.monotonic() > until:
            raise RigFailed(f"processes {found} do not end")
        time.sleep(0.05)
    unplug(release)
    subprocess.run([find("ip") or "ip", "route", "delete", *nowhere(release)], capture_output=True, check=False)
    forget(release)


def roots() -> list[Path]:
    """Every cgroup hierarchy that is mounted: many in version 1, one in version 2."""
    lines = [line.split() for line in Path("/proc/mounts").read_text().splitlines()]
    return [Path(words[1]) for words in lines if words[2] in ("cgroup", "cgroup2")]


def hierarchies(release: Release) -> None:
    for root in roots():
        group = root / release.cgroup
        group.mkdir(exist_ok=True)
        for name in ("cpuset.cpus", "cpuset.mems"):
            # In version 1 a new set is empty, and an empty one takes no process.
            if (group / name).exists() and (root / name).exists():
                (group / name).write_text((root / name).read_text())


def forget(release: Release) -> None:
    for root in roots():
        for folder, _, _ in os.walk(root / release.cgroup, topdown=False):
            gone(Path(folder))


def gone(group: Path) -> None:
    until = time.monotonic() + 10
    while group.exists():
        try:
            group.rmdir()
        except OSError:
            # The kernel empties a group a moment after its last process ended.
            if time.monotonic() > until:
                raise
            time.sleep(0.05)


def clear(release: Release, purge: bool) -> None:
    """What a cluster wrote goes; imported images stay unless `purge`."""
    for item in release.state.glob("*"):
        if purge or item.name not in KEPT:
            shutil.rmtree(item) if item.is_dir() else item.unlink()
    if purge and release.state.exists():
        release.state.rmdir()
