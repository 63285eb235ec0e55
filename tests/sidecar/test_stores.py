"""Artifacts in object stores: what goes in comes out, nothing is sent twice, a fault is one line."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from threading import Event
from typing import Any

import obstore
import pytest
from obstore.store import MemoryStore

from pipeglot_sidecar.artifacts import object_store, parallel, transfer
from pipeglot_sidecar.artifacts.digests import digest_of
from pipeglot_sidecar.artifacts.object_store import BUCKETS, FsspecBucket, ObstoreBucket
from pipeglot_sidecar.artifacts.store_faults import Abandoned, StoreFault, explained_fault
from pipeglot_sidecar.artifacts.transfer import fetch_artifacts, send_artifact
from tests.sidecar.stage import Stage, sh

STORE = "s3://bucket/some/where"
ODD = (b"a b", b"gr\xc3\xb6\xc3\x9fe.csv", b"100%", b"q?x#y", b"back\\slash", b"tab\there", b"\xff\xfe", b"[z]*~", b"~")


class Watched(ObstoreBucket):
    """A store in memory that notes what is sent, and can fail."""

    def __init__(self, most: int = 10**9) -> None:
        super().__init__("s3://bucket", obstore, MemoryStore())
        self.sent: list[str] = []
        self.most = most

    def send(self, key: str, path: bytes, size: int, digest: str, tell: Callable[[int], None]) -> None:
        if len(self.sent) >= self.most:
            raise StoreFault("no more", lasting=True)
        try:
            super().send(key, path, size, digest, tell)
        except Abandoned:
            # it hears of the fault of another once it has told what it has sent: all there is to send
            self.sent.append(key)
            raise
        self.sent.append(key)

    def held(self) -> list[str]:
        return sorted(self.sizes("some"))


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Watched:
    found = Watched()
    monkeypatch.setitem(BUCKETS, "s3://bucket", found)
    monkeypatch.setattr(parallel, "PAUSES", ())
    return found


def sent(path: Path) -> str:
    digest = digest_of(os.fsencode(path), lambda: None).shown()
    return send_artifact(STORE, str(path), digest, print, lambda: None)


def fetched(url: str, path: Path) -> Path:
    fetch_artifacts({str(path): url}, print, lambda: None)
    return path


def folder(path: Path) -> Path:
    for name in ("in/empty", "void", "bin"):
        (path / name).mkdir(parents=True)
    for odd in ODD:
        (path / os.fsdecode(odd)).write_bytes(odd * 3)
    tool = path / "bin" / "tool"
    tool.write_text("#!/bin/sh\n")
    tool.chmod(0o755)
    return path


def contents(path: Path) -> dict[bytes, Any]:
    """Of each name below it the bytes and whether it can be executed; None for a folder."""
    found: dict[bytes, Any] = {}
    for each in sorted(path.rglob("*")):
        name = os.fsencode(each.relative_to(path))
        found[name] = None if each.is_dir() else (each.read_bytes(), bool(each.stat().st_mode & 0o111))
    return found


def test_a_folder_comes_out_as_it_went_in(bucket: Watched, tmp_path: Path) -> None:
    url = sent(folder(tmp_path / "tree"))
    assert url.startswith(f"{STORE}/dirhash/")
    assert url.endswith("/tree")
    out = fetched(url, tmp_path / "out")
    assert contents(out) == contents(tmp_path / "tree")
    assert digest_of(os.fsencode(out), lambda: None).shown()["dirHash"] in url
    assert {path.stat().st_mode & 0o222 for path in out.rglob("*") if path.is_file()} == {0}
    # whoever looks into the store finds the files under their names
    assert any(key.endswith("/tree/größe.csv") for key in bucket.held())


def test_an_empty_file_and_an_empty_folder_come_out(bucket: Watched, tmp_path: Path) -> None:
    (tmp_path / "none").touch()
    (tmp_path / "hollow").mkdir()
    assert fetched(sent(tmp_path / "none"), tmp_path / "a").read_bytes() == b""
    assert list(fetched(sent(tmp_path / "hollow"), tmp_path / "b").iterdir()) == []


def test_a_large_file_goes_in_parts(bucket: Watched, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(object_store, "PART", 5 << 20)
    (tmp_path / "big").write_bytes(os.urandom(12 << 20))
    assert fetched(sent(tmp_path / "big"), tmp_path / "out").read_bytes() == (tmp_path / "big").read_bytes()


def test_content_that_is_there_is_not_sent_again(
    bucket: Watched, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "again").mkdir()
    first, second = folder(tmp_path / "tree"), folder(tmp_path / "again" / "tree")
    url = sent(first)
    before = len(bucket.sent)
    assert sent(second) == url
    assert len(bucket.sent) == before
    (second / "bin" / "tool").chmod(0o644)
    assert sent(second) != url, "it is another artifact, though of the same digest"
    # what is old may be thrown away by the store, and is sent anew
    before = len(bucket.sent)
    monkeypatch.setattr(transfer, "RENEWED_AFTER", -1.0)
    sent(first)
    assert len(bucket.sent) > before


def test_what_someone_deleted_is_sent_again(bucket: Watched, tmp_path: Path) -> None:
    tree = folder(tmp_path / "tree")
    url = sent(tree)
    obstore.delete(bucket._store, next(key for key in bucket.held() if key.endswith("/bin/tool")))
    with pytest.raises(StoreFault, match="it is not there"):
        fetched(url, tmp_path / "out")
    bucket.sent.clear()
    assert sent(tree) == url
    assert [key.rpartition("/")[2] for key in bucket.sent] == ["tool"]
    assert contents(fetched(url, tmp_path / "again")) == contents(tree)


def test_what_was_cut_off_is_gone_on_with(bucket: Watched, tmp_path: Path) -> None:
    tree = folder(tmp_path / "tree")
    bucket.most = 4
    with pytest.raises(StoreFault, match="no more"):
        sent(tree)
    assert not [key for key in bucket.held() if key.endswith(".json")], "half of it is not to be found"
    bucket.most = 10**9
    assert contents(fetched(sent(tree), tmp_path / "out")) == contents(tree)
    assert len(bucket.sent) == len(set(bucket.sent)) == len(ODD) + 1


def test_what_does_not_arrive_as_it_was_sent_is_a_fault(bucket: Watched, tmp_path: Path) -> None:
    (tmp_path / "raw").write_bytes(b"right")
    url = sent(tmp_path / "raw")
    bucket.write(url.removeprefix("s3://bucket/"), b"wrong")
    with pytest.raises(StoreFault, match="what arrived is not what was sent"):
        fetched(url, tmp_path / "out")


@pytest.mark.parametrize("name", ["../out", "/etc/out", "a/../../out"])
def test_nothing_is_written_outside_of_the_artifact(bucket: Watched, tmp_path: Path, name: str) -> None:
    file = {"name": name, "size": 0, "sha256": ""}
    manifest = {"format": 1, "digest": {}, "folder": True, "empty": [], "files": [file]}
    bucket.write("x/tree.pipeglot.json", json.dumps(manifest).encode())
    with pytest.raises(StoreFault, match="it does not say what the artifact holds"):
        fetched("s3://bucket/x/tree", tmp_path / "tree")


def test_a_stop_ends_a_transfer(bucket: Watched, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Stop(Exception):
        pass

    stopped = Event()

    def stop() -> None:
        stopped.set()
        raise Stop

    def waiting(key: str) -> None:
        assert stopped.wait(30)

    monkeypatch.setattr(bucket, "age", waiting)
    (tmp_path / "raw").write_bytes(b"x")
    with pytest.raises(Stop):
        send_artifact(STORE, str(tmp_path / "raw"), {"sha256": "0"}, print, stop)


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("status code: 403 Forbidden: <Error><Code>AccessDenied</Code><AWSAccessKeyId>AKIA</AWSAccessKeyId></Error>",
         "`s3://b/k`: the credentials of this environment do not allow it (403 AccessDenied)"),
        ("status code: 403 Forbidden: <Error><Code>SignatureDoesNotMatch</Code></Error>",
         "`s3://b/k`: it does not take the credentials of this environment (403 SignatureDoesNotMatch)"),
        ("status code: 404 Not Found: <Error><Code>NoSuchBucket</Code></Error>",
         "`s3://b/k`: there is no such bucket (404 NoSuchBucket)"),
        ("status code: 503 Slow: <Error><Code>SlowDown</Code></Error>",
         "`s3://b/k`: it asks to be asked less, also after some waiting (503 SlowDown)"),
        ("error sending request for url (http://x/k?X-Amz-Signature=abc) by very-secret-key",
         "`s3://b/k` cannot be reached: error sending request for url (http://x/k by [redacted]"),
    ],
)  # fmt: skip
def test_a_fault_is_one_line_without_credentials(said: str, told: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "very-secret-key")
    assert str(explained_fault(OSError(said + "\nDebug source: AKIA"), "s3://b/k")) == told


@pytest.fixture
def by_fsspec(tmp_path: Path) -> str:
    """A store of fsspec's that needs no server."""
    return f"local://{tmp_path}/store"


def test_the_shipped_sidecar_sends_and_fetches(stage: Stage, by_fsspec: str, tmp_path: Path) -> None:
    stage.interpreter = sys.executable
    outputs = {"tree": {"artifact": "directory", "file": "tree"}}
    stage.step(sh('mkdir "$PIPEGLOT_OUTPUT_TREE"; echo 1 > "$PIPEGLOT_OUTPUT_TREE/a"'), outputs=outputs)
    made = stage.run(PIPEGLOT_ARTIFACTS=by_fsspec)
    assert made.end == ("succeeded", None), made.err
    url = json.loads(made.results["tree"])
    assert made.one("output")["uri"] == url
    assert url.startswith(by_fsspec)
    assert not (tmp_path / "artifacts").exists()


def test_a_library_that_is_not_there_is_told_before_the_command(stage: Stage) -> None:
    outputs = {"raw": {"artifact": "dataset", "file": "raw"}}
    stage.step(sh("touch started"), outputs=outputs)
    told = stage.run(PIPEGLOT_ARTIFACTS="nowhere://b")
    assert told.end == ("failed", "expression-error")
    assert told.code == 68
    assert "nowhere://b" in told.err
    assert not (stage.folder / "code" / "started").exists()


def test_fsspec_keeps_the_same_promises(by_fsspec: str, tmp_path: Path) -> None:
    found, _ = object_store.located(f"{by_fsspec}/x")
    assert isinstance(found, FsspecBucket)
    tree = folder(tmp_path / "tree")
    digest = digest_of(os.fsencode(tree), lambda: None).shown()
    url = send_artifact(by_fsspec, str(tree), digest, print, lambda: None)
    assert send_artifact(by_fsspec, str(tree), digest, print, lambda: None) == url
    assert contents(fetched(url, tmp_path / "out")) == contents(tree)
    with pytest.raises(StoreFault, match=r"it is not there \(404\)"):
        fetched(f"{by_fsspec}/none", tmp_path / "none")


SLOT = "steps.make.outputs.tree"
TREE = {"tree": {"artifact": "directory", "file": "tree"}}
READ = {"slot": SLOT, "step": "make", "output": "tree", "type": "artifact", "file": "tree"}
INPUT = {"tree": {"type": "artifact", "value": ["ref", "steps", "make", "outputs", "tree"]}}


def test_a_worker_stands_around_a_container_that_sees_folders_alone(stage: Stage, by_fsspec: str) -> None:
    """`fetch`, the container's own sidecar, `store`: the same record as of one that did it all."""
    stage.interpreter = sys.executable
    made = stage.step(sh('mkdir "$PIPEGLOT_OUTPUT_TREE"; echo 1 > "$PIPEGLOT_OUTPUT_TREE/a"'), outputs=TREE)
    assert made.run().code == 0
    done = made.run("store", PIPEGLOT_ARTIFACTS=by_fsspec)
    url = json.loads(done.results["tree"])
    assert url.startswith(by_fsspec)
    assert (done.code, done.of("output")[-1]["uri"]) == (0, url)
    assert [event["state"] for event in done.of("end")] == ["succeeded"]
    assert {event["attempt"] for event in done.events} == {done.one("start")["attempt"]}

    used = stage.step(sh('cat "$PIPEGLOT_INPUT_TREE/a"'), inputs=INPUT, reads=[READ], steps={"make": {}})
    assert used.run("fetch", {SLOT: json.dumps(url)}, PIPEGLOT_ARTIFACTS=by_fsspec).code == 0
    reads = json.loads((stage.folder / "reads.json").read_text())
    assert json.loads(reads[SLOT]) == str(stage.folder / "inputs" / SLOT / "tree")
    assert used.run("run", reads).out == "1\n"


def test_items_are_fetched_by_their_paths(stage: Stage, by_fsspec: str, tmp_path: Path) -> None:
    stage.interpreter = sys.executable
    (tmp_path / "raw").write_text("x")
    url = send_artifact(by_fsspec, str(tmp_path / "raw"), {"sha256": "0"}, print, lambda: None)
    stage.step(sh("true"), reads=[{**READ, "fan": True, "file": "raw"}], steps={"make": {}})
    given = json.dumps([[2, url], None, "null", json.dumps([0, url])])
    assert stage.run("fetch", {SLOT: given}, PIPEGLOT_ARTIFACTS=by_fsspec).code == 0
    found = json.loads(json.loads((stage.folder / "reads.json").read_text())[SLOT])
    assert [index for index, _ in found] == [2, 0]
    assert [Path(path).read_text() for _, path in found] == ["x", "x"]


def test_a_worker_tells_what_is_lost(stage: Stage, by_fsspec: str) -> None:
    stage.interpreter = sys.executable
    made = stage.step(sh('echo 1 > "$PIPEGLOT_OUTPUT_RAW"'), outputs={"raw": {"artifact": "file", "file": "raw"}})
    assert made.run().code == 0
    lost = made.run("store", PIPEGLOT_ARTIFACTS="nowhere://b")
    assert (lost.code, lost.end, lost.state) == (69, ("failed", "lost"), "failed")
    assert json.loads(lost.results["raw"]) is None
    assert lost.of("end")[-1]["exit_code"] == 0
    (stage.folder / "record" / "x").mkdir()
    stage.step(sh("true"), inputs=INPUT, reads=[READ], steps={"make": {}})
    gone = stage.run("fetch", {SLOT: json.dumps(f"{by_fsspec}/none/tree")}, PIPEGLOT_ARTIFACTS=by_fsspec)
    assert (gone.code, gone.of("decided")[-1]["reason"]) == (69, "lost")
    assert "it is not there (404)" in gone.err
