"""Artifacts to a bucket and back, beside obstore alone: a sparse file of 1 GB, its peak, and 10,000 files.

The server is moto, in memory and in Python: it is what takes longest, of both alike.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROOMS = [str(ROOT), *(str(ROOT / room) for room in ("compiler", "backends", "metadata", "schemas"))]
sys.path[:0] = ROOMS

from tests.engines import environment  # noqa: E402  (a benchmark runs as a script)
from tests.engines.stores.servers import BUCKET, amazon  # noqa: E402

SIZE = int(os.environ.get("BENCH_SIZE", 10**9))
FILES = int(os.environ.get("BENCH_FILES", 10_000))
BUDGET = "1.5 times obstore alone, 200 MiB"

OURS = {
    "up": """
from pipeglot_sidecar.artifacts.digests import digest_of
from pipeglot_sidecar.artifacts.transfer import send_artifact
digest = digest_of(os.fsencode(path), lambda: None).shown()
print(send_artifact(f"s3://{bucket}/ours", path, digest, lambda line: None, lambda: None))
""",
    "down": """
from pipeglot_sidecar.artifacts.transfer import fetch_artifacts
fetch_artifacts({path + ".back": told}, lambda line: None, lambda: None)
""",
}
ALONE = {
    "up": """
import hashlib
def put(each):
    with open(each, "rb") as file:
        hashlib.file_digest(file, "sha256") if sys.version_info > (3, 11) else hashlib.sha256(file.read())
    key = "alone/" + os.path.relpath(each, os.path.dirname(path))
    obstore.put(store, key, each, chunk_size=8 << 20, max_concurrency=4)
with ThreadPoolExecutor(12) as pool:
    list(pool.map(put, [pathlib.Path(each) for each in files()]))
print("alone")
""",
    "down": """
def get(key):
    target = path + ".back" + key.removeprefix("alone")
    os.makedirs(os.path.dirname(target), exist_ok=True)
    with open(target, "wb") as file:
        for piece in obstore.get(store, key).stream(min_chunk_size=1 << 20):
            file.write(piece)
with ThreadPoolExecutor(12) as pool:
    list(pool.map(get, [each["path"] for chunk in obstore.list(store, "alone") for each in chunk]))
""",
}
COMMON = """
import os, pathlib, sys
from concurrent.futures import ThreadPoolExecutor
path, told, bucket = sys.argv[1:]
def files():
    return [os.path.join(home, name) for home, _, names in os.walk(path) for name in names] or [path]
"""
STORE = """
import obstore
from obstore.store import S3Store
store = S3Store(bucket, client_options={"allow_http": True, "timeout": "1day"})
"""


def measured(python: str, code: str, environ: Mapping[str, str], path: Path, told: str) -> tuple[float, float, str]:
    """Seconds, MiB at the peak, and what it said."""
    began = time.perf_counter()
    command = [python, "-c", COMMON + code, str(path), told, BUCKET]
    process = subprocess.Popen(command, env={**environ, "PYTHONPATH": ":".join(ROOMS)}, stdout=subprocess.PIPE)
    assert process.stdout is not None
    said = process.stdout.read().decode().strip()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0
    return time.perf_counter() - began, usage.ru_maxrss / 1024, said


def row(python: str, name: str, path: Path) -> None:
    """Each with a server of its own: what the other left there would be in memory."""
    found = {}
    for who, codes in (("ours", OURS), ("alone", {verb: STORE + code for verb, code in ALONE.items()})):
        with amazon(python) as server:
            environ = {**os.environ, **server.environ}
            up, sent, told = measured(python, codes["up"], environ, path, "")
            again, _, _ = measured(python, codes["up"], environ, path, "") if who == "ours" else (0.0, 0.0, "")
            down, fetched, _ = measured(python, codes["down"], environ, path, told)
        subprocess.run(["rm", "-rf", f"{path}.back"], check=True)
        found[who] = (up, down, max(sent, fetched), again)
    ours, alone = found["ours"], found["alone"]
    print(
        f"{name:<14} up {ours[0]:6.1f} s ({ours[0] / alone[0]:.2f} times), down {ours[1]:6.1f} s "
        f"({ours[1] / alone[1]:.2f} times), sent again {ours[3]:.1f} s, peak {ours[2]:.0f} MiB ({alone[2]:.0f} alone)"
    )


def main() -> None:
    python = str(environment.interpreter("stores"))
    print(f"beside obstore alone, hashing as we do; budget {BUDGET}")
    with tempfile.TemporaryDirectory() as temporary:
        big, many = Path(temporary, "big"), Path(temporary, "many")
        with big.open("wb") as file:
            file.truncate(SIZE)
        for number in range(FILES):
            (many / str(number % 100)).mkdir(parents=True, exist_ok=True)
            (many / str(number % 100) / f"{number}.txt").write_text(f"{number}\n" * 20)
        row(python, f"{SIZE / 10**9:g} GB", big)
        row(python, f"{FILES:,} files", many)


if __name__ == "__main__":
    main()
