"""What the schema finds, one fault for each mistake: a misspelt field is not missing besides, nor told in each step."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import groupby

from pipeglot.diagnostics.suggestions import nearest
from pipeglot.spec import foreign
from pipeglot.spec.naming import Location, kind_of, path_of
from pipeglot.spec.schema import tags
from pipeglot.spec.shape import OTHERS, Fault

MEANT, TIMES = "meant", "times"
"""In the context of an unknown field: which was meant. Of any fault: in how many places it is."""
MANY = 1000
"""So many faults of one kind are told one by one, whatever they are."""
SAME = 3
"""So many of one unknown field are told one by one."""


def gathered(found: tuple[Fault, ...]) -> tuple[Fault, ...]:
    return _mistakes(found if len(found) <= MANY else tuple(_first_of_many(found)))


def _first_of_many(found: tuple[Fault, ...]) -> Iterator[Fault]:
    """Of a fault that stands in very many places the first, which counts the others."""
    alike: dict[tuple[object, ...], list[Fault]] = {}
    for fault in found:
        alike.setdefault((fault.kind, *_form(fault.location)), []).append(fault)
    fields = Counter(form[:-1] for form in alike)
    crowds: dict[tuple[object, ...], list[Fault]] = {}
    for form, faults in alike.items():
        crowds.setdefault(form[:-1] if fields[form[:-1]] > MANY else form, []).extend(faults)
    for crowd in crowds.values():
        yield from crowd if len(crowd) <= MANY else [_noted(crowd[0], **{TIMES: len(crowd)})]


def _form(location: Location) -> Location:
    """A place without numbers, and without the names that users give to parts."""
    form = ["" if isinstance(part, int) else part for part in location]
    form[2:-1:2] = [""] * len(form[2:-1:2])
    return tuple(form)


def _mistakes(found: tuple[Fault, ...]) -> tuple[Fault, ...]:
    unknown = [each for each in found if each.kind == "extra_forbidden"]
    if not unknown:
        return found
    missing = {each.location for each in found if each.kind == "missing"}
    meant = dict(_meant(unknown, missing)) if missing else {}
    kinds = [each for each in unknown if meant.get(each.location, ((), ""))[1] == "kind"]
    if kinds:
        # what the file describes is not known, so what else is said of it says nothing
        return tuple(_noted(each, **{MEANT: "kind"}) for each in kinds)
    noted = [_noted(each, **{MEANT: meant[each.location][1]}) if each.location in meant else each for each in unknown]
    gone = {each for each, _ in meant.values()}
    rest = (each for each in found if each.kind != "extra_forbidden" and each.location not in gone)
    return (*rest, *_counted(_crowded(noted)))


def _noted(fault: Fault, **more: object) -> Fault:
    return fault._replace(context={**fault.context, **more})


def _meant(unknown: list[Fault], missing: set[Location]) -> Iterator[tuple[Location, tuple[Location, str]]]:
    """For unknown fields the missing one that was meant, with its location."""
    owners: dict[Location, list[str]] = {}
    for location in missing:
        owners.setdefault(location[:-1], []).append(str(location[-1]))
    taken: set[Location] = set()
    for fault in unknown:
        owner, word = fault.location[:-1], str(fault.location[-1])
        for wanted, name in _wanted(owner, sorted(owners.get(owner, ()))):
            place = (*owner, wanted)
            known = foreign.field(kind_of(path_of(owner)), word) or ""
            if place not in taken and (nearest(word, (name,)) or known.partition(":")[0] == name):
                taken.add(place)
                yield fault.location, (place, name)
                break


def _wanted(owner: Location, missing: list[str]) -> Iterator[tuple[str, str]]:
    """Fields that are missing, and those that one may write in their place."""
    yield from ((name, name) for name in missing)
    if owner[-1:] == (tags.VALUE,) and "type" in missing:
        yield "type", "artifact"


def _crowded(unknown: list[Fault]) -> Iterator[Fault]:
    """Of very many unknown fields in one map the first, which counts the others."""
    for _, group in groupby(unknown, key=lambda fault: fault.location[:-1]):
        each = list(group)
        yield from each[:1] if OTHERS in each[0].context else each


def _counted(unknown: Iterable[Fault]) -> Iterator[Fault]:
    """Of a field that is unknown in one place after the other the first, which counts the others."""
    same: dict[tuple[str, Location, object], list[Fault]] = {}
    for fault in unknown:
        place = kind_of(path_of(fault.location[:-1]))
        same.setdefault((place, fault.location[-1:], fault.context.get(OTHERS)), []).append(fault)
    for group in same.values():
        times = sum(each.context.get(TIMES, 1) for each in group)
        yield from [_noted(group[0], **{TIMES: times})] if times > SAME else group


def stands_for_params(fault: Fault) -> bool:
    """Whether the params stand under a misspelt word: those who read them are not blamed for it."""
    path = path_of(fault.location)
    if fault.kind != "extra_forbidden" or len(path) != 1:
        return False
    word = str(path[0])
    return foreign.field("pipeline", word) == "params" or nearest(word, ("params",)) is not None
