"""Old runs, looked for and forgotten, and what is said of that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeglot.ir import Json
from pipeglot_records.show.columns import aligned
from pipeglot_records.show.formatting import counted, instant, moment, size
from pipeglot_records.store.database import Store
from pipeglot_records.upkeep.forgetting import Volume, forget, volume
from pipeglot_records.upkeep.outdated import Judged, Rule, judged

SHORT = 13
"""Letters of a run's id that tell it from others by eye."""
HEAD = ("RUN", "PIPELINE", "STATE", "STARTED (UTC)", "")


@dataclass(frozen=True, slots=True)
class Swept:
    """`old` are the runs that nobody needs, `spared` those that something else than their age keeps."""

    old: Sequence[Judged]
    spared: Sequence[Judged]
    kept: int
    volume: Volume
    is_applied: bool
    is_asked: bool

    def as_json(self) -> dict[str, Json]:
        listed: list[Json] = [
            {"run": each.run, "pipeline": each.pipeline, "state": each.state, "started": instant(each.first),
             "kept": each.because}
            for each in (*self.old, *self.spared)
        ]  # fmt: skip
        return {
            "applied": self.is_applied,
            "runs": listed,
            "kept": self.kept,
            "events": self.volume.events,
            "bytes": self.volume.size,
        }

    def page(self) -> str:
        done = "removed" if self.is_applied else "nobody needs it"
        rows = [
            (each.run[:SHORT], each.pipeline or "?", each.state or "", moment(each.first), each.because or done)
            for each in (*self.old, *self.spared)
        ]
        lines = aligned([HEAD, *rows]) if rows else []
        told = f"{counted(len(self.old), 'run')}, {counted(self.volume.events, 'event')} of {size(self.volume.size)}"
        if self.is_applied:
            lines.append(f"removed {told}; kept: {counted(self.kept, 'run')}")
        elif not self.is_asked:
            lines.append("nothing is removed: --keep-last N and --older-than DAYS say which runs are old")
        else:
            lines.append(f"{told} would be removed, and is by --apply; kept: {counted(self.kept, 'run')}")
        return "\n".join(lines) + "\n"


def sweep(store: Store, kept: Path, rule: Rule, *, apply: bool) -> Swept:
    found = judged(store, kept, rule)
    old = [each for each in found if not each.because]
    wanted = [each.run for each in old]
    weight = volume(store, wanted)
    if apply and wanted:
        forget(store, kept, wanted)
    spared = [each for each in found if each.special]
    asked = rule.last is not None or rule.before is not None
    return Swept(old, spared, len(found) - len(old), weight, apply, asked)
