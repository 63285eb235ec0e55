"""Profiles and defaults: merged, with each part's own place kept."""

from __future__ import annotations

import pytest
from tests.analysis.specs import HEAD, built, rejected

from pipeglot.analysis import analyze
from pipeglot.diagnostics import Diagnostic
from pipeglot.diagnostics.origins import Origin
from pipeglot.spec import profiles
from pipeglot.spec.checking import check
from pipeglot.spec.merging import Merged
from pipeglot.spec.schema.models import Profile
from pipeglot.spec.schema.tags import TARGETS
from pipeglot.syntax.reader import read
from pipeglot_backends.targets import BUILT_IN

TEXT = """
params: {n: {type: int, default: 1, max: 5}}
defaults: {image: a, retry: {limit: 1, delay: 1s}, env: {A: a}}
records: {on_failure: fail}
steps:
  make: {run: x, timeout: 1h, env: {B: b}}
  use: {run: x, needs: [make]}
profiles:
  dev:
    target: local
    params: {n: 2}
  prod:
    target: argo@4.0
    artifacts: s3://b/p
    defaults: {image: b, retry: {delay: 2s}}
    steps: {make: {timeout: null, env: {B: null, C: c}}, use: null, more: {run: y, needs: [make]}}
    records: {sink: file:///r}
    argo: {namespace: ml}
"""


def merged(text: str, profile: str) -> Merged:
    found = profiles.chosen(read(HEAD + text.lstrip("\n"), "pipeline.yaml"), {}, profile)
    assert isinstance(found, Merged)
    return found


def test_it_lays_a_profile_over_the_pipeline() -> None:
    found = built(TEXT, "prod")
    make = found.by_id["make"]
    assert [each.id for each in found.steps] == ["make", "more"]
    assert (make.image, make.timeout, make.env) == ("b", None, {"C": ["lit", "c"], "A": ["lit", "a"]})
    assert make.retry is not None
    assert (make.retry.limit, make.retry.delay) == (1, 2.0)
    assert (found.target, found.artifacts, found.settings) == ("argo@4.0", "s3://b/p", {"argo": {"namespace": "ml"}})
    assert (found.records.sink, found.records.fail, found.profile) == ("file:///r", True, "prod")


def test_it_gives_params_the_profiles_defaults() -> None:
    assert [param.default for param in built(TEXT, "dev").params] == [2]
    assert [param.default for param in built(TEXT).params] == [1]


def test_it_leaves_the_pipeline_itself_alone() -> None:
    assert [each.id for each in built(TEXT).steps] == ["make", "use"]
    assert built(TEXT).by_id["make"].timeout == 3600.0


PLACES = [
    (("steps", "make", "run"), ("steps", "make", "run")),
    (("steps", "make", "image"), ("profiles", "prod", "defaults", "image")),
    (("steps", "make", "retry", "limit"), ("defaults", "retry", "limit")),
    (("steps", "make", "retry", "delay"), ("profiles", "prod", "defaults", "retry", "delay")),
    (("steps", "make", "env", "A"), ("defaults", "env", "A")),
    (("steps", "make", "env", "C"), ("profiles", "prod", "steps", "make", "env", "C")),
    (("steps", "more", "needs", 0), ("profiles", "prod", "steps", "more", "needs", 0)),
    (("records", "sink"), ("profiles", "prod", "records", "sink")),
    (("records", "on_failure"), ("records", "on_failure")),
]


@pytest.mark.parametrize(("part", "place"), PLACES, ids=[".".join(map(str, part)) for part, _ in PLACES])
def test_it_knows_where_each_part_stands(part: tuple[str | int, ...], place: tuple[str | int, ...]) -> None:
    assert merged(TEXT, "prod").origin(*part) == Origin("pipeline.yaml", place)


def test_it_knows_where_the_default_of_a_param_stands() -> None:
    (found,) = rejected(TEXT.replace("params: {n: 2}", "params: {n: 9}"), "dev")
    assert (found.code, found.origin) == ("PG312", Origin("pipeline.yaml", ("profiles", "dev", "params", "n")))


def test_it_refuses_a_profile_that_is_not_there() -> None:
    found = profiles.chosen(read(HEAD + TEXT.lstrip("\n"), "pipeline.yaml"), {}, "prd")
    assert isinstance(found, Diagnostic)
    assert (found.code, found.message) == ("PG208", "there is no profile `prd`: there are `dev`, `prod`")
    assert found.hint == "did you mean `prod`?"
    (found,) = rejected(TEXT + "  empty:\n", "empty")
    assert (found.code, found.message) == ("PG301", "profile `empty` is a map, and here is nothing")


@pytest.mark.parametrize(
    ("overlay", "code"),
    [
        ("{params: {m: 1}}", "PG203"),
        ("{steps: {make: {timeout: 5}}}", "PG304"),
        ("{steps: {make: {run: null}}}", "PG305"),
        ("{artifacts: 's3://${{ run.id }}'}", "PG309"),
        ("{argo: {namespace: '${{ run.id }}'}}", "PG309"),
        ("{defaults: {imgae: x}}", "PG210"),
        ("{records: {sink: 3}}", "PG302"),
    ],
)
def test_it_checks_what_a_profile_says(overlay: str, code: str) -> None:
    text = TEXT.split("profiles:")[0] + f"profiles:\n  p: {overlay}\n"
    assert {each.code for each in rejected(text, "p")} == {code}


ADDRESSES = {
    "artifacts": (
        (
            "https://bucket/x",
            "HTTP://x",
            "s3://me@bucket",
            "s3://bucket?sig=x",
            "s3://",
            "s3:///x",
            "file://host/x",
            "://",
        ),
        ("s3://b", "minio://b/a-b", "file:///srv/a%20b", "file://localhost/x", "a/b", "/a:b@c", "az://c/x"),
    ),
    "records": (
        ("s3://bucket/x", "ftp://x", "file://host/x", "https://"),
        ("/srv/x", "x", "file:///x", "https://x", "HTTPS://x:8/y?z", "http://127.0.0.1:1"),
    ),
}


@pytest.mark.parametrize(("field", "wrong", "right"), [(field, *given) for field, given in ADDRESSES.items()])
def test_it_refuses_addresses_that_name_no_place(field: str, wrong: tuple[str, ...], right: tuple[str, ...]) -> None:
    def said(place: str) -> list[str]:
        told = f"{{sink: '{place}'}}" if field == "records" else f"'{place}'"
        source = read(HEAD + TEXT.split("profiles:")[0] + f"profiles:\n  p: {{{field}: {told}}}\n", "pipeline.yaml")
        found = profiles.chosen(source, {}, "p")
        assert isinstance(found, Merged)
        return [each.code for each in analyze(found, check(found)).diagnostics]

    assert [said(place) for place in wrong] == [["PG349"]] * len(wrong)
    assert [said(place) for place in right] == [[]] * len(right)


def test_it_places_a_mistake_of_a_profile_in_its_file() -> None:
    source = read(HEAD + "steps: {a: {run: x}}\n", "pipeline.yaml")
    beside = {"p": read("params: {m: 1}\ndefaults: {timeout: 5}\nbogus: 1\n", "pipeline.p.yaml")}
    found = profiles.chosen(source, beside, "p")
    assert isinstance(found, Merged)
    said = analyze(found, check(found)).diagnostics
    assert sorted((each.code, each.origin) for each in said if isinstance(each.origin, Origin)) == [
        ("PG203", Origin("pipeline.p.yaml", ("params", "m"))),
        ("PG210", Origin("pipeline.p.yaml", ("bogus",))),
        ("PG304", Origin("pipeline.p.yaml", ("defaults", "timeout"))),
    ]


def test_it_refuses_a_profile_written_twice() -> None:
    source = read(HEAD + TEXT.lstrip("\n"), "pipeline.yaml")
    found = profiles.chosen(source, {"dev": read("target: local\n", "pipeline.dev.yaml")}, "dev")
    assert isinstance(found, Diagnostic)
    assert found.message == "profile `dev` is written twice: here and in `pipeline.dev.yaml`"


def test_it_takes_for_settings_what_is_no_field_of_a_profile() -> None:
    assert set(Profile.__annotations__) == {*profiles.OWN, *TARGETS}
    assert built(TEXT, "prod").settings == {"argo": {"namespace": "ml"}}


def test_it_has_settings_of_every_target_that_comes_with_pipeglot() -> None:
    assert tuple(BUILT_IN) == TARGETS
