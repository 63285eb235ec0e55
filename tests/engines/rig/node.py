"""The inside of a cluster: the first process of its namespaces. When it ends, the kernel ends everything in them."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

from rig import binaries, images, settings, storage
from rig.client import Client, client
from rig.keys import SERVICE
from rig.places import RELEASES, Release
from rig.settings import BRIDGE, INSIDE, SOCKET, UPLINK
from rig.tools import COLLECTING, PATH, RigFailed, run

CTR = ("ctr", "--address", SOCKET, "--namespace", "k8s.io")

# The kubelet sets these for the whole machine unless it finds them set. Here it finds them.
KERNEL = {
    "vm/overcommit_memory": "1",
    "vm/panic_on_oom": "0",
    "kernel/panic": "10",
    "kernel/panic_on_oops": "1",
    "kernel/keys/root_maxkeys": "1000000",
    "kernel/keys/root_maxbytes": "25000000",
}

KUBELET_TRIED_FOR = 120.0


class Node:
    """The running parts, by name."""

    def __init__(self, release: Release) -> None:
        self.release = release
        self.parts: dict[int, tuple[str, subprocess.Popen[bytes]]] = {}
        self.began = time.monotonic()

    def start(self, name: str, *command: str | Path, environment: dict[str, str] | None = None) -> None:
        words = [str(word) for word in command]
        given = {**os.environ, "PATH": PATH, **COLLECTING, **(environment or {})}
        with (INSIDE / "log" / f"{name}.log").open("ab") as log:
            part = subprocess.Popen(words, env=given, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        # Kept, for one that is let go reaps its process where that has ended already, and `watch` never hears of it.
        self.parts[part.pid] = name, part
        self.say(f"{name} started")

    def say(self, text: str) -> None:
        print(f"{time.monotonic() - self.began:6.1f} s  {text}", flush=True)

    def kubelet(self) -> None:
        """It gives up where containerd answers, and has not yet looked through what an earlier cluster left there."""
        kube = binaries.kube().program("kube")
        self.start("kubelet", kube, "kubelet", *settings.node(self.release))

    def watch(self) -> None:
        """Reaps for ever: as first process it inherits every orphan. Without one of the parts there is no cluster."""
        while True:
            pid, status = os.wait()
            if (ended := self.parts.pop(pid, None)) is None:
                continue
            (name, part), code = ended, os.waitstatus_to_exitcode(status)
            part.returncode = code
            if name != "kubelet" or time.monotonic() > self.began + KUBELET_TRIED_FOR:
                raise RigFailed(f"{name} ended with {code}: see its log")
            self.say(f"kubelet ended with {code}, and is tried again")
            time.sleep(0.5)
            self.kubelet()


def main(name: str) -> None:
    node = Node(RELEASES[name])
    cover(node.release)
    connect(node.release)
    node.say("network is there")
    kube = binaries.kube().program("kube")
    node.start("etcd", binaries.etcd().program("etcd"), *settings.etcd())
    node.start("containerd", *settings.containerd())
    node.start("s3", *storage.server(node.release), environment=storage.environment())
    wait("etcd", 120, lambda: answers("http://127.0.0.1:2379/health"))
    node.start("apiserver", kube, "apiserver", *settings.apiserver(node.release))
    importer = threading.Thread(target=load, args=(node,), daemon=True)
    importer.start()
    server = client(node.release.address, INSIDE / "keys")
    wait("apiserver", 180, lambda: ready(server))
    node.say("apiserver answers")
    node.start("controllers", kube, "controller-manager", *settings.controllers())
    node.start("scheduler", kube, "scheduler", *settings.scheduler())
    importer.join()
    node.kubelet()
    node.watch()


def fill(name: str) -> None:
    """Nothing but the images, for a cluster that starts later."""
    node = Node(RELEASES[name])
    cover(node.release)
    node.start("containerd", *settings.containerd())
    load(node)


def cover(release: Release) -> None:
    """What the parts write outside their own folder goes to memory and is gone with the namespaces."""
    run("mount", "--make-rshared", "/")
    run("mount", "-t", "tmpfs", "-o", "mode=755", "rig", "/run")
    for folder in ("rig", "over", "under"):
        Path("/run", folder).mkdir()
    run("mount", "--bind", release.state, INSIDE)
    run("mount", "-t", "overlay", "-o", "lowerdir=/var,upperdir=/run/over,workdir=/run/under", "rig", "/var")
    for name, value in KERNEL.items():
        stand_in = Path("/run", name.replace("/", "."))
        stand_in.write_text(f"{value}\n")
        run("mount", "--bind", stand_in, f"/proc/sys/{name}")


def connect(release: Release) -> None:
    """One bridge for pods, the API server and S3; the cable to the machine is plugged in from outside."""
    run("ip", "link", "set", "lo", "up")
    # A bridge without an address of its own takes the lowest of its ports, and who knew the old one waits for a minute.
    run("ip", "link", "add", BRIDGE, "address", "02:70:67:00:00:01", "type", "bridge")
    run("ip", "address", "add", f"{release.address}/24", "dev", BRIDGE)
    run("ip", "address", "add", f"{SERVICE}/32", "dev", BRIDGE)
    run("ip", "link", "set", BRIDGE, "up")
    wait("the cable to the machine", 60, lambda: Path("/proc/sys/net/ipv4/conf", UPLINK).exists())
    run("ip", "link", "set", UPLINK, "master", BRIDGE, "up")


def load(node: Node) -> None:
    """Images into containerd, once for every content; what earlier runs of the cluster left there goes."""
    wait("containerd", 120, lambda: subprocess.run([*CTR, "version"], capture_output=True).returncode == 0)
    for container in run(*CTR, "containers", "list", "--quiet").split():
        run(*CTR, "containers", "rm", container)
    for image in images.absent(node.release):
        run(*CTR, "images", "import", "--snapshotter", "overlayfs", image.archive)
        node.say(f"imported {image.names[0]}")
        with (node.release.state / images.RECORD).open("a") as record:
            record.write(f"{image.archive.name}\n")


def wait(what: str, seconds: float, there: Callable[[], bool]) -> None:
    until = time.monotonic() + seconds
    while not there():
        if time.monotonic() > until:
            raise RigFailed(f"{what} did not come within {seconds:.0f} s")
        time.sleep(0.1)


def answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=2):
            return True
    except (OSError, urllib.error.URLError):
        return False


def ready(server: Client) -> bool:
    try:
        return server.request("GET", "/readyz")[0] == 200
    except OSError:
        return False


def enter(name: str, filling: bool) -> None:
    try:
        (fill if filling else main)(name)
    except Exception as error:
        sys.exit(f"the cluster ends: {error}")
