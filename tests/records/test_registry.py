"""The registry: versions by content, aliases that move and go back, gates, who did what, and who is told of it."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from pipeglot.cli.main import main
from pipeglot.definition import definition_json
from pipeglot_records.queries.contents import content, named
from pipeglot_records.registry import changes, webhooks
from pipeglot_records.registry.changes import Wanted
from pipeglot_records.registry.gate import figures
from pipeglot_records.registry.history import RegistryFault
from pipeglot_records.registry.models import meant, model
from pipeglot_records.store.database import Store, open_store
from pipeglot_records.store.verification import rebuild_store
from tests.records.conftest import OTHER, RUN, Log, churn, take

HOSTILE = "</script><b>\u202e\x1b[31m"


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Two runs of a pipeline; their models have the contents `cccc` and `dddd`, their `auc` is 0.9 and 0.7."""
    definition = definition_json(churn())
    where = str(tmp_path / "records.db")
    monkeypatch.chdir(tmp_path)
    with open_store(where, {}) as store:
        store.register(definition)
        take(store, _run(definition, RUN, "cccc", 0.9))
        take(store, _run(definition, OTHER, "dddd", 0.7, 1_800_001_000))
    return where


def _run(definition: str, run: str, content: str, auc: float, begin: int = 1_800_000_000) -> Any:
    log = Log(definition, run, begin).run().extract()
    log.start("pick").file("pick", "model", content).out("pick", "auc", value=auc)
    log.say("metric", "pick", None, log.attempt("pick", None, 1), name="auc", value=auc, at=None)
    return log.end("pick").over("succeeded").events()


def said(capsys: pytest.CaptureFixture[str], place: str, *words: str, code: int = 0) -> str:
    assert main(["models", *words, "--records", place]) == code, capsys.readouterr()
    return capsys.readouterr().out


def test_a_content_is_a_version_once_and_aliases_go_and_come_back(
    place: str, capsys: pytest.CaptureFixture[str]
) -> None:
    ann = ("--by", "ann")
    first = said(capsys, place, "register", "pick.model@1", "--name", "churn", "--alias", "champion", *ann)
    assert first == "churn@1 is new (champion)\n"
    assert said(capsys, place, "register", "pick.model", "--name", "churn", *ann) == "churn@2 is new\n"
    again = said(capsys, place, "register", "pick.model", "--name", "churn", "--run", RUN, *ann)
    assert again == "churn@1 is there already (champion)\n"
    assert said(capsys, place, "promote", "churn@2", "--alias", "champion", "--stage", "live", *ann) == (
        "churn@2 is promoted (champion)\n"
    )
    assert (
        said(capsys, place, "rollback", "churn", "--alias", "champion", "--by", "bo")
        == "churn@1 is champion again (champion)\n"
    )
    one = json.loads(said(capsys, place, "show", "churn@champion", "--format", "json"))
    assert (one["version"], one["run"], one["digest"]) == (1, RUN, {"sha256": "cccc" * 8})
    log = json.loads(said(capsys, place, "history", "churn", "--format", "json"))
    assert [(act["who"], act["act"], act["version"], act["name"], act["value"]) for act in log] == [
        ("ann", "registered", 1, None, None),
        ("ann", "alias", 1, "champion", None),
        ("ann", "registered", 2, None, None),
        ("ann", "alias", 2, "champion", None),
        ("ann", "stage", 2, None, "live"),
        ("bo", "alias", 1, "champion", "rolled back"),
    ]
    said(capsys, place, "withdraw", "churn", "--alias", "champion", *ann)
    assert said(capsys, place, "show", "churn@champion", code=2) == ""
    (listed,) = json.loads(said(capsys, place, "--format", "json"))
    assert (listed["aliases"], [each["stage"] for each in listed["versions"]]) == ({}, [None, "live"])


def test_a_gate_says_the_figures_and_changes_nothing_where_it_does_not_hold(
    place: str, capsys: pytest.CaptureFixture[str]
) -> None:
    said(capsys, place, "register", "pick.model", "--name", "churn")
    wanted = ("promote", "churn@1", "--alias", "champion", "--require")
    refused = said(capsys, place, *wanted, "metrics.pick.auc >= 0.9", "--require", "pipeline == churn", code=1)
    assert refused.splitlines() == [
        f"churn@1 is not promoted: run {OTHER}",
        "fails  metrics.pick.auc >= 0.9  metrics.pick.auc is 0.7",
        "holds  pipeline == churn        pipeline is churn",
    ]
    assert said(capsys, place, *wanted, "metrics.pick.nothing > 0", code=1).endswith(
        "metrics.pick.nothing is not there\n"
    )
    assert said(capsys, place, *wanted, "metrics.pick.auc >>", code=2) == ""
    assert json.loads(said(capsys, place, "show", "churn", "--format", "json"))["aliases"] == {}
    gate = json.loads(said(capsys, place, *wanted, "metrics.pick.auc >= 0.5", "--format", "json"))
    assert gate["gate"] == [
        {"condition": "metrics.pick.auc >= 0.5", "holds": True, "values": {"metrics.pick.auc": 0.7}}
    ]
    assert gate["aliases"] == ["champion"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("show", "chrun"), "no model `chrun`"),
        (("show", "churn@3"), "has no `@3`; it has 1 versions and no alias"),
        (("show", "churn@0"), "has no `@0`"),
        (("promote", "churn@1", "--alias", "7"), "no alias can be one"),
        (("promote", "churn@1", "--alias", "a b"), "is no name of an alias"),
        (("promote", "churn@1"), "nothing is said that the version is to become"),
        (("promote", "churn@1", "--tag", "x"), "the tag `x` has no `=`"),
        (("register", "pick.model", "--name", "a/b"), "is no name of a model"),
        (("register", "pick.nothing", "--name", "churn"), "has no artifact `pick.nothing`"),
        (("rollback", "churn", "--alias", "champion"), "has no alias `champion`"),
        (("webhook", "add", "hook", "--url-from", "https://x"), "is no name of an environment variable"),
    ],
)
def test_what_is_not_there_or_no_name_is_told(
    words: tuple[str, ...], message: str, place: str, capsys: pytest.CaptureFixture[str]
) -> None:
    said(capsys, place, "register", "pick.model", "--name", "churn")
    assert main(["models", *words, "--records", place]) == 2
    assert message in capsys.readouterr().err
    with open_store(place, {}) as store:
        assert len(model(store, "churn").acts) == 1


def test_hostile_words_are_kept_and_shown_harmless(place: str, capsys: pytest.CaptureFixture[str]) -> None:
    said(
        capsys, place, "register", "pick.model", "--name", "churn", "--description", HOSTILE, "--tag", f"note={HOSTILE}"
    )
    shown = said(capsys, place, "show", "churn@1")
    assert [each in shown for each in ("\x1b", "\u202e", "<b>")] == [False, False, True]
    one = json.loads(said(capsys, place, "show", "churn@1", "--format", "json"))
    assert (one["description"], one["tags"]) == (HOSTILE, {"note": HOSTILE})
    said(capsys, place, "promote", "churn@1", "--tag", "note=")
    assert json.loads(said(capsys, place, "show", "churn@1", "--format", "json"))["tags"] == {}


def test_eight_at_once_register_and_promote_and_nobody_is_lost(place: str) -> None:
    def act(number: int) -> int:
        with open_store(place, {}) as store:
            found = content(store, named(f"pick.model@{1 + number % 2}"), None, None)
            done = changes.register(store, "churn", found, named("pick.model"), Wanted((f"a{number}",)), f"w{number}")
            return done.version.number

    with ThreadPoolExecutor(8) as racers:
        numbers = list(racers.map(act, range(16)))
    with open_store(place, {}) as store:
        found = model(store, "churn")
        assert (len(found.versions), found.aliases) == (2, {f"a{at}": numbers[at] for at in range(16)})
        assert [act.seq for act in found.acts] == list(range(1, 19))
        rebuild_store(store)
        assert model(store, "churn") == found


def test_a_gate_holds_by_the_run_of_the_version_alone(place: str) -> None:
    with open_store(place, {}) as store:
        good, bad = (figures(store, run, ["metrics.pick.auc >= 0.9 or pipeline == other"]) for run in (RUN, OTHER))
    assert [(each[0].holds, each[0].values) for each in (good, bad)] == [
        (True, {"metrics.pick.auc": 0.9, "pipeline": "churn"}),
        (False, {"metrics.pick.auc": 0.7, "pipeline": "churn"}),
    ]


class Receiver(BaseHTTPRequestHandler):
    status = 200
    got: list[dict[str, Any]]

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.status == 200:
            self.got.append(body)
        self.send_response(self.status)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        return None


@pytest.fixture
def receiver() -> Iterator[tuple[str, type[Receiver]]]:
    kind = type("One", (Receiver,), {"got": []})
    server = HTTPServer(("127.0.0.1", 0), kind)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/very-secret", kind
    server.shutdown()
    server.server_close()


def _register(store: Store, alias: str) -> None:
    found = content(store, named("pick.model"), None, None)
    changes.register(store, "churn", found, named("pick.model"), Wanted((alias,)), "ann")


def test_whoever_is_to_be_told_is_told_once_in_order_and_later_where_it_was_away(
    place: str,
    receiver: tuple[str, type[Receiver]],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    address, kind = receiver
    environ = {**os.environ, "HOOK": address}
    with open_store(place, {}) as store:
        _register(store, "before")
        webhooks.add(store, "team", "HOOK", "churn")
        webhooks.add(store, "others", "HOOK", "another")
        kind.status = 503
        _register(store, "first")
        assert list(webhooks.send(store, environ)) == [
            "the webhook `team` was not told: it answered 503; it is told later"
        ]
        assert list(webhooks.send(store, {})) == ["the webhook `team` was not told: HOOK is not set; it is told later"]
        kind.status = 200
    monkeypatch.setenv("HOOK", address)
    said(capsys, place, "promote", "churn@1", "--alias", "second", "--by", "bo")
    assert said(capsys, place, "webhook", "send") == ""
    assert [(each["text"], each["name"]) for each in kind.got] == [
        ("churn: v1 is first (ann)", "first"),
        ("churn: v1 is second (bo)", "second"),
    ]
    assert "very-secret" not in said(capsys, place, "webhook", "list")
    said(capsys, place, "webhook", "remove", "team")
    with open_store(place, {}) as store, pytest.raises(RegistryFault, match="no webhook"):
        webhooks.remove(store, "team")


def test_the_newest_is_meant_where_nothing_is_said(place: str) -> None:
    with open_store(place, {}) as store:
        for which in ("pick.model@1", "pick.model@2"):
            found = content(store, named(which), None, None)
            changes.register(store, "churn", found, named(which), Wanted(), "ann")
        held = model(store, "churn")
        assert [meant(held, which).number for which in (None, "1", "v2")] == [2, 1, 2]
        assert [version.origin.run for version in held.versions] == [RUN, OTHER]


def test_what_a_pipeline_says_to_register_is_a_version_once_its_step_succeeded(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PIPEGLOT_RECORDS", raising=False)
    step = "{model: {artifact: model, register: churn}}"
    Path("pipeline.yaml").write_text(
        "apiVersion: pipeglot/v1\nkind: Pipeline\nmetadata: {name: p}\n"
        "params: {text: {type: string, default: a}}\nsteps:\n"
        f"  fit: {{run: 'echo ${{{{ params.text }}}} > ${{{{ outputs.model }}}}', outputs: {step}}}\n"
        f"  bad: {{run: 'echo x > ${{{{ outputs.model }}}}; exit 1', outputs: {step}, allow_failure: true}}\n"
    )
    for text in ("a", "b", "a"):
        assert main(["run", "-p", f"text={text}"]) == 0
    capsys.readouterr()
    assert main(["models", "show", "churn", "--format", "json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [(each["version"], each["artifact"], each["who"]) for each in found["versions"]] == [
        (1, "fit.model", "pipeline p"),
        (2, "fit.model", "pipeline p"),
    ]
    assert main(["models", "get", "churn@1", "-o", "out"]) == 0
    assert Path("out/model").read_text() == "a\n"
