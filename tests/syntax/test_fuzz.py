"""Whatever is read: data that YAML 1.2 means by it, or a refusal with a place; nothing else."""

from __future__ import annotations

import json
import warnings
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML
from ruamel.yaml.error import ReusedAnchorWarning, YAMLError

from pipeglot.diagnostics import SpecRejected
from pipeglot.diagnostics.origins import Span
from pipeglot.diagnostics.sources import Source
from pipeglot.rendering.report import FORMS, render
from pipeglot.syntax.reader import read

PIECES = (
    *"ab:?-,[]{}#&*!|>'\"%@`\\ \n\t~.",
    *("\n  ", "\n    ", ": ", "- ", "? ", "&a ", "*a ", "*a", "<<: ", "!!str ", "!x ", "---\n", "...\n", "%YAML 1.2\n"),
    *(
        "null",
        "true",
        "1",
        "0x1f",
        "1e3",
        ".inf",
        "${{ x }}",
        "''",
        '""',
        "\\n",
        "\\0",
        "\\u00e9",
        "|\n",
        ">-\n",
        "é",
        "\r\n",
    ),
    *("a: ", "b: ", "\na: ", "\nb: ", "\n- ", "\n  - ", "\n  a: ", "\n  b: "),
)
TEXTS = st.lists(st.sampled_from(PIECES), max_size=30).map("".join)


def outcome(content: str | bytes) -> Source | SpecRejected:
    try:
        return read(content, "p.yaml")
    except SpecRejected as rejected:
        return rejected


def check(content: str | bytes) -> None:
    found = outcome(content)
    if isinstance(found, Source):
        json.dumps(found.data, allow_nan=False)
        return
    (source,) = found.sources
    for each in found.diagnostics:
        assert isinstance(each.origin, Span | None)
        if each.origin:
            assert 0 <= each.origin.start < each.origin.end <= len(source.text) + 1
    for form in FORMS:
        render(found.diagnostics, found.sources, form)


@given(st.binary(max_size=60))
@settings(max_examples=120, deadline=None)
def test_it_reads_or_refuses_any_bytes(raw: bytes) -> None:
    check(raw)


@given(st.text(max_size=60))
@settings(max_examples=120, deadline=None)
def test_it_reads_or_refuses_any_text(text: str) -> None:
    check(text)


@given(TEXTS)
@settings(max_examples=300, deadline=None)
def test_it_reads_or_refuses_what_looks_like_yaml(text: str) -> None:
    check(text)


@given(TEXTS)
@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_it_reads_or_refuses_without_libyaml(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr(yaml, "__with_libyaml__", False)
    check(text)


@given(TEXTS)
@settings(max_examples=300, deadline=None)
def test_it_finds_the_data_that_ruamel_finds(text: str) -> None:
    found = outcome(text)
    if not isinstance(found, Source):
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ReusedAnchorWarning)
        try:
            ruamel: Any = YAML(typ="safe", pure=True)
            theirs = ruamel.load(text)
        except YAMLError:
            # it takes no tab where libyaml does
            return
    # by their text, because 1, 1.0 and true are equal to Python
    assert repr(found.data) == repr(theirs)


@given(TEXTS)
@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_it_finds_the_same_data_without_libyaml(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    fast = outcome(text)
    with monkeypatch.context() as patch:
        patch.setattr(yaml, "__with_libyaml__", False)
        pure = outcome(text)
    if isinstance(fast, Source) and isinstance(pure, Source):
        assert fast.data == pure.data
