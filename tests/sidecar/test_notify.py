"""A word about the run, sent to a real receiver: what arrives, what is tried again, what is told, and what never is."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.engines.bad_ways import Way, proxying, trusted
from tests.receiver import HIDDEN, Receiver
from tests.sidecar.stage import RUN, Outcome, Stage, lit, ref, text

FAILED = {"run.status": '"failed"'}
WORD: dict[str, Any] = {"notify": text("ended: ", ref("run.status")), "format": "slack"}


def notified(
    stage: Stage, address: str, word: Mapping[str, Any] = WORD, environ: Mapping[str, str] | None = None
) -> Outcome:
    reads = [{"slot": "run.status", "type": "string"}]
    env = {"NOTIFY_WEBHOOK": {"secret": "alerts", "key": "url"}}
    stage.step(word, outputs={"delivered": {"type": "bool"}}, reads=reads, env=env, on_exit=True)
    return stage.run("run", FAILED, {"PIPEGLOT_SECRET_ALERTS_URL": address, **(environ or {})})


def test_it_sends_one_word(any_stage: Stage) -> None:
    with Receiver().serve() as receiver:
        outcome = notified(any_stage, receiver.url + "\n")
    assert receiver.got == [(f"/{HIDDEN}", "application/json", b'{"text": "ended: failed"}')]
    assert (outcome.code, outcome.end, outcome.results["delivered"]) == (0, ("succeeded", None), "true")


def test_it_sends_a_flat_object(stage: Stage) -> None:
    with Receiver().serve() as receiver:
        notified(stage, receiver.url, {"notify": lit('é "q" {{x}}'), "format": "json"})
    assert json.loads(receiver.got[0][2]) == {
        "pipeline": "p", "run": RUN, "status": "failed", "message": 'é "q" {{x}}',
    }  # fmt: skip


def test_it_tries_again_what_may_go_better(stage: Stage) -> None:
    with Receiver([503, 200]).serve() as receiver:
        outcome = notified(stage, receiver.url)
    assert (len(receiver.got), outcome.results["delivered"]) == (2, "true")


@pytest.mark.parametrize(
    ("answer", "said"),
    [(404, "the receiver answered 404"), (302, "the receiver answered 302")],
)
def test_it_tells_what_went_wrong_and_fails_nothing(stage: Stage, answer: int, said: str) -> None:
    with Receiver([answer], {"Location": "/elsewhere"}).serve() as receiver:
        outcome = notified(stage, receiver.url)
    assert len(receiver.got) == 1
    assert (outcome.code, outcome.end, outcome.results["delivered"]) == (0, ("succeeded", None), "false")
    assert f"pipeglot: the notification was not delivered: {said}\n" in outcome.err
    assert HIDDEN not in outcome.err + outcome.out + json.dumps(outcome.events)


@pytest.mark.parametrize("address", ["slack", "ftp://x/hush", "https://[x/hush", "http://x:y/hush"])
def test_it_says_of_what_is_no_address_that_it_is_none(stage: Stage, address: str) -> None:
    outcome = notified(stage, address)
    assert (outcome.code, outcome.results["delivered"]) == (0, "false")
    assert "what NOTIFY_WEBHOOK holds is no address" in outcome.err
    assert "hush" not in outcome.err


@pytest.mark.parametrize("trusts", [True, False])
def test_it_goes_by_the_proxy_to_whom_the_environment_trusts(stage: Stage, tmp_path: Path, trusts: bool) -> None:
    way = Way("")
    own = {"SSL_CERT_FILE": trusted(tmp_path)} if trusts else {}
    with Receiver().serve("hooks.test") as receiver, proxying(way) as port:
        address = f"https://hooks.test:{receiver.port}/{HIDDEN}"
        outcome = notified(stage, address, WORD, {"https_proxy": f"http://127.0.0.1:{port}", **own})
    assert set(way.passed) == {f"hooks.test:{receiver.port}"}
    assert (len(receiver.got), outcome.results["delivered"]) == ((1, "true") if trusts else (0, "false"))
    assert ("the receiver's certificate is not trusted" in outcome.err) is not trusts
