"""The pages: each is there, shows what the store has and escapes it, and shows it to nobody who may not look."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import quote

import pytest

from pipeglot_records.server.pages.site import COOKIE
from pipeglot_records.server.pages.words import POLICY
from tests.records.conftest import OTHER, RUN, Log
from tests.records.hostile import lines
from tests.records.server.conftest import Answer, Running, body_of, running

EVIL = "<script>alert(1)</script>"
ODD = "0190c3f2-aaaa-7c4b-9a55-0d3f6c1b2a10"


class Look(HTMLParser):
    """The tags of a page with their attributes, and the text between them."""

    def __init__(self, page: bytes) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(page.decode("utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def links(self) -> set[str]:
        return {str(found.get("href")) for tag, found in self.tags if tag == "a"}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, churned: str) -> Iterator[Running]:
    with running(str(tmp_path_factory.mktemp("pages") / "records.db")) as found:
        found.ask("POST", "/api/v1/definitions", churned.encode(), "write", Content_Type="application/json")
        for run, auc in ((RUN, 0.9), (OTHER, 0.7)):
            log = Log("d", run).run(threshold=auc)
            log.start("extract").file("extract", "raw", "aaaa").end("extract")
            for at in range(3):
                log.say(
                    "metric", "extract", None, log.attempt("extract", None, 1), name="loss", value=auc / (at + 1), at=at
                )
            assert found.send(body_of(log.over("succeeded" if auc > 0.8 else "failed").lines)).status == 200
        log = Log("d", ODD).run(threshold=EVIL).start("extract")
        log.lines[0]["pipeline"] = log.lines[0]["target"] = EVIL
        log.say("metric", "extract", None, log.attempt("extract", None, 1), name=EVIL, value=1.0)
        log.say("note", EVIL, name=EVIL, value=EVIL)
        assert found.send(body_of(log.over("failed", message=EVIL).lines)).status == 200
        yield found


def get(server: Running, path: str, role: str = "read") -> Answer:
    return server.ask("GET", path, role="", Cookie=f"{COOKIE}={server.secrets[role]}")


EVERY = {
    "/": "Runs",
    "/?state=failed": "failed",
    "/?where=params.threshold%20%3E%200.8&columns=metrics.extract.loss": "metrics.extract.loss",
    "/pipelines": "Pipelines",
    "/models": "no models",
    "/compare": "Compare",
    f"/compare?runs={RUN},{OTHER}": "Curves",
    f"/runs/{RUN}": "threshold",
    f"/runs/{RUN}/metrics": "3 points",
    f"/runs/{RUN}/lineage": "extract.raw",
    f"/diff?before={RUN}&after={OTHER}": "threshold",
    "/sign-in": "Sign in",
}


@pytest.mark.parametrize("path", EVERY)
def test_each_page_is_there_and_loads_nothing_from_elsewhere(path: str, served: Running) -> None:
    answer = get(served, path)
    assert (answer.status, answer.headers["content-security-policy"]) == (200, POLICY)
    look = Look(answer.body)
    assert EVERY[path] in look.text
    places = [str(found[name]) for _, found in look.tags for name in ("href", "src", "action") if name in found]
    assert [place for place in places if not place.startswith(("/", "#main"))] == []
    assert not [found for _, found in look.tags if any(name.startswith("on") or name == "style" for name in found)]
    assert len([found for tag, found in look.tags if tag == "h1"]) == 1


def test_every_link_leads_somewhere(served: Running) -> None:
    seen, left = set[str](), {"/"}
    while left:
        path = left.pop()
        seen.add(path)
        answer = get(served, path)
        assert answer.status == 200, path
        left |= {each for each in Look(answer.body).links() if each.startswith("/")} - seen
        assert len(seen) < 60
    assert {f"/runs/{RUN}", f"/runs/{RUN}/metrics", "/pipelines", "/models"} <= seen


@pytest.mark.parametrize(
    "path", ["/", "/pipelines", f"/runs/{ODD}", f"/runs/{ODD}/metrics", f"/compare?runs={ODD},{RUN}"]
)
def test_what_somebody_called_so_is_text(path: str, served: Running) -> None:
    look = Look(get(served, path).body)
    assert [found.get("src") for tag, found in look.tags if tag == "script"] == ["/assets/live.js"]
    assert EVIL in look.text


def test_it_shows_every_odd_value(tmp_path: Path) -> None:
    with running(str(tmp_path / "records.db")) as server:
        few = [line for line in lines(Log("d")) if len(line) < 10_000]
        for begin in range(0, len(few), 100):
            server.send("\n".join(few[begin : begin + 100]).encode("utf-8", "surrogatepass") + b"\n")
        for path in ("/", "/pipelines", f"/runs/{RUN}", f"/runs/{RUN}/metrics", f"/runs/{RUN}/lineage"):
            assert get(server, path).status == 200


@pytest.mark.parametrize(
    ("path", "status", "why"),
    [
        ("/runs/nope", 404, "no run `nope`"),
        ("/runs/%3Cb%3Ehello", 404, "<b>hello"),
        ("/models/nope", 404, "nope"),
        ("/?where=a%20%3D%3D", 400, "of the filter"),
        ("/?limit=0", 400, "whole number"),
        ("/?never=1", 400, "is no param"),
        (f"/compare?runs={','.join(map(str, range(21)))}", 400, "20 at most"),
    ],
)
def test_what_cannot_be_shown_is_told(path: str, status: int, why: str, served: Running) -> None:
    answer = get(served, path)
    assert (answer.status, answer.headers["content-security-policy"]) == (status, POLICY)
    assert why in Look(answer.body).text


def test_who_has_no_token_is_asked_for_it_and_let_in_by_it(served: Running) -> None:
    asked = served.ask("GET", f"/runs/{RUN}?", role="")
    assert (asked.status, asked.headers["location"]) == (303, f"/sign-in?next=/runs/{RUN}")
    form = {"Content_Type": "application/x-www-form-urlencoded"}
    for wrong in ("token=nope", f"token={served.secrets['write']}", "", "token=%ff%00", "x" * 5000):
        answer = served.ask("POST", "/sign-in", wrong, role="", **form)
        assert answer.status in (403, 413)
        assert "set-cookie" not in answer.headers
    said = f"token={served.secrets['read']}&next={quote('/runs/' + RUN)}"
    let_in = served.ask("POST", "/sign-in", said, role="", **form)
    assert (let_in.status, let_in.headers["location"]) == (303, f"/runs/{RUN}")
    assert re.search(r"HttpOnly;.*SameSite=strict", let_in.headers["set-cookie"])


@pytest.mark.parametrize("there", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)"])
def test_it_sends_nobody_elsewhere(there: str, served: Running) -> None:
    said = f"token={served.secrets['read']}&next={quote(there)}"
    answer = served.ask("POST", "/sign-in", said, role="", Content_Type="application/x-www-form-urlencoded")
    assert answer.headers["location"] == "/"


def test_a_page_of_another_site_signs_nobody_in(served: Running) -> None:
    said = f"token={served.secrets['read']}"
    assert served.ask("POST", "/sign-in", said, role="", Sec_Fetch_Site="cross-site").status == 403


def test_a_cookie_only_asks(served: Running) -> None:
    cookie = f"{COOKIE}={served.secrets['admin']}"
    for path in ("/api/v1/events", "/api/v1/definitions"):
        assert served.ask("POST", path, "{}", role="", Cookie=cookie, Content_Type="application/json").status == 401
    assert get(served, "/", "write").status == 403


def test_the_key_of_the_command_looks_and_does_no_more(tmp_path: Path) -> None:
    with running(str(tmp_path / "records.db"), key="a-key") as server:
        opened = server.ask("GET", "/sign-in?token=a-key", role="")
        assert (opened.status, opened.headers["location"]) == (303, "/")
        assert server.ask("GET", "/", role="", Cookie=f"{COOKIE}=a-key").status == 200
        assert server.ask("GET", "/", role="", Cookie=f"{COOKIE}=another").status == 303
        assert server.ask("POST", "/api/v1/events", "{}", role="", Authorization="Bearer a-key").status == 403
