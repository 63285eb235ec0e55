"""The rig's verbs: available, build, up, down, status, logs, lint."""

from __future__ import annotations

import os
import platform
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from rig import binaries, images, manifests, processes, storage, tools
from rig.argo import install
from rig.client import Refused
from rig.cluster import Cluster, connect, settled
from rig.images import build_all
from rig.keys import make
from rig.places import RELEASES, Release, cache, held, key
from rig.settings import files
from rig.tools import RigFailed


def available() -> str | None:
    """None when this machine can run the rig, else why not."""
    if sys.platform != "linux" or platform.machine() != "x86_64":
        return f"the rig is for Linux on x86_64, not {sys.platform} on {platform.machine()}"
    if os.geteuid() != 0:
        return "the rig makes namespaces and mounts: it needs root"
    if tools.find("go") is None and not all(binaries.built(module) for module in binaries.every()):
        return "the rig builds Kubernetes from Go modules: there is no `go`"
    missing = tools.missing()
    if missing and tools.find("apt-get") is None:
        return f"not here, and no apt-get to bring them: {', '.join(missing)}"
    return processes.forbidden()


def build(releases: Sequence[str] = tuple(RELEASES)) -> None:
    """Everything that the named releases need, each part once; minutes when nothing is there, else nothing."""
    prepare(releases)
    for release in (RELEASES[name] for name in releases):
        with held(f"cluster-{release.name}"):
            if images.absent(release) and processes.first(release) is None:
                tell(f"importing images for Argo {release.name}")
                clean(release)
                processes.fill(release)


def prepare(releases: Sequence[str]) -> None:
    """All of it but what a cluster can do at its start."""
    with held("build"):
        sweep()
        missing = tools.missing()
        if missing:
            tell(f"installing {', '.join(missing)}")
            tools.install(missing, cache() / "log" / "install.log")
        for module in wanted(releases):
            if not binaries.built(module):
                tell(f"building {module.folder.name}: {', '.join(module.programs)}")
                binaries.build(module)
        storage.build()
        for name in releases:
            manifests.extract(RELEASES[name])
            build_all(RELEASES[name])


def sweep() -> None:
    """What a build that was killed left: only one builds at a time, so nobody is at it."""
    for left in cache().glob("*/*"):
        if re.search(r"\.\d+(\.tar)?$", left.name) and left.parent.name in ("bin", "images", "python"):
            shutil.rmtree(left) if left.is_dir() else left.unlink()


def up(argo: str = "3.7") -> Cluster:
    """A running cluster with this Argo: the one that is there, else a new and empty one."""
    release = RELEASES[argo]
    reason = available()
    if reason is not None:
        raise RigFailed(reason)
    prepare((argo,))
    with held(f"cluster-{argo}"):
        found = running(release)
        return found if found is not None else begin(release)


def running(release: Release) -> Cluster | None:
    """The cluster, if it is up, answers and is made of what this folder says now."""
    mark = release.state / "ready"
    if processes.first(release) is None or not mark.exists() or mark.read_text() != stamp(release):
        return None
    found = connect(release)
    try:
        return found if settled(found) is None else None
    except (OSError, Refused):
        return None


def begin(release: Release) -> Cluster:
    began = time.monotonic()
    clean(release)
    make(release, release.state / "keys")
    try:
        made = bring(release)
    except BaseException:
        processes.stop(release)
        raise
    (release.state / "ready").write_text(stamp(release))
    tell(f"Argo {release.name} is up after {time.monotonic() - began:.1f} s")
    return made


def clean(release: Release) -> None:
    """Nothing of an earlier cluster but images, and the settings of the next."""
    end(release, purge=False)
    (release.state / "log").mkdir(parents=True, exist_ok=True)
    for name, text in files(release).items():
        file = release.state / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(text)


def bring(release: Release) -> Cluster:
    processes.start(release)
    made = connect(release)
    eventually(release, lambda: None if made.request("GET", "/readyz")[0] == 200 else "the API server is not ready")
    try:
        install(made.client, release)
    except OSError as error:
        raise RigFailed(said(release, str(error))) from error
    eventually(release, lambda: settled(made))
    made.storage.make()
    return made


def stamp(release: Release) -> str:
    """What a cluster is made of: another stamp asks for another cluster."""
    parts = [module.place.name for module in wanted((release.name,))]
    return key(*parts, *(image.archive.name for image in images.every(release)), *files(release).values())


def wanted(releases: Sequence[str]) -> tuple[binaries.Module, ...]:
    mine = [binaries.argo(RELEASES[name]) for name in releases]
    return (binaries.pause(), binaries.etcd(), binaries.kube(), *mine)


def eventually(release: Release, reason: Callable[[], str | None], seconds: float = 300) -> None:
    """Until `reason` has none left. A cluster that ended meanwhile tells why in its log."""
    until = time.monotonic() + seconds
    while True:
        try:
            left = reason()
        except (OSError, Refused) as error:
            left = str(error)
        if left is None:
            return
        if processes.first(release) is None or time.monotonic() > until:
            raise RigFailed(said(release, left))
        time.sleep(0.1)


def said(release: Release, left: str) -> str:
    log = (release.state / "log" / "node.log").read_text()
    return f"cluster {release.name} did not come up: {left}\n{tools.tail(log)}"


def down(argo: str | None = None, purge: bool = False) -> None:
    """Ends the cluster with this Argo, without a name every one; `purge` forgets its imported images too."""
    for name in RELEASES if argo is None else (argo,):
        with held(f"cluster-{name}"):
            end(RELEASES[name], purge)


def end(release: Release, purge: bool) -> None:
    (release.state / "ready").unlink(missing_ok=True)
    processes.stop(release)
    processes.clear(release, purge)


def status() -> dict[str, str]:
    """One word a cluster: up, starting (or broken), down."""
    return {name: state(release) for name, release in RELEASES.items()}


def state(release: Release) -> str:
    if processes.first(release) is None:
        return "down"
    return "up" if running(release) is not None else "starting or broken"


def logs(argo: str, name: str = "node") -> str:
    """What a part of the cluster said: node, etcd, apiserver, containerd, controllers, scheduler, kubelet, s3."""
    return (RELEASES[argo].state / "log" / f"{name}.log").read_text(errors="replace")


def lint(argo: str, files: Sequence[Path]) -> tuple[int, str]:
    """Argo's own offline linter: its exit code (0 when it has nothing against them) and what it says."""
    binaries.build(binaries.argo(RELEASES[argo]))
    program = binaries.argo(RELEASES[argo]).program("argo")
    words = [str(program), "lint", *(str(file) for file in files)]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def tell(text: str) -> None:
    print(f"rig: {text}", file=sys.stderr, flush=True)
