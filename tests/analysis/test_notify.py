"""`notify` is a step of `on_exit` in the IR: with the pods' defaults, under a name that is free."""

from __future__ import annotations

from tests.analysis.specs import built, codes, rejected

from pipeglot.ir import Notify, Secret, Step

HOOK = "webhook: {secret: alerts, key: url}"


def told(text: str, profile: str | None = None) -> Step:
    return built(text, profile).on_exit[-1]


def test_it_is_a_step_of_on_exit() -> None:
    found = told(
        f"defaults: {{env: {{A: b}}, workdir: /app}}\nsteps: {{a: {{run: x, image: 'i:1'}}}}\nnotify: {{{HOOK}}}\n"
    )
    assert isinstance(found.body, Notify)
    assert (found.id, found.body.format, found.image, found.workdir) == ("notify", "json", "i:1", "/app")
    assert found.env == {"A": ["lit", "b"], "NOTIFY_WEBHOOK": Secret("alerts", "url")}
    assert found.when == ["in", ["ref", "run", "status"], ["list", ["lit", "failed"]]]
    assert "run.status" in [read.slot for read in found.reads]


def test_it_takes_a_name_that_is_free() -> None:
    text = "steps: {notify: {run: x}}\non_exit: {notify_2: {run: x}}\n"
    assert [each.id for each in built(f"{text}notify: {{{HOOK}}}\n").on_exit] == ["notify_2", "notify-3"]


def test_a_profile_lays_over_it_and_takes_it_away() -> None:
    profiles = "{dev: {notify: null}, prod: {notify: {on: [success, failure], format: slack}}}"
    text = f"steps: {{a: {{run: x}}}}\nnotify: {{{HOOK}}}\nprofiles: {profiles}\n"
    found = told(text, "prod")
    assert found.when == ["in", ["ref", "run", "status"], ["list", ["lit", "succeeded"], ["lit", "failed"]]]
    assert built(text, "dev").on_exit == ()


def test_it_says_where_its_message_is_wrong() -> None:
    (found,) = rejected(f"steps: {{a: {{run: x}}}}\nnotify: {{{HOOK}, message: '${{{{ item }}}}'}}\n")
    assert (found.code, str(getattr(found.origin, "path", ""))) == ("PG203", "('notify', 'message')")
    assert codes("steps: {a: {run: x}}\nnotify: {message: x}\n") == ["PG303"]
    assert codes(f"steps: {{a: {{run: x}}}}\nnotify: {{{HOOK}, on: [cancel]}}\n") == ["PG317"]
