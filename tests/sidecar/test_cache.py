"""Work that is not done twice: what is a hit, what is a miss, and what is kept of whoever was first."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import obstore
import pytest
from obstore.store import MemoryStore

from pipeglot_sidecar.artifacts import parallel, transfer
from pipeglot_sidecar.artifacts.cache_store import store_of_work
from pipeglot_sidecar.artifacts.digests import digest_of
from pipeglot_sidecar.artifacts.object_store import BUCKETS, ObstoreBucket
from tests.sidecar.stage import Outcome, Stage, ref, sh

OTHER = "0192f0c1-7b1e-7c3a-9d55-0d1b5a3c9e11"
SCRIPT = """\
echo started >> "$PIPEGLOT_CODE_OUT"
mkdir -p "$PIPEGLOT_OUTPUT_TREE/deep" "$PIPEGLOT_OUTPUT_TREE/empty"
cat "$PIPEGLOT_INPUT_RAW" > "$PIPEGLOT_OUTPUT_TREE/deep/rows"
printf '#!/bin/sh\\n' > "$PIPEGLOT_OUTPUT_TREE/tool"; chmod +x "$PIPEGLOT_OUTPUT_TREE/tool"
printf 1.0 > "$PIPEGLOT_OUTPUT_RATE"; echo loss=0.5 >> "$PIPEGLOT_METRICS"
"""
RAW = {"slot": "steps.make.outputs.raw", "step": "make", "output": "raw", "type": "artifact", "file": "raw.csv"}


class Work:
    """One step of which another run does the same; `raw` lies at another place in each."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.raw = "1,2,3\n"
        self.count = 0
        self.entry: dict[str, Any] = {
            "inputs": {"raw": {"type": "artifact", "value": ref("steps.make.outputs.raw")}},
            "outputs": {
                "tree": {"artifact": "directory", "file": "tree"},
                "rate": {"type": "float"},
                "note": {"type": "string", "default": "none"},
            },
            "env": {"SEED": ["lit", "1"], "PIPEGLOT_CODE_OUT": ["lit", str(stage.folder / "starts")]},
            "reads": [RAW, {"slot": "params.day", "type": "string"}],
            "cache": {},
        }
        self.params = {"day": {"type": "string"}}
        self.body = sh(SCRIPT)
        self.day = "monday"

    def run(self, **settings: str) -> Outcome:
        self.count += 1
        place = self.stage.folder / f"place-{self.count}" / "raw.csv"
        place.parent.mkdir()
        place.write_text(self.raw, "utf-8")
        self.stage.step(self.body, params=self.params, **self.entry)
        shared = {"PIPEGLOT_CACHE": str(self.stage.folder / "kept"), "PIPEGLOT_CODE_DIGEST": "sha256:1"}
        record = {"PIPEGLOT_RECORD": str(self.stage.folder / f"record-{self.count}")}
        told = {"PIPEGLOT_RUN_ID": f"{OTHER[:-2]}{self.count:02}", **shared, **record, **settings}
        reads = {"params.day": json.dumps(self.day), RAW["slot"]: json.dumps(str(place))}
        done = self.stage.run("run", reads, None, **told)
        logs = (self.stage.folder / f"record-{self.count}").rglob("*.jsonl")
        events = [json.loads(line) for path in logs for line in path.read_text("ascii").splitlines()]
        assert done.code == 0, done.err
        return Outcome(done.code, done.out, done.err, done.results, events, done.artifacts)

    @property
    def starts(self) -> int:
        return len((self.stage.folder / "starts").read_text("utf-8").splitlines())

    def missed(self, **settings: str) -> bool:
        before = self.starts
        self.run(**settings)
        return self.starts > before

    def entries(self) -> list[Path]:
        return sorted((self.stage.folder / "kept/cache").glob("*.json"))


@pytest.fixture
def work(stage: Stage) -> Work:
    found = Work(stage)
    found.run()
    return found


def tree(path: str) -> dict[str, Any]:
    found = sorted(Path(path).rglob("*"))
    return {
        str(each.relative_to(path)): None if each.is_dir() else (each.read_bytes(), os.access(each, os.X_OK))
        for each in found
    }


def test_a_hit_hands_on_and_records_what_the_command_left(work: Work) -> None:
    first = work.run(PIPEGLOT_REFRESH="1")
    hit = work.run(PIPEGLOT_ENGINE="airflow", PIPEGLOT_ATTEMPT="3")
    assert work.starts == 2
    assert hit.state == "succeeded"
    assert hit.end == ("cached", None)
    start, before = hit.one("start"), first.one("start")
    assert start["reused"] == {"run": before["run"], "attempt": before["attempt"]}
    assert (start["argv"], start["cache"]) == ([], before["cache"])
    assert (start["inputs"], start["lineage"]) == (before["inputs"], before["lineage"])
    said = {event["name"]: event.get("value") for event in hit.of("metric")}
    assert said == {"loss": 0.5, "rate": 1.0}
    places = [json.loads(each.results["tree"]) for each in (first, hit)]
    assert tree(places[0]) == tree(places[1])
    assert places[0] != places[1]
    assert "deep/rows" in tree(places[1])
    assert hit.results["note"] == '"none"'
    assert {event["name"] for event in hit.of("output")} == {"tree", "rate"}


@pytest.mark.parametrize(
    "change",
    [
        ("body", sh(SCRIPT + "true\n")),
        ("raw", "1,2,4\n"),
        ("env", {"SEED": ["lit", "2"]}),
        ("outputs", {"more": {"type": "string", "optional": True}}),
        ("cache", {"version": 2}),
        ("cache", {"key": ["ref", "params", "day"]}),
        ("cache", {"environment": "train"}),
        ("cache", {"image": "python:3.12"}),
    ],
    ids=lambda change: f"{change[0]}-{next(iter(change[1]), '')}" if isinstance(change[1], dict) else change[0],
)
def test_each_part_of_the_key_is_a_miss_and_then_a_hit(work: Work, change: tuple[str, Any]) -> None:
    name, value = change
    if name in ("body", "raw"):
        setattr(work, name, value)
    else:
        work.entry[name] = {**work.entry[name], **value}
    assert work.missed()
    assert not work.missed()


def test_what_is_in_no_key_is_no_miss(work: Work) -> None:
    """What it does not read, the engine's settings, secrets; and an image by its digest is the same on all engines."""
    work.day = "tuesday"
    work.entry["timeout"] = 50.0
    work.entry["env"] = {**work.entry["env"], "TOKEN": {"secret": "web", "key": "token"}}
    assert not work.missed(PIPEGLOT_SECRET_WEB_TOKEN="one")
    assert work.missed(PIPEGLOT_SECRET_WEB_TOKEN="one", PIPEGLOT_CODE_DIGEST="sha256:2")
    work.entry["cache"] = {"image": "registry/x:1@sha256:" + "a" * 64}
    assert work.missed(PIPEGLOT_ENGINE="argo", PIPEGLOT_SECRET_WEB_TOKEN="two")
    work.entry["cache"] = {"image": "mirror/x@sha256:" + "a" * 64}
    assert not work.missed(PIPEGLOT_ENGINE="airflow", PIPEGLOT_SECRET_WEB_TOKEN="two")


def test_what_is_torn_changed_or_too_old_is_a_miss_that_mends_it(work: Work) -> None:
    (entry,) = work.entries()
    whole = entry.read_bytes()
    for torn in (whole[:-20], b"", b"[]", b'{"format":1}', whole.replace(b"dirhash/", b"dirhash/../"), b"\xff"):
        entry.write_bytes(torn)
        assert work.missed()
        assert not work.missed()
    (rows,) = (work.stage.folder / "kept/cache/dirhash").rglob("rows")
    rows.chmod(0o644)
    rows.write_text("tampered")
    assert work.missed()
    assert not work.missed()
    (rows,) = (path for path in (work.stage.folder / "kept/cache/dirhash").rglob("rows") if path.parts[-3] == "tree")
    rows.unlink()
    assert work.missed()
    told = json.loads(entry.read_bytes())
    entry.write_text(json.dumps({**told, "made": told["made"] - 100}))
    work.entry["cache"] = {"max_age": 50.0}
    assert work.missed()
    assert not work.missed()


def test_a_failure_is_not_kept_and_a_cache_that_cannot_be_asked_stops_nobody(work: Work) -> None:
    work.body = sh("exit 3")
    work.stage.step(work.body, params=work.params, **work.entry)
    with pytest.raises(AssertionError):
        work.run()
    assert len(work.entries()) == 1
    work.body = sh(SCRIPT)
    (work.stage.folder / "file").write_text("no folder")
    assert work.missed(PIPEGLOT_CACHE=str(work.stage.folder / "file"))
    assert "the cache cannot be asked" in work.run(PIPEGLOT_CACHE="nowhere://at/all").err


def written(memory: MemoryStore, place: str) -> Any:
    return obstore.head(memory, f"work/{place}.pipeglot.json")["last_modified"]


def test_in_an_object_store_it_lies_where_all_artifacts_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    memory = MemoryStore()
    monkeypatch.setitem(BUCKETS, "s3://bucket", ObstoreBucket("s3://bucket", obstore, memory))
    monkeypatch.setattr(parallel, "PAUSES", ())
    kept = store_of_work("s3://bucket/work/", print, lambda: None)
    made = tmp_path / "model"
    made.write_text("weights")
    digest = digest_of(os.fsencode(made), lambda: None).shown()
    place = kept.keep(str(made), digest)
    assert kept.address(place) == f"s3://bucket/work/sha256/{digest['sha256']}/model"
    kept.bring(place, str(tmp_path / "out" / "model"))
    assert (tmp_path / "out" / "model").read_text() == "weights"
    assert kept.read("k" * 64) is None
    kept.write("k" * 64, b"{}")
    assert kept.read("k" * 64) == b"{}"
    before = written(memory, place)
    monkeypatch.setattr(transfer, "RENEWED_AFTER", -1.0)
    assert kept.address(place)
    assert written(memory, place) > before, "it counts as sent just now"
    obstore.delete(memory, f"work/{place}")  # as a rule of the bucket may
    assert kept.address(place) == ""
