"""A Docker Engine of our own: its data and its socket in a folder that goes away with it, and no network."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from rig import tools
from rig.images import STEP, build_step, step_image
from rig.places import cache, held

PACKAGES = {"dockerd": "docker.io", "docker": "docker.io", "runc": "runc", "mmdebstrap": "mmdebstrap"}
READY_WITHIN = 60.0


class DidNotStart(Exception):
    """The engine did not answer in time; the message holds the end of its log."""


class Dockerd:
    """`start` returns once it answers and has the image of the steps; `stop` leaves nothing behind."""

    def __init__(self) -> None:
        self.home = Path(tempfile.mkdtemp(prefix="pipeglot-docker-"))
        self._process: subprocess.Popen[bytes] | None = None

    @staticmethod
    def available() -> str | None:
        """Why no engine can run here, or None."""
        if sys.platform != "linux" or os.geteuid() != 0:
            return "a Docker Engine of our own needs Linux and root"
        missing = tools.missing(PACKAGES)
        if missing and tools.find("apt-get") is None:
            return f"not here, and no apt-get to bring them: {', '.join(missing)}"
        return None

    @property
    def url(self) -> str:
        return f"unix://{self.home}/docker.sock"

    def start(self) -> None:
        prepare()
        # No network and no chains: what runs here needs neither, and the machine's own stay as they are.
        places = [f"--data-root={self.home}/data", f"--exec-root={self.home}/exec", f"--pidfile={self.home}/pid"]
        isolated = ["--bridge=none", "--iptables=false", "--ip-forward=false"]
        command = [str(tools.find("dockerd")), f"--host={self.url}", *places, *isolated]
        environment = {**os.environ, "PATH": tools.PATH}
        with (self.home / "log").open("wb") as log:
            self._process = subprocess.Popen(
                command, env=environment, stdout=log, stderr=subprocess.STDOUT, start_new_session=True
            )
        until = time.monotonic() + READY_WITHIN
        while self._docker("info").returncode:
            if time.monotonic() > until or self._process.poll() is not None:
                told = (self.home / "log").read_text("utf-8", "replace").splitlines()[-20:]
                self.stop()
                raise DidNotStart("\n".join(told))
            time.sleep(0.2)
        self._load()

    def stop(self) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGTERM)
            self._process.wait(60)
        shutil.rmtree(self.home, ignore_errors=True)

    def left(self) -> list[str]:
        """The containers that are still there, those that ended too."""
        return self._docker("ps", "--all", "--quiet").stdout.split()

    def _load(self) -> None:
        loaded = self._docker("load", "--input", str(step_image().archive))
        assert loaded.returncode == 0, loaded.stderr

    def image(self, name: str, *, folder: Path | None = None, entrypoint: str = "[]") -> None:
        """The image of the steps again, under this name: with this folder at its root, or starting something else."""
        made = self._docker("create", STEP).stdout.strip()
        copied = [("cp", str(folder), f"{made}:/")] if folder else []
        for arguments in (*copied, ("commit", "--change", f"ENTRYPOINT {entrypoint}", made, name), ("rm", made)):
            done = self._docker(*arguments)
            assert done.returncode == 0, done.stderr

    def bare_image(self, name: str) -> None:
        """The image of the steps without its Python."""
        arguments = ("--name", "bare", STEP, "sh", "-c", "rm -f /usr/bin/python3*")
        for each in (("run", *arguments), ("commit", "bare", name), ("rm", "bare")):
            done = self._docker(*each)
            assert done.returncode == 0, done.stderr

    def _docker(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = ["docker", "--host", self.url, *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=False)


def prepare() -> None:
    """Debian's packages, and the image of the steps: minutes at most, once."""
    with held("docker"):
        if missing := tools.missing(PACKAGES):
            tools.install(missing, cache() / "log" / "install-docker.log")
        build_step()
