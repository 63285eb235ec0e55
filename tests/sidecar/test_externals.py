"""Data from outside: brought from a path or a web server, hashed as it arrives, and told where it came from."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pipeglot_expression.runtime.addresses import unfit_address
from pipeglot_sidecar.artifacts.store_faults import StoreFault
from pipeglot_sidecar.externals.sources import FolderSource
from tests.sidecar.stage import Outcome, Stage, Tree, lit, ref, sh
from tests.sidecar.web_server import FILES, Web, served_by_tls

CSV = FILES["/a.csv"]
SHA = hashlib.sha256(CSV).hexdigest()


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    with served_by_tls(tmp_path_factory.mktemp("web")) as found:
        yield found


@pytest.fixture
def code(stage: Stage) -> Path:
    """The folder of the code, with data in it."""
    folder = stage.folder / "code"
    for name in ("a.csv", "raw/x.csv", "raw/deep/y.csv", "raw/.z.csv", "raw/notes.txt"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(CSV)
    return folder


def brought(
    stage: Stage, address: str | Tree, script: str = "", environ: dict[str, str] | None = None, **more: Any
) -> Outcome:
    """A step with one input `raw` from there."""
    told: dict[str, Any] = {key: more.pop(key) for key in ("digest", "mode") if key in more}
    external: dict[str, Any] = {"kind": more.pop("kind", "dataset"), **told}
    tree: Tree = lit(address) if isinstance(address, str) else address
    raw: dict[str, Any] = {"type": "string", "value": tree, "external": external}
    reads, params = more.pop("reads", None), more.pop("params", {})
    script = script or 'find "$PIPEGLOT_INPUT_RAW" -type f | sort | sed "s|^$PIPEGLOT_INPUT_RAW||"; touch started'
    slots = [{"slot": f"params.{name}", "type": "string"} for name in params]
    stage.step(sh(script), inputs={"raw": raw}, params=params, reads=slots, **more)
    return stage.run(reads=reads, variables=environ)


def refused(out: Outcome, reason: str, *told: str) -> None:
    assert out.end == ("failed", reason)
    assert out.code == {"bad-input": 64, "lost": 69}[reason]
    for text in told:
        assert text in out.one("decided")["message"]
    assert out.out == ""


def test_a_file_is_brought_whole_and_told(stage: Stage, code: Path) -> None:
    out = brought(stage, "a.csv", 'echo "${PIPEGLOT_INPUT_RAW##*/}"; cat "$PIPEGLOT_INPUT_RAW"', digest=f"sha256:{SHA}")
    assert (out.code, out.out) == (0, "a.csv\n" + CSV.decode())
    start = out.one("start")
    told = {"uri": "./a.csv", "kind": "dataset", "digest": {"sha256": SHA}, "size": len(CSV), "files": 1}
    assert start["inputs"]["raw"] == told
    assert start["lineage"] == [["./a.csv", "s.raw"]]
    assert (code / "a.csv").read_bytes() == CSV


def test_what_it_changes_is_its_own_copy(stage: Stage, code: Path) -> None:
    out = brought(stage, f"file://{code}/a.csv", 'chmod u+w "$PIPEGLOT_INPUT_RAW"; echo 2 > "$PIPEGLOT_INPUT_RAW"')
    assert out.code == 0
    assert (code / "a.csv").read_bytes() == CSV


PATTERNS = [
    ("raw/*.csv", "dataset", ["/x.csv"]),
    ("raw/**/*.csv", "dataset", ["/deep/y.csv", "/x.csv"]),
    ("raw/**", "dataset", ["/deep/y.csv", "/notes.txt", "/x.csv"]),
    ("raw/[!n]*", "dataset", ["/x.csv"]),
    ("*/x.csv", "file", ["/raw/x.csv"]),
    ("raw", "dataset", ["/.z.csv", "/deep/y.csv", "/notes.txt", "/x.csv"]),
    ("raw/deep/", "directory", ["/y.csv"]),
]


@pytest.mark.parametrize(("address", "kind", "names"), PATTERNS, ids=[address for address, *_ in PATTERNS])
def test_patterns_and_folders_name_what_fits(code: Path, address: str, kind: str, names: list[str]) -> None:
    source = FolderSource(address, kind, address, str(code))
    source.look()
    assert [f"/{name}" for name in source.found] == names


def test_a_folder_has_the_digest_that_an_artifact_of_it_has(stage: Stage, code: Path) -> None:
    assert code.exists()
    out = brought(stage, "raw/**/*.csv")
    assert out.out.split() == ["/deep/y.csv", "/x.csv"]
    entry = out.one("start")["inputs"]["raw"]
    lines = f"{SHA}  deep/y.csv\n{SHA}  x.csv\n"
    assert entry["digest"] == {"dirHash": hashlib.sha256(lines.encode()).hexdigest()}
    assert (entry["files"], entry["size"]) == (2, 2 * len(CSV))


FAULTS = [
    ("none.csv", "dataset", "`none.csv`: it is not there, seen from `"),
    ("raw/*.json", "dataset", "nothing there fits"),
    ("raw", "file", "is a folder, and the input is a file"),
    ("a.csv", "directory", "it is not there"),
    ("/dev/null", "dataset", "is neither a file nor a folder"),
    ("links", "dataset", "is a link to a folder, which is not followed"),
    ("odd", "dataset", "can be the name of no file"),
]


UNFIT = [
    ("ftp://x/a.csv", "`ftp://` is none of what data is fetched from"),
    ("s3://bucket", "it names a bucket, and nothing in it"),
    ("https://me:word@host/a", "it holds the name of a user"),
    ("", "it is empty"),
    ("a\nb", "it holds a line end"),
]


@pytest.mark.parametrize(
    ("address", "kind", "told"), FAULTS, ids=[f"{address!r}-{kind}" for address, kind, _ in FAULTS]
)
def test_what_cannot_be_fetched_says_why(code: Path, address: str, kind: str, told: str) -> None:
    (code / "links").mkdir()
    (code / "links" / "up").symlink_to(code / "raw")
    (code / "odd").mkdir()
    (code / "odd" / "a\nb").touch()
    source = FolderSource(address, kind, address, str(code))
    with pytest.raises(StoreFault, match=re.escape(told)) as fault:
        source.look()
    assert fault.value.lasting


@pytest.mark.parametrize(("address", "told"), UNFIT, ids=[repr(address) for address, _ in UNFIT])
def test_what_is_no_address_says_why(address: str, told: str) -> None:
    assert told in (unfit_address(address, "dataset") or "")


def test_nothing_is_started_without_its_data(stage: Stage, code: Path) -> None:
    refused(brought(stage, "none.csv"), "bad-input", "input `raw` cannot be fetched: `none.csv`: it is not there")
    out = brought(stage, "https://me:word@host/a")
    assert "word@" not in out.err + json.dumps(out.events)
    assert not (code / "started").exists()


def test_what_is_pinned_is_nothing_else(stage: Stage, code: Path) -> None:
    assert code.exists()
    told = f"`a.csv` is not what `digest` pins: what arrived has `sha256:{SHA}`"
    refused(brought(stage, "a.csv", digest="sha256:" + "0" * 64), "bad-input", told)


def test_a_reference_is_handed_on_unread(stage: Stage) -> None:
    out = brought(stage, "s3://nowhere/a.csv?X-Amz-Signature=abc&x=1", 'echo "$PIPEGLOT_INPUT_RAW"', mode="reference")
    assert out.out == "s3://nowhere/a.csv?X-Amz-Signature=abc&x=1\n"
    shown = "s3://nowhere/a.csv?X-Amz-Signature=[redacted]&x=1"
    assert out.one("start")["inputs"]["raw"] == {"value": shown, "uri": shown}


def test_an_address_that_is_sensitive_is_not_told(stage: Stage, web: Web) -> None:
    params = {"at": {"type": "string", "sensitive": True}}
    given = {"params.at": json.dumps(f"{web.url}/a.csv")}
    out = brought(stage, ref("params.at"), reads=given, params=params, environ=dict(web.environ))
    assert out.code == 0, out.err
    assert out.one("start")["inputs"]["raw"]["uri"] == "[redacted]/"
    assert out.one("start")["inputs"]["raw"]["digest"] == {"sha256": SHA}
    assert web.url not in json.dumps(out.events)


def test_a_web_server_is_asked_once(stage: Stage, web: Web) -> None:
    del web.asked[:]
    out = brought(stage, f"{web.url}/raw data/b.csv?x=1&sig=s", 'echo "${PIPEGLOT_INPUT_RAW##*/}"', dict(web.environ))
    assert out.out == "b.csv\n", out.err
    assert web.asked == [("/raw%20data/b.csv?x=1&sig=s", "")]
    entry = out.one("start")["inputs"]["raw"]
    assert (entry["uri"], entry["etag"]) == (f"{web.url}/raw data/b.csv?x=1&sig=[redacted]", "e1")


def test_it_is_known_by_netrc_and_to_that_host_alone(stage: Stage, web: Web) -> None:
    (stage.folder / "netrc").write_text("machine 127.0.0.1 login me password word\n")
    del web.asked[:]
    out = brought(stage, f"{web.url}/to/a.csv", environ={**web.environ, "NETRC": str(stage.folder / "netrc")})
    assert out.code == 0
    assert web.asked == [("/to/a.csv", "Basic bWU6d29yZA=="), ("/a.csv", "")]
    assert "word" not in json.dumps(out.events)


LASTING = [
    ("/403/", "it may not be read by whoever asks from here (403)"),
    ("/401/", "it asks who wants it: `NETRC` names a file that says so (401)"),
    ("/none", "it is not there (404)"),
    ("/302/", "it points to where nobody follows: away from `https://`, or in a circle (302)"),
]


@pytest.mark.parametrize(("path", "told"), LASTING, ids=[path for path, _ in LASTING])
def test_what_a_web_server_refuses_is_told_at_once(stage: Stage, web: Web, path: str, told: str) -> None:
    del web.asked[:]
    refused(brought(stage, f"{web.url}{path}", environ=dict(web.environ)), "bad-input", f"`{web.url}{path}`: {told}")
    assert len(web.asked) == 1


@pytest.mark.parametrize(
    ("path", "told"),
    [("/500/99", "a fault of its own (500)"), ("/cut", "50000 bytes arrived of 100000")],
)
def test_what_may_pass_is_tried_again_and_then_lost(stage: Stage, web: Web, path: str, told: str) -> None:
    refused(brought(stage, f"{web.url}{path}", environ=dict(web.environ)), "lost", told)
    assert [asked for asked, _ in web.asked].count(path) == 3


def test_what_passes_is_waited_for(stage: Stage, web: Web) -> None:
    assert brought(stage, f"{web.url}/503/1/a.csv", environ=dict(web.environ)).code == 0


def test_an_authority_that_is_unknown_is_told(stage: Stage, web: Web) -> None:
    told = "the receiver's certificate is not trusted"
    refused(brought(stage, f"{web.url}/a.csv"), "bad-input", told, "SSL_CERT_FILE")


def test_the_environment_of_the_step_holds_for_what_is_fetched(stage: Stage, web: Web) -> None:
    env = {name: lit(value) for name, value in web.environ.items()}
    assert brought(stage, f"{web.url}/a.csv", env=env).code == 0


def test_what_is_written_meanwhile_is_noticed(code: Path) -> None:
    source = FolderSource("raw", "dataset", "raw", str(code))
    source.look()
    assert b"".join(source.pieces("x.csv", b"")) == CSV
    (code / "raw" / "x.csv").write_bytes(CSV + b"2,20\n")
    with pytest.raises(StoreFault, match="`raw` was changed while it was read") as fault:
        source.look_again()
    assert not fault.value.lasting


def test_a_fault_does_not_tell_an_address_that_is_sensitive(stage: Stage, web: Web) -> None:
    params = {"at": {"type": "string", "sensitive": True}}
    given = {"params.at": json.dumps(f"{web.url}/none/hidden.csv")}
    out = brought(stage, ref("params.at"), reads=given, params=params, environ=dict(web.environ))
    refused(out, "bad-input", "it is not there (404)")
    assert "hidden" not in out.err + json.dumps(out.events)
    text = ["text", ref("params.at"), "/part/none"]
    given = {"params.at": json.dumps(f"{web.url}/none/hidden.csv")}
    out = brought(stage, text, reads=given, params=params, environ=dict(web.environ))
    assert "hidden" not in out.err + json.dumps(out.events)
