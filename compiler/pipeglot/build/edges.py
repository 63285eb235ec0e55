"""The edges of the graph: what references and `needs` say, checked."""

from __future__ import annotations

from collections.abc import Mapping

from pipeglot.build.drafts import Draft
from pipeglot.build.facts import Facts
from pipeglot.build.findings import Findings
from pipeglot.build.order import cycles
from pipeglot.spec.merging import Path
from pipeglot.suggestions import nearest


def edges(drafts: Mapping[str, Draft], facts: Facts, findings: Findings) -> dict[str, tuple[str, ...]]:
    """For each step the ids that it waits for, in the order of the pipeline; cycles are said here."""
    place = {id: index for index, (id, each) in enumerate(facts.steps.items()) if not each.in_exit}
    needs: dict[str, tuple[str, ...]] = dict.fromkeys(facts.steps, ())
    for each in drafts.values():
        found = {id for id, _, _ in each.steps_read() if id in place and id != each.id}
        found.update(_declared(each, place, findings))
        needs[each.id] = tuple(sorted(found, key=place.__getitem__))
    for cycle in cycles(tuple(needs), needs):
        _say_cycle(cycle, drafts, findings)
    return needs


def _declared(draft: Draft, place: Mapping[str, int], findings: Findings) -> list[str]:
    found: list[str] = []
    for index, id in enumerate(draft.spec.get("needs", ())):
        path = (*draft.path, "needs", index)
        if id == draft.id:
            findings.say("PG204", f"step `{id}` needs itself", path)
        elif id not in place:
            meant = nearest(id, place)
            hint = f"did you mean `{meant}`?" if meant else None
            findings.say("PG203", f"step `{draft.id}` needs `{id}`, but the pipeline has no such step", path, hint=hint)
        else:
            found.append(id)
    return found


def _say_cycle(cycle: tuple[str, ...], by_id: Mapping[str, Draft], findings: Findings) -> None:
    way = " → ".join(f"`{id}`" for id in (*cycle, cycle[0]))
    places = [_edge(by_id[id], cycle[(index + 1) % len(cycle)]) for index, id in enumerate(cycle)]
    evidence = tuple(
        (findings.origin(*path), f"`{id}` waits for `{cycle[(index + 1) % len(cycle)]}`")
        for index, (id, (path, _)) in enumerate(zip(cycle, places, strict=True))
    )[1:3]
    path, offset = places[0]
    label = f"`{cycle[0]}` waits for `{cycle[1]}`"
    message = f"these steps wait for each other: {way}"
    findings.say("PG204", message, path, offset=offset, label=label, evidence=evidence)


def _edge(draft: Draft, other: str) -> tuple[Path, tuple[int, int] | None]:
    """Where a step says that it waits for another."""
    for index, id in enumerate(draft.spec.get("needs", ())):
        if id == other:
            return (*draft.path, "needs", index), None
    for id, tree, place in draft.steps_read():
        if id == other:
            return tree.place(place)
    return draft.path, None
