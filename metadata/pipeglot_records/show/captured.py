"""What was captured of a step, in a few lines: all of it stands under `remarks` with `--format json`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from pipeglot.ir import Json
from pipeglot_records.model.json_values import integer, mapping, text
from pipeglot_records.show.formatting import VALUE, WIDTH, counted, shortened
from pipeglot_records.store.details import Remark

KIND = "captured"
FILES = "mlflow.artifact"


def captured_lines(remarks: tuple[Remark, ...]) -> Iterator[str]:
    found = {one.name: one.value for one in remarks if one.kind == KIND}
    for name, line_of in _TOLD.items():
        if name in found and (line := line_of(found[name])):
            yield f"{name}: {shortened(line, WIDTH - 16)}"
    packages = sum(len(mapping(value)) for name, value in found.items() if name.partition(".")[0] == "packages")
    if packages:
        yield f"packages: {packages}"
    files = sum(1 for one in remarks if (one.kind, one.name) == (KIND, FILES))
    if files:
        yield f"mlflow: {counted(files, 'file')} uploaded"


def commit_lines(head: Mapping[str, Json]) -> list[str]:
    """Of a run that was submitted: the commit that it is of."""
    return [f"git: {shortened(_git(head['git']), WIDTH - 16)}"] if mapping(head.get("git")) else []


def _git(value: Json) -> str:
    fields = mapping(value)
    branch, changed = text(fields.get("branch")), ", with changes that are in no commit" if fields.get("dirty") else ""
    return f"{(text(fields.get('commit')) or '')[:12]}{f' on {branch}' if branch else ''}{changed}"


def _code(value: Json) -> str:
    fields = mapping(value)
    found = text(fields.get("archive")) or text(fields.get("sha256")) or ""
    return found.removeprefix("sha256:")[:12]


def _python(value: Json) -> str:
    fields: Mapping[str, Json] = mapping(value)
    return f"{text(fields.get('implementation'))} {text(fields.get('version'))}"


def _cards(value: Json) -> str:
    fields = mapping(value)
    cards = fields.get("gpus")
    cpus = integer(fields.get("cpus"))
    names = [text(mapping(each).get("name")) or "?" for each in cards] if isinstance(cards, list) else []
    return ", ".join([*([counted(cpus, "core")] if cpus else []), *names])


def _plain(value: Json) -> str:
    return shortened(text(value) or "", VALUE)


_TOLD: Mapping[str, Callable[[Json], str]] = {
    "git": _git,
    "code": _code,
    "image": _plain,
    "python": _python,
    "resources": _cards,
}
