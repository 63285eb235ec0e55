"""What lies in a build folder, beside what would be written there now."""

from __future__ import annotations

import difflib
import enum
import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from pipeglot_backends.protocol import EmittedFile

FOLDER = ".pipeglot"
"""Behind a pipeline's name: the folder of its files that no engine takes from there by itself."""
WIDEST = 400
_FIXED = re.compile(
    r"(?:configmap|sidecar|workflowtemplate|cronworkflow|workflow|pipeline)\.yaml"
    r"|(?:definition|pipeline|plan|steps)\.json|sidecar\.py|pipeglot-[0-9a-f]{16}\.py"
)
_OWN = ("definition.json", "steps.json", "sidecar.py", "workflow.yaml", ".airflowignore")
_MARK = re.compile(r"pipeglot|\"format\":")
_SIDECAR = re.compile(r"(?:.*/)?(?:sidecar\.(?:py|yaml)|pipeglot-[0-9a-f]{16}\.py)")


class State(enum.Enum):
    MISSING = "missing"
    DIFFERS = "differs"
    SURPLUS = "surplus"


@dataclass(frozen=True, slots=True)
class Stale:
    path: Path
    state: State
    fresh: str = ""
    """What would be written; nothing for what is there too much."""


def stale(files: Iterable[EmittedFile], folder: Path) -> Iterator[Stale]:
    for file in files:
        path = folder / file.path
        try:
            found = path.read_bytes()
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            yield Stale(path, State.MISSING, file.text)
            continue
        if found != file.text.encode("utf-8", "surrogatepass"):
            yield Stale(path, State.DIFFERS, file.text)


def surplus(folder: Path, wanted: Collection[Path], own: Collection[str], others: Collection[str]) -> Iterator[Stale]:
    """What pipeglot wrote there and would not write now. `own` are pipelines that `wanted` is of, `others` those that
    have files there too: then a file at a fixed place may be theirs."""
    places = [place for place in folder.glob(f"*{FOLDER}") if _stem(place) not in others]
    left = [place / name for place in places for name in _OWN]
    left += [folder / f"{_stem(place)}.py" for place in places if _stem(place) not in own]
    if not others:
        left += [path for place in ("*", "kubernetes/*") for path in folder.glob(place) if _FIXED.fullmatch(path.name)]
    for path in sorted(dict.fromkeys(left)):
        if path not in wanted and path.is_file() and _is_ours(path):
            yield Stale(path, State.SURPLUS)


def _stem(place: Path) -> str:
    return place.name[: -len(FOLDER)]


def _is_ours(path: Path) -> bool:
    return path.name == ".airflowignore" or bool(_MARK.search(path.read_bytes()[:65536].decode("utf-8", "replace")))


def difference(each: Stale) -> str:
    """As `diff` shows it; nothing of a sidecar, which nobody reads so, and long lines are cut."""
    if each.state is not State.DIFFERS or _SIDECAR.fullmatch(each.path.as_posix()):
        return ""
    old = each.path.read_bytes().decode("utf-8", "replace")
    lines = difflib.unified_diff(
        old.splitlines(), each.fresh.splitlines(), str(each.path), f"{each.path} (fresh)", lineterm=""
    )
    return "".join(f"{line if len(line) <= WIDEST else line[:WIDEST] + '…'}\n" for line in lines)
