"""Data from outside in each kind of store, by each library: files, folders and patterns, and what goes wrong there."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.engines.faults import Fault, in_front_of
from tests.engines.stores.servers import BUCKET, Server, keys
from tests.engines.stores.test_faults import answer
from tests.engines.stores.test_round_trips import blobs as blobs
from tests.engines.stores.test_round_trips import emulated as emulated
from tests.engines.stores.test_round_trips import made, without_obstore
from tests.sidecar.stage import Outcome, Stage, lit, sh

from pipeglot_sidecar.artifacts import object_store
from pipeglot_sidecar.artifacts.store_faults import StoreFault
from pipeglot_sidecar.externals.sources import BucketSource

LIST = 'cd "$PIPEGLOT_INPUT_RAW" && find . -type f | sort'
SIZE = 'wc -c < "$PIPEGLOT_INPUT_RAW"; echo "${PIPEGLOT_INPUT_RAW##*/}"; touch "${PIPEGLOT_CODE:-.}/started"'


def brought(stage: Stage, address: str, environ: dict[str, str], script: str = SIZE, **more: Any) -> Outcome:
    external = {"kind": "dataset", **({"digest": more.pop("digest")} if "digest" in more else {})}
    raw = {"type": "string", "value": lit(address), "external": external}
    return stage.step(sh(script), inputs={"raw": raw}, **more).run(variables=environ)


@pytest.mark.parametrize("library", ["obstore", "fsspec"])
@pytest.mark.parametrize("scheme", ["s3", "az", "gs"])
def test_what_lies_in_a_store_is_brought(
    scheme: str, library: str, stage: Stage, request: pytest.FixtureRequest
) -> None:
    if (scheme, library) == ("gs", "obstore"):
        pytest.skip("the emulator speaks Google's JSON alone, and obstore its XML")
    server: Server = request.getfixturevalue({"s3": "s3", "az": "blobs", "gs": "emulated"}[scheme])
    environ = {**server.environ, **(without_obstore(stage.folder) if library == "fsspec" else {})}
    url = made(stage, {**environ, "PIPEGLOT_ARTIFACTS": f"{scheme}://{BUCKET}/{library}"})
    whole = brought(stage, url, environ, LIST)
    assert whole.out.split("\n")[:-1] == ["./100%", "./größe/a tool"], whole.err
    assert last_start(whole)["inputs"]["raw"]["digest"] == {"dirHash": url.split("/")[-2].partition("-")[0]}
    some = brought(stage, f"{url}/**/a*", environ, LIST)
    assert some.out == "./größe/a tool\n", some.err
    one = brought(stage, f"{url}/100%", environ)
    assert one.out == "20000000\n100%\n", one.err
    told = last_start(one)["inputs"]["raw"]
    assert (told["uri"], told["size"], told["files"]) == (f"{url}/100%", 20_000_000, 1)
    assert told["etag"]
    absent = brought(stage, f"{url}/10", environ)
    assert absent.end == ("failed", "bad-input")
    assert "it is not there" in absent.err


def last_start(out: Outcome) -> dict[str, Any]:
    return out.of("start")[-1]


def put(server: Server, key: str, content: bytes, monkeypatch: pytest.MonkeyPatch) -> str:
    for name, text in server.environ.items():
        monkeypatch.setenv(name, text)
    object_store.BUCKETS.clear()
    bucket, _ = object_store.located(f"s3://{BUCKET}")
    bucket.write(key, content)
    return f"s3://{BUCKET}/{key}"


FAULTS = [
    (Fault("HEAD", "/raw", 403, times=99), "bad-input", "the credentials of this environment do not allow it (403)"),
    (
        Fault("GET", "/raw", 403, times=99, body=answer("SignatureDoesNotMatch")),
        "bad-input",
        "it does not take the credentials of this environment (403 SignatureDoesNotMatch)",
    ),
    (Fault("GET", "/raw", 404, times=99, body=answer("NoSuchBucket")), "bad-input", "there is no such bucket (404"),
    (Fault("GET", "/raw", 500, times=99, body=answer("InternalError")), "lost", "a fault of its own (500"),
    (Fault("GET", "/raw", torn=True, times=99), "lost", "cannot be reached"),
]


@pytest.mark.parametrize(("fault", "reason", "told"), FAULTS, ids=[f"{f.method}-{f.status}" for f, *_ in FAULTS])
def test_a_fault_ends_the_step_before_its_command(
    fault: Fault, reason: str, told: str, stage: Stage, s3: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = put(s3, "faults/raw", b"x" * 100_000, monkeypatch)
    with in_front_of(s3.address, [fault]) as front:
        out = brought(stage, address, {**s3.environ, **keys(front.url.removeprefix("http://"))})
    assert out.end == ("failed", reason), out.err
    assert out.one("decided")["message"].startswith(f"input `raw` cannot be fetched: `{address}")
    assert told in out.one("decided")["message"]
    assert out.out == ""
    assert "very-secret-key" not in out.err + json.dumps(out.events)


@pytest.mark.parametrize(
    "fault",
    [Fault("GET", "/raw", torn=True, times=2), Fault("GET", "/raw", 503, times=2), Fault("HEAD", "/raw", times=1)],
)
def test_what_passes_is_waited_for(fault: Fault, stage: Stage, s3: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    address = put(s3, "faults/raw", b"x" * 100_000, monkeypatch)
    with in_front_of(s3.address, [fault]) as front:
        out = brought(stage, address, {**s3.environ, **keys(front.url.removeprefix("http://"))})
    assert out.out == "100000\nraw\n", out.err


def test_what_is_written_meanwhile_is_noticed(s3: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    source = BucketSource(put(s3, "changing/raw", b"one", monkeypatch), "dataset")
    source.look()
    assert b"".join(source.pieces("", b"")) == b"one"
    put(s3, "changing/raw", b"two", monkeypatch)
    with pytest.raises(StoreFault, match="was changed while it was read") as fault:
        BucketSource.look_again(source)
    assert not fault.value.lasting


def test_credentials_of_the_step_itself_are_taken(stage: Stage, s3: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    address = put(s3, "own/raw", b"one", monkeypatch)
    given = {"PIPEGLOT_SECRET_LAKE_KEY": s3.environ["AWS_SECRET_ACCESS_KEY"]}
    env: dict[str, Any] = {name: lit(text) for name, text in s3.environ.items() if "SECRET" not in name}
    env["AWS_SECRET_ACCESS_KEY"] = {"secret": "lake", "key": "key"}
    out = brought(stage, address, given, env=env)
    assert out.out == "3\nraw\n", out.err
    assert "very-secret-key" not in json.dumps(out.events)


def test_a_folder_of_many_files_is_brought_at_once(stage: Stage, s3: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(40):
        put(s3, f"many/part-{number}.csv", b"x", monkeypatch)
    assert brought(stage, f"s3://{BUCKET}/many/part-1*.csv", dict(s3.environ), f"{LIST} | wc -l").out.split() == ["11"]
