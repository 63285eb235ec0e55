"""Specs in a line, built."""

from __future__ import annotations

from pipeglot.analysis import analyze
from pipeglot.analysis.collector import Collector
from pipeglot.analysis.expressions.declarations import Declarations
from pipeglot.analysis.pipeline import resolve
from pipeglot.diagnostics import Diagnostic
from pipeglot.diagnostics.origins import Origin
from pipeglot.ir import Pipeline, Step
from pipeglot.passes import settle
from pipeglot.spec import profiles
from pipeglot.spec.checking import check
from pipeglot.spec.merging import Merged
from pipeglot.syntax.reader import read

HEAD = "apiVersion: pipeglot/v1\nkind: Pipeline\nmetadata: {name: test}\n"


def merged(text: str, profile: str | None = None) -> Merged:
    source = read(HEAD + text.lstrip("\n"), "pipeline.yaml")
    found = profiles.plain(source) if profile is None else profiles.chosen(source, {}, profile)
    assert isinstance(found, Merged)
    return found


def built(text: str, profile: str | None = None) -> Pipeline:
    whole = merged(text, profile)
    result = analyze(whole, check(whole))
    assert result.pipeline is not None, result.diagnostics
    pipeline, found = settle(result.pipeline)
    assert not found
    return pipeline


def step(text: str, id: str) -> Step:
    return built(text).by_id[id]


def facts_of(text: str) -> Declarations:
    """What the build came to know of each step."""
    whole = merged(text)
    collector = Collector(whole)
    return resolve(whole, check(whole), collector).declarations


def rejected(text: str, profile: str | None = None) -> tuple[Diagnostic, ...]:
    whole = merged(text, profile)
    result = analyze(whole, check(whole))
    assert result.pipeline is None
    return result.diagnostics


def codes(text: str) -> list[str]:
    return [each.code for each in rejected(text)]


def fields_of(diagnostic: Diagnostic) -> tuple[str | int, ...]:
    assert isinstance(diagnostic.origin, Origin)
    return diagnostic.origin.path
