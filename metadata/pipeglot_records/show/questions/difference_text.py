"""Two runs side by side, for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from pipeglot.ir import Json
from pipeglot_records.model.json_values import write
from pipeglot_records.show.columns import aligned
from pipeglot_records.show.formatting import figure, shortened
from pipeglot_records.show.questions.differences import Change, Differences

SHORT = 13
WIDEST = 34
NOTHING = "–"
CAUSES = "what could have changed the result"
EFFECTS = "what came out otherwise"


def page(found: Differences) -> str:
    lines = [f"{_run(found.before)}  →  {_run(found.after)}"]
    for title, changes in ((CAUSES, found.causes), (EFFECTS, found.effects)):
        lines += ["", title if changes else f"{title}: nothing"]
        lines += [f"  {line}" for line in aligned([_row(change) for change in changes])]
    return "\n".join(lines) + "\n"


def _run(run: Mapping[str, Json]) -> str:
    return f"{str(run.get('run'))[:SHORT]} of {run.get('pipeline') or '?'}, {run.get('state')}"


def _row(change: Change) -> Sequence[str]:
    before, after = _parted(change.before, change.after)
    place = f"{change.kind} {change.place}".rstrip()
    return shortened(place, 40), before, "→", after, _far(change)


def _parted(before: Json, after: Json) -> tuple[str, str]:
    """Both short, and where they are long, from where they differ."""
    one, other = _text(before), _text(after)
    if max(len(one), len(other)) <= WIDEST:
        return one, other
    same = next(_differing(one, other), 0)
    start = max(0, same - WIDEST // 3)
    return _from(one, start), _from(other, start)


def _from(text: str, start: int) -> str:
    lead = "…" if start else ""
    return lead + shortened(text[start:], WIDEST - len(lead)) if text[start:] else NOTHING


def _differing(one: str, other: str) -> Iterator[int]:
    yield from (at for at, (left, right) in enumerate(zip(one, other, strict=False)) if left != right)
    yield min(len(one), len(other))


def _text(value: Json) -> str:
    if value is None:
        return NOTHING
    if isinstance(value, float):
        return figure(value)
    return value if isinstance(value, str) else write(value)


def _far(change: Change) -> str:
    """How far a number moved."""
    match change.before, change.after:
        case bool(), _:
            return ""
        case (int() | float() as before, int() | float() as after) if not isinstance(after, bool):
            moved = after - before
            return f"{'+' if moved > 0 else ''}{figure(float(moved))}"
        case _:
            return ""
