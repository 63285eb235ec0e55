"""Logs of steps without the values that nobody may see: params, outputs and secrets of this run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from pipeglot_backends.local.engine.plan import Plan
from pipeglot_backends.local.engine.values import read_text
from pipeglot_expression.runtime.hiding import HIDDEN, Hidden
from pipeglot_expression.values import WireFault, from_wire


@dataclass(slots=True)
class Covering:
    """Grows with each sensitive output."""

    hidden: Hidden = field(default_factory=Hidden)

    def learn_outputs(self, folder: Path, names: Iterable[str]) -> None:
        """What an attempt handed on; of an item with its index, which is too short to matter."""
        for name in names:
            self.learn(read_text(folder / name))

    def learn(self, wire: str) -> None:
        with suppress(WireFault):
            self.hidden.add(from_wire(wire))

    def clean(self, log: Path) -> None:
        """Writes it anew, line by line, where something in it has to be covered."""
        if not self.hidden:
            return
        forms = [form.encode("utf-8", "replace") for form in self.hidden.forms()]
        draft = log.with_name(f"{log.name}.tmp")
        with suppress(OSError):
            if _covered(log, draft, forms):
                draft.replace(log)
            else:
                draft.unlink()


def covering(plan: Plan, params: Mapping[str, str], secrets: Mapping[str, str]) -> Covering:
    found = Covering()
    for name in plan.sensitive:
        found.learn(params.get(name, "null"))
    for text in secrets.values():
        found.hidden.add(text)
    return found


def _covered(log: Path, draft: Path, forms: Sequence[bytes]) -> bool:
    changed = False
    with log.open("rb") as old, draft.open("wb") as new:
        for line in old:
            text = line
            for form in forms:
                text = text.replace(form, HIDDEN.encode())
            new.write(text)
            changed = changed or text != line
    return changed
