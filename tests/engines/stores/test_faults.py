"""What goes wrong between a step and its store: the right end, in one line, and another try where that may help."""

from __future__ import annotations

import json
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from tests.engines.faults import Fault, in_front_of
from tests.engines.stores.servers import BUCKET, Server, keys
from tests.sidecar.stage import Outcome, Stage, sh

RAW = {"artifact": "dataset", "file": "raw"}
SLOT = "steps.make.outputs.raw"
INPUT = {"raw": {"type": "artifact", "value": ["ref", "steps", "make", "outputs", "raw"]}}
READ = {"slot": SLOT, "step": "make", "output": "raw", "type": "artifact", "file": "raw"}
PLACE = f"s3://{BUCKET}/faults"


def answer(code: str) -> bytes:
    who = "<AWSAccessKeyId>testing</AWSAccessKeyId>"
    return f"<Error><Code>{code}</Code><Message>as told</Message>{who}</Error>".encode()


def sent(stage: Stage, server: Server, *faults: Fault, place: str = PLACE, text: str = "1") -> Outcome:
    """A step that writes one artifact, through what makes the faults."""
    stage.step(sh(f'echo {text} > "$PIPEGLOT_OUTPUT_RAW"'), outputs={"raw": RAW})
    with in_front_of(server.address, faults) as front:
        environ = {**server.environ, **keys(front.url.removeprefix("http://")), "PIPEGLOT_ARTIFACTS": place}
        return stage.run(variables=environ)


def fetched(stage: Stage, server: Server, url: str, *faults: Fault) -> Outcome:
    stage.step(sh('cat "$PIPEGLOT_INPUT_RAW"; touch started'), inputs=INPUT, reads=[READ], steps={"make": {}})
    with in_front_of(server.address, faults) as front:
        environ = {**server.environ, **keys(front.url.removeprefix("http://")), "PIPEGLOT_ARTIFACTS": PLACE}
        return stage.run(reads={SLOT: json.dumps(url)}, variables=environ)


FATAL = [
    (403, "AccessDenied", "the credentials of this environment do not allow it (403 AccessDenied)"),
    (403, "SignatureDoesNotMatch", "it does not take the credentials of this environment (403 SignatureDoesNotMatch)"),
    (403, "RequestTimeTooSkewed", "its clock and that of this machine differ too much (403 RequestTimeTooSkewed)"),
    (404, "NoSuchBucket", "there is no such bucket (404 NoSuchBucket)"),
    (400, "ExpiredToken", "it does not take the credentials of this environment (400 ExpiredToken)"),
]


@pytest.mark.parametrize(("status", "code", "told"), FATAL, ids=lambda each: str(each)[:20])
def test_what_the_store_refuses_is_told_once(stage: Stage, s3: Server, status: int, code: str, told: str) -> None:
    out = sent(stage, s3, Fault("PUT", "/raw", status, times=99, body=answer(code)), text=code)
    assert (out.code, out.end) == (69, ("failed", "lost"))
    end = out.one("end")
    assert end["exit_code"] == 0, "the command itself did well"
    assert end["message"].startswith(f"output `raw` is not in the store: `{PLACE}/sha256/")
    assert end["message"].endswith(told)
    assert out.err.count(told) <= 2
    assert json.loads(out.results["raw"]) is None
    assert "very-secret-key" not in out.err + json.dumps(out.events)
    assert "testing" not in out.err + json.dumps(out.events)


@pytest.mark.parametrize(("status", "code", "told"), FATAL, ids=lambda each: str(each)[:20])
def test_what_it_refuses_to_give_is_told_once(stage: Stage, s3: Server, status: int, code: str, told: str) -> None:
    url = f"{PLACE}/sha256/{'0' * 64}/raw"
    out = fetched(stage, s3, url, Fault("GET", "/raw", status, times=99, body=answer(code)))
    assert (out.code, out.end) == (69, ("failed", "lost"))
    assert out.one("decided")["message"].endswith(told)
    assert not (stage.folder / "code" / "started").exists()


def test_a_bucket_that_is_missing_is_told_by_the_server_itself(stage: Stage, s3: Server) -> None:
    out = sent(stage, s3, place="s3://nowhere/x")
    assert out.end == ("failed", "lost")
    assert "there is no such bucket (404 NoSuchBucket)" in out.err


def test_an_artifact_that_was_deleted_is_told(stage: Stage, s3: Server) -> None:
    out = fetched(stage, s3, f"{PLACE}/sha256/{'1' * 64}/raw")
    assert out.end == ("failed", "lost")
    assert "it is not there (404)" in out.err


PASSING = [
    Fault("PUT", "/raw", 503, times=3, body=answer("SlowDown")),
    Fault("PUT", "/raw", 500, times=2, body=answer("InternalError")),
    Fault("PUT", "/raw", times=2),
    Fault("GET", "list-type", 503, times=2, body=answer("SlowDown")),
    Fault("GET", "list-type", torn=True),
    Fault("HEAD", "/raw", times=2),
]


@pytest.mark.parametrize("fault", PASSING, ids=lambda fault: f"{fault.method}-{fault.status}")
def test_what_passes_is_waited_for(stage: Stage, s3: Server, fault: Fault) -> None:
    out = sent(stage, s3, fault, text=str(fault).translate({ord(letter): None for letter in "'\"<>()\\"}))
    assert out.end == ("succeeded", None), out.err


@pytest.mark.parametrize(
    "fault",
    [Fault("GET", "/raw", torn=True, times=2), Fault("GET", "/raw", 503, times=2), Fault("GET", "/raw", times=2)],
    ids=["torn", "slow-down", "cut"],
)
def test_what_is_cut_off_on_the_way_back_is_fetched_again(stage: Stage, s3: Server, fault: Fault) -> None:
    text = "x" * 100_000
    url = json.loads(sent(stage, s3, text=text).results["raw"])
    out = fetched(stage, s3, url, fault)
    assert (out.code, out.out) == (0, text + "\n"), out.err


STAYING = {
    "500": (
        Fault("", "/raw", 500, times=999, body=answer("InternalError")),
        "it answers with a fault of its own (500 ",
    ),
    "503": (
        Fault("", "/raw", 503, times=999, body=answer("SlowDown")),
        "it asks to be asked less, also after some waiting (503 SlowDown)",
    ),
    "cut": (Fault("", "/raw", times=999), "cannot be reached: "),
    "torn": (Fault("", "/raw", times=999, torn=True), "cannot be reached: "),
}


def test_what_does_not_pass_is_told_whichever_way_it_went(s3: Server, tmp_path: Path) -> None:
    """Side by side, since each of them is mostly waiting."""

    def outcome(way: str, name: str) -> Outcome:
        folder = tmp_path / f"{way}-{name}"
        folder.mkdir()
        stage, fault = Stage(folder, sys.executable), replace(STAYING[name][0], method=way)
        if way == "PUT":
            return sent(stage, s3, fault, text=name)
        return fetched(stage, s3, f"{PLACE}/sha256/{'0' * 64}/raw", fault)

    asked = [(way, name) for way in ("PUT", "GET") for name in STAYING if (way, name) != ("PUT", "torn")]
    with ThreadPoolExecutor(4) as pool:
        running = {each: pool.submit(outcome, *each) for each in asked}
    for (way, name), ran in running.items():
        out = ran.result()
        assert (out.code, out.end) == (69, ("failed", "lost")), (way, name, out.err)
        assert STAYING[name][1] in out.one({"PUT": "end", "GET": "decided"}[way])["message"], (way, name)
        assert not (tmp_path / f"{way}-{name}" / "code" / "started").exists()


@pytest.mark.parametrize("told", sorted({told for *_, told in FATAL} | {told for _, told in STAYING.values()}))
def test_what_is_told_stands_in_the_reference(told: str) -> None:
    page = Path(__file__).parents[3] / "docs" / "reference" / "object-stores.md"
    assert f"`{told.partition(' (')[0].rstrip(': ')}" in page.read_text("utf-8")


def test_a_store_that_is_away_is_told(stage: Stage) -> None:
    away = Server("127.0.0.1:9", keys("127.0.0.1:9"))
    stage.step(sh('echo 1 > "$PIPEGLOT_OUTPUT_RAW"'), outputs={"raw": RAW})
    out = stage.run(variables={**away.environ, "PIPEGLOT_ARTIFACTS": PLACE})
    assert out.end == ("failed", "lost")
    assert "cannot be reached" in out.err


def test_parts_whose_end_nobody_confirmed_are_not_sent_again(stage: Stage, s3: Server) -> None:
    stage.step(sh('head -c 20000000 /dev/zero > "$PIPEGLOT_OUTPUT_RAW"'), outputs={"raw": RAW})
    with in_front_of(s3.address, [Fault("POST", "uploadId", passed_on=True)]) as front:
        environ = {**keys(front.url.removeprefix("http://")), "PIPEGLOT_ARTIFACTS": PLACE}
        out = stage.run(variables=environ)
        assert out.end == ("succeeded", None), out.err
        assert front.count("POST", "uploads") == 1
