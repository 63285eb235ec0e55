"""What one broken text leads to: said to be wrong at its place, or taken, and then compiled and judged everywhere."""

from __future__ import annotations

import functools
import json
import traceback
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random
from typing import Any

import yaml
from tests.fuzz.hostile import RESPELT
from tests.judges.argo import judges as argo
from tests.judges.kubeflow import reader

from pipeglot.diagnostics import MOST, Diagnostic, SpecRejected, hinted
from pipeglot.diagnostics.origins import Span
from pipeglot.diagnostics.sources import Source
from pipeglot.driver.compiling import compiled, find_target, options_for, validate
from pipeglot.driver.patches import targets as patched_targets
from pipeglot.driver.planning import plan, plan_text
from pipeglot.ir import Json, Pipeline
from pipeglot.rendering.fixes import OPEN, Edit, edit
from pipeglot.rendering.locator import Locator
from pipeglot.rendering.report import render
from pipeglot_backends.emit import patching
from pipeglot_backends.protocol import EmittedFile
from pipeglot_backends.targets import BUILT_IN

ARTIFACTS = {"vertex": "gs://churn/artifacts", "argo": "s3://churn/artifacts", "airflow": "s3://churn/artifacts"}
FOLLOWED = 0.34
"""Of those that are refused, so many are mended by one of their hints."""
COUNTED = "other places"
NESTED = "never ends"
"""Brackets around brackets are told one after the other."""
WHOLE = "end lines with"
"""Changes all lines behind it, whose mistakes are told since."""
OF_NO_PLACE = ("PG107", "PG111", "PG5")
"""What is said of a file as a whole: that it is empty, of another encoding, or not there."""
_DUMPER = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass
class Outcome:
    """`kind` of what happened; `faults` are ours."""

    kind: str = "accepted"
    compiled: int = 0
    refused: int = 0
    faults: list[str] = field(default_factory=list)


def judged(path: Path, random: Random, every: bool) -> Outcome:
    """The file as `validate`, `compile` and `plan` would see it; with every version and operator of each target, or
    one of them."""
    outcome = Outcome()
    try:
        found = validate(path)
    except SpecRejected as rejected:
        outcome.kind = "rejected"
        outcome.faults += said(rejected.diagnostics, rejected.sources)
        if random.random() < FOLLOWED:
            outcome.faults += unmended(path, rejected, random)
    except Exception as bug:
        outcome.faults.append(crash("validate", bug))
    else:
        outcome.faults += said(found.diagnostics, found.sources)
        if not found.pipelines:
            outcome.kind = "component"
        for pipeline in found.pipelines[: None if every else 1]:
            compile_everywhere(pipeline, random, every, outcome)
    return outcome


def crash(where: str, bug: BaseException) -> str:
    """The same for the same fault: where it was raised, and through what of ours."""
    frames = [f"{Path(each.filename).name}:{each.lineno}" for each in traceback.extract_tb(bug.__traceback__)[-4:]]
    return f"{where}: {type(bug).__name__}: {str(bug)[:200]} ({' > '.join(frames)})"


def said(diagnostics: Iterable[Diagnostic], sources: Iterable[Source]) -> Iterator[str]:
    """What is wrong with what is said of a text: that it cannot be, has no place, or spells what was written anew."""
    diagnostics, sources = tuple(diagnostics), tuple(sources)
    try:
        render(diagnostics, sources, "text").encode()
        json.loads(render(diagnostics, sources, "json"))
    except Exception as bug:
        yield crash("rendering", bug)
    text = "".join(each.text for each in sources)
    for each in diagnostics:
        if each.origin is None and not each.code.startswith(OF_NO_PLACE):
            yield f"{each.code} has no place: {each.message[:200]}"
        for raw, spelt in RESPELT.items():
            if spelt in each.message and raw in text and spelt.strip("`") not in text.replace(raw, ""):
                yield f"{each.code} spells {raw} as {spelt}: {each.message[:200]}"


def unmended(path: Path, rejected: SpecRejected, random: Random) -> Iterator[str]:
    """One of the hints, followed: what is still said then, and what is no YAML since."""
    source = next((each for each in rejected.sources if Path(each.name) == path), None)
    if source is None or path.read_bytes() != source.text.encode("utf-8", "surrogatepass"):
        return
    locator, diagnostics = Locator(source), hinted(rejected.diagnostics[:MOST])
    ways = [(each, made) for each in diagnostics if (made := edit(each, locator)) and OPEN not in made.text]
    if not ways:
        return
    chosen, made = random.choice(ways)
    path.write_bytes(made.applied(source.text).encode("utf-8", "surrogatepass"))
    try:
        after = rejections(path)
    except Exception as bug:
        yield crash(f"`{chosen.hint}` of {chosen.code} followed", bug)
        return
    yield from _left(rejected, chosen, made, after)


def _left(rejected: SpecRejected, chosen: Diagnostic, made: Edit, after: tuple[Diagnostic, ...]) -> Iterator[str]:
    end = made.start + len(made.text)
    if isinstance(chosen.origin, Span):  # what is marked may stand behind what is mended
        end = max(end, chosen.origin.start + max(0, len(made.text) - (made.end - made.start)))
    before, since = (sum(_same(each, chosen, end) for each in some) for some in (rejected.diagnostics, after))
    if since >= before and not any(told in chosen.message for told in (COUNTED, NESTED)):
        yield f"{chosen.code} is said again when `{chosen.hint}` was followed: {chosen.message[:200]}"
    if WHOLE in (chosen.hint or ""):
        return
    for each in after:
        if each.code < "PG134" and isinstance(each.origin, Span) and _is_in(made, each.origin):
            yield f"{chosen.code} leads to {each.code} by `{chosen.hint}`: {each.message[:100]}"


def _is_in(made: Edit, span: Span) -> bool:
    return made.start <= span.start < made.start + len(made.text)


def rejections(path: Path) -> tuple[Diagnostic, ...]:
    try:
        return validate(path).diagnostics
    except SpecRejected as rejected:
        return rejected.diagnostics


def _same(one: Diagnostic, other: Diagnostic, end: int) -> bool:
    """The same mistake at the same place: of a text that is no YAML, not behind the one that was mended."""
    if (one.code, one.message) != (other.code, other.message):
        return False
    if isinstance(one.origin, Span):
        return one.origin.start <= end
    return one.origin == other.origin and (one.offset or (0, 0))[0] <= (other.offset or (0, 0))[0]


def compile_everywhere(pipeline: Pipeline, random: Random, every: bool, outcome: Outcome) -> None:
    for target in BUILT_IN:
        backend, _ = find_target(target)
        ways = [(version, operator) for version in backend.VERSIONS for operator in backend.OPERATORS or ("",)]
        for version, operator in ways if every else [random.choice(ways)]:
            _compile(_prepared(pipeline, target, operator), f"{target}@{version}", outcome)


def _prepared(pipeline: Pipeline, target: str, operator: str) -> Pipeline:
    """With the operator, and with a place for artifacts, without which most would be refused."""
    given: dict[str, Json] = {**pipeline.settings.get(target, {}), **({"operator": operator} if operator else {})}
    artifacts = pipeline.artifacts or ARTIFACTS.get(target)
    return replace(pipeline, settings={**pipeline.settings, target: given}, artifacts=artifacts)


def _compile(pipeline: Pipeline, target: str, outcome: Outcome) -> None:
    place = f"compile {target}"
    try:
        made = compiled(pipeline, target)
    except SpecRejected as rejected:
        outcome.refused += 1
        outcome.faults += [f"{place}: {each.code}" for each in rejected.diagnostics if each.code == "PG901"]
        return
    except Exception as bug:
        outcome.faults.append(crash(place, bug))
        return
    outcome.compiled += 1
    try:
        outcome.faults += [f"{place}: {fault}" for fault in _against(pipeline, target, made.files)]
        _planned(pipeline, target, made.native)
    except Exception as bug:
        outcome.faults.append(crash(f"judging {target}", bug))


def _planned(pipeline: Pipeline, target: str, native: tuple[EmittedFile, ...]) -> None:
    backend, version = find_target(target)
    plan_text(plan(pipeline, backend, options_for(pipeline, backend, version), native)).encode()


def _against(pipeline: Pipeline, target: str, files: tuple[EmittedFile, ...]) -> Iterator[str]:
    """What is patched by hand is the engine's to judge: of that, what it was before."""
    name, _, version = target.partition("@")
    if any(patching.of(pipeline, name)):
        for file in files:
            yield from _read(Path(file.path).suffix, file)
        plain = _plain(pipeline)
        yield from _against(plain, target, compiled(plain, target).files)
        return
    for file in files:
        ending = Path(file.path).suffix
        yield from _read(ending, file)
        if name in patched_targets(pipeline):
            continue  # what stands in a raw patch is for the target to judge
        if name == "argo" and ending == ".yaml" and argo.schemas_are_there():
            yield from _by_argo(pipeline, version, file)
        if name == "kubeflow" and file.path == "pipeline.yaml":
            yield from reader.kubeflow(file.text)
        if name == "vertex" and file.path == "pipeline.json":
            yield from reader.on_vertex(file.text)


def _plain(pipeline: Pipeline) -> Pipeline:
    steps, on_exit = (tuple(replace(step, patches={}) for step in each) for each in (pipeline.steps, pipeline.on_exit))
    return replace(pipeline, patches={}, steps=steps, on_exit=on_exit)


@functools.lru_cache(64)
def _read(ending: str, file: EmittedFile) -> tuple[str, ...]:
    """Many a file is the same for every pipeline."""
    return tuple(_READERS.get(ending, _as_text)(file))


def _by_argo(pipeline: Pipeline, version: str, file: EmittedFile) -> Iterator[str]:
    for document in _documents(file.text):
        yield from argo.schema(version, document)
        if document["kind"] == "WorkflowTemplate":
            yield from argo.shape(pipeline, document)


def _as_text(file: EmittedFile) -> Iterator[str]:
    file.text.encode()
    yield from ()


def _as_python(file: EmittedFile) -> Iterator[str]:
    if not file.path.endswith("sidecar.py"):
        compile(file.text.encode(), file.path, "exec", dont_inherit=True)
    yield from ()


@functools.lru_cache(8)
def _documents(text: str) -> list[Any]:
    """Read once by whoever judges them."""
    return list(yaml.load_all(text, _LOADER))


def _as_yaml(file: EmittedFile) -> Iterator[str]:
    """What was written is read as the same by the next writer."""
    documents = _documents(file.text)
    again = list(yaml.load_all(yaml.dump_all(documents, Dumper=_DUMPER, sort_keys=False), _LOADER))
    if repr(documents) != repr(again):
        yield f"{file.path} reads otherwise when it was read and written"


def _as_json(file: EmittedFile) -> Iterator[str]:
    json.loads(file.text, parse_constant=_no_number)
    file.text.encode()
    yield from ()


def _no_number(word: str) -> float:
    raise ValueError(f"`{word}` is no JSON")


_READERS = {".py": _as_python, ".yaml": _as_yaml, ".json": _as_json}
