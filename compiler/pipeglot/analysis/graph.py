"""The edges of the graph: what references and `needs` say, checked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from pipeglot.analysis.drafts import Draft
from pipeglot.analysis.expressions.declarations import Declarations
from pipeglot.analysis.groups.substitution import GroupDraft, Substitution
from pipeglot.analysis.order import cycles, topological
from pipeglot.diagnostics import MOST
from pipeglot.diagnostics.suggestions import Meant
from pipeglot.spec.merging import Path


def edges(drafts: Mapping[str, Draft], declarations: Declarations, groups: Substitution) -> dict[str, tuple[str, ...]]:
    """For each step and group the ids of the steps that it waits for, in the order of the pipeline; says cycles."""
    place = {id: index for index, (id, each) in enumerate(declarations.steps.items()) if not each.in_exit}
    last = {id: index for index, (id, each) in enumerate(declarations.steps.items()) if each.in_exit and "." in id}
    of_groups = _of_groups({**place, **last}, groups)
    needs: dict[str, tuple[str, ...]] = dict.fromkeys(declarations.steps, ())
    for each in drafts.values():
        beside = last if each.declaration.in_exit else place
        found = {id for id, _, _ in each.steps_read() if id != each.id}
        found.update(*(tree.waits for tree in each.trees()), of_groups.get(each.namespace.group, ()))
        found.update(_declared(each, beside, groups))
        needs[each.id] = tuple(sorted(found & beside.keys(), key=beside.__getitem__))
    for cycle in cycles(tuple(needs), needs):
        _say_cycle(cycle, drafts)
    needs.update((id, tuple(sorted(found & place.keys(), key=place.__getitem__))) for id, found in of_groups.items())
    return needs


def ordered(drafts: Mapping[str, Draft], declarations: Declarations, needs: Mapping[str, tuple[str, ...]]) -> list[str]:
    """The steps, earliest first; without those that stand in or behind a cycle."""
    return [id for id in topological(tuple(declarations.steps), needs) if id in drafts]


def _of_groups(place: Mapping[str, int], groups: Substitution) -> dict[str, frozenset[str]]:
    """What each group waits for; those around one come before it."""
    found: dict[str, frozenset[str]] = {}
    for group in groups.groups.values():
        outer = found.get(group.namespace.group, frozenset())
        found[group.id] = outer.union(
            (id for id in groups.waits(group) if id in place), _declared(group, place, groups)
        )
    return found


def _declared(draft: Draft | GroupDraft, place: Mapping[str, int], groups: Substitution) -> list[str]:
    found: list[str] = []
    if draft.path[0] == "on_exit" and not draft.namespace.group:
        # that it has no `needs` was said already
        return found
    unknown: list[tuple[int, str]] = []
    for index, id in enumerate(draft.spec.get("needs", ())):
        full = draft.namespace.full(id)
        if full == draft.id:
            draft.collector.report("PG204", f"step `{id}` needs itself", (*draft.path, "needs", index))
        elif full not in place and full not in groups.groups:
            unknown.append((index, id))
        else:
            found += groups.members(full)
    _say_unknown(unknown, draft, lambda: filter(None, map(draft.namespace.local, (*place, *groups.groups))))
    return found


def _say_unknown(unknown: list[tuple[int, str]], draft: Draft | GroupDraft, names: Callable[[], Iterable[str]]) -> None:
    owner = "the component" if draft.namespace.group else "the pipeline"
    for shown, (index, id) in enumerate(unknown[:MOST], 1):
        others = len(unknown) - MOST if shown == MOST else 0
        more = f", and so it is in {others:,} other places" if others > 0 else ""
        message = f"step `{draft.path[1]}` needs `{id}`, but {owner} has no such step{more}"
        draft.collector.report("PG203", message, (*draft.path, "needs", index), meant=Meant(id, names))


def _say_cycle(cycle: tuple[str, ...], by_id: Mapping[str, Draft]) -> None:
    way = " → ".join(f"`{id}`" for id in (*cycle, cycle[0]))
    places = [_edge(by_id[id], cycle[(index + 1) % len(cycle)]) for index, id in enumerate(cycle)]
    evidence = tuple(
        (by_id[id].collector.origin(*path), f"`{id}` waits for `{cycle[(index + 1) % len(cycle)]}`")
        for index, (id, (path, _)) in enumerate(zip(cycle, places, strict=True))
    )[1:3]
    path, offset = places[0]
    label = f"`{cycle[0]}` waits for `{cycle[1 % len(cycle)]}`"
    message = f"these steps wait for each other: {way}"
    by_id[cycle[0]].collector.report("PG204", message, path, offset=offset, label=label, evidence=evidence)


def _edge(draft: Draft, other: str) -> tuple[Path, tuple[int, int] | None]:
    """Where a step says that it waits for another."""
    for index, id in enumerate(draft.spec.get("needs", ())):
        if draft.namespace.full(id) == other:
            return (*draft.path, "needs", index), None
    for id, tree, place in draft.steps_read():
        if id == other:
            return tree.place(place)
    return draft.path, None
