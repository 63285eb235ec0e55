"""Servers that speak the protocols of object stores: S3 by moto, Azure by azurite, Google by an emulator."""

from __future__ import annotations

import http.client
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

AZURITE = "azurite@3"
AZURE = (
    "DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;AccountKey=Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uS"
    "RZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==;BlobEndpoint=http://127.0.0.1:{}/devstoreaccount1;"
)
"""The account that every azurite has."""
BUCKET = "churn"


@dataclass(frozen=True)
class Server:
    """`address` is `host:port`; `environ` what a step is given to find it, and to be known there."""

    address: str
    environ: Mapping[str, str]


def keys(address: str) -> dict[str, str]:
    """The environment of who goes to S3 at an address."""
    return {
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "very-secret-key",
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": f"http://{address}",
        "AWS_EC2_METADATA_DISABLED": "true",
    }


@contextmanager
def amazon(python: str = sys.executable) -> Iterator[Server]:
    """S3 with a bucket in it. `python` has moto."""
    with _serving([python, "-m", "moto.server", "-H", "127.0.0.1", "-p", "{}"]) as address:
        wire = http.client.HTTPConnection(address)
        who = "AWS4-HMAC-SHA256 Credential=x/20260101/us-east-1/s3"
        wire.request("PUT", f"/{BUCKET}", headers={"Authorization": who})
        assert wire.getresponse().status == 200
        yield Server(address, keys(address))


@contextmanager
def google() -> Iterator[Server]:
    command = [str(Path(sys.executable).with_name("gcp-storage-emulator")), "start", "--host=127.0.0.1", "--port={}"]
    with _serving([*command, "--in-memory", f"--default-bucket={BUCKET}"]) as address:
        yield Server(address, {"STORAGE_EMULATOR_HOST": f"http://{address}"})


@contextmanager
def azure(folder: Path) -> Iterator[Server]:
    from azure.storage.blob import BlobServiceClient  # it comes with adlfs

    options = ["--silent", "--skipApiVersionCheck", "--location", str(folder), "--blobHost", "127.0.0.1"]
    with _serving([str(_azurite()), *options, "--blobPort", "{}"]) as address:
        connection = AZURE.format(address.partition(":")[2])
        BlobServiceClient.from_connection_string(connection).create_container(BUCKET)
        yield Server(address, {"AZURE_STORAGE_CONNECTION_STRING": connection})


def without_azurite() -> str | None:
    """Why there is none."""
    if not shutil.which("npm"):
        return "npm is not there"
    try:
        _azurite()
    except subprocess.CalledProcessError as fault:
        return f"azurite cannot be installed: {fault.stdout.decode(errors='replace').strip()[-200:]}"
    return None


def _azurite() -> Path:
    kept = os.environ.get("PIPEGLOT_CACHE") or Path.home() / ".cache" / "pipeglot"
    home = Path(kept) / "npm" / AZURITE
    program = home / "node_modules" / ".bin" / "azurite-blob"
    if not program.exists():
        home.mkdir(parents=True, exist_ok=True)
        command = ["npm", "install", "--silent", "--no-fund", "--no-audit", "--prefix", str(home), AZURITE]
        subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return program


@contextmanager
def _serving(command: Sequence[str]) -> Iterator[str]:
    """The address of a server, once it listens; `{}` in its command is the port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environ = {name: text for name, text in os.environ.items() if not name.startswith(("AWS_", "PYTHONPATH"))}
    process = subprocess.Popen(
        [part.replace("{}", str(port)) for part in command],
        env=environ,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_for(port, process)
        yield f"127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 60
    while True:
        with socket.socket() as tried:
            if tried.connect_ex(("127.0.0.1", port)) == 0:
                return
        assert process.poll() is None, f"{process.args!r} ended with {process.returncode}"
        assert time.monotonic() < until, f"{process.args!r} does not listen"
        time.sleep(0.1)
