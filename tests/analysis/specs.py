"""Specs in a line, built."""

from __future__ import annotations

from pipeglot.analysis import build
from pipeglot.analysis.collector import Findings
from pipeglot.analysis.expressions.declarations import Facts
from pipeglot.analysis.pipeline import finish
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
    result = build(whole, check(whole))
    assert result.pipeline is not None, result.diagnostics
    pipeline, found = settle(result.pipeline)
    assert not found
    return pipeline


def step(text: str, id: str) -> Step:
    return built(text).by_id[id]


def facts_of(text: str) -> Facts:
    """What the build came to know of each step."""
    whole = merged(text)
    findings = Findings(whole)
    return finish(whole, check(whole), findings).facts


def rejected(text: str, profile: str | None = None) -> tuple[Diagnostic, ...]:
    whole = merged(text, profile)
    result = build(whole, check(whole))
    assert result.pipeline is None
    return result.diagnostics


def codes(text: str) -> list[str]:
    return [each.code for each in rejected(text)]


def fields_of(diagnostic: Diagnostic) -> tuple[str | int, ...]:
    assert isinstance(diagnostic.origin, Origin)
    return diagnostic.origin.path
