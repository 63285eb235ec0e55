"""Who read which artifact: the edges of a run."""

from __future__ import annotations

from pipeglot_records.model.json_values import sequence
from pipeglot_records.model.run_view import RunView


def edges(picture: RunView) -> tuple[tuple[str, str], ...]:
    """Pairs (`step.output`, `step.input`, or the step that read it directly), sorted, each once."""
    found: set[tuple[str, str]] = set()
    for place in picture.places():
        for one in place.tries:
            for edge in sequence(one.attempt.start.get("lineage")):
                match edge:
                    case [str(source), str(target)]:
                        found.add((source, target))
                    case _:
                        continue
    return tuple(sorted(found))
