"""S3 on the cluster's bridge: moto's server, and a reader of its objects."""

from __future__ import annotations

import os
import shutil
import sys
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from rig.places import HERE, Release, cache, key
from rig.settings import S3_PORT
from rig.tools import install_into

BUCKET = "pipeglot"
REGION = "us-east-1"
ACCESS, SECRET = "rig", "rig-rig-rig"
SCOPE = f"{ACCESS}/20200101/{REGION}/s3/aws4_request"
SIGNED = {"Authorization": f"AWS4-HMAC-SHA256 Credential={SCOPE}, SignedHeaders=host, Signature=any"}
WANTED = HERE / "requirements.txt"


@dataclass(frozen=True, slots=True)
class Storage:
    """One bucket. The server wants to see a signature and takes any."""

    endpoint: str
    bucket: str

    def request(self, method: str, name: str = "", body: bytes | None = None) -> bytes:
        path = urllib.parse.quote(f"/{self.bucket}/{name}" if name else f"/{self.bucket}")
        asked = urllib.request.Request(f"{self.endpoint}{path}", data=body, method=method, headers=SIGNED)
        with urllib.request.urlopen(asked, timeout=30) as answer:
            return bytes(answer.read())

    def make(self) -> None:
        """The bucket; it may be there."""
        self.request("PUT")

    def read(self, name: str) -> bytes | None:
        """The object's bytes, None where there is no such object."""
        try:
            return self.request("GET", name)
        except urllib.error.HTTPError as error:
            error.close()
            if error.code != 404:
                raise
            return None


def of(release: Release) -> Storage:
    return Storage(f"http://{release.address}:{S3_PORT}", BUCKET)


def place() -> Path:
    """A folder of packages, not a virtual environment: it can be renamed into place when it is whole."""
    return cache() / "python" / f"moto-{key(WANTED, sys.version)}"


def build() -> None:
    if place().is_dir():
        return
    fresh = place().with_name(f"{place().name}.{os.getpid()}")
    shutil.rmtree(fresh, ignore_errors=True)
    install_into(fresh, "-r", WANTED, log=cache() / "log" / "build-s3.log")
    fresh.rename(place())


def server(release: Release) -> tuple[str, ...]:
    return (sys.executable, "-m", "moto.server", "-H", release.address, "-p", str(S3_PORT))


def environment() -> dict[str, str]:
    return {"PYTHONPATH": str(place()), "AWS_ACCESS_KEY_ID": ACCESS, "AWS_SECRET_ACCESS_KEY": SECRET}
