"""One Airflow of our own: SQLite, loopback, its home in a folder that goes away with it."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path

HEALTHY_WITHIN = 900.0
PATIENCE = Path(__file__).with_name("database_patience.py")
LOADING = Path(__file__).with_name("airflow_local_settings.py")
MEMORY = Path("/dev/shm")
"""Where the home is put if it can be: a database that waits for no disk has time for many runs."""
TOLD = {
    "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
    "AIRFLOW__CORE__PARALLELISM": "2",
    "AIRFLOW__CORE__EXECUTOR": "LocalExecutor",
    "AIRFLOW__API__HOST": "127.0.0.1",
    "AIRFLOW__API__WORKERS": "1",
    "AIRFLOW__DAG_PROCESSOR__PARSING_PROCESSES": "1",
    # New files are seen at once, are parsed again only when they change, and then are soon kept anew.
    "AIRFLOW__DAG_PROCESSOR__REFRESH_INTERVAL": "2",
    "AIRFLOW__DAG_PROCESSOR__MIN_FILE_PROCESS_INTERVAL": "3600",
    "AIRFLOW__CORE__MIN_SERIALIZED_DAG_UPDATE_INTERVAL": "5",
    "AIRFLOW__SCHEDULER__SCHEDULER_IDLE_SLEEP_TIME": "0.5",
    # On a busy machine its answers take longer than a task usually waits for them.
    "AIRFLOW__WORKERS__EXECUTION_API_TIMEOUT": "60",
    "AIRFLOW__CORE__DAGBAG_IMPORT_TIMEOUT": "120",
    "AIRFLOW__DAG_PROCESSOR__DAG_FILE_PROCESSOR_TIMEOUT": "180",
    "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT": "900",
    "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
}


class DidNotStart(Exception):
    """Airflow was not healthy in time; the message holds the end of its log."""


class Ended(Exception):
    """A part of Airflow ended by itself; the message holds what its log says of errors."""


class Standalone:
    """`start` returns once the scheduler lives; `stop` leaves no process, port or folder behind.

    With `PIPEGLOT_KEEP` in the environment the folder stays, for whoever wants to read Airflow's logs.
    """

    def __init__(self, python: Path, environ: Mapping[str, str] | None = None) -> None:
        self._airflow = python.with_name("airflow")
        self.home = Path(tempfile.mkdtemp(prefix="pipeglot-airflow-", dir=MEMORY if MEMORY.is_dir() else None))
        self.dags = self.home / "dags"
        self.dags.mkdir()
        (self.home / "config").mkdir()
        for file in (PATIENCE, LOADING):
            shutil.copy(file, self.home / "config" / file.name)
        port, logs, triggers = _free_ports(3)
        self.url = f"http://127.0.0.1:{port}"
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("AIRFLOW")},
            **TOLD,
            # Commands find the Python that runs the tests, which has what the examples need.
            "PATH": os.pathsep.join([str(Path(sys.executable).parent), str(self._airflow.parent), os.environ["PATH"]]),
            "AIRFLOW_HOME": str(self.home),
            "AIRFLOW__CORE__DAGS_FOLDER": str(self.dags),
            "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"{self.url}/execution/",
            "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{self.home}/airflow.db",
            "AIRFLOW__DATABASE__SQL_ALCHEMY_CONNECT_ARGS": f"{PATIENCE.stem}.connect_args",
            "AIRFLOW__API__PORT": str(port),
            "AIRFLOW__API__BASE_URL": self.url,
            "AIRFLOW__LOGGING__WORKER_LOG_SERVER_PORT": str(logs),
            "AIRFLOW__LOGGING__TRIGGER_LOG_SERVER_PORT": str(triggers),
            **(environ or {}),
        }
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def log(self) -> Path:
        return self.home / "standalone.log"

    def start(self) -> None:
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                [str(self._airflow), "standalone"],
                cwd=self.home,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        deadline = time.monotonic() + HEALTHY_WITHIN
        while not self._healthy():
            if time.monotonic() > deadline or self._process.poll() is not None:
                told = self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-30:]
                self.stop()
                raise DidNotStart("\n".join(told))
            time.sleep(0.5)

    def password(self) -> tuple[str, str]:
        """The user that Airflow made at its first start, and the password."""
        made = json.loads((self.home / "simple_auth_manager_passwords.json.generated").read_text(encoding="utf-8"))
        user, password = next(iter(made.items()))
        return str(user), str(password)

    def stop(self) -> None:
        family: set[int] = {self._process.pid} if self._process is not None else set()
        for sign, patience in ((signal.SIGTERM, 5.0), (signal.SIGKILL, 15.0)):
            deadline = time.monotonic() + patience
            family = _with_descendants(family)
            for process in family:
                _send(process, sign)
            while family and time.monotonic() < deadline:
                if self._process is not None:
                    self._process.poll()
                family = {process for process in _with_descendants(family) if _lives(process)}
                time.sleep(0.1)
        if self._process is not None:
            self._process.wait()
        if not os.environ.get("PIPEGLOT_KEEP"):
            shutil.rmtree(self.home, ignore_errors=True)

    def check(self) -> None:
        """Raises `Ended` when one of Airflow's parts is gone: what waits for it would wait for ever."""
        assert self._process is not None, "start comes first"
        command = ["ps", "--ppid", str(self._process.pid), "-o", "stat=,args="]
        parts = subprocess.run(command, capture_output=True, text=True, check=False).stdout.splitlines()
        if self._process.poll() is not None or any(part.startswith("Z") for part in parts):
            told = self.log.read_text(encoding="utf-8", errors="replace").splitlines()
            raise Ended("\n".join([*parts, *[line for line in told if "rror" in line][-30:]]))

    def _healthy(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/api/v2/monitor/health", timeout=5) as answer:
                health = json.load(answer)
        except (urllib.error.URLError, OSError, ValueError):
            return False
        return all(health[part]["status"] == "healthy" for part in ("scheduler", "dag_processor"))


def _with_descendants(family: set[int]) -> set[int]:
    """Those, their children, and so on: some leave the process group, and Airflow renames them all."""
    listed = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
    pairs = [(int(pid), int(parent)) for pid, parent in map(str.split, listed.splitlines())]
    found, before = set(family), -1
    while len(found) != before:
        before = len(found)
        found |= {pid for pid, parent in pairs if parent in found}
    return found


def _lives(process: int) -> bool:
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(process)], capture_output=True, text=True, check=False)
    return bool(state.stdout.strip()) and not state.stdout.startswith("Z")


def _send(process: int, sign: signal.Signals) -> None:
    try:
        os.kill(process, sign)
    except ProcessLookupError:
        return


def _free_ports(count: int) -> list[int]:
    """Ports that were free a moment ago; all are held until all are known, so none comes twice."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [int(each.getsockname()[1]) for each in sockets]
    finally:
        for each in sockets:
            each.close()
