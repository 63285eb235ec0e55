"""Every kind of store by every library that opens it: what was sent comes back, and is not sent again."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.engines.stores.servers import BUCKET, Server, azure, google, without_azurite
from tests.sidecar.stage import Outcome, Stage, sh

MAKE = """
mkdir -p "$PIPEGLOT_OUTPUT_TREE/void" "$PIPEGLOT_OUTPUT_TREE/größe"
printf '#!/bin/sh\\necho works\\n' > "$PIPEGLOT_OUTPUT_TREE/größe/a tool"
chmod 755 "$PIPEGLOT_OUTPUT_TREE/größe/a tool"
head -c 20000000 /dev/zero > "$PIPEGLOT_OUTPUT_TREE/100%"
"""
USE = """
test -d "$PIPEGLOT_INPUT_TREE/void"
test "$("$PIPEGLOT_INPUT_TREE/größe/a tool")" = works
wc -c < "$PIPEGLOT_INPUT_TREE/100%"
"""
SLOT = "steps.make.outputs.tree"
TREE = {"artifact": "directory", "file": "tree"}
INPUT = {"tree": {"type": "artifact", "value": ["ref", "steps", "make", "outputs", "tree"]}}
READ = {"slot": SLOT, "step": "make", "output": "tree", "type": "artifact", "file": "tree"}


@pytest.fixture(scope="session")
def blobs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    if reason := without_azurite():
        pytest.skip(reason)
    with azure(tmp_path_factory.mktemp("azurite")) as server:
        yield server


@pytest.fixture(scope="session")
def emulated() -> Iterator[Server]:
    with google() as server:
        yield server


def without_obstore(folder: Path) -> dict[str, str]:
    """The environment of a Python in which there is none."""
    (folder / "none").mkdir(exist_ok=True)
    (folder / "none" / "obstore.py").write_text("raise ImportError('none here', name='obstore')\n")
    return {"PYTHONPATH": str(folder / "none")}


@pytest.mark.parametrize("library", ["obstore", "fsspec"])
@pytest.mark.parametrize("scheme", ["s3", "az", "gs"])
def test_what_was_sent_comes_back(scheme: str, library: str, stage: Stage, request: pytest.FixtureRequest) -> None:
    if (scheme, library) == ("gs", "obstore"):
        pytest.skip("the emulator speaks Google's JSON alone, and obstore its XML")
    server: Server = request.getfixturevalue({"s3": "s3", "az": "blobs", "gs": "emulated"}[scheme])
    environ = {**server.environ, **(without_obstore(stage.folder) if library == "fsspec" else {})}
    environ |= {"PIPEGLOT_ARTIFACTS": f"{scheme}://{BUCKET}/{library}"}
    url, *_ = [made(stage, environ) for _ in range(2)]
    used = stage.step(sh(USE), inputs=INPUT, reads=[READ], steps={"make": {}}).run(
        reads={SLOT: json.dumps(url)}, variables=environ
    )
    assert (used.code, used.out.strip()) == (0, "20000000"), used.err


def made(stage: Stage, environ: dict[str, str]) -> str:
    done: Outcome = stage.step(sh(MAKE), outputs={"tree": TREE}).run(variables=environ)
    assert done.code == 0, done.err
    url = json.loads(done.results["tree"])
    assert url.startswith(environ["PIPEGLOT_ARTIFACTS"] + "/dirhash/")
    return str(url)


def test_memory_stays_flat(stage: Stage, s3: Server) -> None:
    """A sparse file of 400 MB: whatever held it whole would show."""
    outputs = {"big": {"artifact": "file", "file": "big"}}
    stage.step(sh('truncate -s 400000000 "$PIPEGLOT_OUTPUT_BIG"'), outputs=outputs)
    environ = stage.environment(None, {**s3.environ, "PIPEGLOT_ARTIFACTS": f"s3://{BUCKET}/big"})
    process = os.spawnve(os.P_NOWAIT, sys.executable, [sys.executable, str(stage.sidecar), "run", "s"], environ)
    _, status, usage = os.wait4(process, 0)
    assert status == 0
    assert usage.ru_maxrss < 200 * 1024


def test_a_python_that_was_carried_along_opens_them_too(stage: Stage, s3: Server) -> None:
    """As in a pod whose image has none: nothing of this machine's Python is looked at."""
    carried = stage.folder / "carried"
    assert os.spawnv(os.P_WAIT, sys.executable, [sys.executable, str(stage.sidecar), "carry", str(carried)]) == 0
    python = stage.folder / "python"
    loader = f"{carried}/ld.so --library-path {carried}/libs {carried}/bin/python3"
    python.write_text(f'#!/bin/sh\nunset LD_LIBRARY_PATH\nexec {loader} "$@"\n')
    python.chmod(0o755)
    stage.interpreter = str(python)
    url = made(stage, {**s3.environ, "PIPEGLOT_ARTIFACTS": f"s3://{BUCKET}/carried"})
    assert url.endswith("/tree")
