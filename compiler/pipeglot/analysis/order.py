"""Who waits for whom: edges from references and `needs`, cycles, and an order in which everything is known."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from heapq import heappop, heappush


def topological(ids: Sequence[str], needs: Mapping[str, Iterable[str]]) -> tuple[str, ...]:
    """Earliest first; ties keep the order they were written in. What stands in or behind a cycle is left out."""
    place = {id: index for index, id in enumerate(ids)}
    waiting = dict.fromkeys(ids, 0)
    readers: dict[str, list[str]] = {id: [] for id in ids}
    for id in ids:
        for other in needs[id]:
            waiting[id] += 1
            readers[other].append(id)
    ready = [place[id] for id in ids if not waiting[id]]
    order: list[str] = []
    while ready:
        id = ids[heappop(ready)]
        order.append(id)
        for reader in readers[id]:
            waiting[reader] -= 1
            if not waiting[reader]:
                heappush(ready, place[reader])
    return tuple(order)


def cycles(ids: Sequence[str], needs: Mapping[str, Iterable[str]]) -> tuple[tuple[str, ...], ...]:
    """One way round for every group of steps that wait for each other, beginning with the one written first."""
    rest = {id: list(needs[id]) for id in ids}
    left = set(ids) - set(topological(ids, rest))
    found: list[tuple[str, ...]] = []
    for id in ids:
        if id in left:
            way = _way_round(id, rest, left)
            if way:
                found.append(way)
                left -= set(way)
    return tuple(found)


def _way_round(start: str, needs: Mapping[str, Sequence[str]], among: set[str]) -> tuple[str, ...]:
    """The shortest way from a step through its needs back to itself; empty when there is none."""
    before: dict[str, str] = {}
    wave = [start]
    while wave:
        following: list[str] = []
        for id in wave:
            for other in needs[id]:
                if other == start:
                    return _path(before, start, id)
                if other in among and other not in before:
                    before[other] = id
                    following.append(other)
        wave = following
    return ()


def _path(before: Mapping[str, str], start: str, last: str) -> tuple[str, ...]:
    way = [last]
    while way[-1] != start:
        way.append(before[way[-1]])
    return tuple(reversed(way))
